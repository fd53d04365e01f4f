# SPDX-License-Identifier: Apache-2.0
"""keelson-provision apply on trees: what a config becomes, what is refused before a byte is written, trees that set traps, and runs
that are cut after any system call.

usage: python3 tests/image/test_provision_files.py    (inside the SDK, as root; nothing has to be built)
"""
import contextlib
import json
import os
import shutil
import subprocess
import tempfile
import unittest

import cutting
import provisioned

PASSWD = "root:x:0:0:root:/root:/bin/sh\n"
KEY = "ssh-ed25519 AAAA one@example"
UNIT = "[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n"
CUTS = 1000  # at most


def config(version="3.6.0", **sections):
    return json.dumps({"ignition": {"version": version}, **sections})


def storage(**lists):
    return config(storage=lists)


def data(text):
    return {"source": "data:," + "".join(f"%{byte:02x}" for byte in text.encode())}


def file_node(path, content, **more):
    return {"type": "file", "path": path, "content": content, **more}


# name, nodes before, config, nodes after, or the words of the refusal
CASES = (
    ("defaults", [], storage(files=[{"path": "/a/b/c", "contents": data("x")}], directories=[{"path": "/d/e"}]),
     [file_node("/a/b/c", "x", mode="0644"), {"type": "dir", "path": "/a/b", "mode": "0755"}, {"type": "dir", "path": "/d", "mode": "0755"},
      {"type": "dir", "path": "/d/e", "mode": "0755"}]),
    ("mode and owner", [], storage(files=[{"path": "/a", "mode": 0o4751, "user": {"id": 7}, "group": {"id": 8}}], directories=[
        {"path": "/d", "mode": 0o1777, "group": {"id": 9}}]),
     [file_node("/a", "", mode="04751", uid=7, gid=8), {"type": "dir", "path": "/d", "mode": "01777", "gid": 9}]),
    ("no set-user-id before 3.6.0", [], config("3.5.0", storage={"files": [{"path": "/a", "mode": 0o6755}], "directories": [
        {"path": "/d", "mode": 0o1777}]}), [file_node("/a", "", mode="0755"), {"type": "dir", "path": "/d", "mode": "0777"}]),
    ("owner by a name of the tree", [file_node("/etc/passwd", PASSWD + "own:x:1234:5::/:/bin/sh\n"), file_node("/etc/group", "grp:x:77:\n")],
     storage(files=[{"path": "/a", "user": {"name": "own"}, "group": {"name": "grp"}}]), [file_node("/a", "", uid=1234, gid=77)]),
    ("owner by a name of the config", [], config(passwd={"users": [{"name": "new"}]}, storage={"files": [
        {"path": "/a", "user": {"name": "new"}, "group": {"name": "new"}}]}), [file_node("/a", "", uid=1000, gid=1000)]),
    ("the same contents are there", [file_node("/a", "x", uid=3)], storage(files=[{"path": "/a", "contents": data("x"), "mode": 0o600}]),
     [file_node("/a", "x", mode="0600", uid=3)]),
    ("other contents are there", [file_node("/a", "y")], storage(files=[{"path": "/a", "contents": data("x")}]), "other contents"),
    ("contents of the same size are there", [file_node("/a", "y" * 9000)], storage(files=[{"path": "/a", "contents": data("y" * 8999 + "x")}]),
     "other contents"),
    ("overwrite", [file_node("/a", "y", mode="0700", uid=5)], storage(files=[{"path": "/a", "contents": data("x"), "overwrite": True}]),
     [file_node("/a", "x", mode="0644")]),
    ("overwrite a folder", [file_node("/a/b/c", "y")], storage(files=[{"path": "/a", "contents": data("x"), "overwrite": True}]),
     [file_node("/a", "x")]),
    ("overwrite a link, not what it leads to", [file_node("/b", "y"), {"type": "symlink", "path": "/a", "target": "b"}],
     storage(files=[{"path": "/a", "contents": data("x"), "overwrite": True}]), [file_node("/a", "x"), file_node("/b", "y")]),
    ("append keeps mode and owner", [file_node("/a", "1\n", mode="0640", uid=5, gid=6)], storage(files=[
        {"path": "/a", "append": [data("2\n"), data("3\n")]}]), [file_node("/a", "1\n2\n3\n", mode="0640", uid=5, gid=6)]),
    ("append to more than a buffer", [file_node("/a", "1" * 200000)], storage(files=[{"path": "/a", "append": [data("2")]}]),
     [file_node("/a", "1" * 200000 + "2")]),
    ("append what it ends with", [file_node("/a", "1\n2\n")], storage(files=[{"path": "/a", "append": [data("2\n")]}]), [file_node("/a", "1\n2\n")]),
    ("append to a folder", [{"type": "dir", "path": "/a"}], storage(files=[{"path": "/a", "append": [data("2")]}]), "/a: a directory is there"),
    ("a folder keeps what is not given", [{"type": "dir", "path": "/d", "mode": "0700", "uid": 4, "gid": 4}], storage(directories=[
        {"path": "/d", "group": {"id": 5}}]), [{"type": "dir", "path": "/d", "mode": "0700", "uid": 4, "gid": 5}]),
    ("parents first, whatever the order", [], storage(directories=[{"path": "/d/e/f", "mode": 0o700}, {"path": "/d", "mode": 0o750}]),
     [{"type": "dir", "path": "/d", "mode": "0750"}, {"type": "dir", "path": "/d/e/f", "mode": "0700"}]),
    ("links", [file_node("/t", "x")], storage(links=[{"path": "/a", "target": "../no/such", "user": {"id": 3}}, {"path": "/h", "target": "/t", "hard": True},
                                                     {"path": "/r", "target": "t", "hard": True}]),
     [{"type": "symlink", "path": "/a", "target": "../no/such", "uid": 3}, {"type": "hardlink", "path": "/h", "target": "/t"},
      {"type": "hardlink", "path": "/r", "target": "/t"}]),
    ("a hard link over itself", [file_node("/t", "x"), {"type": "hardlink", "path": "/h", "target": "/t"}], storage(links=[
        {"path": "/h", "target": "/t", "hard": True, "overwrite": True}]), [file_node("/t", "x"), {"type": "hardlink", "path": "/h", "target": "/t"}]),
    ("through links of the system", [{"type": "dir", "path": "/var/home"}, {"type": "symlink", "path": "/home", "target": "var/home"}],
     storage(files=[{"path": "/home/u/f", "contents": data("x")}]), [file_node("/var/home/u/f", "x"), {"type": "symlink", "path": "/home", "target": "var/home"}]),
    ("a file on the way", [file_node("/a", "")], storage(files=[{"path": "/a/b"}]), "/a/b: /a is no directory"),
    ("unless it is replaced", [file_node("/a", "")], storage(directories=[{"path": "/a", "overwrite": True}], files=[{"path": "/a/b"}]),
     [file_node("/a/b", "")]),
    ("a file below a file of the config", [], storage(files=[{"path": "/a"}, {"path": "/a/b"}]), "/a/b: /a of the config is no directory"),
    ("two ways to one place", [{"type": "symlink", "path": "/l", "target": "d"}, {"type": "dir", "path": "/d"}], storage(files=[
        {"path": "/l/f"}, {"path": "/d/f"}]), "leads to the same place"),
    ("no such user", [], storage(files=[{"path": "/a", "user": {"name": "ghost"}}]), "/a: there is no user ghost"),
    ("no such group", [], storage(directories=[{"path": "/a", "group": {"name": "ghost"}}]), "/a: there is no group ghost"),
    ("a zero byte in a path", [], storage(files=[{"path": "/a\0b"}]), "zero byte"),
    ("a user of a group that is not", [], config(passwd={"users": [{"name": "u", "groups": ["sudo"]}]}), "user u: there is no group sudo"),
    ("a line into passwd", [], config(passwd={"users": [{"name": "u", "gecos": "x\nevil::0:0::/:/bin/sh"}]}), "user u: holds a colon"),
    ("a unit of another folder", [], config(systemd={"units": [{"name": "x/../../a.service", "contents": UNIT}]}), "has a character"),
    ("kernel argument", [], config(kernelArguments={"shouldExist": ["no-such-argument=1"]}), "no-such-argument=1: the kernel does not have it"),
    ("kernel argument that is not", [], config(kernelArguments={"shouldNotExist": ["no-such-argument=1"]}), []),
)


class Files(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.program = provisioned.build(cls.dir + "/asan", provisioned.SANITIZE)

    def setUp(self):
        self.root = tempfile.mkdtemp(dir=self.dir)

    def apply(self, text, *options, root=None, program=None):
        path = self.dir + "/config.ign"
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        done = subprocess.run([program or self.program, "apply", "--root", root or self.root, *options, path],
                              capture_output=True, text=True, check=False)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        self.assertNotIn("Sanitizer", done.stderr)
        return done

    def applied(self, text):
        done = self.apply(text)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        return done.stdout

    def refused(self, text, words):
        """Nothing is written when a problem is known before."""
        before = provisioned.snapshot(self.root)
        done = self.apply(text)
        self.assertEqual(done.returncode, 1)
        self.assertIn(words, done.stdout + done.stderr)
        self.assertEqual(provisioned.snapshot(self.root), before)

    def read(self, path):
        with open(provisioned.below(self.root, path), encoding="utf-8") as file:
            return file.read()

    def test_cases(self):
        for name, before, text, after in CASES:
            with self.subTest(name):
                self.root = tempfile.mkdtemp(dir=self.dir)
                provisioned.make(self.root, before)
                if isinstance(after, str):
                    self.refused(text, after)
                    continue
                self.applied(text)
                self.assertEqual(provisioned.differences(self.root, after), [])
                first = provisioned.snapshot(self.root)
                self.applied(text)
                self.assertEqual(provisioned.snapshot(self.root), first, "again")

    def test_all_problems_at_once(self):
        done = self.apply(storage(files=[{"path": "/a", "user": {"name": "x"}}, {"path": "/b", "group": {"name": "y"}}]))
        self.assertEqual(done.stdout.splitlines(), ["/a: there is no user x", "/b: there is no group y"])
        self.assertIn("2 problems", done.stderr)

    def test_traps(self):
        """Links out of the root lead nowhere but into it; loops and depths end."""
        outside = tempfile.mkdtemp(dir=self.dir)
        traps = {"/abs": outside, "/up": "../../../../../.." + outside, "/loop": "loop2", "/loop2": "loop", "/magic": "/proc/self/root"}
        provisioned.make(self.root, [{"type": "symlink", "path": path, "target": target} for path, target in traps.items()])
        os.symlink("/", outside + "/out")
        for path in ("/abs/f", "/up/f2", "/magic/f3"):
            self.applied(storage(files=[{"path": path, "contents": data("x")}]))
        self.assertEqual(os.listdir(outside), ["out"])
        self.assertEqual(self.read(outside + "/f") + self.read(outside + "/f2") + self.read("/proc/self/root/f3"), "xxx")
        self.refused(storage(files=[{"path": "/loop/f"}]), "/loop/f: Too many levels of symbolic links")
        for i in range(45):
            os.symlink(f"chain{i + 1}", f"{self.root}/chain{i}")
        os.mkdir(self.root + "/chain45")
        self.refused(storage(files=[{"path": "/chain0/f"}]), "Too many levels")
        self.applied(storage(files=[{"path": "/chain6/f"}]))
        self.refused(storage(files=[{"path": "/" + "a/" * 2100 + "f"}]), "too long")
        self.refused(storage(files=[{"path": "/" + "a" * 256}]), "File name too long")

    def test_folders_too_deep_to_remove(self):
        path = self.root + "/deep"
        for _ in range(200):
            path += "/d"
        os.makedirs(path)
        done = self.apply(storage(directories=[{"path": "/deep", "overwrite": True}]))
        self.assertEqual(done.returncode, 1)
        self.assertIn("/deep: remove /deep", done.stderr)
        shutil.rmtree(self.root + "/deep/d")
        self.applied(storage(directories=[{"path": "/deep", "overwrite": True}]))

    def test_removal_follows_no_link(self):
        outside = tempfile.mkdtemp(dir=self.dir)
        with open(outside + "/kept", "w", encoding="utf-8"):
            pass
        provisioned.make(self.root, [{"type": "symlink", "path": "/d/link", "target": outside}, file_node("/d/f", "x")])
        self.applied(storage(directories=[{"path": "/d", "overwrite": True}]))
        self.assertEqual((os.listdir(self.root + "/d"), os.listdir(outside)), ([], ["kept"]))

    @contextlib.contextmanager
    def read_only_root(self):
        """A root like that of a machine: read-only, with links to a /var that is not."""
        state = tempfile.mkdtemp(dir=self.dir)
        for folder in ("/etc", "/var", "/run", "/usr/bin", "/boot"):
            os.makedirs(self.root + folder)
        provisioned.make(self.root, [{"type": "symlink", "path": "/home", "target": "var/home"}, {"type": "symlink", "path": "/usr/local", "target": "../var/usrlocal"}])
        mounts = [["--bind", self.root, self.root], ["-o", "remount,bind,ro", self.root]]
        for folder in ("/etc", "/var", "/run"):
            os.mkdir(state + folder)
            mounts.append(["--bind", state + folder, self.root + folder])
        for arguments in mounts:
            subprocess.run(["mount", *arguments], check=True)
        try:
            yield
        finally:
            subprocess.run(["umount", "-R", self.root], check=True)

    def test_read_only_root(self):
        with self.read_only_root():
            done = self.apply(storage(files=[{"path": "/usr/bin/x"}, {"path": "/foo"}, {"path": "/etc/x"}], links=[{"path": "/boot/x", "target": "/y"}],
                                      directories=[{"path": "/srv"}]))
            self.assertEqual(done.returncode, 1)
            lines = done.stdout.splitlines()
            self.assertEqual(sorted(line.partition(":")[0] for line in lines), ["/boot/x", "/foo", "/srv", "/usr/bin/x"])
            for line in lines:
                self.assertIn("on this system the root is read-only; put it below /etc, /var", line)
            self.assertFalse(os.path.exists(self.root + "/etc/x"))
            done = self.applied(config(passwd={"users": [{"name": "u", "sshAuthorizedKeys": [KEY]}]}, storage={"files": [
                {"path": path} for path in ("/etc/x", "/var/x", "/home/u/x", "/usr/local/bin/x", "/run/x")]}))
            self.assertEqual(done, "/run/x: warning: this place is empty again at each start\n")
            self.assertTrue(os.path.exists(self.root + "/var/usrlocal/bin/x"))
            self.assertEqual(self.read("/var/home/u/.ssh/authorized_keys.d/ignition"), KEY + "\n")
            self.refused(config(passwd={"users": [{"name": "u2", "homeDir": "/u2"}]}), "/u2: on this system")

    def test_users(self):
        provisioned.make(self.root, [file_node("/etc/passwd", PASSWD, mode="0644"), file_node("/etc/shadow", "root:*::::::\n", mode="0600"),
                                     file_node("/etc/group", "root:x:0:\nwheel:x:10:\n", mode="0644"), {"type": "dir", "path": "/home"},
                                     {"type": "dir", "path": "/root", "mode": "0700"}])
        text = config(passwd={"groups": [{"name": "team", "gid": 1500}], "users": [
            {"name": "root", "sshAuthorizedKeys": [KEY]}, {"name": "nohome", "noCreateHome": True, "system": True},
            {"name": "u", "groups": ["wheel", "team"], "passwordHash": "$6$x", "shell": "/bin/false", "gecos": "A U", "sshAuthorizedKeys": [KEY, KEY + "2"]}]})
        self.applied(text)
        self.assertEqual(self.read("/etc/passwd"), PASSWD + "nohome:x:201:201::/home/nohome:/bin/sh\nu:x:1000:1501:A U:/home/u:/bin/false\n")
        self.assertEqual(self.read("/etc/group"), "root:x:0:\nwheel:x:10:u\nteam:x:1500:u\nnohome:x:201:\nu:x:1501:\n")
        self.assertRegex(self.read("/etc/shadow"), r"^root:\*::::::\nnohome:\*:\d+:0:99999:7:::\nu:\$6\$x:\d+:0:99999:7:::\n$")
        self.assertEqual(provisioned.differences(self.root, [
            {"type": "file", "path": "/etc/shadow", "mode": "0600"}, {"type": "file", "path": "/etc/passwd", "mode": "0644"},
            {"type": "dir", "path": "/home/u", "mode": "0700", "uid": 1000, "gid": 1501}, {"type": "absent", "path": "/home/nohome"},
            {"type": "dir", "path": "/home/u/.ssh", "mode": "0700", "uid": 1000, "gid": 1501},
            file_node("/home/u/.ssh/authorized_keys.d/ignition", KEY + "\n" + KEY + "2\n", mode="0600", uid=1000, gid=1501),
            file_node("/root/.ssh/authorized_keys.d/ignition", KEY + "\n", mode="0600"), {"type": "absent", "path": "/etc/gshadow"}]), [])
        first = provisioned.snapshot(self.root)
        self.applied(text)
        self.assertEqual(provisioned.snapshot(self.root), first)
        self.applied(config(passwd={"users": [{"name": "u", "homeDir": "/home/moved"}]}))
        self.assertTrue(os.path.exists(self.root + "/home/moved/.ssh"))
        self.applied(config(passwd={"users": [{"name": "u", "shouldExist": False}]}))
        self.assertEqual((os.listdir(self.root + "/home"), self.read("/etc/group")), ([], "root:x:0:\nwheel:x:10:\nteam:x:1500:\nnohome:x:201:\n"))

    def test_homes_that_stay(self):
        """A home that others live in, or that is another's, is not removed with its user."""
        provisioned.make(self.root, [file_node("/etc/passwd", "a:x:1:1::/h:/bin/sh\nb:x:2:2::/h/b:/bin/sh\nc:x:3:3::/:/bin/sh\nd:x:4:4::/d:/bin/sh\n"),
                                     {"type": "dir", "path": "/h/b", "uid": 2}, {"type": "dir", "path": "/d"}])
        os.chown(self.root + "/h", 1, 1)
        self.applied(config(passwd={"users": [{"name": name, "shouldExist": False} for name in ("a", "c", "d")]}))
        self.assertEqual((sorted(os.listdir(self.root)), self.read("/etc/passwd")), (["d", "etc", "h"], "b:x:2:2::/h/b:/bin/sh\n"))

    def test_units(self):
        provisioned.make(self.root, [
            file_node("/usr/lib/systemd/system/there.service", UNIT), file_node("/usr/lib/systemd/system/off.service", UNIT),
            {"type": "symlink", "path": "/etc/systemd/system/multi-user.target.wants/off.service", "target": "/usr/lib/systemd/system/off.service"},
            {"type": "symlink", "path": "/etc/systemd/system/un.service", "target": "/dev/null"}])
        text = config(systemd={"units": [
            {"name": "own.service", "enabled": True, "contents": UNIT + "Alias=alias.service\nAlso=there.service\n"},
            {"name": "t@.service", "contents": UNIT + "DefaultInstance=d\n"}, {"name": "t@i.service", "enabled": True},
            {"name": "off.service", "enabled": False}, {"name": "ghost.service", "enabled": True}, {"name": "gone.service", "enabled": False},
            {"name": "m.service", "mask": True, "enabled": True}, {"name": "un.service", "mask": False},
            {"name": "there.service", "dropins": [{"name": "10 a.conf", "contents": "[Unit]\n"}, {"name": "none.conf"}]}]})
        self.assertEqual(self.applied(text), "unit ghost.service: warning: enabled, but this system has no such unit\n")
        wants = "/etc/systemd/system/multi-user.target.wants/"
        self.assertEqual(provisioned.differences(self.root, [
            file_node("/etc/systemd/system/there.service.d/10 a.conf", "[Unit]\n", mode="0644"), {"type": "absent", "path": wants + "off.service"},
            {"type": "absent", "path": "/etc/systemd/system/there.service.d/none.conf"}, {"type": "absent", "path": "/etc/systemd/system/un.service"},
            {"type": "symlink", "path": wants + "own.service", "target": "/etc/systemd/system/own.service"},
            {"type": "symlink", "path": "/etc/systemd/system/alias.service", "target": "/etc/systemd/system/own.service"},
            {"type": "symlink", "path": wants + "there.service", "target": "/usr/lib/systemd/system/there.service"},
            {"type": "symlink", "path": wants + "t@i.service", "target": "/etc/systemd/system/t@.service"},
            {"type": "symlink", "path": "/etc/systemd/system/m.service", "target": "/dev/null"},
            file_node("/etc/systemd/system-preset/20-ignition.preset", "enable ghost.service\ndisable gone.service\nenable m.service\ndisable off.service\nenable own.service\nenable t@.service i\n", mode="0644")]), [])
        first = provisioned.snapshot(self.root)
        self.applied(text)
        self.assertEqual(provisioned.snapshot(self.root), first)

    def test_dry_run(self):
        text = config(passwd={"users": [{"name": "u", "sshAuthorizedKeys": [KEY]}], "groups": [{"name": "g", "shouldExist": False}]},
                      storage={"files": [{"path": "/a/b", "overwrite": True, "contents": data("")}, {"path": "/c", "append": [data("x")]}],
                               "directories": [{"path": "/d/e"}], "links": [{"path": "/h", "target": "/a/b", "hard": True}]},
                      systemd={"units": [{"name": "x.service", "mask": True, "enabled": False}]})
        done = self.apply(text, "--dry-run")
        self.assertEqual((done.returncode, done.stdout.splitlines()), (0, [
            "remove group g", "ensure user u", "write 1 ssh key of user u", "append to file /c", "make directory /d/e",
            "write file /a/b, replacing what is there", "make hard link /h to /a/b", "mask unit x.service", "disable unit x.service"]))
        self.assertEqual(os.listdir(self.root), [])


class Cuts(unittest.TestCase):
    """Killed at each of its system calls, then run again: the tree is that of a run that was not cut."""

    def trees_after_cuts(self, before, text):
        with tempfile.TemporaryDirectory() as folder:
            program = provisioned.build(folder + "/plain", "-O1")
            path = folder + "/config.ign"
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            for cut in self.cuts(program, folder, before, path):
                root = f"{folder}/root{cut}"
                provisioned.make(root, before)
                cutting.run_cut([program, "apply", "--root", root, path], cut)
                done = subprocess.run([program, "apply", "--root", root, path], capture_output=True, text=True, check=False)
                yield cut, done, provisioned.snapshot(root)

    def cuts(self, program, folder, before, path):
        root = folder + "/whole"
        provisioned.make(root, before)
        calls = cutting.run_cut([program, "apply", "--root", root, path], 10 ** 9)
        self.whole = provisioned.snapshot(root)
        step = max(1, calls // CUTS)
        print(f"     | {len(range(1, calls, step))} cuts in {calls} system calls")
        return range(1, calls, step)

    def test_cuts(self):
        before = [file_node("/etc/passwd", PASSWD + "old:x:1000:1000::/home/old:/bin/sh\n"), file_node("/etc/group", "root:x:0:\nold:x:1000:\n"),
                  file_node("/etc/shadow", "root:*::::::\n"), {"type": "dir", "path": "/home/old/x", "uid": 1000}, file_node("/over/written/by", "y"),
                  file_node("/log", "1\n"), {"type": "symlink", "path": "/etc/systemd/system/un.service", "target": "/dev/null"}]
        os_owner = {"user": {"name": "u"}, "group": {"name": "u"}}
        text = config(
            passwd={"users": [{"name": "u", "sshAuthorizedKeys": [KEY]}, {"name": "old", "shouldExist": False}], "groups": [{"name": "g"}]},
            storage={"files": [{"path": "/a/b/c", "contents": data("x"), "append": [data("y")], "mode": 0o4755, **os_owner},
                               {"path": "/log", "append": [data("2\n")]}, {"path": "/over/written", "overwrite": True, "contents": data("z")}],
                     "directories": [{"path": "/a/d", "mode": 0o700, **os_owner}],
                     "links": [{"path": "/l", "target": "a", **os_owner}, {"path": "/h", "target": "/a/b/c", "hard": True}]},
            systemd={"units": [{"name": "x.service", "contents": UNIT, "mask": True}, {"name": "un.service", "mask": False},
                               {"name": "y.service", "dropins": [{"name": "a.conf", "contents": "[Unit]\n"}]}]})
        for cut, done, tree in self.trees_after_cuts(before, text):
            self.assertEqual((done.returncode, done.stderr), (0, ""), f"cut at system call {cut}")
            self.assertEqual(tree, self.whole, f"cut at system call {cut}")


if __name__ == "__main__":
    unittest.main()
