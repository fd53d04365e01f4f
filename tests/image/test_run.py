# SPDX-License-Identifier: Apache-2.0
"""keelson-run with a real runtime: what a container's process is, has, sees, and how it ends.

usage: python3 tests/image/test_run.py    (inside the SDK, as root; nothing has to be built. BUILT=DIR keeps what is built)
"""
import json
import os
import re
import signal
import socket
import subprocess
import time
import unittest

from registryserver import Image, Registry, tar
from programs import TREE
from running import ARCH, BUSYBOX, RunTest, base_layer

DEFAULT_CAPS = 0x800405fb  # podman's eleven
HERE = os.path.dirname(os.path.abspath(__file__))


def caps(status):
    return {line.split(":")[0]: int(line.split()[1], 16) for line in status.splitlines() if line.startswith("Cap")}


class Processes(RunTest):
    def setUp(self):
        super().setUp()
        self.load()

    def test_usage(self):
        self.assertIn("keelson-run", self.good("--help"))
        self.assertEqual(self.good("--version"), "keelson-run 7.7\n")
        for argv in ((), ("nosuch",), ("container",), ("container", "--name=a", "--nosuch=1", "x"), ("stop", "a"), ("rm", "a"),
                     ("container", "--name=../a", "x"), ("container", "--name=a", "--memory=1g", "x")):
            self.assertEqual(self.call(*argv).returncode, 2, argv)

    def test_no_option_is_unknown(self):
        """Those that PodmanArgs= lets through are taken, or refused with the reason."""
        with open(TREE + "/rootfs/src/lib/quadlet/podmanargs.c", encoding="utf-8") as file:
            extras = re.findall(r'\{ QUADLET_(\w+), "([a-z-]+)", \w+ \}', file.read())
        self.assertGreater(len(extras), 20)
        for kind, name in extras:
            done = self.call(kind.lower(), f"--{name}=true", "x")
            self.assertNotIn("there is no option", done.stderr, name)

    def test_nothing_of_ours_is_open(self):
        self.assertEqual(self.output("sh", "-c", "echo /proc/self/fd/*"), " ".join(f"/proc/self/fd/{number}" for number in range(4)) + "\n")
        _, pid = self.started("sleep", "1000", options=["--volume=v:/data"])
        self.until(lambda: "sleep" in self.cmdline(pid))
        self.assertEqual(sorted(os.listdir(f"/proc/{pid}/fd")), ["0", "1", "2"])

    def test_output_and_exit_status(self):
        done = self.container("sh", "-c", "echo out; echo err >&2; exit 7")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (7, "out\n", "err\n"))
        self.assertEqual(self.container("sh", "-c", "exit 137").returncode, 137, "an exit status is no signal")
        self.good("rm", "container", "c")
        self.assertEqual(self.kept(), [])
        self.good("rm", "container", "c")
        self.assertEqual(self.container("nosuch").returncode, 1)
        self.assertEqual(self.kept(), [], "what failed to start leaves nothing")

    def test_signals_are_passed_on(self):
        process = subprocess.Popen(self.command("container", "--name=w", "--network=none", "localhost/base:1", "sh", "-c",
                                                "trap 'exit 3' TERM; echo up; while :; do sleep 0.1; done"), stdout=subprocess.PIPE)
        self.names.add("w")
        self.assertEqual(process.stdout.readline(), b"up\n")
        process.terminate()
        self.assertEqual(process.wait(20), 3)
        process.stdout.close()
        process = subprocess.Popen(self.command("container", "--name=w", "--network=none", "localhost/base:1", "sh", "-c",
                                                "echo up; while :; do sleep 0.1; done"), stdout=subprocess.PIPE)
        self.assertEqual(process.stdout.readline(), b"up\n")
        self.until(lambda: "running" in self.good("list"))
        self.good("kill", "--signal=KILL", "w")
        self.assertEqual(process.wait(20), -signal.SIGKILL, "ended by the same signal")
        process.stdout.close()

    def test_started(self):
        notify, pid = self.started("sh", "-c", "trap 'exit 7' TERM; while :; do sleep 0.1; done")
        self.until(lambda: "trap" in self.cmdline(pid))
        self.assertEqual(self.good("list").split()[:2], ["c", "running"])
        self.assertEqual(json.loads(self.good("list", "--json"))[0]["pid"], pid)
        self.assertEqual(self.call("exec", "c", "sh", "-c", "exit 5").returncode, 5)
        self.assertEqual(self.good("exec", "c", "id", "-u"), "0\n")
        self.good("stop", "container", "c")
        self.assertEqual(self.reap(pid), 7, "its own exit status, to its unit's reaper")
        self.good("stop", "container", "c")
        self.assertNotEqual(self.call("exec", "c", "true").returncode, 0)
        self.good("rm", "container", "c")
        self.assertEqual(self.kept(), [])
        with open(notify.out, encoding="utf-8") as file:
            self.assertEqual(file.read(), "")

    def test_started_and_ended(self):
        """What has ended before anyone was told counts as started, with its exit status."""
        for status in (0, 4):
            for script in (f"exit {status}", f"sleep 0.05; exit {status}"):
                notify = self.start("sh", "-c", script)
                own = notify.process.wait(20)
                self.assertEqual(notify.read(1)[-1], "READY=1")
                pid = notify.value("MAINPID")
                self.assertEqual(self.reap(int(pid)) if pid else own, status)

    def test_systemd_is_told_of_its_own_child(self):
        """Of another's it would say that it may not notice its end."""
        notify = self.start("sleep", "100")
        pid = int(re.search("MAINPID=([0-9]+)", notify.socket.recv(4096).decode()).group(1))
        with open(f"/proc/{pid}/status", encoding="ascii") as file:
            self.assertEqual(int(re.search("PPid:\\s+([0-9]+)", file.read()).group(1)), os.getpid(), "we are who gets orphans")
        notify.read()
        self.assertEqual(notify.process.wait(20), 0)

    def ends_after(self, seconds):
        notify, known = self.start("sh", "-c", f"sleep {seconds:.4f}; exit 7"), False
        notify.socket.setblocking(False)
        while notify.process.poll() is None:
            try:
                text, fds, _, _ = socket.recv_fds(notify.socket, 4096, 4)
                for fd in fds:
                    os.close(fd)
                if b"MAINPID" in text:
                    known = os.path.exists("/proc/" + text.decode().split("\n")[0].partition("=")[2])
            except BlockingIOError:
                ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
                if ended and ended.si_pid != notify.process.pid:
                    os.waitpid(ended.si_pid, 0)
        self.assertTrue(notify.process.returncode == 7 or known, f"{seconds}: {notify.process.returncode}")

    def test_no_status_is_lost(self):
        """systemd reads what it is told before it reaps; of who is gone by then it hears by the status of who told."""
        if tuple(map(int, os.uname().release.split(".")[:2])) < (6, 15):
            self.skipTest("this machine's kernel does not tell the status of a process that was reaped; that of the image does")
        for step in range(60):
            self.ends_after(step * 0.0002)
            self.clean()

    def test_stop_kills_in_time(self):
        _, pid = self.started("sleep", "1000", options=["--stop-timeout=1"])
        begun = time.monotonic()
        done = self.call("stop", "container", "c")
        self.assertEqual(done.returncode, 0)
        self.assertIn("killed", done.stderr)
        self.assertLess(time.monotonic() - begun, 5)
        self.assertEqual(self.reap(pid), -signal.SIGKILL)

    def test_stop_signal(self):
        self.load("localhost/int:1", config={"StopSignal": "SIGINT"})
        for options, image, name in (([], "localhost/int:1", "INT"), (["--stop-signal=USR1"], "localhost/int:1", "USR1"),
                                     (["--stop-signal=SIGRTMIN+3"], "localhost/base:1", "37")):
            _, pid = self.started("sh", "-c", f"trap 'exit 9' {name}; while :; do sleep 0.1; done", options=options, image=image)
            time.sleep(0.3)
            self.good("stop", "container", "c")
            self.assertEqual(self.reap(pid), 9, name)

    def test_in_place_of_one_of_the_same_name(self):
        _, first = self.started("sleep", "1000")
        _, second = self.started("sleep", "1000")
        self.assertEqual(self.reap(first), -signal.SIGKILL)
        self.assertNotEqual(first, second)

    def test_notify_by_the_container(self):
        send = ("import socket, os; s = socket.socket(1, 2); s.sendto(b'STATUS=x\\nREADY=1', os.environ['NOTIFY_SOCKET'])")
        notify = self.start("sh", "-c", "test -S $NOTIFY_SOCKET && test -w $NOTIFY_SOCKET && echo socket; sleep 1000", mode="container", options=["--user=app"])
        self.assertEqual(notify.read(1.5), [], "not before it says so")
        path = f"{self.root}/run/keelson/containers/c/notify/notify.sock"
        subprocess.run(["python3", "-c", send], env={"NOTIFY_SOCKET": path}, check=True)
        self.assertIn("Read-only", self.call("exec", "c", "touch", "/run/notify/x").stderr)
        notify.read()
        self.assertEqual(notify.process.wait(20), 0)
        self.assertEqual(notify.value("READY"), "1")
        with open(notify.out, encoding="utf-8") as file:
            self.assertEqual(file.read(), "socket\n")
        notify = self.start("sh", "-c", "exit 6", mode="container")
        self.assertEqual(notify.process.wait(20), 6)
        self.assertEqual(notify.read(0.5), [])

    def test_stopped_before_it_was_ready(self):
        for mode, options in (("container", []), ("healthy", ["--health-cmd=false", "--health-retries=100"])):
            notify = self.start("sh", "-c", "trap 'echo ended; exit 5' TERM; echo up; while :; do sleep 0.1; done", mode=mode, options=options)
            self.until(lambda out=notify.out: os.path.getsize(out))
            notify.process.terminate()
            self.assertEqual(notify.process.wait(20), 5, "with its own time to end, and its exit status")
            self.assertEqual(notify.read(0.5), [])

    def test_arguments(self):
        self.load("localhost/entry:1", config={"Entrypoint": ["echo", "entry"], "Cmd": ["cmd", "two"], "WorkingDir": "/data/sub",
                                               "Env": ["A=image", "PATH=/bin", "B=image"]})
        entry = {"image": "localhost/entry:1"}
        self.assertEqual(self.output(**entry), "entry cmd two\n")
        self.assertEqual(self.output("given", **entry), "entry given\n")
        self.assertEqual(self.output("given", options=["--entrypoint=echo"], **entry), "given\n")
        self.assertEqual(self.output(options=['--entrypoint=["echo","a b","c"]'], **entry), "a b c\n")
        self.bad("nothing to run", options=["--entrypoint="], **entry)
        self.bad("nothing to run")
        self.assertEqual(self.output("sh", "-c", "pwd", options=["--entrypoint="], **entry), "/data/sub\n")
        self.assertEqual(self.output("sh", "-c", "pwd", options=["--workdir=/new/folder"]), "/new/folder\n")

    def test_environment(self):
        self.load("localhost/entry:1", config={"Env": ["A=image", "PATH=/bin", "B=image"]})
        path = self.dir + "/env"
        with open(path, "w", encoding="utf-8") as file:
            file.write("# comment\n\nC=file\nB=file # kept\nHOSTS\n")
        got = self.output("env", options=["--env=C=option", "--env=D=a \"b\" $c", "--env=FROM", "--env-file=" + path],
                          env={"FROM": "host", "HOSTS": "x", "NOT": "1", "http_proxy": "http://p"}, image="localhost/entry:1").splitlines()
        self.assertEqual(sorted(got), sorted(["A=image", "PATH=/bin", "B=file # kept", "C=option", 'D=a "b" $c', "FROM=host", "HOSTS=x",
                                              "HOSTNAME=c", "HOME=/root", "container=keelson", "http_proxy=http://p"]))
        self.assertNotIn("http_proxy", self.output("env", options=["--http-proxy=false"], env={"http_proxy": "http://p"}))
        self.assertIn("NOT=1", self.output("env", options=["--env-host"], env={"NOT": "1"}))

    def test_users(self):
        self.load("localhost/user:1", config={"User": "app"})
        rows = (([], "localhost/base:1", "0 0 0"), ([], "localhost/user:1", "1000 1001 1001 2000"), (["--user=0"], "localhost/user:1", "0 0 0"),
                (["--user=app:more"], "localhost/base:1", "1000 2001 2001"), (["--user=1234"], "localhost/base:1", "1234 0 0"),
                (["--user=1234:567", "--group-add=more", "--group-add=42"], "localhost/base:1", "1234 567 567 42 2001"),
                (["--user=1000"], "localhost/base:1", "1000 1001 1001 2000"))
        for options, image, want in rows:
            got = self.output("sh", "-c", "echo $(id -u) $(id -g) $(id -G)", options=options, image=image).strip()
            self.assertEqual(got, want, options)
        self.bad("no user nosuch", "true", options=["--user=nosuch"])
        self.bad("no group nosuch", "true", options=["--user=0:nosuch"])
        self.assertEqual(self.output("sh", "-c", "echo $HOME", options=["--user=app"]), "/home/app\n")

    def test_capabilities(self):
        status = ("cat", "/proc/self/status")
        got = caps(self.output(*status))
        self.assertEqual((got["CapBnd"], got["CapEff"], got["CapPrm"], got["CapInh"], got["CapAmb"]), (DEFAULT_CAPS,) * 3 + (0, 0))
        self.assertEqual(caps(self.output(*status, options=["--cap-drop=all", "--cap-add=net_bind_service"]))["CapEff"], 1 << 10)
        self.assertEqual(caps(self.output(*status, options=["--cap-add=CAP_NET_ADMIN", "--cap-drop=chown"]))["CapEff"],
                         (DEFAULT_CAPS | 1 << 12) & ~1)
        got = caps(self.output(*status, options=["--user=app"]))
        self.assertEqual((got["CapBnd"], got["CapEff"], got["CapAmb"]), (DEFAULT_CAPS, 0, 0))
        got = caps(self.output(*status, options=["--user=app", "--cap-add=net_admin"]))
        self.assertEqual((got["CapEff"], got["CapAmb"], got["CapInh"]), (1 << 12,) * 3)
        self.bad("no capability", "true", options=["--cap-add=nosuch"])

    def test_limits_of_a_process(self):
        self.assertEqual(self.output("sh", "-c", "ulimit -n; ulimit -Hn; umask; cat /proc/self/oom_score_adj",
                                     options=["--ulimit=nofile=100:200", "--umask=0077", "--oom-score-adj=500"]), "100\n200\n0077\n500\n")
        self.bad("no limit", "true", options=["--ulimit=nosuch=1"])


class Isolation(RunTest):
    def setUp(self):
        super().setUp()
        self.load()

    def probe(self, *options, network="none"):
        with open(HERE + "/probe.sh", encoding="utf-8") as file:
            text = self.output("sh", "-c", file.read(), options=options, network=network)
        return dict(line.partition("=")[::2] for line in text.splitlines())

    def test_probe(self):
        default, hard, privileged = self.probe(), self.probe("--cap-drop=all", "--security-opt=no-new-privileges", "--read-only"), self.probe("--privileged")
        print(f"     | {'':14}{'default':22}{'hardened':22}privileged")
        for key in default:
            row = [probe[key] if len(probe[key]) < 21 else probe[key][:19] + "…" for probe in (default, hard, privileged)]
            print(f"     | {key:14}{row[0]:22}{row[1]:22}{row[2]}")
        for probe in (default, hard):
            for key in ("mknod", "mount", "unshare", "write-sysctl", "write-sysrq", "write-cgroup", "write-sys", "kcore", "keys", "raw-socket", "set-hostname"):
                self.assertEqual(probe[key], "no", key)
            self.assertEqual((probe["Seccomp"], probe["firmware"], probe["pid1"]), ("2", "0", "1"))
            self.assertEqual(probe["devices"].split(), "core fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero".split())
            self.assertEqual(probe["interfaces"].split(), ["lo"])
        self.assertEqual((default["NoNewPrivs"], hard["NoNewPrivs"], hard["CapBnd"].strip("0")), ("0", "1", ""))
        self.assertEqual((privileged["Seccomp"], privileged["mount"]), ("0", "yes"))

    def test_system_calls(self):
        """What the filter says of calls that the kernel would have taken from root."""
        config = lambda *options: (self.output("true", options=options), self.config()["linux"]["seccomp"])[1]
        def verdict(filter_, name):
            for rule in filter_["syscalls"]:
                if name in rule["names"] and "args" not in rule:
                    return rule["action"], rule.get("errnoRet")
            return filter_["defaultAction"], filter_["defaultErrnoRet"]
        plain, admin = config(), config("--cap-add=sys_admin")
        for name in ("mount", "unshare", "setns", "bpf", "keyctl", "add_key", "kexec_load", "open_by_handle_at", "init_module", "reboot",
                     "perf_event_open", "userfaultfd", "fsopen", "move_mount"):
            self.assertEqual(verdict(plain, name), ("SCMP_ACT_ERRNO", 1), name)
        for name in ("clone3", "io_uring_setup", "a_call_of_tomorrow"):
            self.assertEqual(verdict(plain, name), ("SCMP_ACT_ERRNO", 38), name)
        for name in ("read", "execve", "ptrace", "openat2", "futex", "statx", "chroot"):
            self.assertEqual(verdict(plain, name), ("SCMP_ACT_ALLOW", None), name)
        for name in ("mount", "clone3", "clone", "bpf", "setns"):
            self.assertEqual(verdict(admin, name), ("SCMP_ACT_ALLOW", None), name)
        self.assertEqual(verdict(admin, "reboot"), ("SCMP_ACT_ERRNO", 1))
        self.assertEqual(verdict(config("--cap-drop=sys_chroot"), "chroot"), ("SCMP_ACT_ERRNO", 1))

    def test_security_options(self):
        status = ("cat", "/proc/self/status")
        self.assertIn("Seccomp:\t0", self.output(*status, options=["--security-opt=seccomp=unconfined"]))
        path = self.dir + "/filter.json"
        with open(path, "w", encoding="ascii") as file:
            json.dump({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 5}]}, file)
        self.assertIn("Input/output error", self.container("mkdir", "/tmp/x", options=["--security-opt=seccomp=" + path]).stderr)
        with open(path, "w", encoding="ascii") as file:
            json.dump({"defaultAction": "SCMP_ACT_ERRNO", "archMap": []}, file)
        self.bad("archMap", "true", options=["--security-opt=seccomp=" + path])
        self.bad("SELinux", "true", options=["--security-opt=label=type:x"])
        self.output("true", options=["--security-opt=label=disable", "--security-opt=apparmor=unconfined"])
        self.bad("AppArmor", "true", options=["--security-opt=apparmor=none-of-that-name"])
        self.assertEqual(self.output("sh", "-c", "ls /data | wc -l", options=["--security-opt=mask=/data"]), "0\n")
        self.assertNotEqual(self.output("sh", "-c", "ls /proc/keys /sys/firmware | wc -c", options=["--security-opt=unmask=ALL"]), "0\n")

    def test_sysctls(self):
        self.assertEqual(self.output("cat", "/proc/sys/net/ipv4/ip_unprivileged_port_start", options=["--sysctl=net.ipv4.ip_unprivileged_port_start=80"]), "80\n")
        self.assertEqual(self.output("cat", "/proc/sys/net/ipv4/ping_group_range").split(), ["0", "0"])
        self.bad("whole machine", "true", options=["--sysctl=vm.swappiness=1"])
        self.bad("the host's", "true", options=["--sysctl=net.core.somaxconn=1"], network="host")

    def test_namespaces(self):
        spaces = ("sh", "-c", "for n in pid ipc uts net cgroup; do readlink /proc/self/ns/$n; done")
        host = [os.readlink("/proc/self/ns/" + name) for name in ("pid", "ipc", "uts", "net", "cgroup")]
        own = self.output(*spaces).split()
        self.assertTrue(all(a != b for a, b in zip(own, host, strict=True)), own)
        self.assertEqual(self.output(*spaces, options=["--pid=host", "--ipc=host", "--uts=host", "--cgroupns=host"], network="host").split(), host)
        _, pid = self.started("sleep", "1000", name="other")
        theirs = [os.readlink(f"/proc/{pid}/ns/{name}") for name in ("pid", "ipc", "uts", "net")]
        shared = self.output(*spaces, options=["--pid=container:other", "--ipc=container:other", "--uts=container:other"], network="container:other").split()
        self.assertEqual(shared[:4], theirs)
        self.bad("is not running", "true", options=["--pid=container:nosuch"])
        self.assertEqual(self.output("hostname", options=["--hostname=there"]), "there\n")
        self.assertEqual(self.output("cat", "/etc/hostname"), "c\n")


class Programs(RunTest):
    """What is common in programs gets through the list of system calls, and the older ways are found where it does not."""

    def python(self, text, *options):
        self.names.add("c")
        done = self.call("container", "--name=c", "--network=none", "--rootfs", *options, "/:O", "/usr/bin/python3", "-c", text)
        return done.stdout + done.stderr

    def test_threads_sockets_processes(self):
        self.assertEqual(self.python("""
import asyncio, multiprocessing, os, socket, subprocess, tempfile, threading, mmap, select, signal
threads = [threading.Thread(target=len, args=("",)) for _ in range(8)]
[t.start() for t in threads], [t.join() for t in threads]
assert subprocess.run(["/bin/sh", "-c", "exit 3"]).returncode == 3
assert multiprocessing.get_context("fork").Pool(2).map(abs, [-1, -2]) == [1, 2]
a, b = socket.socketpair(); a.send(b"x"); assert b.recv(1) == b"x"
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close()
asyncio.run(asyncio.sleep(0.01))
with tempfile.NamedTemporaryFile() as f: f.write(b"x" * 5000); f.flush(); mmap.mmap(f.fileno(), 0).close(); os.copy_file_range
os.sched_getaffinity(0), os.getrandom(4), os.memfd_create("m"), os.pidfd_open(os.getpid()), os.eventfd(0)
print("fine")
"""), "fine\n")

    def test_what_is_refused(self):
        tries = """
import ctypes, os, socket
libc = ctypes.CDLL(None, use_errno=True)
def call(name, *args):
    ctypes.set_errno(0)
    return name, libc.syscall(*args), ctypes.get_errno()
calls = [call("unshare user", 272, 0x10000000), call("clone user", 56, 0x10000000 | 17, 0, 0, 0, 0), call("clone3", 435, 0, 0), call("io_uring_setup", 425, 1, 0),
         call("keyctl", 250, 0, 0), call("bpf", 321, 0, 0, 0), call("tomorrow", 1999), call("personality", 135, 0x40000)]
for name, result, number in calls: print(name, result, number)
try: socket.socket(40, socket.SOCK_STREAM)
except OSError as e: print("vsock", e.errno)
"""
        if os.uname().machine != "x86_64":
            self.skipTest("the numbers are those of x86_64")
        self.assertEqual(self.python(tries).splitlines(),
                         ["unshare user -1 1", "clone user -1 38", "clone3 -1 38", "io_uring_setup -1 38", "keyctl -1 1", "bpf -1 1", "tomorrow -1 38",
                          "personality -1 38", "vsock 38"])


class Pulls(RunTest):
    def test_when_an_image_is_pulled(self):
        registry = self.enterContext(Registry())
        name = registry.host + "/a/b:latest"
        registry.put(Image(base_layer(("version", b"1\n")), platform=("linux", ARCH)))
        plain = "--tls-verify=false"
        version = lambda *options: self.output("cat", "/version", image=name, options=[plain, *options])
        self.bad("pull=never", "true", image=name, options=[plain, "--pull=never"])
        self.assertEqual(version(), "1\n", "missing is pulled")
        registry.put(Image(base_layer(("version", b"2\n")), platform=("linux", ARCH)))
        self.assertEqual(version(), "1\n")
        self.assertEqual(version("--pull=newer"), "2\n")
        registry.put(Image(base_layer(("version", b"3\n")), platform=("linux", ARCH)))
        self.good("image", plain, "--quiet", name)
        self.assertEqual(version("--pull=never"), "3\n")
        registry.put(Image(base_layer(("version", b"4\n")), platform=("linux", ARCH)), "four")
        self.good("image", plain, "--quiet", "--policy=missing", "--all-tags", registry.host + "/a/b")
        self.assertEqual(self.output("cat", "/version", image=registry.host + "/a/b:four", options=[plain, "--pull=never"]), "4\n")
        registry.http.shutdown()
        registry.http.server_close()
        self.assertEqual(version("--pull=newer", "--retry=0"), "3\n", "does without the registry")
        self.bad("could not be pulled", "true", image=name, options=[plain, "--pull=always", "--retry=0"])
        self.assertEqual(self.call("image", "--creds=nocolon", name).returncode, 1)


class Hostile(RunTest):
    """Images that mean harm to the machine that runs them."""

    def test_links_for_files(self):
        """passwd as a link out: the image's tree is all that it can lead into."""
        layer = base_layer(("bad", None), ("bad/passwd", b"evil:x:0:0::/:/bin/sh\n"))
        links = tar(("etc/passwd", "/etc/shadow"), ("etc/group", "../../../../../../etc/group"), ("etc/hosts", "/../../../tmp/outside"),
                    ("etc/resolv.conf", "/proc/1/root/outside"), ("run", "/tmp"), ("proc", "/data"), ("dev", None), ("sys", None))
        self.load("localhost/links:1", layer, links)
        marker = "/tmp/outside"
        with open(marker, "w", encoding="ascii") as file:
            file.write("untouched")
        self.addCleanup(os.unlink, marker)
        self.bad("no user root", "true", image="localhost/links:1", options=["--user=root"])
        secret = self.dir + "/passwd"
        with open(secret, "w", encoding="ascii") as file:
            file.write("hers:x:77:77::/:\n")
        for number, target in enumerate((secret, "../../../../../../.." + secret)):
            self.load(f"localhost/out{number}:1", layer, tar(("etc/passwd", target)))
            self.bad("no user hers", "true", image=f"localhost/out{number}:1", options=["--user=hers"])
        done = self.container("true", image="localhost/links:1")
        self.assertIn(done.returncode, (0, 1))
        with open(marker, encoding="ascii") as file:
            self.assertEqual(file.read(), "untouched")

    def test_what_is_no_file_for_passwd(self):
        for kind in (51, 54, None):  # a character device, a pipe, a folder
            layer = tar(("etc", None), ("etc/passwd", kind, *([{"devmajor": 1, "devminor": 5}] if kind else [])))
            self.load("localhost/odd:1", tar(*(("bin", None), ("bin/busybox", BUSYBOX, {"mode": 0o755}), ("bin/echo", "busybox"))), layer)
            self.assertEqual(self.output("echo", "ok", image="localhost/odd:1", timeout=20), "ok\n", kind)

    def test_mounts_on_links(self):
        """A mount's place is a link that leads out of the image."""
        outside = self.dir + "/outside"
        os.mkdir(outside)
        self.load("localhost/link:1", base_layer(), tar(("mnt", outside), ("up", "../../../../.." + outside)))
        source = self.dir + "/source"
        os.mkdir(source)
        for place in ("/mnt", "/up", "/mnt/deep"):
            done = self.container("sh", "-c", f"echo x >{place}/file; mount", image="localhost/link:1", options=[f"--volume={source}:{place}"])
            self.assertEqual(os.listdir(outside), [], place)
            self.assertIn(done.returncode, (0, 1))
        self.container("true", image="localhost/link:1", options=["--workdir=/mnt/made"])
        self.assertEqual(os.listdir(outside), [])

    def test_volume_from_a_link(self):
        """Filling a volume goes by the image's links within the image."""
        self.load("localhost/link:1", base_layer(), tar(("out", "/etc"), ("up", "../../../../../../../etc")))
        for name in ("out", "up"):
            self.output("true", image="localhost/link:1", options=[f"--volume={name}:/{name}"])
            self.assertEqual(sorted(os.listdir(self.volume(name))), ["group", "passwd"])

    def test_deep_folders_go(self):
        """A container leaves folders in folders without an end, and names that look like ours."""
        self.load()
        deep = "i=0; cd /tmp; mkdir .removed-0 .removed-0/a; while [ $i -lt 3000 ]; do mkdir d && cd d || break; i=$((i+1)); done; touch x"
        self.output("sh", "-c", deep)
        self.good("rm", "container", "c")
        self.assertEqual(self.kept(), [])


if __name__ == "__main__":
    unittest.main()
