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

from loopdisks import LoopDisks, attach

TREE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, TREE + "/tests/ignition")
import disks  # noqa: E402, pylint: disable=wrong-import-position

CASES = os.environ.get("BLACKBOX", TREE + "/tests/ignition/blackbox-disks.jsonl")
SECTOR = 512
MIB = 1 << 20


def run(script):
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, errors="replace", check=False)
    return done.returncode, done.stdout + (done.stderr if done.returncode else "")


def config(**storage):
    return json.dumps({"ignition": {"version": "3.6.0"}, "storage": storage})


def kernel_has(filesystem):
    with open("/proc/filesystems", encoding="ascii") as file:
        return any(line.split()[-1] == filesystem for line in file)


class DisksTest(LoopDisks, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.program = os.environ.get("PROVISION") or cls.dir + "/keelson-provision"
        if "PROVISION" not in os.environ:
            subprocess.run(["make", "-C", TREE + "/rootfs/src", "O=" + cls.dir, cls.program], check=True, stdout=subprocess.DEVNULL)

    def disk(self, sectors):
        return self.loop(sectors * SECTOR)

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

    def reason_to_skip(self, case):
        storage = json.loads(case["text"])["storage"]
        if storage.get("luks") and "device-mapper" not in run("cat /proc/devices")[1] and case["positive"]:
            return "this machine's kernel has no device-mapper"
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
        disks.without_btrfs(case)
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
        self.assertEqual(disks.differences(case, on, before, done.returncode, done.stdout + done.stderr), [])

    def test_all(self):
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


class Tables(DisksTest):
    """What the reference's cases do not look at."""

    def made(self, *partitions, sectors=64 * MIB // SECTOR):
        device = self.disk(sectors)
        self.applied(config(disks=[{"device": device, "partitions": list(partitions)}]))
        return device

    def test_run_again_changes_nothing(self):
        wanted = [{"number": 0, "label": "a", "sizeMiB": 8}, {"number": 3, "label": "b", "startMiB": 20, "sizeMiB": 0}]
        device = self.disk(64 * MIB // SECTOR)
        text = config(disks=[{"device": device, "partitions": wanted}],
                      filesystems=[{"device": disks.node(device, 1), "format": "ext4", "label": "x"}])
        self.applied(text)
        before, uuid = self.table(device), self.signature(disks.node(device, 1))
        self.assertEqual(self.rows(device), [(2048, 16384, "a"), (40960, 90079, "b")])
        self.applied(text)
        self.assertEqual((self.table(device), self.signature(disks.node(device, 1))), (before, uuid))

    def test_written_but_the_kernel_was_not_told(self):
        device = self.made({"number": 1, "label": "a", "sizeMiB": 8})
        subprocess.run(["partx", "-d", device], check=True)
        self.assertFalse(os.path.exists(disks.node(device, 1)))
        self.applied(config(disks=[{"device": device, "partitions": [{"number": 1, "label": "a"}]}]))
        self.assertTrue(os.path.exists(disks.node(device, 1)))

    def test_all_else_on_the_disk_stays(self):
        """Boot code, attributes, and what lies in the partitions, also in one that takes the place of another."""
        device = self.made({"number": 1, "label": "a", "sizeMiB": 8}, {"number": 2, "label": "b", "sizeMiB": 8})
        subprocess.run(["sfdisk", "-q", "--no-reread", "--no-tell-kernel", "--part-attrs", device, "1", "LegacyBIOSBootable,GUID:60"], check=True)
        subprocess.run(["mkfs.ext4", "-q", disks.node(device, 2)], check=True)
        with open(device, "r+b") as file:
            file.write(b"boot code" + b"x" * 431)
        self.applied(config(disks=[{"device": device, "partitions": [
            {"number": 2, "label": "c", "startMiB": 9, "sizeMiB": 8, "wipePartitionEntry": True}, {"number": 3, "label": 'q"\\é', "sizeMiB": 1}]}]))
        with open(device, "rb") as file:
            self.assertEqual(file.read(440), b"boot code" + b"x" * 431)
        rows = self.table(device)["partitions"]
        self.assertEqual(rows[0]["attrs"], "LegacyBIOSBootable GUID:60")
        self.assertEqual([row["name"] for row in rows], ["a", "c", 'q"\\é'])
        self.assertEqual(self.signature(disks.node(device, 2))[0], "ext4")

    def test_first_table_damaged(self):
        device = self.made({"number": 1, "label": "a", "sizeMiB": 8})
        run(f"dd if=/dev/zero of={device} bs=512 seek=1 count=1 conv=notrunc")
        self.applied(config(disks=[{"device": device, "partitions": [{"number": 2, "label": "b", "sizeMiB": 1}]}]))
        self.assertEqual([row[2] for row in self.rows(device)], ["a", "b"])

    def test_another_kind_of_table(self):
        device = self.disk(64 * MIB // SECTOR)
        subprocess.run(["sfdisk", "-q", device], input="label: dos\nsize=8M\n", text=True, check=True)
        wanted = {"device": device, "partitions": [{"number": 1, "label": "a"}]}
        self.refused(config(disks=[wanted]), "partition table of type dos")
        self.applied(config(disks=[{**wanted, "wipeTable": True}]))
        self.assertEqual(self.table(device)["label"], "gpt")

    def test_in_use(self):
        device = self.made({"number": 1, "label": "a", "sizeMiB": 8}, {"number": 2, "label": "b", "sizeMiB": 8})
        part, root = disks.node(device, 1), self.folder()
        run(f"mkfs.ext4 -q {part} && mount {part} {root}")
        self.addCleanup(run, f"umount {root}")
        before = self.table(device)
        gone = {"number": 1, "shouldExist": False, "wipePartitionEntry": True}
        name = os.path.basename(part)
        self.refused(config(disks=[{"device": device, "partitions": [gone]}]), f"{name} is mounted")
        self.refused(config(disks=[{"device": device, "wipeTable": True}]), f"{name} is mounted")
        self.refused(config(disks=[{"device": device, "partitions": [{"number": 1, "sizeMiB": 4, "resize": True}]}]), f"{name} is mounted")
        self.refused(config(filesystems=[{"device": part, "format": "xfs", "wipeFilesystem": True}]), "Device or resource busy")
        self.assertEqual(self.table(device), before)
        self.applied(config(disks=[{"device": device, "partitions": [{**gone, "number": 2}, {"number": 1, "sizeMiB": 32, "resize": True}]}]))
        self.assertEqual(self.rows(device), [(2048, 65536, "a")])
        self.assertFalse(os.path.exists(disks.node(device, 2)))

    def test_no_disk(self):
        device = self.made({"number": 1, "label": "a", "sizeMiB": 8})
        self.refused(config(disks=[{"device": disks.node(device, 1), "wipeTable": True}]), "is a partition, not a disk")

    def test_dry_run(self):
        device = self.made({"number": 1, "label": "a", "sizeMiB": 8})
        before = self.table(device)
        text = config(disks=[{"device": device, "partitions": [{"number": 2, "label": "b", "sizeMiB": 4}]}],
                      filesystems=[{"device": disks.node(device, 1), "format": "ext4", "path": "/x"}])
        self.assertEqual(self.applied(text, options=["--dry-run"]).stdout.splitlines()[:3], [
            f'{device}: make partition 2 "b": sectors 18432 to 26623',
            f"{disks.node(device, 1)}: make ext4", f"{disks.node(device, 1)}: mount at /x"])
        self.assertEqual(self.table(device), before)
        self.assertEqual(self.signature(disks.node(device, 1))[0], None)

    def test_names(self):
        device = self.made({"number": 1, "label": "na me", "sizeMiB": 8, "guid": "11111111-2222-4333-8444-555555555555"})
        part = disks.node(device, 1)
        for name in ("by-partlabel/na\\x20me", "by-partuuid/11111111-2222-4333-8444-555555555555"):
            self.applied(config(filesystems=[{"device": "/dev/disk/" + name, "format": "ext4", "label": "l 1",
                                              "uuid": "aaaaaaaa-2222-4333-8444-555555555555"}]))
            self.assertEqual(self.signature(part), ("ext4", "l\\ 1", "aaaaaaaa-2222-4333-8444-555555555555"))
        for name in ("by-label/l\\x201", "by-uuid/aaaaaaaa-2222-4333-8444-555555555555"):
            self.refused(config(filesystems=[{"device": "/dev/disk/" + name, "format": "vfat"}]), "it holds ext4", options=["--dry-run"])
        other = self.made({"number": 1, "label": "na me", "sizeMiB": 8})
        self.refused(config(filesystems=[{"device": "/dev/disk/by-partlabel/na\\x20me", "format": "ext4"}]), "both have this name")
        self.assertEqual(self.signature(disks.node(other, 1))[0], None)
        self.refused(config(filesystems=[{"device": "/dev/disk/by-path/x", "format": "ext4"}]), "are known here")

    def test_a_device_that_comes_late(self):
        image = self.dir + "/late"
        with open(image, "wb") as file:
            file.truncate(32 * MIB)
        link = "/dev/late-by-test"
        running = subprocess.Popen([self.program, "apply", "--root", self.folder(), "-"], stdin=subprocess.PIPE, text=True)
        running.stdin.write(config(filesystems=[{"device": link, "format": "ext4"}]))
        running.stdin.close()
        with self.assertRaises(subprocess.TimeoutExpired):
            running.wait(1.5)
        device = attach(self, image)
        os.symlink(device, link)
        self.addCleanup(os.unlink, link)
        self.assertEqual(running.wait(30), 0)
        self.assertEqual(self.signature(device)[0], "ext4")


class Mounts(DisksTest):
    def device(self):
        return self.disk(64 * MIB // SECTOR)

    def test_nested(self):
        """Parents first, whatever the order; nothing stays mounted, and the folders are where they belong."""
        outer, inner, root = self.device(), self.device(), self.folder()
        self.applied(config(filesystems=[{"device": inner, "format": "ext4", "path": "/a/b/c", "mountOptions": ["noatime", "nodev"]},
                                         {"device": outer, "format": "ext4", "path": "/a"},
                                         {"device": self.device(), "format": "swap"}]), root=root)
        with open("/proc/self/mountinfo", encoding="utf-8") as file:
            self.assertNotIn(root, file.read())
        self.assertEqual(os.listdir(root + "/a"), [])
        self.assertEqual(run(f"mount -o ro {outer} {root}/a && ls -d {root}/a/b/c && umount {root}/a")[0], 0)

    def test_refused(self):
        root, device = self.folder(), self.device()
        os.symlink("/", root + "/link")
        self.refused(config(filesystems=[{"device": device, "format": "ext4", "path": "/link/tmp/x"}]), "folder link, on the way", root=root)
        self.assertFalse(os.path.exists("/tmp/x"))
        self.refused(config(filesystems=[{"device": device, "format": "ext4", "path": "/"}]), "the one that was verified", root="/")
        self.refused(config(filesystems=[{"device": device, "format": "ext4", "path": "/x", "mountOptions": ["nosuch"]}]), "mount", root=root)
        with open("/proc/self/mountinfo", encoding="utf-8") as file:
            self.assertNotIn(device, file.read())

    def test_several_signatures(self):
        device = self.device()
        on = disks.Disks(run, {"before": []}, {})
        subprocess.run(["mkfs.ext4", "-q", device], check=True)
        on.must("\n".join(on.image({"label": None}, device)))
        self.applied(config(filesystems=[{"device": device, "format": "ext4"}]))
        self.assertEqual(self.signature(device), (None, None, None), "blkid shows one of several")
        for wanted in ("xfs", "none"):
            self.refused(config(filesystems=[{"device": device, "format": wanted}]), "several file systems")
        self.refused(config(luks=[{"device": device, "name": "x"}]), "signatures of several kinds")
        self.refused(config(disks=[{"device": device, "partitions": [{"number": 1}]}]), "signatures of several kinds")
        self.assertEqual(run(f"blkid -p -n ext4 {device}")[0], 0)
        self.applied(config(filesystems=[{"device": device, "format": "none", "wipeFilesystem": True}]))
        self.assertEqual(self.signature(device), (None, None, None))

    def test_nothing_is_written_before_all_can_be_done(self):
        device = self.device()
        self.refused(config(disks=[{"device": device, "partitions": [{"number": 1}]}],
                            filesystems=[{"device": device, "format": "btrfs"}]), "format btrfs")
        with open(device, "rb") as file:
            self.assertEqual(file.read(MIB).strip(b"\0"), b"")


FAKE = """#!/bin/sh
echo "$(basename $0) $*" >>{log}
{before}
"""


class Tools(DisksTest):
    """Arguments of programs that need more of the kernel than this machine may have."""

    def setUp(self):
        self.log, self.bin = self.dir + "/log", self.folder()
        with open(self.log, "w", encoding="utf-8"):
            pass

    def fake(self, name, script="exit 0"):
        path = f"{self.bin}/{name}"
        with open(path, "w", encoding="utf-8") as file:
            file.write(FAKE.format(log=self.log, before=script))
        os.chmod(path, 0o755)

    def prefix(self):
        """The real ones hidden behind the fakes, in this run's mounts only."""
        lines = [f"for p in /usr/bin/$(basename {path}) /usr/sbin/$(basename {path}); do [ ! -e $p ] || mount --bind {path} $p; done"
                 for path in (f"{self.bin}/{name}" for name in os.listdir(self.bin))]
        return ["unshare", "--mount", "sh", "-c", "set -e; " + "; ".join(lines) + '; exec "$@"', "sh"]

    def calls(self):
        with open(self.log, encoding="utf-8") as file:
            return file.read().splitlines()

    def test_raid(self):
        one, two = self.disk(32 * MIB // SECTOR), self.disk(32 * MIB // SECTOR)
        self.fake("mdadm")
        text = config(raid=[{"name": "data", "level": "raid1", "devices": [one, two], "options": ["--verbose"]}])
        self.applied(text, prefix=self.prefix())
        self.assertEqual(self.calls()[2:], [f"mdadm --create data --force --run --homehost any --level raid1 --raid-devices 2 --verbose {one} {two}"])
        self.fake("mdadm", "[ $1 != --examine ] || printf 'MD_LEVEL=raid1\\nMD_DEVICES=2\\nMD_NAME=any:data\\nMD_UUID=a:b:c:d\\n'")
        self.applied(text, prefix=self.prefix())
        self.assertEqual(self.calls()[-1], f"mdadm --assemble data --run {one} {two}")

    def luks(self, device, **more):
        return config(luks=[{"name": "data", "device": device, **more}])

    def test_luks_with_a_generated_key(self):
        device, root = self.disk(64 * MIB // SECTOR), self.folder()
        quick = ["--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000"]
        self.fake("cryptsetup", f"[ $1 != luksOpen ] || exit 0; exec {self.bin}/real \"$@\"")
        run(f"cp $(command -v cryptsetup) {self.bin}/real")
        self.applied(self.luks(device, options=quick, label="l", discard=True), root=root, prefix=self.prefix())
        key = "/run/keelson/luks/data"
        self.assertEqual(self.calls(), [
            f"cryptsetup luksFormat --batch-mode --type luks2 --key-file {key} --label l {' '.join(quick)} --subsystem keelson-unfinished {device}",
            f"cryptsetup luksOpen {device} data --key-file {key} --persistent --allow-discards",
            f"cryptsetup config --subsystem  --label l {device}"])
        kind, label, uuid = self.signature(device)
        self.assertEqual((kind, label), ("crypto_LUKS", "l"))
        with open(root + "/etc/crypttab", encoding="utf-8") as file:
            self.assertEqual(file.read(), f"data UUID={uuid} /etc/luks/data luks\n")
        modes = [os.stat(root + path).st_mode & 0o7777 for path in ("/etc/crypttab", "/etc/luks", "/etc/luks/data")]
        self.assertEqual(modes, [0o600, 0o700, 0o400])
        self.assertFalse(os.path.exists(key))
        self.assertEqual(run(f"cryptsetup open --test-passphrase --key-file {root}/etc/luks/data {device}")[0], 0)
        self.assertNotIn("SUBSYSTEM", run(f"blkid -p -o export {device}")[1])
        self.refused(self.luks(device), "no keyFile to open it", root=root, prefix=self.prefix())

    def test_luks_with_the_key_of_the_config(self):
        """Used again when label, UUID and key fit, and left alone when one does not."""
        device, root = self.disk(64 * MIB // SECTOR), self.folder()
        run(f"cp $(command -v cryptsetup) {self.bin}/real")
        self.fake("cryptsetup", f'[ $1 = luksOpen ] || exec {self.bin}/real "$@"; {self.bin}/real open --test-passphrase --key-file $5 $2')
        wanted = {"keyFile": {"source": "data:,secret"}, "uuid": "aaaaaaaa-2222-4333-8444-555555555555",
                  "options": ["--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000"]}
        if "fetch" in self.apply(self.luks(device, **wanted), root=root, prefix=self.prefix()).stderr:
            self.skipTest("there is no fetcher yet")
        with open(root + "/etc/luks/data", "rb") as file:
            self.assertEqual(file.read(), b"secret")
        self.applied(self.luks(device, **wanted), root=root, prefix=self.prefix())
        self.assertEqual([call.split()[1] for call in self.calls()], ["luksFormat", "luksOpen", "luksDump", "luksOpen"])
        for other, reason in ({"uuid": "bbbbbbbb-2222-4333-8444-555555555555"}, "UUID"), ({"label": "x"}, "label"), ({"discard": True}, "discards"):
            self.refused(self.luks(device, **{**wanted, **other}), reason, prefix=self.prefix())
        self.refused(self.luks(device, **{**wanted, "keyFile": {"source": "data:,other"}}), "exit status 2", prefix=self.prefix())
        self.assertEqual(self.signature(device)[2], wanted["uuid"])

    def test_luks_that_was_cut(self):
        """Marked as unfinished, it is made anew without leave to wipe."""
        device, root = self.disk(64 * MIB // SECTOR), self.folder()
        quick = ["--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000"]
        run(f"cp $(command -v cryptsetup) {self.bin}/real")
        self.fake("cryptsetup", f"[ $1 != luksOpen ] || exit 1; exec {self.bin}/real \"$@\"")
        self.refused(self.luks(device, options=quick), "exit status 1", root=root, prefix=self.prefix())
        self.fake("cryptsetup", f"[ $1 != luksOpen ] || exit 0; exec {self.bin}/real \"$@\"")
        self.applied(self.luks(device, options=quick), root=root, prefix=self.prefix())
        self.assertEqual(run(f"cryptsetup open --test-passphrase --key-file {root}/etc/luks/data {device}")[0], 0)

    def test_luks_in_the_tpm(self):
        device, root = self.disk(64 * MIB // SECTOR), self.folder()
        self.fake("cryptsetup", f"[ $1 != luksFormat ] || exec {self.bin}/real \"$@\"")
        run(f"cp $(command -v cryptsetup) {self.bin}/real")
        self.fake("systemd-cryptenroll")
        if not os.path.exists("/usr/bin/systemd-cryptenroll"):
            with open("/usr/bin/systemd-cryptenroll", "w", encoding="utf-8"):
                pass
            self.addCleanup(os.unlink, "/usr/bin/systemd-cryptenroll")
        self.applied(self.luks(device, clevis={"tpm2": True}, options=["--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000"]), root=root,
                     prefix=self.prefix())
        key = "/run/keelson/luks/data"
        self.assertEqual(self.calls()[2:], [
            f"systemd-cryptenroll --unlock-key-file={key} --tpm2-device=auto --tpm2-pcrs= {device}",
            f"cryptsetup luksRemoveKey --batch-mode {device} {key}", f"cryptsetup config --subsystem  --label  {device}"])
        self.assertEqual(os.listdir(root + "/etc"), ["crypttab"])
        with open(root + "/etc/crypttab", encoding="utf-8") as file:
            self.assertEqual(file.read(), f"data UUID={self.signature(device)[2]} none luks,tpm2-device=auto\n")

    def test_luks_refused(self):
        device = self.disk(32 * MIB // SECTOR)
        tang = {"tang": [{"url": "http://x", "thumbprint": "t"}]}
        self.refused(self.luks(device, clevis=tang), "tang and custom pins need Clevis")
        self.refused(self.luks(device, clevis={"custom": {"pin": "sss", "config": "{}"}}), "tang and custom pins need Clevis")
        subprocess.run(["mkfs.ext4", "-q", device], check=True)
        self.refused(self.luks(device), "wipeVolume is not set")
        self.assertEqual(self.signature(device)[0], "ext4")


if __name__ == "__main__":
    unittest.main()
