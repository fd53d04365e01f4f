# SPDX-License-Identifier: Apache-2.0
"""keelson-quadlet and the reference implementation's own cases (tests/quadlet).

usage: python3 tests/image/test_quadlet_cases.py    (inside the SDK; nothing has to be built)
CASE=NUMBER runs one, and prints its units.
"""
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest

import programs
import quadletcases
import unitfiles

DATA = programs.TREE + "/tests/quadlet/"
REFUSED = (".build", ".kube", ".artifact")


def read_list(name):
    """NUMBER REASON a line."""
    with open(DATA + name, encoding="utf-8") as file:
        return dict(line.rstrip("\n").split(" ", 1) for line in file if line.strip() and not line.startswith("#"))


class Case:
    """One case in a folder of its own, and what keelson-quadlet makes of it."""

    def __init__(self, program, folder, case):
        self.case, self.folder, self.out = case, folder + "/in", folder + "/out"  # out: for links
        for name, text in case["files"].items():
            path = f"{self.folder}/{name}"
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        os.makedirs(self.out)
        folders = [f"{self.folder}/{name}" for name in case.get("folders", ["."])]
        self.dry = self.run(program, ["--dry-run", *folders])
        if any(assertion["kind"] == "symlink" for assertion in case.get("asserts", [])):
            self.run(program, [self.out], ":".join(map(os.path.realpath, folders)))
        self.units = unitfiles.dry_run(self.dry.stdout)
        if os.environ.get("CASE"):
            print(self.dry.stdout + self.dry.stderr)

    def run(self, program, argv, folders=""):
        done = subprocess.run([program, *argv], capture_output=True, text=True, check=False,
                              env=dict(os.environ, QUADLET_UNIT_DIRS=folders))
        assert "Sanitizer" not in done.stderr and done.returncode in (0, 1), done.stderr
        return done

    def complaints(self, severity):
        """The classes of what was said about the case's own file, at that severity."""
        own = re.compile(rf"/{re.escape(self.case['file'])}(?:\.d/[^:]*)?(?::\d+)?: {severity}: .* \[([a-z-]+)\]$", re.M)
        return own.findall(self.dry.stderr)

    def placed(self, assertion):
        """The assertion with the folder's name filled in."""
        return json.loads(json.dumps(assertion).replace("@QUADLET_DIR@", os.path.realpath(self.folder)))

    def link_holds(self, assertion):
        path = f"{self.out}/{assertion['link']}"
        return os.path.islink(path) and os.readlink(path) == assertion["target"]

    def failures(self):
        verdict, wanted = self.case["verdict"], self.case.get("class")
        errors, warnings, there = self.complaints("error"), self.complaints("warning"), self.case["unit"] in self.units
        if verdict in ("error", "refused"):
            if self.dry.returncode != 1 or (wanted or "refused") not in errors:
                yield f"no error of class {wanted or 'refused'}: {self.dry.stderr}"
            if verdict == "error" and there:
                yield "there is a unit"
            return
        refused = any(name.endswith(REFUSED) for name in self.case["files"])
        if errors or not there or self.dry.returncode != refused:
            yield f"no unit: {self.dry.stderr}"
            return
        if [one for one in warnings if one != "refused"] != ([wanted] if verdict == "warn" else []):
            yield f"warnings: {self.dry.stderr}"
        for assertion in map(self.placed, self.case["asserts"]):
            if assertion["kind"] == "symlink":
                holds = self.link_holds(assertion)
            else:
                holds = quadletcases.judge(assertion, self.units[self.case["unit"]], self.case["file"].rpartition(".")[2])
            if holds is False:
                yield json.dumps(assertion)


class QuadletCases(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = cls.enterClassContext(tempfile.TemporaryDirectory())
        program = programs.build_checked("check/keelson-quadlet")
        with open(DATA + "cases.jsonl", encoding="utf-8") as file:
            cases = [json.loads(line) for line in file]
        cls.only = os.environ.get("CASE")
        cls.cases = [Case(program, f"{cls.dir}/case-{case['id']}", case) for case in cases if cls.only in (None, "", case["id"])]

    def test_cases(self):
        not_met, wrong, met, core = read_list("not-met.list"), [], 0, 0
        for case in self.cases:
            number, found = case.case["id"], list(case.failures())
            core += case.case["verdict"] != "refused"
            met += case.case["verdict"] != "refused" and not found
            if number in not_met and not found:
                wrong.append(f"{number} is met, but listed as not: {not_met[number]}")
            elif number not in not_met:
                wrong += [f"{number} {case.case['file']}: {failure}" for failure in found]
        later = [case.case["id"] for case in self.cases if "refused" in case.complaints("warning")]
        print(f"     | {met} of {core} cases are met, {len(not_met)} are listed with a reason; {len(self.cases) - core} files of other kinds are refused; "
              f"the units of {', '.join(later)} are made, and a warning says that they will not start")
        if not self.only:
            self.assertEqual(later, ["181", "188"])
        self.assertEqual(wrong, [], "\n".join(wrong))
        if not self.only:
            self.assertEqual((len(self.cases), core), (200, 148))
            self.assertLessEqual(set(not_met), {case.case["id"] for case in self.cases})
            self.assertGreaterEqual(met / core, 0.9)

    def verify(self, root, units):
        folder = root + "/etc/systemd/system"
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        for name, unit in units.items():
            with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
                file.write(unit.text)
        done = subprocess.run(["systemd-analyze", "verify", "--root=" + root, "--man=no", "--recursive-errors=no", *sorted(units)],
                              capture_output=True, text=True, check=False, cwd=folder)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return len(units)

    def test_systemd_takes_the_units(self):
        """By systemd's own reader, as many at once as have different names. Those with a warning may hold what systemd refuses too."""
        root, batch, checked = self.dir + "/root", {}, 0
        os.makedirs(root + "/usr/bin")
        with open(root + "/usr/bin/keelson-run", "wb") as file:
            os.chmod(file.fileno(), 0o755)
        for case in [case for case in self.cases if case.case["verdict"] != "warn"]:
            if set(batch) & set(case.units):
                checked += self.verify(root, batch)
                batch = {}
            batch |= case.units
        checked += self.verify(root, batch) if batch else 0
        self.assertGreater(checked, 0 if self.only else 140)


if __name__ == "__main__":
    unittest.main()
