# SPDX-License-Identifier: Apache-2.0
"""Disks for tests that write to some: loop devices over sparse files, all of which are given back."""
import fcntl
import os
import struct
import subprocess
import tempfile

# linux/loop.h
LOOP_SET_STATUS64, LOOP_GET_STATUS64 = 0x4C04, 0x4C05
STATUS_BYTES, FLAGS_AT, AUTOCLEAR = 232, 52, 4


def attach(test, path, *options):
    """A device over a file, given back when the test ends, or when we are killed: a later run would find its file systems."""
    device = subprocess.run(["losetup", "--find", "--show", *options, path], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    keeper = os.open(device, os.O_RDONLY)
    test.addCleanup(os.close, keeper)
    test.addCleanup(subprocess.run, ["partx", "-d", device], check=False, capture_output=True)
    status = bytearray(STATUS_BYTES)
    fcntl.ioctl(keeper, LOOP_GET_STATUS64, status)
    flags, = struct.unpack_from("=I", status, FLAGS_AT)
    struct.pack_into("=I", status, FLAGS_AT, flags | AUTOCLEAR)
    fcntl.ioctl(keeper, LOOP_SET_STATUS64, status)
    return device


class LoopDisks:
    """Beside unittest.TestCase; `dir` is where the files go."""

    def loop(self, size_bytes, sector_bytes=512):
        """A new device of zeros."""
        image = tempfile.NamedTemporaryFile(dir=self.dir)  # pylint: disable=consider-using-with
        self.addCleanup(image.close)
        image.truncate(size_bytes)
        return attach(self, image.name, "--partscan", "--sector-size", str(sector_bytes))
