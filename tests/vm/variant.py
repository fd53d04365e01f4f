# SPDX-License-Identifier: Apache-2.0
"""Copies of the image in which something is changed: a byte, a slot's files, a whole partition.

What is signed anew is signed by the keys in /keys; a test that does so wants the private halves (see `can_sign`).
"""
import os
import shutil
import subprocess
import tempfile

import diskimage
import facts
from machines import IMAGE, IMAGES, newest_step

BOOT_FILES = ("vmlinuz", "initrd.img", "slot.cfg")
SECTOR = 512


def can_sign():
    return all(os.path.exists(f"/keys/{name}.key") for name in ("boot", "db"))


def sign(verb, path):
    subprocess.run([facts.TREE + "/image/sign", verb, path, "/keys"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class Variant:
    """A copy of the image in a folder of its own, gone on exit."""

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="variant.", dir=IMAGES)
        self.path = self.folder + "/disk.img"
        subprocess.run(["cp", "--sparse=always", IMAGE, self.path], check=True)
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder)

    def start(self, label):
        return diskimage.partition(self.path, label)[0]

    def write(self, at, data):
        with open(self.path, "r+b") as disk:
            disk.seek(at)
            disk.write(data)

    def flip(self, at):
        """One bit of the byte at that place of the disk."""
        with open(self.path, "rb") as disk:
            disk.seek(at)
            byte = disk.read(1)[0]
        self.write(at, bytes([byte ^ 0x10]))

    def flip_in(self, label, path, offset=0):
        """One bit of a file in a partition's squashfs."""
        self.flip(diskimage.Squashfs(self.path, self.start(label)).data_start(path) + offset)

    def put(self, label, path):
        """A file's bytes from the partition's first one on."""
        with open(path, "rb") as file:
            self.write(self.start(label), file.read())

    def esp_file(self, path, source):
        """Replaces a file in the ESP."""
        subprocess.run(["mcopy", "-o", "-i", f"{self.path}@@{self.start('esp')}", source, "::" + path], check=True)

    def boot_files(self, slot, change):
        """The slot's files as change(folder) leaves them, in a new boot partition. Their signatures are not renewed."""
        signed = newest_step("signed") + "/signed"
        with tempfile.TemporaryDirectory() as work:
            for name in BOOT_FILES:
                for path in (name, name + ".sig"):
                    shutil.copy(f"{signed}/{path}", work)
            change(work)
            squashfs = work + ".squashfs"
            subprocess.run(["mksquashfs", work, squashfs, "-noI", "-noD", "-noF", "-noX", "-no-fragments", "-all-root", "-no-xattrs",
                            "-no-exports", "-no-progress", "-quiet"], check=True)
            self.put("boot-" + slot, squashfs)
            os.unlink(squashfs)

    def command_line(self, slot, change):
        """The slot's slot.cfg as change(text) makes it, and signed."""
        def edit(work):
            path = work + "/slot.cfg"
            with open(path, encoding="ascii") as file:
                text = file.read()
            with open(path, "w", encoding="ascii") as file:
                file.write(change(text))
            sign("detached", path)
        self.boot_files(slot, edit)

    def root_files(self, slot, change, change_line=lambda text: text):
        """The slot's root file system as change(folder) leaves it, with a tree of hashes and a signed slot.cfg of its own
        (changed by change_line besides)."""
        with tempfile.TemporaryDirectory() as work:
            subprocess.run(["unsquashfs", "-q", "-n", "-d", work + "/root", newest_step("root") + "/root.squashfs"], check=True,
                           stdout=subprocess.DEVNULL)
            change(work + "/root")
            subprocess.run(["mksquashfs", work + "/root", work + "/root.squashfs", "-comp", "zstd", "-Xcompression-level", "1", "-b", "128K",
                            "-all-root", "-no-xattrs", "-no-exports", "-no-progress", "-quiet"], check=True)
            said = subprocess.run(["veritysetup", "format", work + "/root.squashfs", work + "/root.verity"], check=True, capture_output=True,
                                  text=True).stdout
            roothash = next(line.split()[2] for line in said.splitlines() if line.startswith("Root hash:"))
            self.put("root-" + slot, work + "/root.squashfs")
            self.put("verity-" + slot, work + "/root.verity")

        def other_hash(text):
            head, _, rest = text.partition("roothash=")
            return change_line(head + "roothash=" + roothash + rest[64:])
        self.command_line(slot, other_hash)
