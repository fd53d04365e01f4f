# SPDX-License-Identifier: Apache-2.0
"""Containers for test_run*.py: keelson-run and keelson-oci as they are built, images made of busybox, a root folder of our own,
and what systemd would be: who has the socket of notifications, and who reaps."""
import ctypes
import glob
import json
import os
import platform
import signal
import socket
import subprocess
import tempfile
import time
import unittest

import programs
from registryserver import Image, tar

ARCH = {"x86_64": "amd64", "aarch64": "arm64"}[platform.machine()]
APPLETS = "sh cat echo ls id env sleep mount grep stat touch mkdir rm kill nc hostname true false head dd ps sysctl mknod umount wc readlink chmod".split()
PASSWD = b"root:x:0:0::/root:/bin/sh\napp:x:1000:1001::/home/app:/bin/sh\n"
GROUP = b"root:x:0:\napps:x:1001:\nextra:x:2000:app\nmore:x:2001:\n"
PR_SET_CHILD_SUBREAPER = 36
with open("/usr/bin/busybox", "rb") as program:
    BUSYBOX = program.read()


def base_layer(*more):
    return tar(("bin", None), ("bin/busybox", BUSYBOX, {"mode": 0o755}), *((f"bin/{name}", "busybox") for name in APPLETS),
               ("etc", None), ("etc/passwd", PASSWD), ("etc/group", GROUP), ("tmp", None, {"mode": 0o1777}),
               ("data", None, {"mode": 0o750, "uid": 1000, "gid": 1001}), ("data/seed", b"from the image\n", {"uid": 1000}),
               ("data/sub", None), ("data/sub/link", "../seed"), *more)


class Notify:
    """The socket that a unit's programs write to; a barrier is answered as systemd does."""

    def __init__(self, folder):
        self.path = folder + "/notify"
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.lines = []

    def read(self, timeout=20):
        """All messages up to a barrier, or those that come in time."""
        self.socket.settimeout(timeout)
        try:
            while True:
                text, fds, _, _ = socket.recv_fds(self.socket, 4096, 4)
                for fd in fds:
                    os.close(fd)
                if text == b"BARRIER=1":
                    return self.lines
                self.lines += text.decode().split("\n")
        except TimeoutError:
            return self.lines

    def value(self, name):
        return dict(line.partition("=")[::2] for line in self.lines).get(name)


def leave_chroot():
    """The SDK is a chroot: who enters a container's mount namespace by setns(2) would find himself at the machine's root, as the
    namespace's own root was never changed. In a namespace of mounts of our own, the SDK's tree becomes that root."""
    libc = ctypes.CDLL(None, use_errno=True)
    os.unshare(os.CLONE_NEWNS)
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)
    here, root, space = os.getcwd(), os.open("/", os.O_PATH), os.open("/proc/self/ns/mnt", os.O_RDONLY)
    os.setns(space, os.CLONE_NEWNS)
    os.fchdir(root)
    if os.path.samefile(".", "/"):
        return
    for failed in (libc.pivot_root(b".", b"."), libc.umount2(b".", 2)):
        if failed:
            raise OSError(ctypes.get_errno(), "pivot_root")
    os.chdir(here)


class RunTest(unittest.TestCase):
    left = False

    @classmethod
    def setUpClass(cls):
        cls.built = programs.build("keelson-oci", "keelson-run")
        if not RunTest.left:
            leave_chroot()
            RunTest.left = True
        if not os.path.exists("/sys/fs/cgroup/cgroup.controllers"):  # what the runtime looks at, and the product has
            subprocess.run(["mount", "-t", "cgroup2", "cgroup2", "/sys/fs/cgroup"], check=True)
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)

    def setUp(self):
        self.dir = self.enterContext(tempfile.TemporaryDirectory(prefix="run"))
        self.root = self.dir + "/root"
        os.mkdir(self.root)
        self.names = set()
        self.addCleanup(self.clean)

    def clean(self):
        for name in self.names:
            self.call("rm", "container", name)
        for network in glob.glob(self.root + "/var/lib/containers/keelson/networks/*.json"):  # their bridges are everybody's
            self.call("rm", "network", os.path.basename(network).removesuffix(".json"))
        self.reap()
        with open("/proc/self/mountinfo", encoding="ascii") as file:
            left = [line.split()[4] for line in file if self.root in line]
        for path in left:
            subprocess.run(["umount", "-l", path], check=False)
        self.assertEqual(left, [], "mounts are left")

    def command(self, *argv):
        return [self.built + "/keelson-run", "--root", self.root, "--oci", self.built + "/keelson-oci", *argv]

    def call(self, *argv, env=None, timeout=60, **more):
        return subprocess.run(self.command(*argv), capture_output=True, text=True, check=False, timeout=timeout,
                              env={"PATH": os.environ["PATH"], **(env or {})}, **more)

    def good(self, *argv, **more):
        done = self.call(*argv, **more)
        self.assertEqual(done.returncode, 0, done.stderr + done.stdout)
        return done.stdout

    def load(self, name="localhost/base:1", *layers, config=None):
        """An image in the store, of the base layer unless others are given."""
        folder = tempfile.mkdtemp(dir=self.dir)
        Image(*(layers or (base_layer(),)), platform=("linux", ARCH), config=config).write_layout(folder + "/layout", name)
        os.makedirs(self.root + "/var/lib/containers", exist_ok=True)
        subprocess.run([self.built + "/keelson-oci", "--root", self.root + "/var/lib/containers/keelson", "load", folder + "/layout"],
                       check=True, stdout=subprocess.DEVNULL)
        return name

    def container(self, *args, options=(), image="localhost/base:1", name="c", network="none", **more):
        """One that is waited for."""
        self.names.add(name)
        return self.call("container", "--name=" + name, "--network=" + network, *options, image, *args, **more)

    def output(self, *args, **more):
        done = self.container(*args, **more)
        self.assertEqual(done.returncode, 0, done.stderr + done.stdout)
        return done.stdout

    def bad(self, word, *args, **more):
        done = self.container(*args, **more)
        self.assertIn(done.returncode, (1, 2), done.stdout)
        self.assertIn(word, done.stderr)
        return done.stderr

    def start(self, *args, options=(), name="c", image="localhost/base:1", network="none", mode="started", env=None):
        """One that goes on: (the notifications, its process's number)."""
        self.names.add(name)
        folder = tempfile.mkdtemp(dir=self.dir)
        notify = Notify(folder)
        self.addCleanup(notify.socket.close)
        with open(f"{folder}/out", "wb") as out:
            process = subprocess.Popen(self.command("container", "--name=" + name, *(["--network=" + network] if network else []),
                                                    "--sdnotify=" + mode, *options, image, *args), stdout=out, stderr=out, stdin=subprocess.DEVNULL,
                                       env={"PATH": os.environ["PATH"], "NOTIFY_SOCKET": notify.path, **(env or {})})
        notify.process, notify.out = process, f"{folder}/out"
        return notify

    def started(self, *args, **more):
        notify = self.start(*args, **more)
        notify.read()
        with open(notify.out, encoding="utf-8") as file:
            self.assertEqual(notify.process.wait(20), 0, file.read())
        self.assertEqual(notify.value("READY"), "1")
        return notify, int(notify.value("MAINPID"))

    def pod(self, *options, network="none"):
        """The pod p, while it runs."""
        folder = tempfile.mkdtemp(dir=self.dir)
        notify = Notify(folder)
        self.addCleanup(notify.socket.close)
        notify.process = subprocess.Popen(self.command("pod", "--name=p", "--network=" + network, *options), stderr=subprocess.PIPE,
                                          env={"PATH": os.environ["PATH"], "NOTIFY_SOCKET": notify.path})
        self.addCleanup(lambda: (self.call("rm", "pod", "p"), notify.process.kill(), notify.process.wait(), notify.process.stderr.close()))
        self.assertIn("READY=1", notify.read())
        return notify.process

    def reap(self, pid=None, timeout=20):
        """The exit status of a process that has become ours."""
        end = time.monotonic() + timeout
        while True:
            try:
                found, status = os.waitpid(pid or -1, os.WNOHANG)
            except ChildProcessError:
                return None
            if found and pid:
                return os.waitstatus_to_exitcode(status)
            if not found and (not pid or time.monotonic() > end):
                return None
            time.sleep(0.02)

    def cmdline(self, pid):
        with open(f"/proc/{pid}/cmdline", encoding="ascii") as file:
            return file.read()

    def write(self, path, text):
        """A file of the machine, from its root folder on."""
        os.makedirs(os.path.dirname(f"{self.root}/{path}"), exist_ok=True)
        with open(f"{self.root}/{path}", "w", encoding="utf-8") as file:
            file.write(text)

    def until(self, holds, timeout=20):
        end = time.monotonic() + timeout
        while not holds():
            self.assertLess(time.monotonic(), end, "it does not come to that")
            time.sleep(0.05)

    def config(self, name="c"):
        with open(f"{self.root}/run/keelson/containers/{name}/config.json", encoding="utf-8") as file:
            return json.load(file)

    def volume(self, name):
        return f"{self.root}/var/lib/containers/keelson/volumes/{name}/_data"

    def kept(self):
        """What is left of containers, in the store and in /run."""
        folders = (self.root + "/var/lib/containers/keelson/containers", self.root + "/run/keelson/containers", self.root + "/run/keelson/crun")
        return [f"{folder}/{name}" for folder in folders if os.path.isdir(folder) for name in os.listdir(folder) if name[0] != "."]

    def kill(self, pid, number=signal.SIGKILL):
        os.kill(pid, number)
