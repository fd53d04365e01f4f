# SPDX-License-Identifier: Apache-2.0
"""What a server for network boots offers: complete, small, and nothing in it that the disk's boot would not take."""
import hashlib
import os
import stat
import subprocess
import tempfile
import unittest

import built

MIB = 1 << 20
MAX_FETCHING_BYTES = 8 * MIB  # kernel's drivers, libraries and certificates that fetch a root
SET = built.IMAGES + "/pxe"
SIGNED = ("vmlinuz", "slot.cfg", "initrd.img", "initrd-net.img")


class Set(unittest.TestCase):
    def test_all_can_be_read_and_have_their_sums(self):
        sums = dict(reversed(line.split()) for line in built.read(SET + "/SHA256SUMS").splitlines())
        names = set(os.listdir(SET)) - {"SHA256SUMS"}
        self.assertEqual(set(sums), names)
        self.assertLessEqual({*SIGNED, *(name + ".sig" for name in SIGNED), "boot.ipxe", "root.img", "grub-netboot.efi"}, names)
        for name in names:
            with open(f"{SET}/{name}", "rb") as file:
                self.assertEqual(hashlib.file_digest(file, "sha256").hexdigest(), sums[name], name)
            self.assertEqual(stat.S_IMODE(os.stat(f"{SET}/{name}").st_mode) & 0o444, 0o444, name)

    def test_root_and_tree_in_one_file(self):
        image = built.step("image")
        self.assertEqual(built.read(SET + "/root.img", "rb"), built.read(image + "/root.squashfs", "rb") + built.read(image + "/root.verity", "rb"))
        self.assertEqual(os.path.getsize(image + "/root.squashfs") % 4096, 0)

    def test_initramfs_with_the_root_in_it(self):
        """Two archives: the one that disks boot, as it is, and behind it at a multiple of four a file."""
        first, whole, root = (built.read(path, "rb") for path in (built.step("image") + "/initrd.img", SET + "/initrd.img", SET + "/root.img"))
        self.assertTrue(whole.startswith(first))
        start = whole.index(b"070701", len(first))
        self.assertEqual(start % 4, 0)
        self.assertEqual(whole[len(first):start].strip(b"\0"), b"")
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["cpio", "-i", "--quiet"], input=whole[start:], cwd=folder, check=True)
            self.assertEqual(os.listdir(folder), ["root.img"])
            self.assertEqual(built.read(folder + "/root.img", "rb"), root)

    def test_initramfs_that_fetches(self):
        size = os.path.getsize(SET + "/initrd-net.img")
        print(f"     initrd-net.img {size / 1e6:.2f} MB, initrd.img {os.path.getsize(SET + '/initrd.img') / 1e6:.2f} MB")
        self.assertLessEqual(size, MAX_FETCHING_BYTES)
        names = built.read(built.step("initramfs-net") + "/files").splitlines()
        programs = sorted(name for name in names if name.startswith("usr/bin/"))
        self.assertEqual(programs, sorted("usr/bin/" + name for name in ("busybox", "ip", "keelson-provision", "mkdir", "rm", "sh", "udhcpc")))
        drivers = [name for name in built.read(built.step("initramfs") + "/files").splitlines() if name.endswith(".ko")]
        self.assertEqual([name for name in drivers if name not in names], [])
        self.assertGreater(len(drivers), 5)

    def test_ipxe_has_the_same_command_line(self):
        line = built.read(SET + "/slot.cfg").strip().removeprefix('set cmdline="').removesuffix('"')
        self.assertIn("roothash=", line)
        self.assertIn(f"\nkernel vmlinuz {line} keelson.slot=pxe ", built.read(SET + "/boot.ipxe"))


if __name__ == "__main__":
    unittest.main()
