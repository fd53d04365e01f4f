# SPDX-License-Identifier: Apache-2.0
"""It boots, says so, and lets its owner in: the set that every change has to pass."""
import json
import re
import unittest

from machines import ARCH, FIRMWARE, SharedMachineTest, note

SMOKE = True
PAGE_KIB = 4
MEMORY_LIMIT_MIB = 60


class Up(SharedMachineTest):
    def test_a_memory_at_ready(self):
        """First, before other tests make the guest's caches and daemons grow.

        Free pages that wait on a processor's list for its next request are not in MemFree. They are 3 to 14 MiB here,
        as it happens, and not used.
        """
        text = self.output("cat /proc/meminfo /proc/zoneinfo")
        kib = {name: int(value) for name, value in re.findall(r"^(\w+): +(\d+) kB", text, re.M)}
        on_lists = sum(map(int, re.findall(r"^ +count: +(\d+)$", text, re.M))) * PAGE_KIB
        used = (kib["MemTotal"] - kib["MemFree"] - kib["Buffers"] - kib["Cached"]
                - kib["SReclaimable"] - on_lists)
        note(f"memory used at ready: {used / 1024:.1f} MiB of {kib['MemTotal'] / 1024:.0f}"
             " (MemTotal - MemFree - Buffers - Cached - SReclaimable - free pages on processors' lists,"
             f" which are {on_lists / 1024:.1f} MiB; this SSH session included)")
        self.assertGreater(on_lists, 0)
        self.assertLessEqual(used / 1024, MEMORY_LIMIT_MIB)

    def test_ready_line(self):
        fields = self.machine.ready_fields
        note(" ".join("=".join(field) for field in fields.items()))
        self.assertEqual(list(fields), ["version", "arch", "slot", "failed_units", "userspace_ms"])
        release = self.output(". /etc/os-release; echo ${IMAGE_VERSION:-$VERSION_ID}")
        self.assertEqual(fields["version"], release)
        self.assertEqual(fields["arch"], ARCH)
        self.assertEqual(fields["slot"], "a")
        self.assertEqual(fields["failed_units"], "0")
        self.assertIn(int(fields["userspace_ms"]), range(100, 300_000))

    def test_ready_line_as_json(self):
        said = json.loads(self.output("cat /run/keelson/ready.json"))
        self.assertEqual({key: str(value) for key, value in said.items()},
                         self.machine.ready_fields)

    def test_no_unit_failed(self):
        self.assertEqual(self.output("systemctl --failed --no-legend --plain"), "")
        self.assertEqual(self.output("systemctl is-system-running --wait"), "running")

    def test_no_rule_for_files_is_in_vain(self):
        self.assertEqual(self.output("journalctl -b -q -o cat -p warning SYSLOG_IDENTIFIER=systemd-tmpfiles"), "")

    def test_login_prompt(self):
        self.machine.rewind()
        self.machine.expect(r"[\w-]+ login: ", timeout=60)


@unittest.skipUnless(FIRMWARE == "bios", "this architecture has no BIOS")
class Bios(SharedMachineTest):
    def test_started_by_bios(self):
        self.assertEqual(self.output("ls -d /sys/firmware/efi", check=False), "")


class Uefi(SharedMachineTest):
    firmware = "uefi"

    def test_ready(self):
        note(" ".join("=".join(field) for field in self.machine.ready_fields.items()))
        self.assertEqual(self.machine.ready_fields["failed_units"], "0")
        self.assertEqual(self.machine.ready_fields["slot"], "a")

    def test_started_by_uefi(self):
        self.assertEqual(self.output("ls -d /sys/firmware/efi"), "/sys/firmware/efi")
