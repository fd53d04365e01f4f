# SPDX-License-Identifier: Apache-2.0
"""What containers write: the unit's output is a socket, as systemd's is, and keelson-output runs as its service would."""
import array
import ctypes
import fcntl
import json
import os
import platform
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import time

import programs
from running import RunTest

FIRST_FD = 3
KCMP = {"x86_64": 312, "aarch64": 272}[platform.machine()]
JOURNAL = "/run/systemd/journal/socket"


class Store:
    """What systemd keeps for keelson-output.service: the socket that it listens on, and descriptors by name."""

    def __init__(self, test, path):
        self.program = programs.build("keelson-output") + "/keelson-output"
        os.makedirs(os.path.dirname(path), exist_ok=True)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(path)
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notify.bind(tempfile.mkdtemp(dir=test.dir) + "/notify")
        self.kept, self.process, self.heard = {}, None, []
        self.listener = threading.Thread(target=self.listen)
        self.listener.start()
        test.addCleanup(self.close)

    def close(self):
        if self.process:
            self.end()
        self.notify.connect(self.notify.getsockname())
        self.notify.send(b"end")
        self.listener.join()
        for fds in self.kept.values():
            for fd in fds:
                os.close(fd)
        self.socket.close()
        self.notify.close()

    def start(self):
        """The program, with all that is kept from descriptor 3 on, in no order."""
        passed = [("keelson-output.socket", self.socket.fileno()), *((name, fd) for name, fds in self.kept.items() for fd in fds[::-1])]
        high = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 200) for _, fd in passed]  # none in the way of the numbers that they get

        def arrange():
            for at, fd in enumerate(high):
                os.dup2(fd, FIRST_FD + at)
        self.process = subprocess.Popen([self.program], preexec_fn=arrange, close_fds=False, env={
            "LISTEN_FDS": str(len(high)), "LISTEN_FDNAMES": ":".join(name for name, _ in passed), "NOTIFY_SOCKET": self.notify.getsockname()})
        for fd in high:
            os.close(fd)

    def listen(self):
        """What the program says to systemd, which does it; until "end"."""
        while True:
            text, fds, _, _ = socket.recv_fds(self.notify, 4096, 4)
            if text == b"end":
                return
            for fd in fds:
                os.set_inheritable(fd, False)
            verb, name, *_ = text.decode().split("\n")
            name = name.removeprefix("FDNAME=")
            if verb == "FDSTORE=1":
                self.kept[name] = fds
            else:
                for fd in self.kept.pop(name):
                    os.close(fd)
            self.heard.append(verb)

    def end(self, number=signal.SIGKILL):
        self.process.send_signal(number)
        self.process.wait()
        self.process = None


class Output(RunTest):
    """The journal is us."""

    def setUp(self):
        super().setUp()
        self.load()
        self.outputs = Store(self, self.root + "/run/keelson/output.sock")
        self.outputs.start()

    def stream(self):
        ours, theirs = socket.socketpair()
        self.addCleanup(ours.close)
        ours.settimeout(20)
        return ours, theirs

    def begin(self, script, *options, name="c", errors=None, mode="started"):
        """A container with an output that is a socket, and who starts it. mode "": that one stays."""
        ours, theirs = self.stream()
        self.names.add(name)
        process = subprocess.Popen(self.command("container", "--name=" + name, "--network=none", *([f"--sdnotify={mode}"] if mode else []), *options,
                                                "localhost/base:1", "sh", "-c", script), stdin=subprocess.DEVNULL, stdout=theirs, stderr=errors or theirs)
        theirs.close()
        return ours, process

    def run_with(self, *args, **more):
        """What a container writes, to its end."""
        stream, process = self.begin(*args, **more)
        self.assertEqual(process.wait(60), 0)
        return self.all_of(stream)

    def all_of(self, stream):
        parts = []
        while part := stream.recv(1 << 16):
            parts.append(part)
        return b"".join(parts).decode()

    def pid(self, name="c"):
        with open(f"{self.root}/run/keelson/containers/{name}/state.json", encoding="ascii") as file:
            return json.load(file)["pid"]

    def passed(self, count=1):
        self.until(lambda: len(self.outputs.kept) == count)

    def test_opened_by_its_name(self):
        script = "ln -s /dev/stdout /tmp/log; echo one; echo two >/tmp/log; echo three >/dev/stderr; echo four >/proc/self/fd/1; echo five >/proc/1/fd/2"
        for user in ("0", "1000:1001"):
            for mode in ("", "started"):
                for more in ((), ("--userns=auto",)):
                    with self.subTest(user=user, mode=mode, more=more):
                        whole = self.run_with(f"sleep 0.5; {script}; sleep 0.3", "--user=" + user, *more, mode=mode)
                        self.assertEqual(whole, "one\ntwo\nthree\nfour\nfive\n")

    def test_one_that_ends_at_once(self):
        for mode in ("", "started"):
            for _ in range(5):
                self.assertEqual(self.run_with("echo hello", mode=mode), "hello\n")

    def test_forgotten_when_it_ends(self):
        self.assertEqual(self.run_with("sleep 0.5; echo hello; sleep 0.3"), "hello\n")
        self.until(lambda: self.outputs.heard == ["FDSTORE=1", "FDSTOREREMOVE=1"])
        self.assertEqual(self.outputs.kept, {})

    def test_errors_apart(self):
        for mode in ("", "started"):
            errors, theirs = self.stream()
            out = self.run_with("sleep 0.5; echo out; echo err >/dev/stderr; sleep 0.3", errors=theirs, mode=mode)
            theirs.close()
            self.assertEqual((out, self.all_of(errors)), ("out\n", "err\n"))

    def test_errors_apart_after_a_kill(self):
        """systemd keeps a descriptor once, whatever it is called."""
        errors, theirs = self.stream()
        stream, _ = self.begin("sleep 2; echo out; echo err >/dev/stderr; sleep 0.3", errors=theirs)
        theirs.close()
        self.passed(2)
        self.outputs.end()
        numbers = [os.stat(fd).st_ino for fds in self.outputs.kept.values() for fd in fds[:2]]
        self.assertEqual(len(set(numbers)), 4)
        first, second = (fds[2] for fds in self.outputs.kept.values())
        kcmp = ctypes.CDLL(None).syscall(KCMP, os.getpid(), os.getpid(), 0, first, second)
        self.assertNotEqual(kcmp, 0, "one description of the process")
        self.outputs.start()
        self.assertEqual((self.all_of(stream), self.all_of(errors)), ("out\n", "err\n"))

    def test_whose_it_is(self):
        stream, _ = self.begin("sleep 0.5; echo hello; sleep 0.3")
        stream.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        text, ancillary, _, _ = stream.recvmsg(100, 100)
        self.assertEqual((text, struct.unpack("iii", ancillary[0][2])), (b"hello\n", (self.pid(), 0, 0)))

    def test_last_words(self):
        """Nobody can say any more that the process has written them: they are about its unit."""
        os.makedirs(os.path.dirname(JOURNAL), exist_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as journal:
            journal.bind(JOURNAL)
            self.addCleanup(os.unlink, JOURNAL)
            journal.settimeout(20)
            stream, _ = self.begin("sleep 1; echo last; printf words")
            self.passed()
            self.outputs.end()
            (name,) = self.outputs.kept
            self.outputs.kept[name + "web.service"] = self.outputs.kept.pop(name)
            self.reap(self.pid())
            self.outputs.start()
            for line in (b"last", b"words"):
                self.assertEqual(journal.recv(4096), b"PRIORITY=6\nSYSLOG_IDENTIFIER=web\nOBJECT_SYSTEMD_UNIT=web.service\nMESSAGE\n"
                                 + struct.pack("<Q", len(line)) + line + b"\n")
            self.until(lambda: not self.outputs.kept)
            self.assertEqual(stream.recv(1), b"")

    def test_nothing_is_lost_when_it_is_killed(self):
        stream, process = self.begin("for i in 1 2 3 4 5 6; do dd if=/dev/zero bs=50000 count=1 2>/dev/null; sleep 0.3; done; echo end; sleep 0.5")
        self.assertEqual(process.wait(20), 0)
        self.passed()
        got = len(stream.recv(1 << 16))
        self.outputs.end()
        self.outputs.start()
        rest = self.all_of(stream)
        self.assertEqual(got + len(rest), 300004)
        self.assertTrue(rest.endswith("end\n"))

    def test_one_that_is_not_read_keeps_nobody_waiting(self):
        slow, _ = self.begin("dd if=/dev/zero bs=1000000 count=3 2>/dev/null; echo end; sleep 0.5", name="slow")
        self.passed()
        pid = self.pid("slow")
        for number in range(3):
            self.assertEqual(self.run_with(f"sleep 0.5; echo {number}; sleep 0.3", name=f"quick{number}"), f"{number}\n")
        self.assertEqual(len(self.outputs.kept), 1, "it waits for its reader")
        with open(f"/proc/{self.outputs.process.pid}/stat", encoding="ascii") as file:
            self.assertLess(sum(map(int, file.read().rpartition(")")[2].split()[11:13])), 50, "ticks of CPU: it waits too")
        self.assertEqual(len(self.all_of(slow)), 3000004)
        self.assertEqual(self.reap(pid), 0)

    def test_the_reader_goes(self):
        stream, _ = self.begin("sleep 1; echo lost; sleep 0.5; echo lost too; exit 7")
        self.passed()
        stream.close()
        self.assertEqual(self.reap(self.pid()), 7, "no broken pipe")

    def test_passthrough(self):
        whole = self.run_with("echo plain; (echo opened >/dev/stdout) 2>/dev/null || echo refused", "--log-driver=passthrough")
        self.assertEqual(whole, "plain\nrefused\n")

    def test_nobody_listens(self):
        os.unlink(self.root + "/run/keelson/output.sock")
        said = self.run_with("echo hello")
        self.assertIn("programs that open /dev/stdout will fail", said)
        self.assertTrue(said.endswith("hello\n"))

    def test_what_goes_wrong_is_said(self):
        stream, process = self.begin("echo hello", "--entrypoint=/nosuch")
        self.assertEqual(process.wait(20), 1)
        said = self.all_of(stream)
        self.assertIn("/nosuch", said)
        self.assertIn("did not start it", said)

    def test_what_is_no_output_is_refused(self):
        self.assertEqual(self.run_with("sleep 0.5; echo hello; sleep 0.3"), "hello\n")
        self.until(lambda: not self.outputs.kept)
        time.sleep(0.5)  # it says that it drops an output, then does
        folder = f"/proc/{self.outputs.process.pid}/fd"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            before = len(os.listdir(folder))
            sender.connect(self.root + "/run/keelson/output.sock")
            null, ends = os.open("/dev/null", os.O_RDWR), os.pipe()
            here = os.pidfd_open(os.getpid())
            for fds in ([], [null], [ends[0], sender.fileno()], [ends[0], sender.fileno(), null], [ends[0], ends[1], here], [here, here, here], [null] * 4):
                sender.sendmsg([b"output"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else [])
            for fd in (null, here, *ends):
                os.close(fd)
        self.assertEqual(self.run_with("sleep 0.5; echo hello; sleep 0.3"), "hello\n")
        self.until(lambda: not self.outputs.kept)
        self.until(lambda: len(os.listdir(folder)) == before)  # nothing is kept of what was refused
