# SPDX-License-Identifier: Apache-2.0
"""Machines without a system of their own: firmware, loader, kernel and root come over the network, served by scripts/pxe-server."""
import hashlib
import http.server
import json
import os
import threading
import time
import unittest

import facts
import machines
from lab import ADDRESS, Lab
from machines import ARCH, IMAGES, LOGS, note
from variant import can_sign, sign

SET = os.path.join(IMAGES, "pxe")
HAS_BIOS = facts.first_firmware(ARCH) == "bios"
MEMORY_MB = {"initrd.img": 384, "initrd-net.img": 320}


def config(hostname):
    return json.dumps({"ignition": {"version": "3.4.0"},
                       "storage": {"files": [{"path": "/etc/hostname", "mode": 0o644, "contents": {"source": "data:," + hostname}}]}})


class PxeTest(unittest.TestCase):
    leave_out = ()
    initrd = None

    def setUp(self):
        self.lab = Lab(os.path.join(LOGS, "pxe.lab"), SET, self.leave_out)
        self.addCleanup(self.lab.close)

    def machine(self, name, firmware, **options):
        name = f"pxe.{type(self).__name__}.{name}"
        blank = os.path.join(LOGS, name + ".img")
        os.makedirs(LOGS, exist_ok=True)
        with open(blank, "wb") as disk:
            disk.truncate(1 << 20)
        self.addCleanup(os.unlink, blank)
        options.setdefault("memory_mb", MEMORY_MB.get(self.initrd, 512))
        options.setdefault("disk_first", False)
        machine = machines.new(name, firmware, blank, lab_tap=self.lab.cable(), **options)
        self.addCleanup(machine.close)
        return machine

    def replace(self, name, old, new):
        with open(f"{SET}/{name}", encoding="utf-8") as file:
            text = file.read()
        self.assertIn(old, text)
        os.unlink(f"{self.lab.set}/{name}")
        with open(f"{self.lab.set}/{name}", "w", encoding="utf-8") as file:
            file.write(text.replace(old, new))

    def up(self, machine):
        fields = machines.boot_ready(machine).ready_fields
        self.assertEqual((fields["slot"], fields["failed_units"]), ("pxe", "0"), fields)
        return machine

    def look(self, firmware):
        self.lab.serve()
        machine = self.up(self.machine(firmware, firmware))
        self.assertEqual(machine.output("stat -f -c %T /var"), "tmpfs")
        machine.run("! touch /usr/x")
        used, total = machine.output("free -m | awk '/^Mem/ { print $3, $2 }'").split()
        note(f"{firmware}, {self.initrd}: {used} of {total} MiB used, of the {machine.memory_mb} MB that the machine has "
             "(Flatcar asks for 3072, Fedora CoreOS live for 2048)")
        self.assertIn(self.initrd, self.lab.log())
        return machine


class AllInInitrd(PxeTest):
    initrd, leave_out = "initrd.img", ("initrd-net.img", "initrd-net.img.sig", "root.img")

    @unittest.skipUnless(HAS_BIOS, "this architecture has no BIOS")
    def test_bios(self):
        self.look("bios")

    def test_uefi(self):
        self.look("uefi")

    def test_secure_boot(self):
        self.look("secure-boot")


class FetchedRoot(PxeTest):
    initrd = "initrd-net.img"

    @unittest.skipUnless(HAS_BIOS, "this architecture has no BIOS")
    def test_bios(self):
        self.look("bios")

    def test_uefi(self):
        self.look("uefi")


class HttpBoot(PxeTest):
    """The firmware fetches GRUB by HTTP and is told to by the network's DHCP server; TFTP has no part in it."""

    initrd = "initrd-net.img"
    no_pxe = [word for version in (4, 6) for word in ("-fw_cfg", f"name=opt/org.tianocore/IPv{version}PXESupport,string=n")]

    def test_uefi(self):
        self.lab.serve()
        self.up(self.machine("uefi", "uefi", qemu_options=self.no_pxe))
        self.assertIn("url:/grub-netboot.efi", self.lab.log())
        self.assertNotIn("sent /", self.lab.log())


class Faulty(http.server.BaseHTTPRequestHandler):
    """Serves root.img; self.server.faults says what goes wrong next, one word a request."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.close_connection = True
        fault = self.server.faults.pop(0) if self.server.faults else "none"
        self.server.seen.append((fault, self.headers.get("Range")))
        if fault.isdigit():
            self.send_error(int(fault))
            return
        body = self.server.body
        start = int((self.headers.get("Range") or "bytes=0-")[6:-1])
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body) - start))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        self.end_headers()
        if fault == "flipped":
            body = body[:1 << 20] + bytes([body[1 << 20] ^ 1]) + body[(1 << 20) + 1:]
        end = start + (5 << 20) if fault == "reset" else len(body)
        for at in range(start, end, 1 << 20):
            self.wfile.write(body[at:min(at + (1 << 20), end)])
            if fault == "slow":
                time.sleep(0.5)

    def log_message(self, *_):
        pass


class Faults(PxeTest):
    initrd = "initrd-net.img"

    @unittest.skipUnless(HAS_BIOS, "this architecture has no BIOS")
    def test_servers_that_fail(self):
        """What will not pass is said, and the machine starts over; what may pass is waited for."""
        with open(SET + "/root.img", "rb") as file:
            body = file.read()
        self.replace("boot.ipxe", "kernel vmlinuz ", f"kernel vmlinuz keelson.panic=1 keelson.root.url=http://{ADDRESS}:8081/r "
                     f"keelson.root.sha256={hashlib.sha256(body).hexdigest()} ")
        self.lab.serve()
        server = http.server.ThreadingHTTPServer((ADDRESS, 8081), Faulty)
        server.faults, server.seen, server.body = ["404", "flipped", "503", "reset", "slow"], [], body
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        machine = self.machine("bios", "bios")
        machine.boot()
        machine.expect("keelson-init: slot pxe: root: .*status 404", 120)
        machine.expect("next: restart in 1 s", 10)
        machine.expect("keelson-init: slot pxe: root: .*not what its verification hash says", 120)
        machine.expect("next: restart in 1 s", 10)
        machine.expect(r"try 1: the server answers with status 503", 120)
        machine.expect(r"cut after 5242880 bytes", 60)
        fields = machine.ready(300)
        self.assertEqual((fields["slot"], fields["failed_units"]), ("pxe", "0"))
        self.assertEqual(server.seen, [("404", None), ("flipped", None), ("503", None), ("reset", None), ("slow", "bytes=5242880-")])

    def test_wrong_signature(self):
        """GRUB loads nothing that is not signed, says so and starts over."""
        self.replace("slot.cfg", "loglevel=4", "loglevel=7")
        self.lab.serve()
        machine = self.machine("uefi", "uefi")
        machine.boot()
        machine.expect(r"slot\.cfg is not there, or not signed by our key", 120)
        machine.expect("does not start; trying again in 10 seconds", 30)
        machine.expect("keelson: starting from", 120)
        self.assertNotIn("Linux version", machine.since_boot())


class Install(PxeTest):
    """From nothing to a machine of its own: a network boot that installs, a restart, a first boot from the disk."""

    initrd = "initrd-net.img"

    def setUp(self):
        super().setUp()
        for name in ("disk.img.zst", "disk.img.zst.sig"):
            os.symlink(f"{IMAGES}/{name}", f"{self.lab.set}/{name}")

    def installs(self, firmware, words_in):
        with open(self.lab.configs + "/node.ign", "w", encoding="ascii") as file:
            file.write(config("installed"))
        words_in(f"keelson.var=tmpfs keelson.install.disk=/dev/vda keelson.install.image=http://{ADDRESS}/disk.img.zst "
                 f"keelson.install.ignition=http://{ADDRESS}/ignition/node.ign ")
        self.lab.serve()
        machine = self.machine(firmware, firmware, memory_mb=512, disk_first=True)
        machine.boot()
        self.assertEqual(machine.slot_up(300), "pxe")
        machine.expect("reboot: Restarting system", 300)
        fields = machine.ready(300)
        self.assertEqual((fields["slot"], fields["failed_units"]), ("a", "0"), fields)
        self.assertEqual(machine.output("hostname"), "installed")
        slots = json.loads(machine.output("keelson-slot status --json"))["slots"]
        self.assertEqual([slots[slot]["known"] for slot in ("a", "b")], [True, True], slots)

    @unittest.skipUnless(HAS_BIOS, "this architecture has no BIOS")
    def test_unattended_bios(self):
        """iPXE's script is nobody's secret: who serves it says what the kernel is told."""
        self.installs("bios", lambda words: self.replace("boot.ipxe", "kernel vmlinuz ", "kernel vmlinuz " + words))

    @unittest.skipUnless(can_sign(), "the private keys are not here")
    def test_unattended_uefi(self):
        """GRUB takes words that the owner's key has signed."""
        def sign_words(words):
            self.replace("slot.cfg", 'set cmdline="', f'set cmdline="{words}')
            os.unlink(self.lab.set + "/slot.cfg.sig")
            sign("detached", self.lab.set + "/slot.cfg")

        self.installs("uefi", sign_words)


class Configs(PxeTest):
    initrd = "initrd-net.img"

    def test_each_its_own(self):
        """Three at once from one server, each with the config of its address."""
        self.lab.serve()
        guests = [self.machine(str(number), machines.FIRMWARE) for number in range(3)]
        for guest in guests:
            address = guest.lab_tap[1].replace(":", "-")
            with open(f"{self.lab.configs}/{address}.ign", "w", encoding="ascii") as file:
                file.write(config("node-" + address[-2:]))
            guest.boot()
        for number, guest in enumerate(guests, 1):
            fields = guest.ready(600)
            self.assertEqual((fields["slot"], fields["failed_units"]), ("pxe", "0"), fields)
            self.assertEqual(guest.output("hostname"), f"node-{number:02}")
