# SPDX-License-Identifier: Apache-2.0
"""What the tests of keelson-install share: the program, a small image of the real layout with keys and signature, disks, looks at them."""
import binascii
import json
import os
import random
import struct
import subprocess
import tempfile

import programs
from acquiring import Program
from loopdisks import LoopDisks
from programs import TREE

MIB = 1 << 20
SECTOR = 512
IMAGE_BYTES = 24 * MIB
DISK_BYTES = 40 * MIB
STATE_TYPE = "4fdc9108-8d21-4104-9a41-b7848873372e"
CONFIG = {"ignition": {"version": "3.4.0"}, "storage": {"files": [{"path": "/etc/marker"}]}}
# The layout of image/repart.d with smaller partitions; sizes in MiB.
LAYOUT = (("bios-boot", "21686148-6449-6E6F-744E-656564454649", 1), ("esp", "esp", 3), ("bootstate", "4e302ffb-ca3f-47e7-a618-a58ffc6a6889", 1),
          ("boot-a", "linux-generic", 2), ("boot-b", "linux-generic", 2), ("root-a", "root", 4), ("verity-a", "root-verity", 1),
          ("root-b", "root", 4), ("verity-b", "root-verity", 1))
SEED = random.Random(5)
CONTENTS = {label: SEED.randbytes(mib * MIB // 2) for label, _, mib in LAYOUT}


def must(*argv, **how):
    return subprocess.run(argv, check=True, capture_output=True, **how)


def large(size):
    return CONFIG | {"storage": {"files": [{"path": "/etc/a", "contents": {"source": "data:," + "x" * size}}]}}


def make_image(folder):
    """By systemd-repart, as image/build.sh does: half of each partition is random, the other half zeros."""
    definitions = folder + "/repart.d"
    os.mkdir(definitions)
    for number, (label, kind, mib) in enumerate(LAYOUT):
        with open(f"{folder}/{label}", "wb") as file:
            file.write(CONTENTS[label])
        with open(f"{definitions}/{number}0-{label}.conf", "w", encoding="ascii") as file:
            file.write(f"[Partition]\nType={kind}\nLabel={label}\nSizeMinBytes={mib}M\nSizeMaxBytes={mib}M\nCopyBlocks={folder}/{label}\n")
    path = folder + "/disk.img"
    must("systemd-repart", "--offline=yes", "--sector-size=512", "--empty=create", f"--size={IMAGE_BYTES}", "--dry-run=no", "--no-pager",
         "--architecture=x86-64", "--seed=4e302ffb-ca3f-47e7-a618-a58ffc6a6889", "--definitions=" + definitions, path)
    with open(path, "r+b") as file:
        file.write(b"\xeb\x63boot code")
    return path


def read_gpt(raw, at, size):
    """One of the two tables, with its checksums looked at: (own sector, the other's, last usable, entries)."""
    header = raw[at:at + 92]
    assert header[:8] == b"EFI PART", "no GPT"
    assert binascii.crc32(header[:16] + bytes(4) + header[20:]) == struct.unpack_from("<I", header, 16)[0], "header checksum"
    own, other, _, last = struct.unpack_from("<4Q", header, 24)
    entries_at, count, width, crc = struct.unpack_from("<QIII", header, 72)
    raw_entries = raw[entries_at * SECTOR:entries_at * SECTOR + count * width]
    assert binascii.crc32(raw_entries) == crc, "entries checksum"
    assert own * SECTOR == at and last * SECTOR < size
    return own, other, last, header[56:72], raw_entries


class Install(LoopDisks, Program):
    made = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.install = programs.build("keelson-install") + "/keelson-install"
        if not Install.made:
            Install.made = tempfile.TemporaryDirectory()
            cls.make(Install.made.name)
        cls.keys, cls.others, cls.image = (f"{Install.made.name}/{name}" for name in ("keys", "others", "disk.img"))
        cls.packed = cls.image + ".zst"
        with open(cls.image, "rb") as file:
            cls.raw = file.read()
        with open(cls.packed, "rb") as file:
            cls.packed_raw = file.read()

    @classmethod
    def make(cls, folder):
        for keys in ("keys", "others"):
            cls.make_key(f"{folder}/{keys}")
        image = make_image(folder)
        must("zstd", "-q", "-3", image, "-o", image + ".zst")
        cls.sign(image + ".zst", folder + "/keys")

    @staticmethod
    def make_key(folder):
        os.mkdir(folder)
        must("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", folder + "/boot.key", "-out", folder + "/boot.crt",
             "-subj", "/CN=test", "-days", "2")

    @staticmethod
    def sign(path, keys):
        must(TREE + "/image/sign", "detached", path, keys)

    def setUp(self):
        super().setUp()
        for suffix in ("", ".sig"):
            with open(self.packed + suffix, "rb") as file:
                self.server.answers["/disk.img.zst" + suffix] = file.read()

    def disk(self, size=DISK_BYTES, sector=SECTOR):
        return self.loop(size, sector)

    @staticmethod
    def read(device, size=-1, at=0):
        must("blockdev", "--flushbufs", device)
        with open(device, "rb") as file:
            file.seek(at)
            return file.read(size)

    def argv(self, device, image=None, *more):
        return [self.install, "--disk", device, "--image", image or self.packed, "--certificate", self.keys + "/boot.crt", "--yes", *more]

    def run_install(self, *argv, **how):
        return subprocess.run(argv, capture_output=True, text=True, check=False, timeout=120, **how)

    def good(self, device, *argv):  # pylint: disable=arguments-differ
        done = self.run_install(*self.argv(device, *argv))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done

    def bad(self, device, reason, *argv, code=1):  # pylint: disable=arguments-differ
        done = self.run_install(*self.argv(device, *argv))
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        self.assertRegex(done.stderr, reason)
        return done

    def has_no_table(self, device):
        raw = self.read(device)
        self.assertEqual((raw[:MIB].count(0), raw[-MIB:].count(0)), (MIB, MIB))

    def is_installed(self, device, config=False):
        raw = self.read(device)
        first = read_gpt(raw, SECTOR, len(raw))
        second = read_gpt(raw, len(raw) - SECTOR, len(raw))
        self.assertEqual((first[0], first[1]), (second[1], second[0]))
        self.assertEqual(first[2:], second[2:])
        self.assertEqual(first[2], len(raw) // SECTOR - 34)
        self.assertEqual(raw[:440], self.raw[:440])
        self.assertEqual(raw[450], 0xee)
        self.assertEqual(struct.unpack_from("<II", raw, 454), (1, len(raw) // SECTOR - 1))
        table = json.loads(must("sfdisk", "--json", device).stdout)["partitiontable"]["partitions"]
        want = [label for label, _, _ in LAYOUT] + (["ignition"] if config else [])
        self.assertEqual([row["name"] for row in table], want)
        for row in table[:len(LAYOUT)]:
            start, size = row["start"] * SECTOR, row["size"] * SECTOR
            self.assertEqual(raw[start:start + size], self.raw[start:start + size], row["name"])
            self.assertEqual(raw[start:start + size // 2], CONTENTS[row["name"]])
        verified = must("sfdisk", "--verify", device, text=True)
        self.assertIn("No errors detected", verified.stdout + verified.stderr)
        return table
