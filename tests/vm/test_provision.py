# SPDX-License-Identifier: Apache-2.0
"""Machines that configure themselves: an Ignition config from outside becomes true on the first boot, or the machine stays down."""
import functools
import http.server
import json
import os
import subprocess
import threading
import unittest

import machines
from machines import LOGS, note

NAME = "opt/com.coreos/config"
VERSION = "3.4.0"
MAC = "52:54:00:12:34:56"  # what QEMU gives its first network card
READY_OR_HELD = r"KEELSON-READY ([^\r\n]*)[\r\n]|provisioning failed: [^\r\n]*|reboot: Restarting system"


def data(text):
    return "data:," + "".join(c if c.isalnum() else f"%{byte:02x}" for c in text for byte in c.encode())


def file(path, text, mode=0o644, **more):
    return {"path": path, "mode": mode, "contents": {"source": data(text)}, **more}


def config(**sections):
    return {"ignition": {"version": VERSION, **sections.pop("ignition", {})}, **sections}


class ProvisionTest(unittest.TestCase):
    """A machine of its own, off, that gets a config by QEMU's fw_cfg."""

    def machine(self, wanted, fw_cfg=NAME, disks=(), **options):
        name = "provision." + self.id().rsplit(".", 1)[1]
        work = os.path.join(LOGS, name)
        os.makedirs(work, exist_ok=True)
        qemu = []
        if wanted is not None:
            path = os.path.join(work, "config.ign")
            with open(path, "w", encoding="utf-8") as out:
                out.write(wanted if isinstance(wanted, str) else json.dumps(wanted))
            qemu += ["-fw_cfg", f"name={fw_cfg},file={path}"]
        for serial, size in disks:
            path = os.path.join(work, serial + ".img")
            if os.path.exists(path):
                os.unlink(path)
            with open(path, "wb") as disk:
                disk.truncate(size)
            self.addCleanup(os.unlink, path)
            qemu += ["-drive", f"if=none,id={serial},format=raw,discard=unmap,file={path}",
                     "-device", f"virtio-blk-pci,drive={serial},serial={serial}"]
        machine = machines.new(name, qemu_options=qemu, **options)
        self.addCleanup(machine.close)
        return machine

    def up(self, machine, start=True):
        """Comes up, at once and without a failed unit."""
        if start:
            machine.boot()
        said = machine.expect(READY_OR_HELD, 300)
        self.assertIsNotNone(said[1], machine.tail())
        self.assertIn(" failed_units=0 ", said[1])
        return machine

    def again(self, machine):
        machine.reboot()
        machine.expect("reboot: Restarting system", 120)
        return self.up(machine, start=False)

    def held(self, machine):
        """What a machine says that does not come up."""
        machine.boot()
        said = machine.expect(READY_OR_HELD, 300)[0]
        self.assertIn("provisioning failed", said)
        machine.expect(r"next: correct the config[^\r\n]*[\r\n]", 60)  # whole: the console is read while it is written
        return machine.since_boot()


class FirstBoot(ProvisionTest):
    def test_users_files_links_and_units(self):
        key = os.path.join(LOGS, "provision-key")
        for old in (key, key + ".pub"):
            if os.path.exists(old):
                os.unlink(old)
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
        with open(key + ".pub", encoding="ascii") as public:
            public = public.read().strip()
        machine = self.machine(config(
            passwd={"groups": [{"name": "engine", "gid": 800}],
                    "users": [{"name": "core", "sshAuthorizedKeys": [public], "groups": ["engine"]}]},
            storage={"directories": [{"path": "/var/lib/app", "mode": 0o750, "user": {"name": "core"}}],
                     "files": [file("/etc/hostname", "box\n"), file("/opt/bin/hello", "#!/bin/sh\necho hello\n", 0o755),
                               file("/home/core/note", "mine\n", user={"name": "core"}, group={"name": "core"})],
                     "links": [{"path": "/etc/localtime", "target": "../usr/share/zoneinfo/UTC"}]},
            systemd={"units": [{"name": "app.service", "enabled": True, "contents":
                                "[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/opt/bin/hello\n"
                                "[Install]\nWantedBy=multi-user.target\n"},
                               {"name": "sshd.socket", "dropins": [{"name": "10-more.conf", "contents": "[Socket]\nBacklog=7\n"}]},
                               {"name": "systemd-timesyncd.service", "mask": True}]}))
        self.up(machine)
        for command, want in (("hostname", "box"), ("/usr/local/bin/../../../opt/bin/hello", "hello"),
                              ("stat -c '%a %U %G' /var/lib/app", "750 core root"), ("id -nG core", "core engine"),
                              ("stat -c '%U:%G' /home/core/note /home/core", "core:core\ncore:core"),
                              ("systemctl is-active app.service", "active"), ("systemctl is-enabled systemd-timesyncd || :", "masked"),
                              ("systemctl show -P Backlog sshd.socket", "7"), ("readlink /etc/localtime", "../usr/share/zoneinfo/UTC")):
            self.assertEqual(machine.output(command), want, command)
        done = machine.host_run("ssh", "-F", "none", "-p", str(machine.port), "-i", key, "-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes",
                                "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "core@127.0.0.1", "id -un")
        self.assertEqual(done.stdout.strip(), "core", done.stderr)
        result = json.loads(machine.output("cat /run/keelson/provision.json"))
        self.assertTrue(result["config"])
        self.assertIn(NAME, result["source"])
        self.assertTrue(json.loads(machine.output("cat /etc/.ignition-result.json"))["userConfigProvided"])
        self.assertEqual(machine.output("ls -A /run/keelson/provision"), "result.json")
        machine.run("echo changed >/etc/hostname; rm /home/core/note")
        self.again(machine)
        self.assertEqual(machine.output("hostname; ls /home/core; cat /run/keelson/provision.json | head -c 14"), 'changed\n{"config":true')

    def test_static_network(self):
        machine = self.up(self.machine(config(storage={"files": [
            file("/etc/systemd/network/25-infra.link", f"[Match]\nMACAddress={MAC}\n[Link]\nName=infra\n"),
            file("/etc/systemd/network/20-infra.network",
                 "[Match]\nName=infra\n[Network]\nAddress=10.0.2.15/24\nGateway=10.0.2.2\nDNS=10.0.2.3\nIPv6AcceptRA=no\n")]})))
        self.assertRegex(machine.output("ip -4 -o addr show dev infra"), r"inet 10\.0\.2\.15/24 .*valid_lft forever")
        self.assertIn("default via 10.0.2.2 dev infra", machine.output("ip route"))
        self.assertIn("10.0.2.3", machine.output("resolvectl dns infra"))

    def test_nothing_says_what_it_waits_for(self):
        machine = self.machine(None, credentials={"ssh.authorized_keys.root": ""})
        said = self.up(machine).since_boot()
        self.assertIn("this machine has no config", said)
        self.assertRegex(said, r"Its addresses:.* \w+=10\.0\.2\.15")

    def test_flatcars_name_and_the_network(self):
        """A config that merges another one from a server, which names a file there."""
        folder = os.path.join(LOGS, "provision-http")
        os.makedirs(folder, exist_ok=True)
        handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=folder)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        base = f"http://10.0.2.2:{server.server_port}"
        with open(folder + "/big", "wb") as big:
            big.write(b"x" * 5_000_000)
        with open(folder + "/child.ign", "w", encoding="utf-8") as child:
            json.dump(config(storage={"files": [{"path": "/var/big", "contents": {"source": base + "/big"}}]}), child)
        machine = self.machine(config(ignition={"config": {"merge": [{"source": base + "/child.ign"}]}}), "opt/org.flatcar-linux/config")
        self.up(machine)
        self.assertEqual(machine.output("stat -c %s /var/big"), "5000000")


class Refused(ProvisionTest):
    def test_not_valid(self):
        said = self.held(self.machine('{"ignition": {"version": "3.4.0"},\n "storage": {"files": [{"path": "a"}]}}'))
        self.assertIn("error at $.storage.files.0.path, line 2 col 33: path not absolute", said)
        self.assertIn("correct the config and restart the machine", said)

    def test_path_below_the_read_only_root(self):
        said = self.held(self.machine(config(storage={"files": [file("/etc/before", ""), file("/usr/bin/x", "")]})))
        self.assertIn("/usr/bin/x", said)
        self.assertIn("read-only", said)

    def test_wrong_hash_then_right(self):
        """What fails leaves nothing behind: the next boot with a config that is right ends as if it were the first."""
        bad = config(storage={"files": [file("/etc/first", "left behind\n"),
                                        {"path": "/etc/second", "contents": {"source": data("x"), "verification": {"hash": "sha256-" + 64 * "0"}}}]})
        machine = self.machine(bad)
        self.held(machine)
        machine.power_cut()
        with open(os.path.join(machine.work, "config.ign"), "w", encoding="utf-8") as out:
            json.dump(config(storage={"files": [file("/etc/second", "x")]}), out)
        self.up(machine)
        self.assertEqual(machine.output("ls /etc/first /etc/second 2>/dev/null || :"), "/etc/second")


class Disks(ProvisionTest):
    def raid(self, path, **more):
        serials = ("one", "two")
        unit = path.strip("/").replace("/", "-") + ".mount"
        return config(
            storage={"disks": [{"device": f"/dev/disk/by-id/virtio-{s}", "wipeTable": True,
                                "partitions": [{"label": "raid." + s, "number": 1, "sizeMiB": 128}]} for s in serials],
                     "raid": [{"name": "data", "level": "raid1", "devices": [f"/dev/disk/by-partlabel/raid.{s}" for s in serials]}],
                     "filesystems": [{"device": "/dev/md/data", "format": "ext4", "label": "DATA", "path": path, "wipeFilesystem": True}], **more},
            systemd={"units": [{"name": unit, "enabled": True, "contents":
                                "[Unit]\nRequires=systemd-fsck@dev-md-data.service\nAfter=systemd-fsck@dev-md-data.service\n"
                                f"[Mount]\nWhere={path}\nWhat=/dev/md/data\nType=ext4\n[Install]\nRequiredBy=local-fs.target\n"}]})

    def check(self, machine, path):
        self.assertRegex(machine.output(f"awk '$2 == \"{path}\" {{print $1}}' /proc/mounts"), "^/dev/md")
        self.assertRegex(machine.output("cat /proc/mdstat"), r"active raid1.*\n.*\[2/2\]")
        self.assertEqual(machine.output(f"cat {path}/kept"), "kept")

    def run_raid(self, path):
        machine = self.machine(self.raid(path, files=[file(path + "/kept", "kept\n")]), disks=(("one", 256 << 20), ("two", 256 << 20)))
        self.up(machine)
        self.check(machine, path)
        self.again(machine)
        self.check(machine, path)
        return machine

    def test_raid(self):
        self.run_raid("/var/publicdata")

    def test_raid_with_var_on_it(self):
        machine = self.run_raid("/var")
        note(machine.output("grep -E ' /(var|run/keelson/state) ' /proc/mounts"))

    def test_partition_beside_the_state(self):
        """What a config takes of the boot disk the state partition does not get."""
        machine = self.machine(config(storage={
            "disks": [{"device": "/dev/disk/by-id/coreos-boot-disk", "partitions": [{"label": "data", "number": 0, "sizeMiB": 512}]}],
            "filesystems": [{"device": "/dev/disk/by-partlabel/data", "format": "ext4", "path": "/var/data"}],
            "files": [file("/var/data/x", "x\n")]}))
        self.up(machine)
        self.assertEqual(machine.output("mount -o ro /dev/disk/by-partlabel/data /mnt && cat /mnt/x"), "x")
        self.assertGreater(int(machine.output("df -m /var | awk 'END {print $(NF-4)}'")), 3000)
