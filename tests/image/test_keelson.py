# SPDX-License-Identifier: Apache-2.0
"""keelson beside real containers, without systemd: what it reads, what it calls, what it refuses.

usage: python3 tests/image/test_keelson.py    (inside the SDK, as root; nothing has to be built. BUILT=DIR keeps what is built)
"""
import json
import os
import pty
import re
import select
import socket
import subprocess
import termios
import time
import unittest

import programs
from registryserver import Image, Registry
from running import ARCH, RunTest, base_layer

JOURNAL = "/run/systemd/journal/socket"
MANAGER = "/run/systemd/private"
CONTAINER = "/usr/bin/keelson-run container --name={0} --sdnotify=started q.io/{0}:1"
VERBS = "ps status logs exec images auto-update debug".split()
SLOT = '{"running":"a","next":"a","slots":{"a":{"known":true,"priority":2,"tries":3,"good":true},"b":{"known":true,"priority":1,"tries":0,"good":false}}}'
PARTS = {"run/keelson/ready.json": '{"version":"0.1.0","arch":"x86_64","slot":"a","failed_units":0,"userspace_ms":1234}\n',
         "run/keelson/health.json": '{"healthy":true,"checks":[{"name":"units","ok":true,"reason":""}]}',
         "var/lib/keelson/provision.json": '{"config":true,"source":"fw_cfg","time_s":1750000000}\n'}


class KeelsonTest(RunTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        programs.build("keelson", "check/manager")

    def setUp(self):
        super().setUp()
        self.programs = self.dir + "/programs"
        os.mkdir(self.programs)
        for name in ("keelson-run", "keelson-oci"):
            os.symlink(f"{self.built}/{name}", f"{self.programs}/{name}")
        self.script("journalctl", 'echo "$0" "$@"')
        self.script("keelson-slot", f"echo '{SLOT}'")

    def script(self, name, text):
        with open(f"{self.programs}/{name}", "w", encoding="ascii") as file:
            file.write(f"#!/bin/sh\n{text}\n")
        os.chmod(f"{self.programs}/{name}", 0o755)

    def words(self, *argv):
        return [self.built + "/keelson", "--root", self.root, "--programs", self.programs, *argv]

    def keelson(self, *argv, **more):
        return subprocess.run(self.words(*argv), capture_output=True, text=True, check=False, timeout=60, **more)

    def rows(self, *argv):
        """Systemd is not there, which the exit code says."""
        done = self.keelson("ps", "--json", *argv)
        self.assertEqual(done.returncode, 1)
        self.assertIn("/run/systemd/private", done.stderr)
        return {row["name"]: row for row in json.loads(done.stdout)}


class Reading(KeelsonTest):
    def test_usage(self):
        done = self.keelson("--help")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        for verb in VERBS:
            self.assertIn(f"\n  {verb} ", done.stdout)
            shown = self.keelson(verb, "--help")
            self.assertEqual(shown.returncode, 0)
            self.assertTrue(shown.stdout.startswith(f"usage: keelson {verb}"), shown.stdout)
            self.assertIn("Exit codes:", shown.stdout)
        self.assertEqual(self.keelson("--version").stdout, "keelson 7.7\n")
        for argv in ((), ("nosuch",), ("ps", "x"), ("ps", "--nosuch"), ("ps", "--all=1"), ("ps", "-json"), ("logs",), ("logs", "a", "b"), ("logs", "-n"),
                     ("logs", "-n", "x", "a.service"), ("exec", "a"), ("images", "--all"), ("debug", "--image"), ("--root", "x", "ps")):
            done = self.keelson(*argv)
            self.assertEqual((done.returncode, done.stdout), (2, ""), argv)
            self.assertIn("keelson:", done.stderr)

    def test_nothing_there(self):
        self.assertEqual(self.rows(), {})
        self.assertEqual(self.keelson("ps").stdout.split()[0], "CONTAINER")

    def test_containers(self):
        self.load()
        _, pid = self.started("sleep", "1000", name="web", network="podman", options=["--publish=127.0.0.1:18080:80", "--health-cmd=true"])
        _, short = self.started("sleep", "1", name="short")
        self.assertEqual(self.reap(short), 0)
        rows = self.rows()
        self.assertEqual(sorted(rows), ["short", "web"])
        web = rows["web"]
        self.assertEqual((web["status"], web["pid"], web["image"], web["health"]), ("running", pid, "localhost/base:1", "starting"))
        self.assertEqual(web["ports"], ["127.0.0.1:18080->80/tcp"])
        self.assertRegex(web["addresses"][0], r"^10\.88\.")
        self.assertLess(abs(web["started"] - time.time()), 30)
        self.assertEqual((rows["short"]["status"], "pid" in rows["short"]), ("ended", False))
        self.good("health", "web")
        self.assertEqual(self.rows()["web"]["health"], "healthy")
        lines = self.keelson("ps").stdout.splitlines()
        self.assertEqual([line.split()[:2] for line in lines[1:]], [["short", "ended"], ["web", "running"]])

    def test_what_is_not_ours(self):
        """A state that cannot be read is a container that is not finished, and no name leads out."""
        for name, text in (("bad", "{"), ("empty", ""), ("big", "{" * (2 << 20)), ("..x", "{}")):
            self.write(f"run/keelson/containers/{name}/state.json", text)
        self.assertEqual({name: row["status"] for name, row in self.rows().items()}, dict.fromkeys(("bad", "empty", "big"), "unfinished"))

    def test_status(self):
        done = self.keelson("status", "--json")
        found = json.loads(done.stdout)
        self.assertEqual((done.returncode, found["well"], found["ready"], found["provision"]), (1, False, None, None))
        self.assertEqual(found["slot"]["running"], "a")
        for path, text in PARTS.items():
            self.write(path, text)
        found = json.loads(self.keelson("status", "--json").stdout)
        self.assertEqual([line.split(":")[0] for line in found["problems"]], ["units"], "but for systemd all is there")
        self.assertEqual({name: found[name] for name in ("ready", "health", "provision")},
                         {os.path.basename(path).split(".")[0]: json.loads(text) for path, text in PARTS.items()})
        text = self.keelson("status").stdout
        for want in ("0.1.0 x86_64, from slot a", "a runs, a starts next", "config of fw_cfg on 2025-06-15", "health     good", "0 running"):
            self.assertIn(want, text)

    def test_status_with_trouble(self):
        for path, text in PARTS.items():
            self.write(path, text)
        self.write("run/keelson/health.json", '{"healthy":false,"checks":[{"name":"network","ok":false,"reason":"eth0 \\u001b[2J"}]}')
        self.write("run/keelson/ready.json", '{"version":')
        self.script("keelson-slot", "echo no bootstate >&2; exit 1")
        done = self.keelson("status")
        self.assertEqual(done.returncode, 1)
        self.assertNotIn("\033", done.stdout)
        self.assertIn("problem    health: network: eth0", done.stdout)
        self.assertIn("no bootstate", done.stdout)
        self.assertIn("problem    ready: ", done.stdout)
        self.assertIsNone(json.loads(self.keelson("status", "--json").stdout)["ready"])

    def test_full_disk(self):
        with open("/dev/full", "w", encoding="ascii") as full:
            done = subprocess.run(self.words("status", "--json"), stdout=full, stderr=subprocess.PIPE, text=True, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("write", done.stderr)


class Units(KeelsonTest):
    """PID 1 is a stand-in that speaks its protocol; its answers are the test's."""

    def manager(self, *units):
        os.makedirs(os.path.dirname(MANAGER), exist_ok=True)
        process = subprocess.Popen([self.built + "/check/manager", MANAGER, *units], stdout=subprocess.PIPE)
        self.addCleanup(os.unlink, MANAGER)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.addCleanup(process.stdout.close)
        self.assertEqual(process.stdout.readline(), b"ready\n")

    def rows(self, *argv):
        done = self.keelson("ps", "--json", *argv)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return {row["name"]: row for row in json.loads(done.stdout)}

    def cgroup(self, pid, path):
        """Puts a process where systemd would have it. The tree of version 2 need not have a controller."""
        where = "/sys/fs/cgroup" + path
        os.makedirs(where)
        with open(where + "/cgroup.procs", "w", encoding="ascii") as file:
            file.write(str(pid))
        self.addCleanup(os.removedirs, where)
        self.addCleanup(self.reap, pid)
        self.addCleanup(self.kill, pid)

    def test_of_a_process(self):
        self.manager("web.service active running 2097152 1500000000 " + CONTAINER.format("web"), "a.service failed failed 0 0")
        self.load()
        _, pid = self.started("sleep", "1000", name="web")
        self.cgroup(pid, f"/keelson-test-{pid}.slice/web.service")
        web = self.rows()["web"]
        self.assertEqual({key: web.get(key) for key in ("unit", "active", "sub", "memory_bytes", "cpu_ms", "status")},
                         {"unit": "web.service", "active": "active", "sub": "running", "memory_bytes": 2097152, "cpu_ms": 1500, "status": "running"})
        self.assertRegex(self.keelson("ps").stdout, r"web +running +none +\d+s +web.service +active +2.0M +1.5s")
        self.assertEqual(self.keelson("logs", "web").stdout.split()[1:], ["--unit=web.service"])

    def test_of_command_lines(self):
        none = 2 ** 64 - 1
        self.manager(f"web.service failed failed {none} {none} " + CONTAINER.format("web"),
                     "pod.service active running 5 5 /usr/bin/keelson-run pod --name=pod", "sshd.service active running 5 5 /usr/bin/sshd -D", "a.mount active mounted 5 5")
        self.assertEqual(self.rows(), {}, "without --all only those that were started")
        self.assertEqual(self.rows("--all"), {"web": {"name": "web", "image": "q.io/web:1", "status": "absent", "unit": "web.service", "active": "failed",
                                                      "sub": "failed", "addresses": [], "ports": []}})
        self.assertEqual(self.keelson("logs", "-n3", "web").stdout.split()[1:], ["--unit=web.service", "--lines=3"])
        done = self.keelson("logs", "nosuch")
        self.assertEqual(done.returncode, 1)
        self.assertIn("no unit starts one", done.stderr)

    def test_status(self):
        for path, text in PARTS.items():
            self.write(path, text)
        self.manager("a.service active running 0 0")
        done = self.keelson("status", "--json")
        self.assertEqual((done.returncode, json.loads(done.stdout)["well"]), (0, True), done.stdout)
        self.assertIn("all is well\n", self.keelson("status").stdout)

    def test_status_of_units_that_failed(self):
        self.manager("a.service active running 0 0", "b.service failed failed 0 0", "c.mount failed failed 0 0")
        done = self.keelson("status", "--json")
        self.assertEqual((done.returncode, json.loads(done.stdout)["failed_units"]), (1, ["b.service", "c.mount"]))
        self.assertIn("problem    units: c.mount has failed", self.keelson("status").stdout)


class Passing(KeelsonTest):
    def test_logs(self):
        done = self.keelson("logs", "-f", "-n", "5", "--json", "web.service")
        self.assertEqual(done.stdout.split()[1:], ["--unit=web.service", "--lines=5", "--follow", "--output=json"])
        self.assertEqual(self.keelson("logs", "--lines=7", "a.timer").stdout.split()[1:], ["--unit=a.timer", "--lines=7"])
        done = self.keelson("logs", "web")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("does not run", done.stderr)
        self.assertEqual(self.keelson("logs", "../web").returncode, 1)

    def test_exec(self):
        self.load()
        self.started("sleep", "1000")
        done = self.keelson("exec", "c", "sh", "-c", "echo $0; exit 5", "--json")
        self.assertEqual((done.returncode, done.stdout), (5, "--json\n"))
        done = self.keelson("exec", "nosuch", "true")
        self.assertEqual(done.returncode, 1)
        self.assertIn("nosuch", done.stderr)

    def test_images(self):
        self.load()
        self.assertEqual(json.loads(self.keelson("images", "--json").stdout)[0]["name"], "localhost/base:1")
        self.assertIn("localhost/base:1", self.keelson("images").stdout)
        os.unlink(self.programs + "/keelson-oci")
        done = self.keelson("images")
        self.assertEqual(done.returncode, 1)
        self.assertIn(self.programs + "/keelson-oci", done.stderr)


class Debug(KeelsonTest):
    def setUp(self):
        super().setUp()
        self.load()
        os.makedirs(os.path.dirname(JOURNAL), exist_ok=True)
        self.journal = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.journal.bind(JOURNAL)
        self.journal.settimeout(5)
        self.addCleanup(os.unlink, JOURNAL)
        self.addCleanup(self.journal.close)

    def record(self):
        return dict(line.split("=", 1) for line in self.journal.recv(65536).decode().splitlines())

    def silent(self):
        self.journal.setblocking(False)
        with self.assertRaises(BlockingIOError):
            self.journal.recv(1)
        self.journal.settimeout(5)

    def debug(self, *argv, image="localhost/base:1", **more):
        return self.keelson("debug", *([f"--image={image}"] if image else []), "--offline", *argv, **more)

    def test_sees_the_machine(self):
        look = ("for n in pid net ipc uts; do readlink /proc/self/ns/$n; done; grep CapEff /proc/self/status; grep Seccomp: /proc/self/status;"
                "cat /host$0; exit 7")
        self.write("mark", "of the host\n")
        done = self.debug("sh", "-c", look, self.root + "/mark")
        self.assertEqual(done.returncode, 7, done.stderr)
        lines = done.stdout.splitlines()
        self.assertEqual(lines[:4], [os.readlink(f"/proc/self/ns/{name}") for name in ("pid", "net", "ipc", "uts")])
        with open("/proc/self/status", encoding="ascii") as file:
            own = re.search(r"CapBnd:\s+(\w+)", file.read()).group(1)
        self.assertEqual(lines[4].split()[1], own, "all capabilities")
        self.assertEqual(lines[5].split(), ["Seccomp:", "0"])
        self.assertEqual(lines[6], "of the host")
        self.assertEqual(self.kept(), [], "nothing is left")

    def test_record(self):
        self.assertEqual(self.debug("true", "one word").returncode, 0)
        record = self.record()
        images = json.loads(self.keelson("images", "--json").stdout)
        self.assertEqual(record["KEELSON_DIGEST"], images[0]["digest"])
        self.assertEqual((record["KEELSON_IMAGE"], record["KEELSON_USER"], record["KEELSON_TTY"], record["KEELSON_COMMAND"], record["KEELSON_CHECKED"]),
                         ("localhost/base:1", "root", "no terminal", "true one word", "store"))
        self.assertIn(record["MESSAGE_ID"], self.keelson("debug", "--help").stdout)
        self.assertIn(images[0]["digest"], record["MESSAGE"])

    def terminal(self, *command):
        """A debug container on a terminal of 100 columns: (process, our end, its name)."""
        ours, theirs = pty.openpty()
        ours = self.enterContext(open(ours, "r+b", buffering=0))
        termios.tcsetwinsize(theirs, (40, 100))
        process = subprocess.Popen(["setsid", "--ctty", "--wait", *self.words("debug", "--image=localhost/base:1", "--offline", *command)],
                                   stdin=theirs, stdout=theirs, stderr=theirs, env={**os.environ, "TERM": "vt220"})
        self.addCleanup(process.wait, 60)
        name = os.ttyname(theirs)
        os.close(theirs)
        return process, ours, name

    def until_shown(self, ours, wanted, text=b""):
        while wanted not in text:
            self.assertTrue(select.select([ours], [], [], 20)[0], text)
            text += ours.read(4096)
        return text

    def test_terminal(self):
        """It has job control and our size, and the record names the one that we called from."""
        process, ours, name = self.terminal("sh")
        ours.write(b"echo $TERM-$(stty size)-; sh -c 'echo st\"\"arted; exec sleep 1000'\n")
        self.assertIn(b"vt220-40 100-", self.until_shown(ours, b"started"))
        ours.write(b"\x03echo al'ive'\n")
        self.assertNotIn(b"job control", self.until_shown(ours, b"alive"))
        termios.tcsetwinsize(ours, (50, 90))
        ours.write(b"sleep 0.2; echo $(stty size)-\n")
        self.until_shown(ours, b"50 90-")
        ours.write(b"exit 5\n")
        self.assertEqual(process.wait(20), 5)
        self.assertEqual(self.record()["KEELSON_TTY"], name)
        self.assertEqual(self.kept(), [])

    def test_terminal_is_put_back(self):
        process, ours, _ = self.terminal("sh", "-c", "stty raw; echo up; read x; exec seq 20000")
        before = termios.tcgetattr(ours)
        self.until_shown(ours, b"up")
        self.assertNotEqual(termios.tcgetattr(ours), before, "raw as long as the container has it")
        ours.write(b"\n")
        self.until_shown(ours, b"20000")  # all that it wrote before its end
        self.assertEqual((process.wait(20), termios.tcgetattr(ours)), (0, before))

    def test_more_typed_than_is_read(self):
        """Who does not read what was typed can be told apart from who cannot be heard."""
        process, ours, _ = self.terminal("sh", "-c", "stty raw -echo; echo up; sleep 1; seq 20000; exec wc -c")
        self.until_shown(ours, b"up")
        os.set_blocking(ours.fileno(), False)
        typed = 0
        while select.select([], [ours], [], 0.5)[1]:
            typed += ours.write(bytes(1024))
        self.assertGreater(typed, 4096)
        self.until_shown(ours, b"20000")
        process.terminate()

    def test_terminal_hangs_up(self):
        process, ours, _ = self.terminal("sh", "-c", "echo up; read x; exec sleep 1000")
        self.until_shown(ours, b"up")
        ours.close()
        self.assertEqual(process.wait(20), 129)
        self.assertEqual(self.kept(), [])

    def test_without_a_journal(self):
        self.journal.close()
        done = self.debug("sh", "-c", "echo started")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn(JOURNAL, done.stderr)
        self.assertEqual(self.kept(), [])

    def test_no_image_is_guessed(self):
        done = self.debug("true", image=None)
        self.assertEqual(done.returncode, 1)
        self.assertIn("/etc/keelson/debug.conf", done.stderr)
        self.silent()
        self.write("etc/keelson/debug.conf", "# of this site\nimage=localhost/base:1\n")
        self.assertEqual(self.debug("true", image=None).returncode, 0)
        self.assertEqual(self.record()["KEELSON_IMAGE"], "localhost/base:1")
        self.write("etc/keelson/debug.conf", "image=localhost/base:1\nimage=b\n")
        done = self.debug("true", image=None)
        self.assertEqual(done.returncode, 1)
        self.assertIn("line 2", done.stderr)

    def test_images_that_are_refused(self):
        for image, word in (("localhost/nosuch:1", "localhost/nosuch:1"), ("busybox", "registry"), ("--rootfs", "--rootfs")):
            done = self.debug("true", image=image)
            self.assertEqual((done.returncode, done.stdout), (1, ""), image)
            self.assertIn(word, done.stderr)
        self.silent()

    def test_rules(self):
        """What is pulled has to pass the rules of now, and nothing starts nor is recorded if it does not."""
        registry = self.enterContext(Registry())
        made = Image(base_layer(), platform=("linux", ARCH))
        registry.put(made)
        name, pinned = registry.host + "/a/b:latest", f"{registry.host}/a/b@{made.manifest}"
        self.write("etc/containers/registries.conf", f'[[registry]]\nprefix = "{registry.host}"\nlocation = "{registry.host}"\ninsecure = true\n')
        done = self.keelson("debug", "--image=" + name, "echo", "started")
        self.assertEqual((done.returncode, done.stdout), (0, "started\n"), done.stderr)
        record = self.record()
        self.assertEqual((record["KEELSON_DIGEST"], record["KEELSON_CHECKED"]), (made.manifest, "pull"))
        self.write("etc/keelson/trust.d/all.conf", "prefix=*\nrequire=digest\n")
        done = self.keelson("debug", "--image=" + name, "echo", "started")
        self.assertEqual((done.returncode, done.stdout), (1, ""), "also one that the store has")
        self.assertIn("a rule for * wants a digest", done.stderr)
        self.assertIn("--offline", done.stderr)
        self.silent()
        done = self.keelson("debug", "--image=" + pinned, "echo", "started")
        self.assertEqual((done.returncode, done.stdout), (0, "started\n"), done.stderr)
        self.assertEqual(self.record()["KEELSON_IMAGE"], pinned)
        self.write("etc/keelson/trust.d/all.conf", "prefix=\n")
        self.assertEqual(self.keelson("debug", "--image=" + pinned, "true").returncode, 1, "a rule that cannot be read")
        self.silent()
        self.assertEqual(self.kept(), [])

    def test_dry_run(self):
        done = self.debug("--dry-run", "--json", "sh")
        found = json.loads(done.stdout)
        self.assertEqual((done.returncode, found["image"], found["argv"][-2:]), (0, "localhost/base:1", ["localhost/base:1", "sh"]))
        self.assertIn("--privileged", found["argv"])
        self.silent()

    def test_ended_from_outside(self):
        """A terminal that hangs up takes the container along."""
        process = subprocess.Popen(self.words("debug", "--image=localhost/base:1", "--offline", "sh", "-c", "trap 'exit 3' HUP; echo up; while :; do sleep 0.1; done"),
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.assertEqual(process.stdout.readline(), b"up\n")
        process.send_signal(1)
        self.assertEqual(process.wait(20), 3)
        process.stdout.close()
        self.assertEqual(self.kept(), [])


if __name__ == "__main__":
    unittest.main()
