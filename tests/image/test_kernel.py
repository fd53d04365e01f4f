# SPDX-License-Identifier: Apache-2.0
"""The kernel's final configuration: features and drivers, the hardening score, its ledger, and the checker of options.

usage: python3 tests/image/test_kernel.py    (inside the SDK)
Environment: ARCH; KERNEL_CONFIG (default: out/ARCH/images/kernel.config).
"""
import json
import os
import re
import subprocess
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
TREE = os.path.dirname(os.path.dirname(HERE))
ARCH = os.environ["ARCH"]
CONFIG = os.environ.get("KERNEL_CONFIG") or f"{TREE}/out/{ARCH}/images/kernel.config"
OPTION = re.compile(r"^CONFIG_(\w+)=(.*)$", re.MULTILINE)
BAR_ROW = re.compile(r"^\| (\w+) \| at most (\d+) FAIL, at least (\d+) OK \|$", re.MULTILINE)
LEDGER_ROW = re.compile(r"^\| (CONFIG_\w+) \| ([\w ]+) \| (.+) \|$", re.MULTILINE)


def read(path):
    with open(path, encoding="utf-8") as text:
        return text.read()


def parse_list(text):
    """{section: [(option, values that do)]}"""
    sections = {}
    for line in (raw.strip() for raw in text.splitlines()):
        if line.startswith("["):
            rows = sections.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            name, _, value = line.partition(" ")
            rows.append((name, {"y": ("y",), "n": (None,), "": ("y", "m")}[value]))
    return sections


def missing(rows, options):
    return [name for name, values in rows if options.get(name) not in values]


def checker(config):
    """[(option, passed?)] as kernel-hardening-checker sees the file."""
    run = subprocess.run(["kernel-hardening-checker", "-m", "json", "-c", config],
                         capture_output=True, text=True, check=True)
    return [(row["option_name"], row["check_result_bool"]) for row in json.loads(run.stdout)]


class FeaturesTest(unittest.TestCase):
    sections = parse_list(read(f"{HERE}/kernel_features.list"))
    options = dict(OPTION.findall(read(CONFIG)))

    def test_none_is_missing(self):
        known = {n[:-3] for n in os.listdir(TREE + "/configs") if n.endswith(".mk")}
        for section, rows in self.sections.items():
            if section in known - {ARCH}:
                continue
            with self.subTest(section=section):
                self.assertEqual(missing(rows, self.options), [])

    def test_each_is_missed_when_it_is_not_there(self):
        for section, rows in self.sections.items():
            self.assertTrue(rows, section)
            for name, values in rows:
                with self.subTest(option=name):
                    there = {n: v[0] for n, v in rows}
                    self.assertEqual(missing(rows, there), [])
                    broken = {**there, name: "y" if values == (None,) else None}
                    self.assertEqual(missing(rows, broken), [name])
                    if values == ("y",):
                        self.assertEqual(missing([(name, values)], {name: "m"}), [name])

    def test_architecture_has_its_section(self):
        self.assertIn(ARCH, self.sections)


class HardeningTest(unittest.TestCase):
    results = checker(CONFIG)

    def test_score(self):
        """Releases of the checker differ in their number of lines, so it is the FAILs that bind everywhere."""
        bars = {arch: (int(fails), int(oks)) for arch, fails, oks in BAR_ROW.findall(read(TREE + "/kernel/LEDGER.md"))}
        most_fails, least_oks = bars[ARCH]
        oks = sum(passed for _, passed in self.results)
        self.assertLessEqual(len(self.results) - oks, most_fails)
        self.assertGreaterEqual(oks, min(least_oks, len(self.results) - most_fails))

    def test_ledger_has_each_fail_and_no_other(self):
        rows = LEDGER_ROW.findall(read(TREE + "/kernel/LEDGER.md"))
        listed = [name for name, arches, _ in rows if arches == "all" or ARCH in arches.split()]
        self.assertEqual(sorted(listed), sorted(name for name, passed in self.results if not passed))


class CheckConfigTest(unittest.TestCase):
    """kernel/check-config names every option that was asked for and is not so."""

    def check(self, final, *fragments):
        with tempfile.TemporaryDirectory() as folder:
            paths = []
            for number, text in enumerate((*fragments, final)):
                paths.append(f"{folder}/{number}.config")
                with open(paths[-1], "w", encoding="utf-8") as out:
                    out.write(text)
            run = subprocess.run([TREE + "/kernel/check-config", *paths], capture_output=True, text=True, check=False)
            return run.returncode, run.stderr

    def test_rows(self):
        final = 'CONFIG_A=y\nCONFIG_M=m\n# CONFIG_N is not set\nCONFIG_S="x y"\nCONFIG_I=10\nCONFIG_H=0x0\n'
        rows = (
            ("as asked", ["CONFIG_A=y\nCONFIG_M=m\nCONFIG_N=n\nCONFIG_S=\"x y\"\nCONFIG_I=10\nCONFIG_H=0x0\n"], []),
            ("comments and blanks", ["# why\n\nCONFIG_A=y\n"], []),
            ("absent is n", ["CONFIG_UNKNOWN=n\n"], []),
            ("unknown symbol", ["CONFIG_UNKNOWN=y\n"], ["UNKNOWN"]),
            ("not set", ["CONFIG_N=y\n"], ["N"]),
            ("module instead of built in", ["CONFIG_M=y\n"], ["M"]),
            ("built in instead of module", ["CONFIG_A=m\n"], ["A"]),
            ("on instead of off", ["CONFIG_A=n\n"], ["A"]),
            ("string", ['CONFIG_S="x"\n'], ["S"]),
            ("number", ["CONFIG_I=11\n"], ["I"]),
            ("all are named", ["CONFIG_N=y\nCONFIG_I=11\nCONFIG_A=y\n"], ["N", "I"]),
            ("a prefix is another option", ["CONFIG_AB=y\n"], ["AB"]),
            ("the last fragment decides", ["CONFIG_A=m\n", "CONFIG_A=y\n"], []),
            ("the last fragment decides, to its harm", ["CONFIG_A=y\n", "CONFIG_A=n\n"], ["A"]),
        )
        for label, fragments, named in rows:
            with self.subTest(label):
                code, err = self.check(final, *fragments)
                self.assertEqual(re.findall(r"CONFIG_(\w+)=\S+ was asked", err), named)
                self.assertEqual(code, 1 if named else 0)

    def test_unreadable_line(self):
        for line in ("CONFIG_A y\n", "A=y\n", "CONFIG_A=yes\n", "CONFIG_A=\n"):
            with self.subTest(line=line):
                code, err = self.check("CONFIG_A=y\n", line)
                self.assertEqual(code, 1)
                self.assertIn("0.config:1: not of the form", err)

    def test_empty_final(self):
        code, err = self.check("", "CONFIG_A=n\n")
        self.assertEqual((code, "is empty" in err), (1, True))

    def test_our_fragments_hold(self):
        karch = re.search(r"^KARCH := (\w+)$", read(f"{TREE}/configs/{ARCH}.mk"), re.MULTILINE).group(1)
        layers = [f"{TREE}/kernel/{n}.config" for n in ("base", "container", "server", "virtio", "harden", karch)]
        run = subprocess.run([TREE + "/kernel/check-config", *layers, CONFIG], capture_output=True, text=True, check=False)
        self.assertEqual((run.returncode, run.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main()
