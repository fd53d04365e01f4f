# SPDX-License-Identifier: Apache-2.0
"""The root file system is read-only and verified; a machine's own data lives elsewhere."""
import os
import subprocess
import tempfile
import unittest

import diskimage
import machines
from emulator import PANIC
from machines import SharedMachineTest, note

FIRST_READ = "/usr/lib/systemd/systemd"
SECOND_START = PANIC.pattern + "|KEELSON-READY[^\\r\\n]*"


class ReadOnly(SharedMachineTest):
    def mounts(self):
        """Mount point to (type, options); what is mounted last counts."""
        lines = self.output("cat /proc/mounts").splitlines()
        return {f[1]: (f[2], f[3].split(",")) for f in map(str.split, lines)}

    def test_root_is_squashfs(self):
        kind, options = self.mounts()["/"]
        self.assertEqual(kind, "squashfs")
        self.assertIn("ro", options)

    def test_root_is_on_verity(self):
        """The device under / is device mapper's, made of the slot's root and verity partitions."""
        device = self.output("awk '$5 == \"/\" {print $3}' /proc/self/mountinfo | tail -n 1")
        block = f"/sys/dev/block/{device}"
        self.assertEqual(self.output(f"cat {block}/ro"), "1")
        self.assertNotEqual(self.output(f"cat {block}/dm/name"), "")
        parts = self.output(f"sed -n s/^PARTNAME=//p {block}/slaves/*/uevent").split()
        self.assertEqual(sorted(parts), ["root-a", "verity-a"])

    def test_writing_fails(self):
        for path in ("/usr/bin/new", "/new", "/usr/lib/os-release"):
            with self.subTest(path=path):
                self.assert_refused(f"touch {path} && echo x >>{path}", "Read-only file system")

    def test_remount_fails(self):
        self.assert_refused("mount -o remount,rw /", "(?i)read-only|write-protected|permission")
        self.assertIn("ro", self.mounts()["/"][1])

    def test_state_is_writable(self):
        mounts = self.mounts()
        self.assertEqual(mounts["/etc"][0], "overlay")
        self.assertIn(mounts["/var"][0], ("ext4", "xfs"))
        for option in ("rw", "nosuid", "nodev"):
            self.assertIn(option, mounts["/var"][1])
        for folder in ("/etc", "/var", "/run", "/tmp"):
            self.output(f"echo x >{folder}/vm-test && rm {folder}/vm-test")


class Corrupted(unittest.TestCase):
    """One flipped byte, in a copy of the image, within the program that PID 1 is."""

    def test_flipped_byte_stops_the_boot(self):
        folder = self.enterContext(tempfile.TemporaryDirectory(dir=machines.IMAGES))
        image = os.path.join(folder, "corrupted.img")
        subprocess.run(["cp", "--sparse=always", machines.IMAGE, image], check=True)
        start, _ = diskimage.partition(image, "root-a")
        at = diskimage.Squashfs(image, start).data_start(FIRST_READ) + 100
        with open(image, "r+b") as disk:
            disk.seek(at)
            byte = disk.read(1)[0]
            disk.seek(at)
            disk.write(bytes([byte ^ 0x10]))
        note(f"flipped one bit of byte {at}, in the data of {FIRST_READ}")
        with machines.new("corrupted", image=image) as machine:
            machine.boot()
            machine.expect(r"device-mapper: verity: .* is corrupted", timeout=180)
            note(machine.expect(PANIC, timeout=60)[0])
            # A kernel panics once: a second panic, or a system that is up, is a second start.
            note("started again: " + machine.expect(SECOND_START, timeout=180)[0])
