# SPDX-License-Identifier: Apache-2.0
"""scripts/flash on files and loop devices: what it writes, what it refuses.

usage: python3 tests/image/test_flash.py    (inside the SDK; as root for the loop devices)
"""
import os
import subprocess
import tempfile
import unittest

import loopdisks

TREE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MIB = 1 << 20
WINDOW = 8 * MIB
IMAGE_SIZE = 5 * WINDOW + 3 * MIB
DISK_SIZE = IMAGE_SIZE + 300 * MIB


def sh(*argv):
    return subprocess.run(argv, capture_output=True, text=True, check=True).stdout.strip()


class FlashTest(unittest.TestCase):
    def setUp(self):
        self.dir = self.enterContext(tempfile.TemporaryDirectory())
        self.image, self.disk = self.dir + "/image", self.dir + "/disk"
        with open(self.image, "wb") as image:
            image.truncate(IMAGE_SIZE)
            for at in (0, 2 * WINDOW + 5000, IMAGE_SIZE - 700):
                image.seek(at)
                image.write(os.urandom(700))
        self.make_disk(DISK_SIZE)

    def make_disk(self, size, stale=b""):
        with open(self.disk, "wb") as disk:
            disk.truncate(size)
            for at in range(0, size if stale else 0, MIB // 2):
                disk.seek(at)
                disk.write(stale)

    def flash(self, *argv, answer="", yes=True, path=None):
        env = dict(os.environ, YES="1" if yes else "")
        if path:
            env["PATH"] = path + ":" + env["PATH"]
        return subprocess.run([TREE + "/scripts/flash", *argv], input=answer, env=env, text=True,
                              capture_output=True, check=False)

    def read(self, path, start, length):
        with open(path, "rb") as data:
            data.seek(start)
            return data.read(length)

    def assert_flashed(self, done):
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.read(self.disk, 0, IMAGE_SIZE), self.read(self.image, 0, IMAGE_SIZE))

    def assert_refused(self, done, words, status=1):
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        self.assertIn(words, done.stderr)


class Files(FlashTest):
    def test_only_windows_with_data_are_written(self):
        done = self.flash("--file", self.image, self.disk)
        self.assert_flashed(done)
        data = WINDOW + WINDOW + (IMAGE_SIZE - 5 * WINDOW)
        self.assertIn(f"{IMAGE_SIZE} bytes verified, {data} of them written", done.stdout)
        self.assertLess(os.stat(self.disk).st_blocks * 512, IMAGE_SIZE)

    def test_stale_data_is_gone(self):
        self.make_disk(DISK_SIZE, stale=b"old file system")
        self.assert_flashed(self.flash("--file", self.image, self.disk))
        for start, length in ((IMAGE_SIZE, WINDOW), (DISK_SIZE - MIB, MIB)):
            self.assertEqual(self.read(self.disk, start, length), bytes(length))
        self.assertTrue(any(self.read(self.disk, IMAGE_SIZE + WINDOW, WINDOW)))

    def test_second_time_rewrites_the_first_window_only(self):
        self.assert_flashed(self.flash("--file", self.image, self.disk))
        done = self.flash("--file", self.image, self.disk)
        self.assert_flashed(done)
        self.assertIn(f"{WINDOW} of them written", done.stdout)

    def test_asks_for_the_name(self):
        done = self.flash("--file", self.image, self.disk, answer="disk\n", yes=False)
        self.assert_flashed(done)
        self.assertIn("Type disk to go on", done.stdout)

    def test_no_answer_writes_nothing(self):
        for answer in ("", "y\n", "dis\n", "disk2\n"):
            with self.subTest(answer=answer):
                done = self.flash("--file", self.image, self.disk, answer=answer, yes=False)
                self.assert_refused(done, "not confirmed")
                self.assertEqual(os.stat(self.disk).st_blocks, 0)

    def test_too_small_for_image_and_state(self):
        self.make_disk(IMAGE_SIZE + 255 * MIB)
        self.assert_refused(self.flash("--file", self.image, self.disk), "too small")
        self.assertEqual(os.stat(self.disk).st_blocks, 0)

    def test_what_does_not_stick_is_found(self):
        tools = self.dir + "/tools"
        os.mkdir(tools)
        with open(tools + "/dd", "w", encoding="ascii") as fake:
            fake.write("#!/bin/sh\nexit 0\n")
        os.chmod(tools + "/dd", 0o755)
        done = self.flash("--file", self.image, self.disk, path=tools)
        self.assert_refused(done, "what was read back differs")

    def test_failed_write_is_reported(self):
        tools = self.dir + "/tools"
        os.mkdir(tools)
        with open(tools + "/dd", "w", encoding="ascii") as fake:
            fake.write("#!/bin/sh\nexit 1\n")
        os.chmod(tools + "/dd", 0o755)
        self.assert_refused(self.flash("--file", self.image, self.disk, path=tools), "write error")

    def test_what_is_no_disk(self):
        for argv, words in ((("/dev/null",), "not a block device"), ((self.dir,), "not a block"),
                            ((self.disk,), "not a block"), (("/dev/nothing",), "no such device")):
            with self.subTest(disk=argv[0]):
                self.assert_refused(self.flash(self.image, *argv), words)
        self.assert_refused(self.flash("--file", self.image, "/dev/null"), "no regular file")

    def test_no_image(self):
        self.assert_refused(self.flash("--file", self.dir + "/none", self.disk), "no image there")

    def test_usage(self):
        for argv in ((), (self.image,), (self.image, ""), (self.image, self.disk, "more")):
            with self.subTest(argv=argv):
                self.assert_refused(self.flash(*argv), "usage", status=2)


class LoopDevices(FlashTest):
    def attach(self, *options):
        self.loop = loopdisks.attach(self, self.disk, *options)

    def refused_untouched(self, disk, words):
        before = sh("cksum", self.disk)
        self.assert_refused(self.flash(self.image, disk), words)
        self.assertEqual(sh("cksum", self.disk), before)

    def test_writes_a_block_device(self):
        self.make_disk(DISK_SIZE, stale=b"old")
        self.attach()
        done = self.flash(self.image, self.loop)
        self.assert_flashed(done)
        self.assertIn(os.path.basename(self.loop), done.stdout)

    def test_read_only(self):
        self.attach("-r")
        self.refused_untouched(self.loop, "read-only")

    def test_large_sectors(self):
        self.attach("--sector-size", "4096")
        self.refused_untouched(self.loop, "sectors of 4096 bytes")

    def test_mounted(self):
        sh("mkfs.ext4", "-q", self.disk)
        mount_point = self.dir + "/mnt"
        os.mkdir(mount_point)
        self.attach()
        sh("mount", "-o", "ro", self.loop, mount_point)
        self.addCleanup(sh, "umount", mount_point)
        self.refused_untouched(self.loop, "is mounted on " + mount_point)

    def test_claimed_where_we_cannot_see(self):
        self.attach()
        claim = os.open(self.loop, os.O_RDONLY | os.O_EXCL)
        self.addCleanup(os.close, claim)
        self.refused_untouched(self.loop, "busy")

    def test_partition(self):
        subprocess.run(["sfdisk", "-q", self.disk], input="label: gpt\nsize=20MiB\n", text=True,
                       check=True)
        self.attach()
        sh("partx", "-a", self.loop)
        self.addCleanup(sh, "partx", "-d", self.loop)
        self.refused_untouched(self.loop + "p1", "give the whole disk: " + self.loop)


if __name__ == "__main__":
    unittest.main()
