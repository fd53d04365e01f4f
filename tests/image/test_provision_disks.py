# SPDX-License-Identifier: Apache-2.0
"""keelson-provision's disks stage, on loop devices over sparse files.

usage: python3 tests/image/test_provision_disks.py    (inside the SDK, as root; nothing has to be built)

Only devices that this made are written to, and all are given back. What the kernel of the machine cannot do (device-mapper, RAID, some
file systems) is seen by the arguments that cryptsetup and mdadm get, in a mount namespace of its own, or is skipped with the reason.
"""
import json
import os
import subprocess
import sys
import tempfile
import unittest

TREE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, TREE + "/tests/ignition")
import disks  # noqa: E402, pylint: disable=wrong-import-position

CASES = os.environ.get("BLACKBOX", TREE + "/tests/ignition/blackbox-disks.jsonl")
SECTOR = 512
MIB = 1 << 20
# What this system refuses with a reason, and the reference does: a word of the reason.
REFUSED = {
    "filesystem.mount.options": "format btrfs",
    "filesystem.create.btrfs.wipe": "format btrfs",
}


def run(script):
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, errors="replace", check=False)
    return done.returncode, done.stdout + (done.stderr if done.returncode else "")


def config(**storage):
    return json.dumps({"ignition": {"version": "3.6.0"}, "storage": storage})


def kernel_has(filesystem):
    with open("/proc/filesystems", encoding="ascii") as file:
        return any(line.split()[-1] == filesystem for line in file)


class DisksTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.program = os.environ.get("PROVISION") or cls.dir + "/keelson-provision"
        if "PROVISION" not in os.environ:
            subprocess.run(["make", "-C", TREE + "/rootfs/src", "O=" + cls.dir, cls.program], check=True, stdout=subprocess.DEVNULL)

    def disk(self, sectors):
        """A new device of zeros."""
        image = tempfile.NamedTemporaryFile(dir=self.dir)  # pylint: disable=consider-using-with
        self.addCleanup(image.close)
        image.truncate(sectors * SECTOR)
        device = subprocess.run(["losetup", "-fP", "--show", image.name], check=True, capture_output=True, text=True).stdout.strip()
        self.addCleanup(self.detach, device)
        return device

    @staticmethod
    def detach(device):
        subprocess.run(["partx", "-d", device], check=False, capture_output=True)
        subprocess.run(["losetup", "-d", device], check=True)

    def folder(self):
        path = tempfile.mkdtemp(dir=self.dir)
        return path

    def apply(self, text, root=None, options=(), prefix=()):
        argv = [*prefix, self.program, "apply", "--root", root or self.folder(), *options, "-"]
        return subprocess.run(argv, input=text, capture_output=True, text=True, check=False, timeout=300)

    def applied(self, text, **how):
        done = self.apply(text, **how)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done

    def refused(self, text, reason, **how):
        done = self.apply(text, **how)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn(reason, done.stdout + done.stderr)

    def table(self, device):
        return json.loads(subprocess.run(["sfdisk", "--json", device], check=True, capture_output=True, text=True).stdout)["partitiontable"]

    def rows(self, device):
        return [(row["start"], row["size"], row.get("name", "")) for row in self.table(device).get("partitions", [])]

    def signature(self, device):
        out = run(f"blkid -p -o export {device}")[1]
        found = dict(line.split("=", 1) for line in out.splitlines() if "=" in line)
        return found.get("TYPE"), found.get("LABEL"), found.get("UUID")


class Blackbox(DisksTest):
    """The reference's own tests."""

    def files_are_written(self):
        root = self.folder()
        self.apply(config(files=[{"path": "/there", "contents": {"source": "data:,x"}}]), root=root)
        return os.path.exists(root + "/there")

    def reason_to_skip(self, case):
        storage = json.loads(case["text"])["storage"]
        if storage.get("luks") and "device-mapper" not in run("cat /proc/devices")[1] and case["positive"]:
            return "this machine's kernel has no device-mapper"
        if any(p.get("fs") == "btrfs" for d in case["before"] for p in d["partitions"]) and run("command -v mkfs.btrfs")[0]:
            return "no mkfs.btrfs"
        if not self.nodes and not case["positive"] and (storage.get("files") or "merge" in case["text"]):
            return "the stages that fail here are not there yet"
        return None

    @staticmethod
    def without_paths(text):
        """A file system that this kernel cannot mount is made all the same."""
        value = json.loads(text)
        for one in value["storage"].get("filesystems", []):
            if one.get("format") in ("vfat", "xfs", "ext4") and not kernel_has(one["format"]):
                one.pop("path", None)
        return json.dumps(value)

    def run_case(self, case):
        on = disks.Disks(run, case, {name: self.disk(disks.disk_sectors(case, name)) for name in disks.disk_names(case)})
        on.prepare()
        before, root = on.tables(), self.folder()
        if on.root():
            on.must(f"mount {on.root()} {root}")
        try:
            done = self.apply(self.without_paths(case["text"]), root=root)
        finally:
            if on.root():
                on.must(f"umount {root}")
        name = disks.title(case)
        if name in REFUSED:
            self.assertEqual(done.returncode, 1)
            self.assertIn(REFUSED[name], done.stderr)
        elif case["positive"]:
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertEqual(on.check(nodes=self.nodes), [])
        else:
            self.assertEqual(done.returncode, 1)
            self.assertEqual(on.tables(), before)

    def test_all(self):
        if not os.path.exists(CASES):
            self.fail(f"{CASES} is missing")
        self.nodes = self.files_are_written()
        wanted, done = os.environ.get("CASE"), 0
        for case in filter(disks.about_disks, disks.load(CASES)):
            name = disks.title(case)
            if wanted and wanted not in name:
                continue
            with self.subTest(name):
                reason = self.reason_to_skip(case)
                if reason:
                    self.skipTest(f"{name}: {reason}")
                self.run_case(case)
            self.doCleanups()
            done += 1
        self.assertGreater(done, 0 if wanted else 50)


if __name__ == "__main__":
    unittest.main()
