# SPDX-License-Identifier: Apache-2.0
"""keelson-provision on the command line: what it prints, exit codes, its size and time. What configs mean is tests/unit's.

usage: python3 tests/image/test_provision.py    (inside the SDK; nothing has to be built)
"""
import json
import os
import resource
import subprocess
import tempfile
import unittest

TREE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LARGE_BYTES = 100_000


def config(**sections):
    return json.dumps({"ignition": {"version": "3.6.0"}, **sections})


class Provision(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.program = cls.dir + "/keelson-provision"
        subprocess.run(["make", "-C", TREE + "/rootfs/src", "O=" + cls.dir, cls.program], check=True, stdout=subprocess.DEVNULL)

    def run_it(self, *argv, stdin=""):
        return subprocess.run([self.program, *argv], input=stdin, capture_output=True, text=True, check=False)

    def file(self, name, text):
        path = f"{self.dir}/{name}"
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def test_usage(self):
        self.assertEqual(self.run_it("--help").returncode, 0)
        self.assertIn("validate [--json] FILE", self.run_it("--help").stdout)
        for argv in ((), ("validate",), ("validate", "--json"), ("merge", "a"), ("merge", "a", "b", "c"), ("nosuch",)):
            done = self.run_it(*argv)
            self.assertEqual((done.returncode, done.stdout), (2, ""), argv)
            self.assertIn("usage:", done.stderr)

    def test_validate(self):
        good = self.file("good", config())
        bad = self.file("bad", '{"ignition": {"version": "3.6.0"},\n "storage": {"files": [{"path": "a"}]}}')
        self.assertEqual(self.run_it("validate", good).stdout, "")
        self.assertEqual(self.run_it("validate", good).returncode, 0)
        done = self.run_it("validate", bad, good)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stdout, f"{bad}: error at $.storage.files.0.path, line 2 col 33: path not absolute\n")

    def test_warnings_do_not_make_it_invalid(self):
        done = self.run_it("validate", "-", stdin=config(stray=1))
        self.assertEqual((done.returncode, done.stdout), (0, "-: warning at $.stray, line 1 col 36: unused key stray\n"))

    def test_json(self):
        done = self.run_it("validate", "--json", "-", stdin=config(**{'a"\n': 1}, storage={"files": [{"path": "\u00e9"}]}))
        self.assertEqual(done.returncode, 1)
        told = json.loads(done.stdout)
        self.assertEqual((told["file"], told["valid"]), ("-", False))
        self.assertEqual([e["kind"] for e in told["entries"]], ["error", "warning"])
        self.assertEqual(told["entries"][0], {"kind": "error", "path": "$.storage.files.0.path", "line": 1, "column": 79,
                                              "message": "path not absolute"})
        self.assertEqual(told["entries"][1]["path"], '$.a"\n')

    def test_merge(self):
        parent = self.file("parent", config(storage={"files": [{"path": "/a", "mode": 420}, {"path": "/b"}]}))
        child = self.file("child", json.dumps({"ignition": {"version": "3.0.0"}, "storage": {
            "files": [{"path": "/a", "overwrite": True}], "links": [{"path": "/b", "target": "a\x01\"\\"}]}}))
        done = self.run_it("merge", parent, child)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(json.loads(done.stdout), {"ignition": {"version": "3.6.0"}, "storage": {
            "files": [{"path": "/a", "mode": 420, "overwrite": True}], "links": [{"path": "/b", "target": "a\x01\"\\"}]}})

    def test_what_cannot_be_read(self):
        for argv in (("validate", "/nosuch"), ("merge", "/nosuch", "/nosuch")):
            done = self.run_it(*argv)
            self.assertEqual(done.returncode, 1)
            self.assertIn("/nosuch: No such file", done.stderr)
        done = self.run_it("merge", self.file("good", config()), self.file("not", "{"))
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("unexpected end of JSON input", done.stderr)

    def test_size_and_time(self):
        listed = subprocess.run(["llvm-size", "-A", self.program], capture_output=True, text=True, check=True).stdout
        code = {name: int(size) for name, size, _ in (line.split() for line in listed.splitlines() if line.startswith("."))}[".text"]
        self.assertLess(code, 200_000)
        files = [{"path": f"/etc/file-{i}", "mode": 420, "contents": {"source": "data:,some%20text"}} for i in range(LARGE_BYTES // 80)]
        large = self.file("large", config(storage={"files": files}))
        self.assertGreater(os.path.getsize(large), LARGE_BYTES)
        spent = []
        for _ in range(20):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            self.assertEqual(self.run_it("validate", large).returncode, 0)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        print(f"     | {code} bytes of code; {min(spent) * 1000:.1f} ms CPU for {os.path.getsize(large)} bytes")
        self.assertLess(min(spent), 0.010)


if __name__ == "__main__":
    unittest.main()
