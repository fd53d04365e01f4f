# SPDX-License-Identifier: Apache-2.0
"""The reference's tests on disks, in a guest: its kernel, its mkfs, its keelson-provision, disks that come and go with each case."""
import os
import shlex
import subprocess
import sys
import tempfile
import unittest

import facts
import machines
from machines import IMAGES, boot_ready, note

sys.path.insert(0, facts.TREE + "/tests/ignition")
import disks  # noqa: E402, pylint: disable=wrong-import-position

SECTOR = 512
ROOT = "/run/blackbox-root"


class Blackbox(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = cls.enterClassContext(tempfile.TemporaryDirectory(dir=IMAGES))
        cls.machine = machines.new("blackbox", qemu_options=["-device", "virtio-scsi-pci,id=cases", *cls.tpm()])
        cls.addClassCleanup(cls.machine.close)
        boot_ready(cls.machine)

    @classmethod
    def tpm(cls):
        """Starts one; QEMU's options for it."""
        link = tempfile.mktemp(prefix="tpm.", dir="/tmp")  # short: a socket's name may have 107 bytes
        tpm = subprocess.Popen(["swtpm", "socket", "--tpm2", "--tpmstate", "dir=" + cls.folder, "--ctrl", "type=unixio,path=" + link],
                               stdin=subprocess.DEVNULL)
        cls.addClassCleanup(tpm.wait)
        cls.addClassCleanup(tpm.kill)
        known = subprocess.run([facts.facts(machines.ARCH)["QEMU"], "-device", "help"], check=True, capture_output=True, text=True).stdout
        device = "tpm-tis-device" if '"tpm-tis-device"' in known else "tpm-tis"
        return ["-chardev", f"socket,id=tpm,path={link}", "-tpmdev", "emulator,id=tpm,chardev=tpm", "-device", device + ",tpmdev=tpm"]

    def run_script(self, script):
        done = self.machine.run(script, check=False, timeout=300)
        return done.returncode, done.stdout + (done.stderr if done.returncode else "")

    def disk(self, number, sectors):
        """A new disk of zeros; its name in the guest."""
        name, path = f"case{number}", f"{self.folder}/{number}.img"
        with open(path, "wb") as image:
            image.truncate(sectors * SECTOR)
        self.machine.qmp("blockdev-add", driver="raw", discard="unmap", **{"node-name": name, "file": {"driver": "file", "filename": path}})
        self.machine.qmp("device_add", driver="scsi-hd", drive=name, id=name, bus="cases.0", lun=number)
        self.addCleanup(self.remove, name, path)
        return self.machine.output(f"until d=$(ls -d /sys/bus/scsi/devices/*:0:0:{number}/block/* 2>/dev/null); do sleep 0.1; done; echo /dev/${{d##*/}}", timeout=60)

    def remove(self, name, path):
        number = name[len("case"):]
        self.machine.qmp("device_del", id=name)
        self.machine.run(f"while ls -d /sys/bus/scsi/devices/*:0:0:{number}/block >/dev/null 2>&1; do sleep 0.1; done", timeout=60)
        self.machine.run("true")
        self.machine.qmp("blockdev-del", **{"node-name": name})
        os.unlink(path)

    def run_case(self, case):
        disks.without_btrfs(case)
        names = disks.disk_names(case)
        on = disks.Disks(self.run_script, case, {name: self.disk(n, disks.disk_sectors(case, name)) for n, name in enumerate(names)})
        on.prepare()
        before = on.tables()
        mounted = f"mount {on.root()} {ROOT}" if on.root() else "true"
        on.must(f"mkdir -p {ROOT}; {mounted}")
        code, said = self.run_script(f"printf %s {shlex.quote(case['text'])} | keelson-provision apply --root {ROOT} - 2>&1")
        self.run_script(f"umount {ROOT}; rm -rf {ROOT}")
        self.assertEqual(disks.differences(case, on, before, code, said), [])
        self.run_script("for m in /dev/mapper/*; do [ $m = /dev/mapper/control ] || [ $m = /dev/mapper/root ] || cryptsetup close $m; done; mdadm -q --stop --scan")

    def test_all(self):
        wanted, done = os.environ.get("CASE"), 0
        for case in filter(disks.about_disks, disks.load(facts.TREE + "/tests/ignition/blackbox-disks.jsonl")):
            name = disks.title(case)
            if wanted and wanted not in name:
                continue
            with self.subTest(name):
                self.run_case(case)
                done += 1
            self.doCleanups()
        note(f"{done} of the reference's cases end on this system's disks as the reference says")
        self.assertGreater(done, 0 if wanted else 50)


if __name__ == "__main__":
    unittest.main()
