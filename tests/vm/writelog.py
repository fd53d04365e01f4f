# SPDX-License-Identifier: Apache-2.0
"""Reads the log that QEMU's blklogwrites driver makes of a disk's writes (the format of Linux' dm-log-writes).

The log is a file of sectors: a superblock, then for each write a header and its data.
"""
import os
import struct
import subprocess

MAGIC, VERSION = 0x6A736677736872, 1
DISCARD = 4


def entries(path):
    """(first byte, data) of every write in order; data is None for a discard, which is left out of a replay."""
    with open(path, "rb") as log:
        magic, version, count, sector = struct.unpack("<QQQI", log.read(28))
        if (magic, version) != (MAGIC, VERSION):
            raise ValueError(f"{path}: no log of writes")
        at = sector
        for _ in range(count):
            log.seek(at)
            first, sectors, flags, _ = struct.unpack("<QQQQ", log.read(32))
            at += sector
            if flags & DISCARD:
                continue
            log.seek(at)
            if sectors:
                yield first * sector, log.read(sectors * sector)
            at += sectors * sector


def replay(image, size_bytes, writes, path):
    """Makes a disk at `path` from an image and yields (number, path) after each write; removes it in the end."""
    subprocess.run(["cp", "--sparse=always", image, path], check=True)
    os.truncate(path, size_bytes)
    with open(path, "r+b", buffering=0) as disk:
        for number, (at, data) in enumerate(writes):
            disk.seek(at)
            disk.write(data)
            yield number, path
    os.unlink(path)
