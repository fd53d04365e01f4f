# SPDX-License-Identifier: Apache-2.0
"""What containers write: the unit's output is a socket, as systemd's is, and keelson-output runs as its service would."""
import array
import fcntl
import os
import signal
import socket
import subprocess
import tempfile
import threading

import programs
from running import RunTest

FIRST_FD = 3


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

    def run_with(self, script, *options, name="c", errors=None, wait=True):
        """A container with an output that is a socket; what arrives there."""
        ours, theirs = self.stream()
        self.names.add(name)
        process = subprocess.Popen(self.command("container", "--name=" + name, "--network=none", *options, "localhost/base:1", "sh", "-c", script),
                                   stdin=subprocess.DEVNULL, stdout=theirs, stderr=errors or theirs)
        theirs.close()
        if wait:
            self.assertEqual(process.wait(60), 0)
        return ours, process

    def all_of(self, stream):
        parts = []
        while part := stream.recv(1 << 16):
            parts.append(part)
        return b"".join(parts).decode()

    def test_opened_by_its_name(self):
        script = "ln -s /dev/stdout /tmp/log; echo one; echo two >/tmp/log; echo three >/dev/stderr; echo four >/proc/self/fd/1; echo five >/proc/1/fd/2"
        for user in ("0", "1000:1001"):
            with self.subTest(user):
                stream, _ = self.run_with(script, "--user=" + user)
                self.assertEqual(self.all_of(stream), "one\ntwo\nthree\nfour\nfive\n")

    def test_forgotten_when_it_ends(self):
        stream, _ = self.run_with("echo hello")
        self.assertEqual(self.all_of(stream), "hello\n")
        self.until(lambda: self.outputs.heard == ["FDSTORE=1", "FDSTOREREMOVE=1"])
        self.assertEqual(self.outputs.kept, {})

    def test_errors_apart(self):
        errors, theirs = self.stream()
        stream, _ = self.run_with("echo out; echo err >/dev/stderr", errors=theirs)
        theirs.close()
        self.assertEqual((self.all_of(stream), self.all_of(errors)), ("out\n", "err\n"))

    def test_nothing_is_lost_when_it_is_killed(self):
        stream, process = self.run_with("for i in 1 2 3 4 5 6; do dd if=/dev/zero bs=50000 count=1 2>/dev/null; sleep 0.3; done; echo end",
                                        wait=False)
        self.until(lambda: self.outputs.kept)
        got = len(stream.recv(1 << 16))
        self.outputs.end()
        self.outputs.start()
        rest = self.all_of(stream)
        self.assertEqual(got + len(rest), 300004)
        self.assertTrue(rest.endswith("end\n"))
        self.assertEqual(process.wait(20), 0)

    def test_one_that_is_not_read_keeps_nobody_waiting(self):
        slow, process = self.run_with("dd if=/dev/zero bs=1000000 count=3 2>/dev/null; echo end", name="slow", wait=False)
        self.until(lambda: self.outputs.kept)
        for number in range(3):
            stream, _ = self.run_with(f"echo {number}", name=f"quick{number}")
            self.assertEqual(self.all_of(stream), f"{number}\n")
        self.assertIsNone(process.poll(), "it waits for its reader")
        with open(f"/proc/{self.outputs.process.pid}/stat", encoding="ascii") as file:
            self.assertLess(sum(map(int, file.read().rpartition(")")[2].split()[11:13])), 50, "ticks of CPU: it waits too")
        self.assertEqual(len(self.all_of(slow)), 3000004)
        self.assertEqual(process.wait(20), 0)

    def test_the_reader_goes(self):
        stream, process = self.run_with("sleep 1; echo lost; sleep 0.5; echo lost too; exit 7", wait=False)
        self.until(lambda: self.outputs.kept)
        stream.close()
        self.assertEqual(process.wait(20), 7, "no broken pipe")

    def test_passthrough(self):
        stream, _ = self.run_with("echo plain; (echo opened >/dev/stdout) 2>/dev/null || echo refused", "--log-driver=passthrough")
        self.assertEqual(self.all_of(stream), "plain\nrefused\n")

    def test_nobody_listens(self):
        os.unlink(self.root + "/run/keelson/output.sock")
        stream, _ = self.run_with("echo hello")
        said = self.all_of(stream)
        self.assertIn("programs that open /dev/stdout will fail", said)
        self.assertTrue(said.endswith("hello\n"))

    def test_what_is_no_pair_is_refused(self):
        folder = f"/proc/{self.outputs.process.pid}/fd"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            before = len(os.listdir(folder))
            sender.connect(self.root + "/run/keelson/output.sock")
            null, ends = os.open("/dev/null", os.O_RDWR), os.pipe()
            for fds in ([], [null], [null, null], [ends[0], ends[1]], [ends[0], null], [null] * 4):
                sender.sendmsg([b"output"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else [])
            for fd in (null, *ends):
                os.close(fd)
        stream, _ = self.run_with("echo hello")
        self.assertEqual(self.all_of(stream), "hello\n")
        self.until(lambda: not self.outputs.kept)
        self.assertEqual(len(os.listdir(folder)), before, "nothing is kept of what was refused")
