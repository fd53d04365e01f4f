# SPDX-License-Identifier: Apache-2.0
"""keelson-run: file systems, mounts, volumes, secrets, pods, health; runs that are killed at any time, then run again.

usage: python3 tests/image/test_run_storage.py    (inside the SDK, as root; nothing has to be built. BUILT=DIR keeps what is built)
Environment: KILLS=30, SEED= of the times at which runs are killed
"""
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest

from registryserver import tar
from running import RunTest, base_layer

KILLS = int(os.environ.get("KILLS", "30"))
SEED = int(os.environ.get("SEED", "0")) or random.randrange(1 << 30)


class Mounts(RunTest):
    def setUp(self):
        super().setUp()
        self.load()
        self.source = self.dir + "/source"
        os.mkdir(self.source)
        with open(self.source + "/file", "w", encoding="ascii") as file:
            file.write("host\n")

    def mount_of(self, place, *options, **more):
        """Its line of /proc/self/mountinfo: (options, type)."""
        for line in self.output("cat", "/proc/self/mountinfo", options=options, **more).splitlines():
            fields = line.split()
            if fields[4] == place:
                return fields[5].split(",") + fields[6:fields.index("-")], fields[fields.index("-") + 1], fields[-1].split(",")
        return None

    def test_layers(self):
        upper = tar(("data/seed", b"upper\n"), ("new", b"new\n"), ("data/sub/.wh.link", b""))
        self.load("localhost/two:1", base_layer(), upper)
        self.assertEqual(self.output("sh", "-c", "cat /data/seed /new; ls /data/sub | wc -l; echo x >/data/seed; cat /data/seed", image="localhost/two:1"),
                         "upper\nnew\n0\nx\n")
        self.assertEqual(self.output("cat", "/data/seed", image="localhost/two:1"), "upper\n", "each start begins anew")

    def test_many_layers(self):
        layers = [base_layer(), *(tar((f"layer{i}", f"{i}\n".encode())) for i in range(120))]
        self.load("localhost/many:1", *layers)
        self.assertEqual(self.output("sh", "-c", "cat /layer0 /layer119; ls / | grep -c layer", image="localhost/many:1"), "0\n119\n120\n")

    def test_binds(self):
        self.assertEqual(self.output("sh", "-c", "cat /m/file; echo in >/m/new", options=[f"--volume={self.source}:/m"]), "host\n")
        self.assertTrue(os.path.exists(self.source + "/new"))
        self.assertNotEqual(self.container("sh", "-c", "echo x >/m/file", options=[f"--volume={self.source}:/m:ro,z"]).returncode, 0)
        self.assertEqual(self.output("cat", "/f", options=[f"--volume={self.source}/file:/f"]), "host\n")
        self.assertIn("noexec", self.mount_of("/m", f"--mount=type=bind,src={self.source},dst=/m,noexec,ro=true")[0])
        self.assertIn("ro", self.mount_of("/m", f"--mount=type=bind,src={self.source},dst=/m,ro=true")[0])
        self.output("true", options=[f"--volume={self.source}:/m:U", "--user=1000:5"])
        self.assertEqual((os.stat(self.source).st_uid, os.stat(self.source + "/file").st_gid), (1000, 5))
        self.bad("No such file", "true", options=[f"--volume={self.dir}/nosuch:/m"])
        self.bad("not supported", "true", options=[f"--volume={self.source}:/m:O"])
        self.bad("is no option", "true", options=[f"--volume={self.source}:/m:nosuch"])
        self.bad("no option", "true", options=[f"--mount=type=bind,src={self.source},dst=/m,nosuch"])
        self.bad("over a container's /", "true", options=[f"--volume={self.source}:/"])

    def test_propagation(self):
        self.assertFalse([o for o in self.mount_of("/m", f"--volume={self.source}:/m")[0] if o.startswith(("shared", "master"))])
        subprocess.run(["mount", "--bind", self.source, self.source], check=True)
        self.addCleanup(subprocess.run, ["umount", self.source], check=True)
        subprocess.run(["mount", "--make-shared", self.source], check=True)
        self.assertTrue([o for o in self.mount_of("/m", f"--volume={self.source}:/m:rshared")[0] if o.startswith("shared")])
        self.assertTrue([o for o in self.mount_of("/m", f"--volume={self.source}:/m:rslave")[0] if o.startswith("master")])
        os.mkdir(self.source + "/sub")
        self.output("mount", "-t", "tmpfs", "none", "/m/sub",
                    options=[f"--volume={self.source}:/m:rshared", "--cap-add=sys_admin"])
        with open("/proc/self/mountinfo", encoding="ascii") as file:
            self.assertIn(self.source + "/sub", file.read(), "seen by the host")
        subprocess.run(["umount", self.source + "/sub"], check=True)

    def test_tmpfs(self):
        options, kind, more = self.mount_of("/t", "--tmpfs=/t:size=1m,noexec,mode=700")
        self.assertEqual((kind, "noexec" in options, "nosuid" in options, "nodev" in options), ("tmpfs", True, True, True))
        self.assertIn("size=1024k", more)
        self.assertEqual(self.output("cat", "/data/seed", options=["--tmpfs=/data"]), "from the image\n")
        self.assertEqual(self.output("sh", "-c", "ls /data | wc -l", options=["--tmpfs=/data:notmpcopyup"]), "0\n")
        self.assertIn("size=2048k", self.mount_of("/t", "--mount=type=tmpfs,destination=/t,tmpfs-size=2m")[2])

    def test_basic_mounts(self):
        for place, wanted in (("/proc", "proc"), ("/dev", "tmpfs"), ("/dev/pts", "devpts"), ("/dev/mqueue", "mqueue"), ("/dev/shm", "tmpfs"),
                              ("/sys", "sysfs"), ("/sys/fs/cgroup", "cgroup2")):
            options, kind, _ = self.mount_of(place)
            self.assertEqual(kind, wanted, place)
            self.assertIn("nosuid", options, place)
            if place.startswith("/sys"):
                self.assertIn("ro", options, place)
        self.assertIn("size=3072k", self.mount_of("/dev/shm", "--shm-size=3m")[2])
        self.assertNotEqual(self.mount_of("/dev/shm", f"--volume={self.dir}:/dev/shm")[2], ["rw", "size=64000k"])

    def test_read_only(self):
        script = "for d in / /data /run /tmp /var/tmp /dev/shm; do touch $d/x 2>/dev/null && echo $d; done"
        self.assertEqual(self.output("sh", "-c", script, options=["--read-only"]).split(), ["/run", "/tmp", "/var/tmp", "/dev/shm"])
        self.assertEqual(self.output("sh", "-c", script, options=["--read-only", "--read-only-tmpfs=false"]).split(), ["/dev/shm"])
        self.assertEqual(self.output("sh", "-c", script, options=["--read-only", "--volume=v:/data"]).split(),
                         ["/data", "/run", "/tmp", "/var/tmp", "/dev/shm"])

    def test_volumes(self):
        show = ("sh", "-c", "cat /data/seed; stat -c %u:%g:%a /data; readlink /data/sub/link; echo mine >>/data/seed")
        self.assertEqual(self.output(*show, options=["--volume=v:/data"]), "from the image\n1000:1001:750\n../seed\n")
        self.good("rm", "container", "c")
        self.assertEqual(self.output("cat", "/data/seed", options=["--volume=v:/data"]), "from the image\nmine\n", "it is kept")
        self.output("sh", "-c", "rm -r /data/*", options=["--volume=v:/data"])
        self.assertEqual(self.output("sh", "-c", "ls /data | wc -l", options=["--volume=v:/data"]), "0\n", "and filled once")
        self.assertEqual(self.output("sh", "-c", "ls /data | wc -l", options=["--volume=n:/data:nocopy"]), "0\n")
        self.output("true", options=["--volume=own:/nowhere", "--user=1234:5"])
        self.assertEqual((os.stat(self.volume("own")).st_uid, os.stat(self.volume("own")).st_gid), (1234, 5))
        self.assertIn("nosuid", self.mount_of("/data", "--volume=v:/data")[0])
        self.good("rm", "volume", "v")
        self.assertFalse(os.path.exists(self.volume("v")))
        self.assertEqual(self.output("cat", "/data/seed", options=["--mount=type=volume,source=v,destination=/data"]), "from the image\n")

    def test_a_volume_of_a_folder_with_a_whiteout(self):
        """Which only one layer has: overlayfs lists the whiteout, and has nothing of that name."""
        self.load("localhost/white:1", base_layer(("only", None), ("only/.wh.x", b""), ("only/y", b"y")))
        self.assertEqual(self.output("ls", "/only", options=["--volume=white:/only"], image="localhost/white:1"), "y\n")

    def test_volume_verb(self):
        for _ in range(2):
            self.good("volume", "--uid=12", "--gid=34", "--label=a=b", "v")
        self.assertEqual((os.stat(self.volume("v")).st_uid, os.stat(self.volume("v")).st_gid), (12, 34))
        self.assertEqual(self.output("sh", "-c", "stat -c %u:%g /data; cat /data/seed", options=["--volume=v:/data"]), "12:34\nfrom the image\n")
        self.good("volume", "--opt=nocopy", "n")
        self.assertEqual(self.output("sh", "-c", "ls /data | wc -l", options=["--volume=n:/data"]), "0\n")
        self.good("volume", "--opt=device=tmpfs", "--opt=type=tmpfs", "--opt=o=size=4m,uid=7", "t")
        options, kind, more = self.mount_of("/t", "--volume=t:/t")
        self.assertEqual((kind, "size=4096k" in more, "uid=7" in more), ("tmpfs", True, True))
        self.good("volume", f"--opt=device={self.source}", "--opt=type=bind", "b")
        self.assertEqual(self.output("cat", "/b/file", options=["--volume=b:/b"]), "host\n")
        self.good("volume", "--driver=image", "--opt=image=localhost/base:1", "i")
        self.assertEqual(self.output("cat", "/i/data/seed", options=["--volume=i:/i"]), "from the image\n")
        self.assertEqual(self.call("volume", "--driver=nosuch", "x").returncode, 1)
        self.assertEqual(self.call("volume", "--opt=nosuch=1", "x").returncode, 1)

    def test_anonymous_volumes_go(self):
        self.load("localhost/volume:1", config={"Volumes": {"/data": {}}})
        self.assertEqual(self.output("sh", "-c", "cat /data/seed; echo x >/data/seed; grep -c ' /data ' /proc/self/mountinfo", image="localhost/volume:1"),
                         "from the image\n1\n")
        self.assertEqual(self.output("cat", "/data/seed", image="localhost/volume:1"), "from the image\n")
        self.good("rm", "container", "c")
        self.assertEqual(self.kept(), [])
        self.assertEqual(self.output("cat", "/data/seed", image="localhost/volume:1", options=["--volume=v:/data"]), "from the image\n")
        self.assertTrue(os.path.exists(self.volume("v") + "/seed"))

    def test_image_mounts(self):
        self.load("localhost/files:1", tar(("a", b"a\n")), tar(("b", b"b\n")))
        self.load("localhost/one:1", tar(("a", b"one\n")))
        self.assertEqual(self.output("sh", "-c", "cat /i/a /i/b /o/a; touch /i/x /o/x 2>/dev/null || echo no",
                                     options=["--mount=type=image,source=localhost/files:1,destination=/i", "--mount=type=image,src=localhost/one:1,dst=/o"]),
                         "a\nb\none\nno\n")
        holds = os.listdir(self.root + "/var/lib/containers/keelson/holds")
        self.assertEqual(len(holds), 3)
        self.good("rm", "container", "c")
        self.assertEqual(os.listdir(self.root + "/var/lib/containers/keelson/holds"), [])

    def test_rootfs_folder(self):
        root = self.dir + "/tree"
        os.makedirs(root + "/bin")
        shutil.copy("/usr/bin/busybox", root + "/bin/busybox")
        self.names.add("c")
        self.good("container", "--name=c", "--network=none", "--rootfs", root, "/bin/busybox", "touch", "/made")
        self.assertTrue(os.path.exists(root + "/made"))
        self.good("container", "--name=c", "--network=none", "--rootfs", root + ":O", "/bin/busybox", "touch", "/over")
        self.assertFalse(os.path.exists(root + "/over"))

    def test_secrets(self):
        os.makedirs(self.root + "/etc/keelson/secrets")
        with open(self.root + "/etc/keelson/secrets/token", "w", encoding="ascii") as file:
            file.write("machine")
        credentials = self.dir + "/credentials"
        os.mkdir(credentials)
        with open(credentials + "/given", "w", encoding="ascii") as file:
            file.write("unit")
        show = ("sh", "-c", "cat /run/secrets/token /there; stat -c %u:%g:%a /there; echo $TOKEN")
        self.assertEqual(self.output(*show, options=["--secret=token", "--secret=given,target=/there,uid=5,gid=6,mode=0400",
                                                     "--secret=given,type=env,target=TOKEN"], env={"CREDENTIALS_DIRECTORY": credentials}),
                         "machineunit5:6:400\nunit\n")
        self.bad("secret nosuch", "true", options=["--secret=nosuch"])
        self.assertEqual(self.call("container", "--name=c", "--secret=../../x", "localhost/base:1").returncode, 1)

    def test_devices(self):
        self.assertEqual(self.output("sh", "-c", "stat -c %t:%T /dev/loop-control /dev/other; ls /dev/nosuch 2>/dev/null || echo none",
                                     options=["--device=/dev/loop-control", "--device=/dev/null:/dev/other:rw", "--device=-/dev/nosuch"]),
                         "a:ed\n1:3\nnone\n")
        self.bad("No such file", "true", options=["--device=/dev/nosuch"])
        self.bad("is no device", "true", options=["--device=/etc/passwd"])

    def test_files_of_ours(self):
        self.assertIn("127.0.0.1", self.output("cat", "/etc/hosts"))
        self.output("cat", "/etc/resolv.conf")
        self.assertNotEqual(self.container("cat", "/etc/hosts", options=["--no-hosts"]).returncode, 0)
        self.assertIn("host", self.output("cat", "/etc/hosts", options=[f"--volume={self.source}/file:/etc/hosts"]))

    def test_init(self):
        """Any static program does for --init; ours shows that it is first, and what it is given."""
        done = subprocess.run([self.built + "/keelson-run", "--root", self.root, "--init", "/usr/bin/busybox", "container", "--name=c", "--network=none", "--init",
                               "localhost/base:1", "echo", "x"], capture_output=True, text=True, check=False)
        self.names.add("c")
        self.assertIn("keelson-init: applet not found", done.stderr)
        self.assertEqual(self.config()["process"]["args"], ["/run/keelson-init", "--", "echo", "x"])

    def test_socket_activation(self):
        listening = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listening.close)
        show = "readlink /proc/self/fd/3; echo $LISTEN_FDS $LISTEN_PID $LISTEN_FDNAMES"
        command = self.command("container", "--name=c", "--network=host", "localhost/base:1", "sh", "-c", show)
        self.names.add("c")
        for pid, wanted in (("$$", r"socket:\[\d+\]\n1 1 web\n"), ("1", "\n")):
            script = f'exec 3<&{listening.fileno()}; export LISTEN_FDS=1 LISTEN_FDNAMES=web LISTEN_PID={pid}; exec "$0" "$@"'
            done = subprocess.run(["sh", "-c", script, *command], capture_output=True, text=True, check=False, pass_fds=[listening.fileno()])
            self.assertRegex(done.stdout, wanted, done.stderr)


class Pods(RunTest):
    def setUp(self):
        super().setUp()
        self.load()

    def test_shared_namespaces(self):
        pod = self.pod("--hostname=together", "--shm-size=5m", "--volume=shared:/data")
        spaces = ("sh", "-c", "for n in ipc uts net pid; do readlink /proc/self/ns/$n; done; hostname; cat /data/seed; echo $$ >/dev/shm/seen")
        def member(name, *args):
            self.names.add(name)
            return self.good("container", "--name=" + name, "--pod=p", "localhost/base:1", *args).split("\n")
        first = member("a", *spaces)
        self.assertEqual(first[:3], [os.readlink(f"/proc/{pod.pid}/ns/{name}") for name in ("ipc", "uts", "net")])
        second = member("b", *spaces)
        self.assertEqual((second[:3], second[4], second[5]), (first[:3], "together", "from the image"))
        self.assertEqual(member("b", "cat", "/dev/shm/seen"), ["1", ""])
        with open(f"/proc/{pod.pid}/status", encoding="ascii") as file:
            status = dict(line.split(":", 1) for line in file if ":" in line)
        print(f"     | a pod's process: {status['VmRSS'].strip()} in all, {status['RssAnon'].strip()} its own")
        self.assertNotEqual(self.call("container", "--name=x", "--pod=p", "--network=none", "localhost/base:1", "true").returncode, 0)
        self.good("stop", "pod", "--time=5", "p")
        self.assertEqual(pod.wait(10), 0)
        self.good("rm", "pod", "p")
        self.assertEqual(os.listdir(self.root + "/run/keelson/pods"), [])
        self.assertEqual(self.call("container", "--name=x", "--pod=p", "localhost/base:1", "true").returncode, 1)

    def test_ends_with_the_last(self):
        pod = self.pod("--exit-policy=stop")
        for name in ("a", "b"):
            self.started("sleep", "1000", name=name, options=["--pod=p"], network=None)
        self.good("rm", "container", "a")
        time.sleep(6)
        self.assertIsNone(pod.poll())
        self.good("rm", "container", "b")
        self.assertEqual(pod.wait(10), 0)

    def test_made_anew_after_a_kill(self):
        pod = self.pod()
        pod.kill()
        pod.wait()
        again = self.pod()
        self.assertIsNone(again.poll())
        self.names.add("a")
        self.good("container", "--name=a", "--pod=p", "localhost/base:1", "true")


class Health(RunTest):
    def setUp(self):
        super().setUp()
        self.load()

    def test_states(self):
        _, pid = self.started("sleep", "1000", options=["--health-cmd=test -e /good", "--health-retries=2", "--health-on-failure=kill"])
        self.assertEqual(self.good("list").split()[3], "starting")
        self.assertEqual(self.call("health", "c").returncode, 1)
        self.good("exec", "c", "touch", "/good")
        self.good("health", "c")
        self.assertEqual(self.good("list").split()[3], "healthy")
        self.good("exec", "c", "rm", "/good")
        self.assertEqual(self.call("health", "c").returncode, 1)
        self.assertEqual(self.good("list").split()[1:4:2][0], "running")
        done = self.call("health", "c")
        self.assertEqual(done.returncode, 1)
        self.assertIn("unhealthy, 2 failures", done.stdout)
        self.assertEqual(self.reap(pid), -signal.SIGKILL)
        self.assertEqual(self.call("health", "c").returncode, 1)

    def test_no_answer_in_time(self):
        self.started("sleep", "1000", options=['--health-cmd=["sleep","100"]', "--health-timeout=500ms", "--health-retries=1"])
        begun = time.monotonic()
        done = self.call("health", "c")
        self.assertEqual((done.returncode, time.monotonic() - begun < 5), (1, True))
        self.assertIn("no answer in 500 ms", done.stdout)
        self.assertNotIn("sleep 100\n", self.good("exec", "c", "ps"), "it does not go on")

    def test_ready_when_healthy(self):
        notify = self.start("sh", "-c", "sleep 1; touch /good; sleep 1000", mode="healthy", options=["--health-cmd=test -e /good", "--health-interval=200ms"])
        self.assertEqual(notify.read(0.5), [])
        notify.read()
        self.assertEqual((notify.process.wait(20), notify.value("READY")), (0, "1"))
        self.assertIn("MAINPID", "".join(notify.lines))

    def test_healthy_needs_a_check(self):
        notify = self.start("sleep", "1000", mode="healthy")
        self.assertEqual(notify.process.wait(20), 1)
        with open(notify.out, encoding="utf-8") as file:
            self.assertIn("needs --health-cmd", file.read())
        self.assertEqual(self.kept(), [])

    def test_of_the_image(self):
        self.load("localhost/health:1", config={"Healthcheck": {"Test": ["CMD-SHELL", "test -e /data"], "Interval": 1000000000}})
        self.started("sleep", "1000", image="localhost/health:1")
        self.good("health", "c")
        self.started("sleep", "1000", image="localhost/health:1", options=["--health-cmd=none"])
        self.assertEqual(self.call("health", "c").returncode, 1)


class Size(RunTest):
    def test_stripped(self):
        sizes = {}
        for name in ("keelson-run", "keelson-oci"):
            stripped = self.dir + "/stripped"
            subprocess.run(["llvm-strip", "-o", stripped, f"{self.built}/{name}"], check=True)
            sizes[name] = os.path.getsize(stripped)
        print("     | stripped: " + ", ".join(f"{name} {size} bytes" for name, size in sizes.items()))
        self.assertLess(sizes["keelson-run"], 400_000)


class Cuts(RunTest):
    """kill -9 at random times; the next start has to be as if nothing had been."""

    def test_killed_at_any_time(self):
        self.load("localhost/volume:1", base_layer(), tar(*((f"data/file{i}", b"x" * 1000) for i in range(200))), config={"Volumes": {"/anon": {}}})
        command = self.command("container", "--name=c", "--network=none", "--sdnotify=started", "--volume=v:/data", "--secret=s",
                               "--tmpfs=/t", "localhost/volume:1", "sleep", "1000")
        self.names.add("c")
        os.makedirs(self.root + "/etc/keelson/secrets")
        with open(self.root + "/etc/keelson/secrets/s", "w", encoding="ascii") as file:
            file.write("s")
        times, environment = random.Random(SEED), {"PATH": os.environ["PATH"]}
        begun = time.monotonic()
        subprocess.run(command, check=True, env=environment)
        whole = time.monotonic() - begun
        print(f"     | SEED={SEED}; a start takes {whole:.2f} s; {KILLS} are killed")
        for number in range(KILLS):
            if number % 3 == 0:
                self.good("rm", "container", "c")
                self.good("rm", "volume", "v")
            process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
            time.sleep(times.random() * whole * 1.1)
            process.send_signal(signal.SIGKILL)
            process.wait()
            if number % 2:
                self.good("rm", "container", "c")
                self.assertEqual(self.kept(), [], number)
            count = self.output("sh", "-c", "ls /data | wc -l; cat /data/seed; ls /anon | wc -l", image="localhost/volume:1", options=["--volume=v:/data"])
            self.assertEqual(count, "202\nfrom the image\n0\n", number)
            self.reap()
        self.good("rm", "container", "c")
        self.assertEqual(self.kept(), [])
        left = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
        self.assertNotIn("sleep 1000", left)


class Crowded(RunTest):
    """Full disks, and many at once."""

    def test_full_disk(self):
        os.rmdir(self.root)
        os.mkdir(self.root)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "none", self.root], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", self.root], check=True)
        self.load("localhost/big:1", base_layer(), tar(("data/big", b"x" * (1 << 20))))
        run = {"image": "localhost/big:1", "options": ["--volume=v:/data"]}
        for left in (0, 64 << 10, 600 << 10):
            self.good("rm", "volume", "v")
            with open(self.root + "/fill", "wb") as fill:
                room = os.statvfs(self.root)
                os.posix_fallocate(fill.fileno(), 0, room.f_bavail * room.f_frsize - left)
            done = self.container("true", **run)
            self.assertEqual(done.returncode, 1, left)
            self.assertIn("No space left", done.stderr, left)
            self.assertEqual(self.kept(), [], left)
            os.unlink(self.root + "/fill")
            self.assertEqual(self.output("sh", "-c", "wc -c </data/big", **run), "1048576\n", left)
        for name in self.names:
            self.good("rm", "container", name)

    def test_one_name_many_starts(self):
        self.load()
        command = self.command("container", "--name=c", "--network=none", "localhost/base:1", "sleep", "1000")
        self.names.add("c")
        processes = [subprocess.Popen(command, stderr=subprocess.DEVNULL) for _ in range(6)]
        self.until(lambda: sum(process.poll() is None for process in processes) == 1 and "running" in self.good("list"), 60)
        self.good("rm", "container", "c")
        self.assertTrue(all(process.wait(20) in (-signal.SIGKILL, 1) for process in processes))
        self.assertEqual(self.kept(), [])

    def test_one_volume_many_containers(self):
        self.load("localhost/many:1", base_layer(), tar(*((f"data/file{i}", b"x") for i in range(300))))
        self.names |= {f"c{i}" for i in range(6)}
        processes = [subprocess.Popen(self.command("container", f"--name=c{i}", "--network=none", "--volume=v:/data", "localhost/many:1",
                                                   "sh", "-c", "ls /data | wc -l"), stdout=subprocess.PIPE, text=True) for i in range(6)]
        for process in processes:
            self.assertEqual(process.communicate(timeout=60)[0], "302\n")


if __name__ == "__main__":
    unittest.main()
