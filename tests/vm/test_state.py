# SPDX-License-Identifier: Apache-2.0
"""What a machine keeps: the state partition takes the whole disk, and lasts."""
import unittest

import machines
from machines import FIRMWARE, boot_ready, note, shared

DISK = "16G"
DISK_BYTES = 16 << 30
IDENTITY = "cat /etc/machine-id; cat $(sshd -T | sed -n 's/^hostkey //p' | sed 's/$/.pub/')"


class FirstBoot(unittest.TestCase):
    """One disk through first boot, orderly reboot and power cut; the tests build on each other."""

    @classmethod
    def setUpClass(cls):
        cls.machine = machines.new("state", disk_size=DISK)
        cls.addClassCleanup(cls.machine.close)
        boot_ready(cls.machine)

    def output(self, command):
        return self.machine.output(command)

    def test_1_state_fills_the_disk(self):
        # Not by PARTNAME: the kernel knows no name of a partition that it was told of while its disk was in use.
        where = self.output("d=$(awk '$2 == \"/var\" {print $1}' /proc/mounts); cd /sys/class/block/${d#/dev/}; cat start size")
        start, size = (int(sectors) * 512 for sectors in where.split())
        self.assertLess(DISK_BYTES - (start + size), 2 << 20)
        kib, free = map(int, self.output("df -k /var | awk 'END {print $(NF-4), $(NF-2)}'").split())
        note(f"state partition {size >> 20} MiB, /var {kib >> 10} MiB, {free >> 10} MiB free")
        self.assertGreater(kib << 10, size * 0.93)

    def test_2_identity_is_made_here(self):
        """Nothing that tells machines apart comes with the image."""
        mine = self.output(IDENTITY).splitlines()
        others = shared(FIRMWARE).output(IDENTITY).splitlines()
        self.assertRegex(mine[0], r"^[0-9a-f]{32}$")
        self.assertRegex(mine[1], r"^(ssh|ecdsa)-")
        self.assertEqual(set(mine) & set(others), set())

    def test_3_second_boot_keeps(self):
        identity = self.output(IDENTITY)
        self.output("echo kept >/var/lib/vm-test; echo kept >/etc/vm-test; echo box >/etc/hostname")
        self.machine.shutdown()
        boot_ready(self.machine)
        self.assertEqual(self.output(IDENTITY), identity)
        self.assertEqual(self.output("cat /var/lib/vm-test /etc/vm-test; hostname"),
                         "kept\nkept\nbox")
        self.assertEqual(self.machine.ready_fields["failed_units"], "0")

    def test_4_power_cut_keeps_what_was_synced(self):
        identity = self.output(IDENTITY)
        self.output("echo synced >/var/lib/vm-test; echo synced >/etc/vm-test; sync;"
                    " (while :; do echo x >>/var/lib/vm-noise; done) >/dev/null 2>&1 &")
        self.machine.power_cut()
        boot_ready(self.machine)
        self.assertEqual(self.output(IDENTITY), identity)
        self.assertEqual(self.output("cat /var/lib/vm-test /etc/vm-test"), "synced\nsynced")
        self.assertEqual(self.machine.ready_fields["failed_units"], "0")
