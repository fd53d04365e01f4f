# SPDX-License-Identifier: Apache-2.0
"""keelson-oci's store: whole after power cuts, on full disks, with many at work at once.

usage: python3 tests/image/test_oci_store.py    (inside the SDK, as root; nothing has to be built. OCI= names a program that is.
CUTS=, OPERATIONS= and SEED= say how many and which)
"""
import json
import os
import random
import shutil
import subprocess
import sys
import threading
import unittest

from ociprogram import SMALL, Program
from registryserver import Image, digest, tar

CUTS = int(os.environ.get("CUTS", "40"))
OPERATIONS = int(os.environ.get("OPERATIONS", "1000"))
SEED = int(os.environ.get("SEED", "1"))
MIB = 1 << 20
ALL = 10 ** 9


def noise(seed, size):
    return random.Random(seed).randbytes(size)


class PowerCut(Program):
    """The program is killed at a system call, and what its disk has got by then is all that is left: nothing of the page cache."""

    def setUp(self):
        super().setUp()
        self.mount_point = self.dir + "/disk"
        os.mkdir(self.mount_point)
        os.mkdir(self.dir + "/disks")
        subprocess.run(["mount", "-t", "tmpfs", "disks", self.dir + "/disks"], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", self.dir + "/disks"], check=True)
        self.image = Image(SMALL, tar(("big", noise(3, MIB)), ("d", None), ("d/.wh.x", b"")), tar(*[(f"f{i}", b"x" * 5000) for i in range(9)]))
        self.registry.put(self.image)

    def fresh(self, name):
        path = f"{self.dir}/disks/{name}"
        with open(path, "wb") as file:
            file.truncate(48 * MIB)
        subprocess.run(["mkfs.ext4", "-q", path], check=True)
        return path

    def attach(self, path):
        """Mounted; nothing is committed but what is asked for."""
        subprocess.run(["mount", "-o", "loop,commit=300", path, self.mount_point], check=True)
        self.store = self.mount_point + "/store"

    def detach_all(self):
        subprocess.run(["umount", self.mount_point], check=True)

    def cut_disk(self, whole, argv, after):
        """What a disk holds when the power goes at that call."""
        path = f"{self.dir}/disks/at"
        shutil.copyfile(whole, path)
        self.attach(path)
        cut = [sys.executable, os.path.dirname(os.path.abspath(__file__)) + "/cutting.py", str(after), *self.command(*argv)]
        calls = int(subprocess.run(cut, check=True, capture_output=True).stdout)
        left = f"{self.dir}/disks/left"
        shutil.copyfile(path, left)
        self.detach_all()
        return left, calls

    def cuts_of(self, before, argv, check):
        whole = self.fresh("whole")
        self.attach(whole)
        before()
        self.detach_all()
        _, calls = self.cut_disk(whole, argv, ALL)
        times = random.Random(SEED)
        # Documents and the name are written in the last calls, a few of many.
        for after in sorted(times.sample(range(1, calls - 80), CUTS // 2) + times.sample(range(calls - 80, calls), CUTS // 2)):
            left, _ = self.cut_disk(whole, argv, after)
            with self.subTest(after=after, calls=calls):
                self.attach(left)
                try:
                    self.assertIn(" 0 findings", self.good("verify"))
                    check()
                    self.assertIn(" 0 findings", self.good("verify"))
                finally:
                    self.detach_all()

    def test_pull(self):
        def again():
            self.good("pull", self.name)
            self.assertIn("1 images, 2 blobs, 3 layers", self.good("verify"))
        self.cuts_of(lambda: None, ("pull", self.name), again)

    def test_gc(self):
        other = Image(SMALL)
        self.registry.put(other, "other")

        def before():
            self.good("pull", self.name)
            self.good("pull", self.registry.host + "/a/b:other")
            self.good("rm", self.name)

        def check():
            self.good("inspect", self.registry.host + "/a/b:other")
            self.good("gc")
            self.assertEqual(self.layers(), [digest(SMALL)[7:]])
        self.cuts_of(before, ("gc",), check)

    def test_a_new_image_by_an_old_name(self):
        old = Image(SMALL)
        self.registry.put(old)

        def before():
            self.good("pull", self.name)
            self.registry.put(self.image)

        def check():
            self.assertIn(self.inspect()["digest"], (old.manifest, self.image.manifest))
        self.cuts_of(before, ("pull", self.name), check)

    def test_the_method(self):
        """What is written and not synced is lost, or the tests above show nothing."""
        path = self.fresh("probe")
        self.attach(path)
        for name in ("lost", "kept"):
            with open(f"{self.mount_point}/{name}", "wb") as file:
                file.write(b"x")
                if name == "kept":
                    os.fsync(file.fileno())
        with open(self.mount_point + "/late", "wb") as file:
            file.write(b"x")
        shutil.copyfile(path, path + ".cut")
        self.detach_all()
        self.attach(path + ".cut")
        found = set(os.listdir(self.mount_point))
        self.detach_all()
        self.assertEqual(("kept" in found, "late" in found), (True, False))


class FullDisk(Program):
    def grow_until_it_fits(self, sizes, mount):
        self.registry.put(Image(SMALL, tar(("big", noise(3, 3 * MIB))), tar(*[(f"f{i}", b"") for i in range(300)])))
        os.mkdir(self.store)
        failed = 0
        for size in sizes:
            mount(size)
            done = self.run_program("pull", self.name)
            if done.returncode == 0:
                break
            failed += 1
            self.assertIn("No space left", done.stderr)
            if os.path.exists(self.store + "/tmp"):
                self.assertIn(" 0 findings", self.good("verify"))
        self.assertGreater(failed, 5)
        self.assertIn("3 layers: 0 findings", self.good("verify"))

    def test_bytes(self):
        self.addCleanup(subprocess.run, ["umount", self.store], check=True)
        mounted = []

        def mount(size):
            options = ("remount," if mounted else "") + f"size={size}k"
            subprocess.run(["mount", "-t", "tmpfs", "-o", options, "store", self.store], check=True)
            mounted.append(size)
        self.grow_until_it_fits([16, 40, 100, 300, 700, 1500, 3000, 4500, 6000, 6600, 7200, 9000, 12000, 20000], mount)

    def test_inodes(self):
        mounted = []
        self.addCleanup(subprocess.run, ["umount", self.store], check=True)

        def mount(count):
            options = ("remount," if mounted else "") + f"nr_inodes={count}"
            subprocess.run(["mount", "-t", "tmpfs", "-o", options, "store", self.store], check=True)
            mounted.append(count)
        self.grow_until_it_fits([3, 7, 12, 14, 18, 25, 100, 300, 320, 340, 400, 1000], mount)


class ManyAtOnce(Program):
    """Each worker has names and holders of its own, and knows what must be there; all share layers, and anyone collects."""

    def test_random_operations(self):
        shared = [tar((f"s{i}", noise(i, 20000))) for i in range(4)]
        self.images = []
        for i in range(6):
            image = Image(*shared[:i % 4 + 1], tar((f"own{i}", b"x")))
            self.registry.put(image, f"i{i}")
            self.images.append(image)
        failures = []
        workers = [threading.Thread(target=self.work, args=(who, OPERATIONS // 4, failures)) for who in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        self.assertEqual(failures, [])
        self.assertIn(" 0 findings", self.good("verify"))
        for listed in json.loads(self.good("--json", "images")):
            self.good("rm", listed["name"])
        for who in range(4):
            self.good("drop", f"holder{who}")
        self.good("gc")
        self.assertEqual((self.layers(), os.listdir(self.store + "/blobs/sha256"), os.listdir(self.store + "/tmp")), ([], [], []))

    def work(self, who, count, failures):
        times, has, held = random.Random(SEED * 100 + who), {}, None
        try:
            for _ in range(count):
                held = self.step(who, times, has, held)
        except AssertionError as problem:
            failures.append(problem)

    def step(self, who, times, has, held):
        number = times.randrange(len(self.images))
        name = f"{self.registry.host}/w{who}:i{number}"
        what = times.choice(("pull", "pull", "rm", "gc", "hold", "drop", "look", "look"))
        if what == "pull":
            self.good("pull", name)
            has[name] = self.images[number]
        elif what == "rm":
            self.assertEqual(self.run_program("rm", name).returncode, 0 if name in has else 1, name)
            has.pop(name, None)
        elif what == "gc":
            self.good("gc")
        elif what == "drop":
            self.good("drop", f"holder{who}")
            held = None
        elif what == "hold" and name in has:
            held = self.good("hold", "--holder", f"holder{who}", name).split()
            self.assertEqual([path.split("/")[-2] for path in held], [one[7:] for one in has[name].diff_ids])
        for there, image in has.items():
            if what == "look":
                self.assertEqual(self.inspect(there)["digest"], image.manifest)
                for one in image.diff_ids:
                    self.assertEqual(len(os.listdir(f"{self.store}/layers/sha256/{one[7:]}/diff")), 1)
        for path in held or []:
            self.assertEqual(len(os.listdir(path)), 1, path)
        return held


if __name__ == "__main__":
    unittest.main()
