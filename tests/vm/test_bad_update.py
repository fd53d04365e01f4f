# SPDX-License-Identifier: Apache-2.0
"""An update that is no good gives way by itself, and so does a slot that has been good for a year.

Slot b holds the bad one, rightly signed, and is set active with two tries; slot a holds the image.
"""
import json
import os
import subprocess
import unittest

import facts
from machines import ARCH, SlotsTest, new, note
from test_slots import STRIDE, whole
from variant import Variant, can_sign

LIMIT_S = 600
HANG = "void _start(void) { for (;;) __asm__ volatile(\"\"); }\n"


def no_init(text):
    """The kernel finds no program to start, and panics."""
    return text.replace("roothash=", "rdinit=/nothing roothash=")


def hanging_init(root):
    """In place of systemd a program that does nothing, and never ends."""
    path = root + "/usr/lib/systemd/systemd"
    os.unlink(path)
    subprocess.run(["clang", "--target=" + facts.facts(ARCH)["TRIPLE"], "-nostdlib", "-static", "-fuse-ld=lld", "-x", "c", "-", "-o", path],
                   input=HANG, text=True, check=True)


@unittest.skipUnless(can_sign(), "the private keys are not here")
class BadUpdate(unittest.TestCase):
    def fall_back(self, name, change):
        """Boots a machine whose slot b was changed; returns it, on slot a again."""
        disk = self.enterContext(Variant())
        change(disk)
        at = disk.start("bootstate")
        disk.write(at, whole(2, 3, 1) + bytes(STRIDE - 512) + whole(3, 2, 0))
        machine = self.enterContext(new("bad-update-" + name, image=disk.path))
        machine.boot()
        self.assertEqual(machine.slot_up(LIMIT_S), "a")
        return machine

    def check_tries(self, machine):
        status = json.loads(machine.output("keelson-slot status --json"))
        text = machine.output("keelson-slot status")
        note(text.replace("\n", "\n         "))
        self.assertIn("b: has used up its tries without a word", text)
        self.assertTrue(status["slots"]["b"]["exhausted"])
        self.assertEqual((status["running"], status["next"]), ("a", "a"))
        self.assertEqual((status["slots"]["b"]["tries"], status["slots"]["b"]["good"]), (0, False))
        self.assertTrue(status["slots"]["a"]["good"])

    def test_kernel_that_panics(self):
        machine = self.fall_back("panic", lambda disk: disk.command_line("b", no_init))
        self.assertEqual(machine.since_boot().count("Kernel panic"), 2)
        self.check_tries(machine)

    def test_init_that_hangs(self):
        """The watchdog that keelson-init has started restarts the machine."""
        def change(disk):
            disk.root_files("b", hanging_init, lambda text: text.replace("roothash=", "keelson.watchdog=20 roothash="))
        machine = self.fall_back("hang", change)
        self.assertEqual(machine.since_boot().count("Kernel panic"), 0)
        self.check_tries(machine)


class GoodSlotGoneBad(SlotsTest):
    name = "gone-bad"

    def test_other_slot_takes_over(self):
        """Marked good, then its root rots: each start is counted on a good slot too."""
        self.assertTrue(self.status()["slots"]["a"]["good"])
        self.wipe("root-a")
        self.assertEqual(self.restart(LIMIT_S), "b")
        slots = self.status()["slots"]
        self.assertEqual((slots["a"]["tries"], slots["b"]["good"]), (0, True))


if __name__ == "__main__":
    unittest.main()
