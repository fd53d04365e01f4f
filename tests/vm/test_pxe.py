# SPDX-License-Identifier: Apache-2.0
"""Machines without a system of their own: firmware, loader, kernel and root come over the network, served by scripts/pxe-server."""
import json
import os
import unittest

import facts
import machines
from lab import Lab
from machines import ARCH, IMAGES, LOGS, note

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
        machine = machines.new(name, firmware, options.pop("image", blank), lab_tap=self.lab.cable(), **options)
        self.addCleanup(machine.close)
        return machine

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
