# SPDX-License-Identifier: Apache-2.0
"""keelson-install on loop devices: an image of the real layout, signed by keys of this test, and everything that can go wrong.

usage: python3 tests/image/test_install.py    (inside the SDK, as root; nothing has to be built)

Only devices that this made are written to, and all are given back.
"""
import json
import os
import random
import re
import signal
import struct
import subprocess
import tempfile
import time
import unittest

from installing import CONFIG, CONTENTS, DISK_BYTES, IMAGE_BYTES, Install, LAYOUT, MIB, SECTOR, STATE_TYPE, large, must, read_gpt
from loopdisks import attach


class Good(Install):
    def test_from_a_file(self):
        device = self.disk()
        done = self.good(device)
        self.is_installed(device)
        self.assertRegex(done.stdout, r"[\d.]+ of [\d.]+ MB, [\d.]+ MB/s")
        self.assertIn("without a config", done.stdout)

    def test_from_a_server(self):
        device = self.disk()
        self.good(device, self.url("/disk.img.zst"))
        self.is_installed(device)
        self.assertEqual(self.asked(), ["/disk.img.zst.sig", "/disk.img.zst"])

    def test_with_a_query(self):
        device = self.disk()
        self.good(device, self.url("/disk.img.zst?token=x"))
        self.assertEqual(self.asked(), ["/disk.img.zst.sig?token=x", "/disk.img.zst?token=x"])

    def test_a_disk_as_large_as_the_image(self):
        device = self.disk(IMAGE_BYTES)
        self.good(device)
        self.is_installed(device)

    def test_a_size_that_is_no_whole_mib(self):
        device = self.disk(IMAGE_BYTES + 7 * SECTOR)
        self.good(device)
        self.is_installed(device)

    def test_the_kernel_has_the_new_partitions(self):
        device = self.disk()
        self.good(device)
        self.assertTrue(os.path.exists(f"/sys/class/block/{os.path.basename(device)}p9"))

    def test_two_disks_have_other_ids(self):
        ids = set()
        for device in (self.disk(), self.disk()):
            self.good(device)
            out = json.loads(must("sfdisk", "--json", device).stdout)["partitiontable"]
            ids.update([out["id"], *(row["uuid"] for row in out["partitions"])])
        self.assertEqual(len(ids), 2 * (1 + len(LAYOUT)))

    def test_old_contents_with_wipe(self):
        device = self.disk()
        with open(device, "r+b") as file:
            file.write(random.Random(2).randbytes(DISK_BYTES))
        self.bad(device, "has contents.*--wipe")
        self.assertNotEqual(self.read(device, MIB), bytes(MIB))
        self.good(device, None, "--wipe")
        table = self.is_installed(device)
        end = (table[-1]["start"] + table[-1]["size"]) * SECTOR
        self.assertEqual(self.read(device, 8 * MIB, end), bytes(8 * MIB))

    def test_a_choice_by_expression(self):
        device = self.disk()
        argv = self.argv(device)
        argv[1:3] = ["--disk-match", f"^{os.path.basename(device)} "]
        done = self.run_install(*argv)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.is_installed(device)

    def test_confirmed(self):
        device = self.disk()
        argv = [word for word in self.argv(device) if word != "--yes"]
        done = self.run_install(*argv, input="no\n")
        self.assertEqual(done.returncode, 1)
        self.assertIn("not confirmed", done.stderr)
        self.has_no_table(device)
        done = self.run_install(*argv, input=os.path.basename(device) + "\n")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.is_installed(device)


class Config(Install):
    def config(self, value):
        return self.write("config.ign", json.dumps(value))

    def test_the_first_boot_finds_it(self):
        device = self.disk()
        self.good(device, None, "--ignition", self.config(CONFIG))
        table = self.is_installed(device, config=True)
        self.assertEqual(table[-1]["node"], device + "p11")  # p10 is left to the state
        done = self.run_program("acquire")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(f"source: file system ignition ({os.path.basename(device)}p11), config.ign", done.stderr)
        self.assertEqual(json.loads(done.stdout)["storage"], CONFIG["storage"])

    def test_from_a_server_and_large(self):
        device = self.disk()
        config = large(5 * MIB)
        self.server.answers["/config"] = config
        self.good(device, None, "--ignition", self.url("/config"))
        self.is_installed(device, config=True)

    def test_the_state_comes_behind_it(self):
        device = self.disk()
        self.good(device, None, "--ignition", self.config(CONFIG))
        definitions = f"{self.dir}/state.d"
        os.makedirs(definitions, exist_ok=True)
        for name in os.listdir(self.made.name + "/repart.d"):
            with open(f"{self.made.name}/repart.d/{name}", encoding="ascii") as file:
                self.write(f"state.d/{name}", "".join(line for line in file if not line.startswith("CopyBlocks")))
        self.write("state.d/990-state.conf", f"[Partition]\nType={STATE_TYPE}\nLabel=state\nSizeMinBytes=10M\n")
        must("systemd-repart", "--dry-run=no", "--no-pager", "--definitions=" + definitions, device)
        rows = json.loads(must("sfdisk", "--json", device).stdout)["partitiontable"]["partitions"]
        self.assertEqual([row["node"] for row in rows if row["name"] == "state"], [device + "p10"])
        self.assertEqual(max(rows, key=lambda row: row["start"])["name"], "state")

    def test_an_invalid_one_writes_nothing(self):
        device = self.disk()
        before = self.read(device)
        for value, reason in (({"ignition": {"version": "3.4.0"}, "storage": {"files": [{"path": "relative"}]}}, "path not absolute"),
                              ({"ignition": {"version": "9.0.0"}}, "version"), ([], "not valid")):
            self.bad(device, reason, None, "--ignition", self.config(value))
        self.bad(device, "No such file", None, "--ignition", self.dir + "/none")
        self.bad(device, "404", None, "--ignition", self.url("/none"))
        self.assertEqual(self.read(device), before)

    def test_nothing_of_it_is_left(self):
        self.good(self.disk(), None, "--ignition", self.config(CONFIG))
        self.assertEqual([name for name in os.listdir("/run") if name.startswith("keelson-install")], [])


class Signature(Install):
    def copy(self, raw, keys=None, signature=None):
        path = self.write("copy/disk.img.zst", raw)
        if keys:
            self.sign(path, keys)
        else:
            self.write("copy/disk.img.zst.sig", signature)
        return path

    def test_by_another_key(self):
        device = self.disk()
        self.bad(device, "not by our key.*", self.copy(self.packed_raw, self.others))
        self.has_no_table(device)

    def test_of_another_file(self):
        device = self.disk()
        path = self.copy(self.packed_raw, self.keys)
        with open(path + ".sig", "rb") as file:
            signature = file.read()
        path = self.copy(self.packed_raw + b"\x50\x2a\x4d\x18\0\0\0\0", signature=signature)  # a frame of zstd to be skipped
        self.bad(device, "has no partition table now and does not start: the signature is of other bytes", path)
        self.has_no_table(device)

    def test_changed_on_its_way(self):
        with open(self.packed + ".sig", "rb") as file:
            signature = file.read()
        for at in (len(self.packed_raw) // 2, len(self.packed_raw) - 2):
            device = self.disk()
            raw = bytearray(self.packed_raw)
            raw[at] ^= 1
            self.bad(device, "signature is of other bytes|zstd:", self.copy(bytes(raw), signature=signature))
            self.has_no_table(device)

    def test_no_signature(self):
        device = self.disk()
        before = self.read(device)
        self.server.answers.pop("/disk.img.zst.sig")
        self.bad(device, "signature: .*404", self.url("/disk.img.zst"))
        for raw in (b"", b"-----BEGIN PGP SIGNATURE-----\n", bytes(5000)):
            self.bad(device, "the image's signature", self.copy(self.packed_raw, signature=raw))
        self.assertEqual(self.read(device), before)

    def test_no_certificate(self):
        device = self.disk()
        for path in (self.dir + "/none", self.write("text", "no certificate")):
            done = self.run_install(*self.argv(device), "--certificate", path)
            self.assertEqual(done.returncode, 1)
            self.assertIn("certificate", done.stderr)

    def test_truncated(self):
        device = self.disk()
        for end in (100, len(self.packed_raw) // 2, len(self.packed_raw) - 1):
            self.bad(device, "ends too early", self.copy(self.packed_raw[:end], self.keys))
            self.has_no_table(device)

    def test_signed_but_not_an_image(self):
        device = self.disk()
        images = {"no GPT": bytes(8 * MIB), "too few": self.raw[:IMAGE_BYTES - SECTOR], "longer than its table": self.raw + bytes(SECTOR)}
        for reason, raw in images.items():
            must("zstd", "-q", "-f", self.write("raw", raw), "-o", self.dir + "/raw.zst")
            with open(self.dir + "/raw.zst", "rb") as file:
                self.bad(device, reason, self.copy(file.read(), self.keys))
            self.has_no_table(device)
        self.bad(device, "zstd", self.copy(self.raw[:MIB], self.keys))
        self.bad(device, "too early", self.copy(b"", self.keys))


class Network(Install):
    def test_cut_again_and_again(self):
        device, cuts, starts = self.disk(), [10, MIB, 70000, 2 * MIB], []

        def serve(handler):
            asked = re.fullmatch(r"bytes=(\d+)-", handler.headers.get("Range", ""))
            start = int(asked[1]) if asked else 0
            starts.append(start)
            handler.send_response(206 if start else 200)
            handler.send_header("Content-Length", str(len(self.packed_raw) - start))
            if start:
                handler.send_header("Content-Range", f"bytes {start}-{len(self.packed_raw) - 1}/{len(self.packed_raw)}")
            handler.end_headers()
            handler.wfile.write(self.packed_raw[start:start + cuts.pop(0) if cuts else None])
        self.server.answers["/disk.img.zst"] = serve
        self.good(device, self.url("/disk.img.zst"))
        self.is_installed(device)
        self.assertEqual(len(starts), 5)

    def test_a_disk_that_fails(self):
        """It is not a network that fails, which is asked again."""
        point = tempfile.mkdtemp(dir=self.dir)
        must("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", point)
        self.addCleanup(must, "umount", point)
        with open(point + "/small", "wb") as file:
            file.truncate(DISK_BYTES)
        device = attach(self, point + "/small")
        self.bad(device, "does not start: .*Input/output error", self.url("/disk.img.zst"))
        self.assertEqual(self.asked(), ["/disk.img.zst.sig", "/disk.img.zst"])

    def test_absent(self):
        device = self.disk()
        self.bad(device, "404", self.url("/none"))
        self.server.answers["/only.sig"] = self.server.answers["/disk.img.zst.sig"]
        self.bad(device, "is as it was: .*404", self.url("/only"))


class Refused(Install):
    """With a disk full of something, of which nothing may change."""

    def refused(self, device, reason, *argv, code=1):
        before = self.read(device)
        self.bad(device, reason, None, "--wipe", *argv, code=code)
        self.assertEqual(self.read(device), before)

    def full(self, **how):
        device = self.disk(**how)
        with open(device, "r+b") as file:
            file.write(b"\xa5" * 4096)
        return device

    def test_mounted(self):
        device = self.disk()
        must("mkfs.ext4", "-q", device)
        point = tempfile.mkdtemp(dir=self.dir)
        must("mount", device, point)
        try:
            self.bad(device, "is mounted", None, "--wipe")
            listed = json.loads(self.run_install(self.install, "--list", "--json").stdout)
            row = next(row for row in listed if row["name"] == os.path.basename(device))
            self.assertEqual((row["in_use"], row["contents"]), (row["name"] + " is mounted", True))
        finally:
            must("umount", point)

    def test_a_partition_is_mounted(self):
        device = self.disk()
        self.good(device)
        must("mkfs.ext4", "-q", device + "p6")
        point = tempfile.mkdtemp(dir=self.dir)
        must("mount", device + "p6", point)
        try:
            self.bad(device, "p6 is mounted", None, "--wipe")
        finally:
            must("umount", point)

    def test_somebody_has_it(self):
        device = self.full()
        fd = os.open(device, os.O_RDONLY | os.O_EXCL)
        try:
            self.refused(device, "in use")
        finally:
            os.close(fd)

    def test_read_only(self):
        device = self.full()
        must("blockdev", "--setro", device)
        self.refused(device, "read-only|Permission denied|Operation not permitted")
        must("blockdev", "--setrw", device)

    def test_a_partition(self):
        device = self.disk()
        self.good(device)
        self.refused(device + "p4", "a partition; give the whole disk, " + os.path.basename(device))

    def test_too_small(self):
        self.refused(self.full(size=IMAGE_BYTES - SECTOR), "is as it was: .*too small")
        self.refused(self.full(size=2 * MIB), "is as it was: .*too small")

    def test_too_small_with_its_config(self):
        config = large(12 * MIB)
        self.refused(self.full(size=IMAGE_BYTES), "too small for the image and its config", "--ignition", self.write("large.ign", json.dumps(config)))

    def test_4096_byte_sectors(self):
        self.refused(self.full(sector=4096), "sectors of 4096 bytes: .*remedy: ")

    def test_the_running_system(self):
        self.refused(self.full(), "a running system is not copied", "--image", "self")

    def test_no_choice_by_guess(self):
        first, second = self.disk(), self.full()
        base = [self.install, "--image", self.packed, "--certificate", self.keys + "/boot.crt", "--yes", "--wipe"]
        for argv, code, reason in (((), 3, "name a disk"), (("--disk-match", "no such disk"), 3, "no disk is like"),
                                   (("--disk", "/dev/none"), 3, "no such device"), (("--disk", "serial=none"), 3, "no disk is like"),
                                   (("--disk-match", "loop"), 1, "disks are like loop"), (("--disk-match", "("), 1, "regular expression")):
            done = self.run_install(*base, *argv)
            self.assertEqual(done.returncode, code, done.stderr)
            self.assertIn(reason, done.stderr)
            if "(" not in argv:
                self.assertIn(os.path.basename(first) + " - - - virtual/block/", done.stdout)
        self.has_no_table(first)
        self.assertEqual(self.read(second, 4096), b"\xa5" * 4096)

    def test_usage(self):
        for argv in (("--disk",), ("--disk", "vda"), ("--disk", "/dev/a", "--disk-match", "b"), ("--nothing", "x"), ("x",),
                     ("--unattended", "--disk", "/dev/a"), ("--list", "--image")):
            done = self.run_install(self.install, *argv)
            self.assertEqual(done.returncode, 2, argv)
            self.assertIn("usage:", done.stderr)
        done = self.run_install(self.install, "--help")
        self.assertEqual((done.returncode, done.stderr), (0, ""))


class List(Install):
    def test_json(self):
        device = self.disk()
        rows = json.loads(self.run_install(self.install, "--list", "--json").stdout)
        row = next(row for row in rows if row["name"] == os.path.basename(device))
        self.assertEqual(row, {"name": os.path.basename(device), "model": "", "serial": "", "wwn": "", "in_use": "", "contents": False,
                               "size_bytes": DISK_BYTES, "sector_bytes": 512, "path": "virtual/block/" + os.path.basename(device)})
        self.assertEqual([r["name"] for r in rows if r["name"].startswith(("zram", "ram", "dm-"))], [])


class Cut(Install):
    """Killed at any time: what has a table is whole, what has not is empty, and installing begins anew."""

    def setUp(self):
        super().setUp()
        self.chance = random.Random(int(os.environ.get("SEED", time.time())))
        self.config = self.write("config.ign", json.dumps(CONFIG))
        self.more = [None, "--ignition", self.config, "--wipe"]
        device = self.disk()
        self.whole(device, *self.more)
        self.old = self.read(device)

    def whole(self, device, *argv):
        """A run to the end; the next ones are cut within the time that it took, as that changes with the machine's other work."""
        begun = time.monotonic()
        self.good(device, *argv)
        self.took = time.monotonic() - begun

    def tables(self, raw):
        found = []
        for at in (SECTOR, len(raw) - SECTOR):
            try:
                found.append(read_gpt(raw, at, len(raw)))
            except AssertionError:
                pass
        return found

    def cut(self, device):
        """What is on the disk after a kill."""
        with subprocess.Popen(self.argv(device, *self.more), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            time.sleep(self.chance.random() * self.took)
            process.send_signal(signal.SIGKILL)
        return self.read(device)

    def partitions(self, raw):
        table, found = self.tables(raw)[0][4], {}
        for at in range(0, len(table), 128):
            first, _, _ = struct.unpack_from("<3Q", table, at + 32)
            label = table[at + 56:at + 128].decode("utf-16-le").rstrip("\0")
            if label in CONTENTS:
                found[label] = raw[first * SECTOR:first * SECTOR + len(CONTENTS[label])]
        return found

    def check_cut(self, device):
        """True: it has no table. Once there is one, and not the old one, all that it names is there."""
        raw = self.cut(device)
        tables = self.tables(raw)
        if not tables:
            return True
        if tables[0][3] == self.tables(self.old)[0][3]:
            self.assertEqual(raw[MIB:-MIB], self.old[MIB:-MIB])
        else:
            self.assertEqual(self.partitions(raw), CONTENTS)
        return False

    def test_on_an_empty_disk(self):
        empty = 0
        for _ in range(20):
            device = self.disk()
            if not self.check_cut(device):
                continue
            empty += 1
            self.has_no_table(device)
            self.whole(device, *self.more[:-1])
            self.is_installed(device, config=True)
        self.assertGreater(empty, 0)

    def test_over_an_old_system(self):
        empty = 0
        for _ in range(20):
            device = self.disk()
            with open(device, "r+b") as file:
                file.write(self.old)
            empty += self.check_cut(device)
            self.whole(device, *self.more)
            self.is_installed(device, config=True)
        self.assertGreater(empty, 0)


class Unattended(Install):
    def start(self, cmdline):
        path = self.write("cmdline", cmdline + "\n")
        process = subprocess.Popen([self.install, "--unattended", "--cmdline", path, "--certificate", self.keys + "/boot.crt"],  # pylint: disable=consider-using-with
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def test_by_the_kernels_command_line(self):
        device = self.disk()
        self.server.answers["/config"] = CONFIG
        process = self.start(f"quiet keelson.install.disk=match=^{os.path.basename(device)}[[:space:]] keelson.install.image={self.url('/disk.img.zst')} "
                             f"keelson.install.ignition={self.url('/config')}")
        self.assertEqual(process.wait(60), 0, process.stdout.read())
        self.is_installed(device, config=True)

    def test_the_image_beside_the_folder_of_the_network_boot(self):
        for base in ("/pxe/", "/pxe", "/"):
            device = self.disk()
            process = self.start(f"keelson.install.disk={device} keelson.pxe={self.server.base}{base}")
            self.assertEqual(process.wait(60), 0, process.stdout.read())
            self.is_installed(device)

    def test_wipe(self):
        device = self.disk()
        with open(device, "r+b") as file:
            file.write(b"old")
        process = self.start(f"keelson.install.disk={device} keelson.install.image={self.packed} keelson.install.wipe")
        self.assertEqual(process.wait(60), 0, process.stdout.read())

    def test_a_failure_stays(self):
        device = self.disk()
        with open(device, "r+b") as file:
            file.write(b"old")
        for cmdline, reason in ((f"keelson.install.disk={device} keelson.install.image={self.packed}", "has contents"),
                                (f"keelson.install.disk={device}", "no --image"), ("keelson.install.disk=sda", "not a disk"),
                                ("keelson.install.image=x", "names no disk")):
            process = self.start(cmdline)
            self.assertIn(reason, process.stdout.readline())
            time.sleep(0.2)
            self.assertIsNone(process.poll())


if __name__ == "__main__":
    unittest.main()
