# SPDX-License-Identifier: Apache-2.0
"""The power goes at any write: every prefix of what a machine wrote to its disk is a disk that starts a good slot.

One machine's life is recorded (first boot, mark-good, set-active to the other slot and back, with restarts); then its writes are
replayed one by one. After each, the C code says what the loader would do; after some, a machine starts from that disk.
"""
import re
import tempfile
import unittest

import diskimage
from emulator import READY
from machines import IMAGE, IMAGES, again_if_qemu_fails, boot_ready, new, note
from test_slots import BLOCK, STRIDE, decide, library
from writelog import entries, replay

SAMPLE = 40
DISK_BYTES = 8 << 30
DISK = str(DISK_BYTES)
TABLE_BYTES = 34 * 512


class PowerCut(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = cls.enterClassContext(tempfile.TemporaryDirectory(dir=IMAGES))
        cls.log = cls.folder + "/writes"
        open(cls.log, "wb").close()
        with new("power-cut", disk_size=DISK, write_log=cls.log) as machine:
            boot_ready(machine)
            for slot in "ba":
                machine.run(f"keelson-slot set-active {slot}")
                machine.reboot()
                machine.expect(rf"KEELSON-READY[^\r\n]* slot={slot} ", 300)
            machine.shutdown()
        cls.writes = list(entries(cls.log))
        cls.state = diskimage.partition(IMAGE, "bootstate")[0]

    def replay(self):
        return replay(IMAGE, DISK_BYTES, self.writes, self.folder + "/replay.img")

    def is_state(self, number):
        at, data = self.writes[number]
        return at < self.state + STRIDE + BLOCK and at + len(data) > self.state

    def is_table(self, number):
        return not TABLE_BYTES <= self.writes[number][0] < DISK_BYTES - TABLE_BYTES

    def test_every_prefix_has_a_slot_to_count_on(self):
        slot = library(self.folder)
        states = 0
        for number, path in self.replay():
            if not self.is_state(number):
                continue  # both blocks are as they were
            states += 1
            with open(path, "rb") as disk:
                disk.seek(self.state)
                pair = [disk.read(STRIDE)[:BLOCK] for _ in range(2)]
            plan, left = decide(slot, pair)
            self.assertNotEqual(left, pair, f"after write {number} no slot may be counted on: {plan}")
        note(f"{len(self.writes)} prefixes; {states} of them change the slots' state")
        self.assertGreaterEqual(states, 8)  # a try for each of three boots, three marks, two changes of the slot

    def chosen(self):
        """Around each write to the state or the partition table, and evenly among the rest."""
        last = len(self.writes) - 1
        near = {n + d for n in range(len(self.writes)) if self.is_state(n) for d in (-1, 0)}
        tables = [n for n in range(len(self.writes)) if self.is_table(n)][:8]
        picked = {n for n in near | set(tables) if 0 <= n <= last}
        rest = [n for n in range(last) if n not in picked]
        wanted = max(0, SAMPLE - len(picked))
        return picked | {rest[n * len(rest) // wanted] for n in range(wanted)}

    def test_sample_of_prefixes_starts(self):
        chosen = self.chosen()
        self.assertGreaterEqual(len(chosen), SAMPLE)
        for number, path in self.replay():
            if number not in chosen:
                continue
            with self.subTest(write=number):
                fields = self.start(number, path)
                self.assertRegex(fields, r"slot=[ab] failed_units=0")
                note(f"cut after write {number} of {len(self.writes)}: {re.search('slot=.', fields)[0]}")

    def start(self, number, path):
        """What the machine says when it is up."""
        with new(f"power-cut-{number}", image=path, disk_size=DISK) as machine:
            return again_if_qemu_fails(machine, lambda: machine.expect(READY, 300)[1])


if __name__ == "__main__":
    unittest.main()
