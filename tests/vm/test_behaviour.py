# SPDX-License-Identifier: Apache-2.0
"""What the reference's system tests see of Quadlet files that are started and stopped (tests/quadlet/runtime.jsonl), and some
of our own (runtime-own.jsonl), in a guest.

Each case is a test: T=behaviour.R19 runs one. A case that runtime-not-met.list names must fail.
"""
import json
import time
import unittest

import behaviours
from machines import note


class Behaviour(behaviours.GuestTest):
    def run_case(self, case):
        begun = time.monotonic()
        self.addCleanup(self.guest.clear)
        failures = self.guest.try_case(case)
        why = behaviours.NOT_MET.get(case["id"])
        note(f"{case['id']} {case['source'].partition(' - ')[2]}: " + (f"not met ({why})" if failures else "met") + f", {time.monotonic() - begun:.0f} s")
        if why:
            self.assertTrue(failures, f"{case['id']} is met; remedy: take it off runtime-not-met.list")
        elif failures:
            log = self.output("journalctl -b --no-pager -n 60 -o short-monotonic")
            self.fail("\n".join([*failures, "end of the journal:", log, "files:", json.dumps(case["files"], indent=1)]))


def add_tests():
    for case in behaviours.CASES:
        setattr(Behaviour, "test_" + case["id"], lambda self, case=case: self.run_case(case))


add_tests()

if __name__ == "__main__":
    unittest.main()
