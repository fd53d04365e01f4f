# SPDX-License-Identifier: Apache-2.0
"""The images of all architectures side by side: packages, files and units, kernel options, sizes.

usage: python3 tests/image/test_parity.py    (inside the SDK, after make all-arches)
A difference that has no row in parity.list fails, and so does a row without its difference. An architecture that is not
built is left out; with one image alone there is nothing to compare, and the tests are skipped.
"""
import glob
import json
import os
import re
import unittest

import built

HERE = os.path.dirname(os.path.abspath(__file__))
OPTION = re.compile(r"^CONFIG_(\w+)=(.*)$", re.MULTILINE)
COMMON_FRAGMENTS = ("base", "container", "server", "virtio", "harden")
SIZE_RATIO = 1.35


def architectures():
    """Those that are built, by their name."""
    found = glob.glob(f"{built.TREE}/out/*/images/SHA256SUMS")
    return sorted(path.split("/")[-3] for path in found)


def manifest(arch):
    return json.loads(built.read(f"{built.TREE}/out/{arch}/images/manifest.json"))


def packages(arch):
    return {p["name"]: p["version"] for p in manifest(arch)["packages"]}


def files(arch):
    """Every regular file of the root but the kernel's modules, which its options decide."""
    (listing,) = glob.glob(f"{built.TREE}/out/{arch}/steps/root-*/root/files")
    paths = {line.split(" ", 1)[1] for line in built.read(listing).splitlines()}
    return {p: "there" for p in paths if not p.startswith("usr/lib/modules/")}


def kernel(arch):
    """The final value of every option that a fragment for all architectures asks for."""
    final = dict(OPTION.findall(built.read(f"{built.TREE}/out/{arch}/images/kernel.config")))
    asked = {name for f in COMMON_FRAGMENTS for name, _ in OPTION.findall(built.read(f"{built.TREE}/kernel/{f}.config"))}
    return {name: final.get(name, "n") for name in asked}


def allowed(kind):
    """{name: reason} of parity.list's rows `KIND NAME REASON`."""
    rows = [line.split(None, 2) for line in built.read(f"{HERE}/parity.list").splitlines() if line.strip() and line[0] != "#"]
    return {name: reason for row_kind, name, reason in rows if row_kind == kind}


def differences(tables):
    """{name: [value per architecture]} where not all are the same; a missing name is `-`."""
    names = sorted(set().union(*tables))
    rows = {name: [table.get(name, "-") for table in tables] for name in names}
    return {name: values for name, values in rows.items() if len(set(values)) > 1}


@unittest.skipIf(len(architectures()) < 2, "one architecture is built, there is nothing to compare; remedy: make all-arches")
class Parity(unittest.TestCase):
    def check(self, kind, facts):
        arches = architectures()
        tables = [facts(arch) for arch in arches]
        found = differences(tables)
        print(f"     {kind}: " + ", ".join(f"{arch} {len(table)}" for arch, table in zip(arches, tables)) + f", {len(found)} differ")
        for name, values in found.items():
            print(f"       {name}: " + ", ".join(f"{arch} {value}" for arch, value in zip(arches, values)))
        self.assertEqual(sorted(found), sorted(allowed(kind)), "differences and the rows of parity.list")

    def test_packages(self):
        self.check("package", packages)

    def test_files_and_units(self):
        self.check("file", files)

    def test_kernel_options(self):
        self.check("kernel", kernel)

    def test_sizes(self):
        arches = architectures()
        sizes = [manifest(arch)["sizes_bytes"] for arch in arches]
        for name in ("root", "verity", "kernel", "initrd", "boot"):
            values = [s[name] for s in sizes]
            print(f"     {name:8}" + "".join(f"{arch:>10} {value / 1e6:6.2f} MB" for arch, value in zip(arches, values)))
            with self.subTest(name):
                self.assertLessEqual(max(values), SIZE_RATIO * min(values))


class Differences(unittest.TestCase):
    """The comparison itself, on tables that are made up."""

    def test_rows(self):
        same = {"a": "1", "b": "2"}
        self.assertEqual(differences([same, dict(same)]), {})
        self.assertEqual(differences([same, {"a": "1"}]), {"b": ["2", "-"]})
        self.assertEqual(differences([same, {"a": "1", "b": "3"}]), {"b": ["2", "3"]})


if __name__ == "__main__":
    unittest.main()
