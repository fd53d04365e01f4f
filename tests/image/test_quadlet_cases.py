# SPDX-License-Identifier: Apache-2.0
"""keelson-quadlet and the reference implementation's own cases (tests/quadlet).

usage: python3 tests/image/test_quadlet_cases.py    (inside the SDK; nothing has to be built)
CASE=NUMBER runs one, and prints its units.
"""
import json
import os
import re
import subprocess
import tempfile
import unittest

import quadletcases
import unitfiles

TREE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DATA = TREE + "/tests/quadlet/"
SANITIZE = "-O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all"
REFUSED = (".build", ".kube", ".artifact")


def build(folder):
    program = folder + "/keelson-quadlet"
    subprocess.run(["make", "-j2", "-C", TREE + "/rootfs/src", "O=" + folder, "CFLAGS=" + SANITIZE, program],
                   check=True, stdout=subprocess.DEVNULL)
    return program


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
        done = subprocess.run([program, *argv], capture_output=True, text=True, check=False, env=dict(os.environ, QUADLET_UNIT_DIRS=folders))
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
        if warnings != ([wanted] if verdict == "warn" else []):
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
        cls.program = build(cls.dir)
        with open(DATA + "cases.jsonl", encoding="utf-8") as file:
            cls.cases = [json.loads(line) for line in file]

    def failures(self, case):
        folder = f"{self.dir}/case-{case['id']}"
        os.makedirs(folder)
        return list(Case(self.program, folder, case).failures())

    def test_cases(self):
        not_met, wrong, met, only = read_list("not-met.list"), [], 0, os.environ.get("CASE")
        core = [case for case in self.cases if case["verdict"] != "refused"]
        for case in self.cases:
            if only and case["id"] != only:
                continue
            found = self.failures(case)
            if case in core:
                met += not found
            if case["id"] in not_met and not found:
                wrong.append(f"{case['id']} {case['file']} is met, but listed as not: {not_met[case['id']]}")
            elif case["id"] not in not_met:
                wrong += [f"{case['id']} {case['file']}: {failure}" for failure in found]
        print(f"     | {met} of {len(core)} cases are met, {len(not_met)} are listed with a reason; "
              f"{len(self.cases) - len(core)} files of other kinds are refused")
        self.assertEqual(wrong, [], "\n".join(wrong))
        if not only:
            self.assertEqual((len(self.cases), len(core)), (200, 148))
            self.assertEqual(set(not_met) - {case["id"] for case in self.cases}, set())
            self.assertGreaterEqual(met / len(core), 0.9)


if __name__ == "__main__":
    unittest.main()
