# SPDX-License-Identifier: Apache-2.0
"""keelson-oci with a store, a registry and settings of its own, for tests. OCI= names a program that is built already."""
import base64
import json
import os
import subprocess
import tempfile
import unittest

import programs
from registryserver import Registry, tar

SMALL = tar(("etc", None), ("etc/hello", b"hello\n", {"mode": 0o4755, "uid": 7, "gid": 8}), ("link", "etc/hello"))


class Program(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.program = os.environ.get("OCI") or programs.build("keelson-oci") + "/keelson-oci"

    def setUp(self):
        self.dir = self.enterContext(tempfile.TemporaryDirectory())
        self.store = self.dir + "/store"
        self.registry = self.enterContext(Registry())
        self.name = self.registry.host + "/a/b:latest"

    def command(self, *argv, plain=("--plain-http",)):
        return [self.program, "--root", self.store, "--etc", self.dir + "/etc", *plain, "--retry-ms", "10", "--platform", "linux/amd64",
                *argv]

    def setting(self, path, text):
        path = f"{self.dir}/etc/{path}"
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="ascii") as file:
            file.write(text)
        return path

    def run_program(self, *argv, environment=None, **keys):
        return subprocess.run(self.command(*argv, **keys), capture_output=True, text=True, check=False, timeout=300,
                              env={"PATH": os.environ["PATH"], **(environment or {})})

    def good(self, *argv, **keys):
        done = self.run_program(*argv, **keys)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def bad(self, word, *argv, **keys):
        done = self.run_program(*argv, **keys)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn(word, done.stderr)
        self.assertIn("0 findings", self.good("verify"))
        return done.stderr

    def inspect(self, name=None):
        return json.loads(self.good("inspect", name or self.name))

    def diff(self, number=0):
        return self.inspect()["layers"][number]["path"]

    def layers(self):
        return sorted(os.listdir(self.store + "/layers/sha256"))

    def auth(self, login="user:secret"):
        path = self.dir + "/auth.json"
        with open(path, "w", encoding="ascii") as file:
            json.dump({"auths": {self.registry.host: {"auth": base64.b64encode(login.encode()).decode()}}}, file)
        return "--authfile", path
