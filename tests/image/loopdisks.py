# SPDX-License-Identifier: Apache-2.0
"""Disks for tests that write to some: loop devices over sparse files, all of which are given back."""
import subprocess
import tempfile


class LoopDisks:
    """Beside unittest.TestCase; `dir` is where the files go."""

    def loop(self, size_bytes, sector_bytes=512):
        """A new device of zeros."""
        image = tempfile.NamedTemporaryFile(dir=self.dir)  # pylint: disable=consider-using-with
        self.addCleanup(image.close)
        image.truncate(size_bytes)
        device = subprocess.run(["losetup", "-fP", "--sector-size", str(sector_bytes), "--show", image.name], check=True, capture_output=True,
                                text=True).stdout.strip()
        self.addCleanup(self.detach, device)
        return device

    @staticmethod
    def detach(device):
        subprocess.run(["partx", "-d", device], check=False, capture_output=True)
        subprocess.run(["losetup", "-d", device], check=True)
