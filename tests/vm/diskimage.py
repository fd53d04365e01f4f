# SPDX-License-Identifier: Apache-2.0
"""Finds places in a disk image: a partition by its GPT label, a file's data within a squashfs.

Reads only. For tests that damage one known byte: the formats are decoded as far as that needs
(UEFI 2.10 section 5.3; Linux Documentation/filesystems/squashfs.rst and fs/squashfs/squashfs_fs.h).
"""
import ctypes
import struct
import zlib

SECTOR = 512
ZLIB, ZSTD = 1, 6
METADATA = 8192
STORED = 0x8000
DIRECTORY, FILE, LONG_DIRECTORY, LONG_FILE = 1, 2, 8, 9


def partition(image, label):
    """(first byte, length) of the partition with this label."""
    with open(image, "rb") as disk:
        disk.seek(SECTOR)
        header = disk.read(92)
        if header[:8] != b"EFI PART":
            raise ValueError(f"{image}: no GPT")
        entries_lba, count, size = struct.unpack_from("<QII", header, 72)
        disk.seek(entries_lba * SECTOR)
        for _ in range(count):
            entry = disk.read(size)
            first, last = struct.unpack_from("<QQ", entry, 32)
            if entry[56:128].decode("utf-16-le").rstrip("\0") == label:
                return first * SECTOR, (last - first + 1) * SECTOR
    raise ValueError(f"{image}: no partition labelled {label}")


def _inflate(kind, packed):
    if kind == ZLIB:
        return zlib.decompress(packed)
    if kind != ZSTD:
        raise ValueError(f"squashfs compression {kind} is not known here")
    library = ctypes.CDLL("libzstd.so.1")
    library.ZSTD_decompress.restype = ctypes.c_size_t
    room = ctypes.create_string_buffer(METADATA)
    length = library.ZSTD_decompress(room, ctypes.c_size_t(METADATA), packed,
                                     ctypes.c_size_t(len(packed)))
    if length > METADATA:
        raise ValueError("squashfs metadata does not unpack")
    return room.raw[:length]


class Squashfs:
    """A squashfs that starts at byte `start` of a file."""

    def __init__(self, path, start=0):
        self.file, self.start = open(path, "rb"), start
        head = self._at(0, 96)
        if head[:4] != b"hsqs":
            raise ValueError(f"{path}: no squashfs at byte {start}")
        self.compression = struct.unpack_from("<H", head, 20)[0]
        self.root = struct.unpack_from("<Q", head, 32)[0]
        self.inodes, self.directories = struct.unpack_from("<QQ", head, 64)

    def _at(self, offset, length):
        self.file.seek(self.start + offset)
        return self.file.read(length)

    def _metadata(self, table, block, offset, length):
        """`length` bytes of a table, from a block's position in it and an offset once unpacked."""
        data, at = b"", table + block
        while len(data) < offset + length:
            size = struct.unpack("<H", self._at(at, 2))[0]
            packed = self._at(at + 2, size & ~STORED)
            data += packed if size & STORED else _inflate(self.compression, packed)
            at += 2 + (size & ~STORED)
        return data[offset:offset + length]

    def _inode(self, reference, length):
        return self._metadata(self.inodes, reference >> 16, reference & 0xffff, length)

    def _entries(self, reference):
        kind = struct.unpack("<H", self._inode(reference, 2))[0]
        if kind == DIRECTORY:
            block, _, size, offset = struct.unpack("<IIHH", self._inode(reference, 28)[16:])
        elif kind == LONG_DIRECTORY:
            size, block, _, _, offset = struct.unpack("<IIIHH", self._inode(reference, 36)[20:])
        else:
            raise ValueError("squashfs: not a directory")
        listing, at = self._metadata(self.directories, block, offset, size - 3), 0
        while at < len(listing):
            count, inode_block, _ = struct.unpack_from("<III", listing, at)
            at += 12
            for _ in range(count + 1):
                inode_offset, _, _, name_size = struct.unpack_from("<HhHH", listing, at)
                name = listing[at + 8:at + 9 + name_size].decode()
                yield name, inode_block << 16 | inode_offset
                at += 9 + name_size

    def data_start(self, path):
        """Where in the image (absolute byte) the first data block of a regular file begins."""
        reference = self.root
        for part in path.strip("/").split("/"):
            reference = dict(self._entries(reference))[part]
        kind = struct.unpack("<H", self._inode(reference, 2))[0]
        if kind == FILE:
            offset, fragment, _, size = struct.unpack("<IIII", self._inode(reference, 32)[16:])
        elif kind == LONG_FILE:
            offset, size, _, _, fragment = struct.unpack("<QQQII", self._inode(reference, 48)[16:])
        else:
            raise ValueError(f"{path}: not a regular file")
        if offset == 0 or (fragment != 0xffffffff and size < 4096):
            raise ValueError(f"{path}: has no data block of its own")
        return self.start + offset
