# SPDX-License-Identifier: Apache-2.0
"""keelson-provision apply and the reference implementation's own tests: those that need no more than the ROOT partition's files.

usage: python3 tests/image/test_provision_blackbox.py    (inside the SDK, as root; nothing has to be built)
"""
import collections
import json
import os
import subprocess
import tempfile
import unittest

import provisioned

CASES = provisioned.TREE + "/tests/ignition/blackbox-disks.jsonl"
DISK_SECTIONS = {"disks", "raid", "filesystems", "luks"}
NETWORK = ("http:", "https:", "tftp:")


def partitions(disks):
    return [partition for disk in disks for partition in disk.get("partitions") or []]


def root_nodes(disks):
    return [node for partition in partitions(disks) if partition.get("label") == "ROOT" for node in partition.get("nodes") or []]


def why_not(case):
    """Why a case cannot be run on a folder, or None."""
    if case["positive"] and not case["text"].lstrip().startswith("{"):
        return "no config"
    if case.get("systemConfigFiles") or any("CMDLINE" in line for line in case.get("env", [])):
        return "config from elsewhere"
    if any(name in case["text"] for name in NETWORK):
        return "network"
    try:
        config = json.loads(case["text"])
    except ValueError:
        return None
    if "config" in config["ignition"]:
        return "config that names another"
    if DISK_SECTIONS & set(config.get("storage", {})):
        return "disks"
    if any(partition.get("nodes") for partition in partitions(case["before"]) if partition.get("label") != "ROOT"):
        return "disks"
    return None


def as_ours(node, text):
    """What differs by intent: the day of a new password, and the shell of new users (this system has no bash)."""
    lines = []
    for line in text.splitlines():
        fields = line.split(":")
        if node["path"] == "/etc/shadow" and len(fields) == 9 and fields[5] == "7":
            fields[2] = "TODAY"
        if node["path"] == "/etc/passwd" and len(fields) == 7 and fields[2].isdigit() and int(fields[2]) >= 1000:
            fields[6] = fields[6].replace("/bin/bash", "/bin/sh")
        lines.append(":".join(fields))
    return "\n".join(lines)


def wanted_nodes(case):
    """sshd reads our users' keys from the fragment only; the reference can be told to write one file."""
    nodes = root_nodes(case["after"])
    if "IGNITION_WRITE_AUTHORIZED_KEYS_FRAGMENT=false" in case.get("env", []):
        nodes = [dict(node, path=node["path"].replace("/.ssh/authorized_keys", "/.ssh/authorized_keys.d/ignition")) for node in nodes]
    return nodes


class Blackbox(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.dir = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.program = provisioned.build(cls.dir, provisioned.SANITIZE)
        with open(CASES, encoding="utf-8") as file:
            cls.cases = [json.loads(line) for line in file]

    def apply(self, root, case):
        config = root + ".ign"
        with open(config, "w", encoding="utf-8") as file:
            file.write(case["text"])
        return subprocess.run([self.program, "apply", "--root", root, config], capture_output=True, text=True, check=False)

    def failure(self, case):
        """Runs a case, twice if it is to succeed. Returns what is wrong, or None."""
        root = f"{self.dir}/{case['name'].replace('/', '-')}"
        os.mkdir(root)
        provisioned.make(root, root_nodes(case["before"]))
        done = self.apply(root, case)
        told = (done.stdout + done.stderr).strip()
        if "Sanitizer" in told or done.returncode not in (0, 1):
            return told
        if not case["positive"]:
            return None if done.returncode == 1 else "succeeded"
        if done.returncode != 0:
            return told
        found = provisioned.differences(root, wanted_nodes(case), as_ours)
        first = provisioned.snapshot(root)
        again = self.apply(root, case)
        if again.returncode != 0:
            found.append("again: " + again.stderr)
        elif provisioned.snapshot(root) != first:
            found.append("a second run changes the tree")
        return "; ".join(found) or None

    def test_cases(self):
        not_run = collections.Counter()
        passed, failed = 0, []
        for case in self.cases:
            reason = why_not(case)
            if reason:
                not_run[reason] += 1
                continue
            wrong = self.failure(case)
            passed += wrong is None
            if wrong is not None:
                failed.append(f"{case['name']} {case['title']}: {wrong}")
        print(f"     | {passed} passed, {len(failed)} failed; not run: " + ", ".join(f"{count} ({reason})" for reason, count in sorted(not_run.items())))
        self.assertEqual(len(self.cases), 189)
        self.assertEqual(passed + len(failed) + sum(not_run.values()), 189)
        self.assertEqual(failed, [])


if __name__ == "__main__":
    unittest.main()
