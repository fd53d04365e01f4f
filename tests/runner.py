# SPDX-License-Identifier: Apache-2.0
"""Inner half of tests/image/run and tests/vm/run: choose tests of a folder, run them, say how each went.

usage: runner.py FOLDER    environment: T (see tests/vm/run)
A module with SMOKE = True is in the short set that no T selects; where no module has it, no T selects all.
"""
import collections
import glob
import importlib
import os
import signal
import sys
import time
import unittest

HERE = os.path.abspath(sys.argv[1])
sys.path.insert(0, HERE)


def short(test):
    """test_root.Verified.test_x -> root.Verified.x"""
    module, _, rest = test.id().partition(".")
    return module.removeprefix("test_") + "." + rest.replace(".test_", ".")


def flatten(suite):
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from flatten(item)
        else:
            yield item


def choose(wanted):
    """The tests of one run, smoke modules first: what all others need is tried first."""
    loader, smoke, rest = unittest.TestLoader(), [], []
    for path in sorted(glob.glob(os.path.join(HERE, "test_*.py"))):
        module = importlib.import_module(os.path.basename(path)[:-3])
        is_smoke = getattr(module, "SMOKE", False)
        (smoke if is_smoke else rest).extend(flatten(loader.loadTestsFromModule(module)))
    if wanted in ("", "smoke") and smoke:
        return smoke
    return [t for t in smoke + rest if wanted in ("all", "") or any(word in short(t) for word in wanted.split())]


class Result(unittest.TestResult):
    """Prints as it goes and counts; a class whose machine does not come up fails all its tests."""

    def __init__(self, tests):
        super().__init__()
        self.begun = time.monotonic()
        self.per_class = collections.Counter(unittest.util.strclass(type(t)) for t in tests)
        self.passed = self.failed = self.skips = 0
        self.subtest_failed = False

    def startTest(self, test):
        super().startTest(test)
        self.test_begun, self.subtest_failed = time.monotonic(), False

    def say(self, verdict, test, detail=""):
        name = short(test) if isinstance(test, unittest.TestCase) else test.id()
        spent = time.monotonic() - getattr(self, "test_begun", self.begun)
        total = time.monotonic() - self.begun
        print(f"{verdict:4} {name} ({spent:.1f} s; {total:.0f} s in all){detail}", flush=True)

    def addSuccess(self, test):
        if not self.subtest_failed:
            self.passed += 1
            self.say("ok", test)

    def _fail(self, test, error):
        text = self._exc_info_to_string(error, test).strip()
        fixture = test.id().partition(" (")[2].rstrip(")")
        self.failed += self.per_class[fixture] if fixture in self.per_class else 1
        self.say("FAIL", test, "\n" + "\n".join("     | " + line for line in text.splitlines()))

    def addFailure(self, test, err):
        self._fail(test, err)

    def addError(self, test, err):
        self._fail(test, err)

    def addSubTest(self, test, subtest, err):
        if err is not None:
            self.failed += not self.subtest_failed
            self.subtest_failed = True
            self.say("FAIL", test, f" {subtest._subDescription()}: {err[1]}")

    def addSkip(self, test, reason):
        self.skips += 1
        self.say("skip", test, ": " + reason)


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    wanted = os.environ.get("T", "")
    tests = choose(wanted)
    if not tests:
        print(f"{HERE}: no test's name contains {wanted}", file=sys.stderr)
        return 2
    result = Result(tests)
    try:
        unittest.TestSuite(tests).run(result)
    finally:
        if "machines" in sys.modules:  # of tests/vm: what they share outlives each test
            sys.modules["machines"].close_all()
    print(f"{result.passed} passed, {result.failed} failed, {result.skips} skipped")
    return 1 if result.failed else 0


if __name__ == "__main__":
    sys.exit(main())
