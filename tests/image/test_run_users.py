# SPDX-License-Identifier: Apache-2.0
"""Containers whose users are others outside: user namespaces, and who owns what."""
import hashlib
import os
import random
import signal
import subprocess
import time

from running import RunTest

FIRST, LAST, BLOCK = 0x80000, 0x6FFFFFFF, 65536
KILLS, SEED = 12, int(os.environ.get("SEED", "1"))


class Users(RunTest):
    def setUp(self):
        super().setUp()
        self.load()

    def sh(self, script, *options, **more):
        return self.output("sh", "-c", script, options=options, **more)

    def outside(self, *options, **more):
        """(what the container's root is outside, how many ids it has)"""
        inside, outside, count = self.sh("cat /proc/self/uid_map", *options, **more).split()
        self.assertEqual(inside, "0")
        return int(outside), int(count)

    def owner(self, path):
        status = os.stat(path)
        return status.st_uid, status.st_gid

    def test_automatic(self):
        first, count = self.outside("--userns=auto")
        self.assertEqual((count, first % BLOCK), (BLOCK, 0))
        self.assertTrue(FIRST <= first <= LAST - BLOCK + 1)
        self.assertEqual(self.outside("--userns=auto:size=4096"), (first, 4096), "the same name has the same ids")

    def test_no_two_have_the_same(self):
        pids = [self.started("sleep", "100", name=f"c{number}", options=["--userns=auto"])[1] for number in range(3)]
        maps = []
        for pid in pids:
            with open(f"/proc/{pid}/uid_map", encoding="ascii") as file:
                maps.append(int(file.read().split()[1]))
        self.assertEqual(len(set(maps)), 3)
        folder = self.root + "/run/keelson/users"
        self.assertEqual(sorted(os.readlink(f"{folder}/{name}") for name in os.listdir(folder)), [f"container:c{number}" for number in range(3)])
        os.symlink("container:other", f"{folder}/{self.first_block('c3')}")
        other, _ = self.outside("--userns=auto", name="c3")
        self.assertEqual(other // BLOCK - 8, self.first_block("c3") + 1, "the next, where the first is taken")
        for number in range(4):
            self.good("rm", "container", f"c{number}")
        self.assertEqual([os.readlink(f"{folder}/{name}") for name in os.listdir(folder)], ["container:other"])

    def test_ids_of_who_runs_are_not_free(self):
        first, _ = self.outside("--userns=auto", name="c")
        self.good("rm", "container", "c")
        self.started("sleep", "100", name="mapped", options=[f"--uidmap=0:{first + 5}:10", f"--gidmap=0:{first + BLOCK}:10"])
        self.assertEqual(self.outside("--userns=auto", name="c")[0], first + 2 * BLOCK)
        self.good("rm", "container", "mapped")
        self.started("sleep", "100", name="c", options=["--userns=auto"])
        _, pid = self.started("sleep", "100", name="joined", options=["--userns=container:c"])
        self.good("rm", "container", "c")
        with open(f"/proc/{pid}/uid_map", encoding="ascii") as file:
            self.assertEqual(int(file.read().split()[1]), first)
        self.assertEqual(self.outside("--userns=auto", name="c")[0], first + BLOCK, "who has joined has them still")

    def first_block(self, name):
        return int.from_bytes(hashlib.sha256(f"container:{name}".encode()).digest()[:3], "big") % (0x7000 - 8)

    def test_files_are_the_containers(self):
        text = self.sh("stat -c %u:%g /bin/busybox /etc/hosts /etc/hostname /data/seed; touch /new /data/new && stat -c %u:%g /new; mkdir /var && chown 7:8 /var "
                       "&& stat -c %u:%g /var; id -u; grep -c . /proc/self/uid_map; echo written >>/etc/hosts", "--userns=auto", "--workdir=/made/here")
        self.assertEqual(text.split(), ["0:0", "0:0", "0:0", "1000:0", "0:0", "7:8", "0", "1"])

    def test_the_store_is_as_it_was(self):
        self.sh("touch /data/seed /bin/new; chown 5:6 /data/seed", "--userns=auto")
        self.assertEqual(self.sh("stat -c %u:%g /data/seed"), "1000:0\n")

    def test_who_runs(self):
        self.assertEqual(self.sh("id -u; id -g", "--userns=keep-id:uid=200,gid=210"), "200\n210\n")
        self.assertEqual(self.sh("id -u; id -g", "--userns=keep-id:uid=200,gid=210", "--user=7:8"), "7\n8\n")
        self.assertEqual(self.sh("id -u; readlink /proc/self/ns/user", "--userns=keep-id").split()[0], "0")
        self.assertNotEqual(self.sh("readlink /proc/self/ns/user", "--userns=keep-id").strip(), os.readlink("/proc/self/ns/user"))
        self.assertEqual(self.sh("id -un; cat /proc/self/uid_map", "--userns=auto", "--user=app").split()[0], "app")

    def test_maps(self):
        self.assertEqual(self.sh("cat /proc/self/uid_map /proc/self/gid_map; touch /here; stat -c %u /here", "--uidmap=0:700000:1000", "--uidmap=1000:800000:10",
                                 "--gidmap=0:900000:2000").split(),
                         ["0", "700000", "1000", "1000", "800000", "10", "0", "900000", "2000", "0"])
        self.assertEqual(self.outside("--uidmap=0:700000:5000"), (700000, 5000))

    def test_maps_of_names(self):
        self.write("etc/subuid", "other:1:5\nme:900000:10\nme:700000:1000\n")
        self.write("etc/subgid", "me:800000:50\nothers:810000:60\n")
        script = "cat /proc/self/uid_map /proc/self/gid_map; touch /here; stat -c %u /here"
        self.assertEqual(self.sh(script, "--subuidname=me").split(), ["0", "700000", "1000", "1000", "900000", "10", "0", "800000", "50", "0"])
        self.assertEqual(self.sh(script, "--subuidname=me", "--subgidname=others").split()[6:9], ["0", "810000", "60"])
        for name, word in (("nobody", "etc/subuid: no line of nobody"), ("other", "etc/subgid: no line of other")):
            self.bad(word, "true", options=["--subuidname=" + name])

    def test_automatic_but_for_some(self):
        text = self.sh("cat /proc/self/uid_map /proc/self/gid_map", "--userns=auto:uidmapping=10:900000:5,size=100").split()
        first = int(text[4])
        self.assertEqual(text, ["10", "900000", "5", "0", str(first), "10", "15", str(first + 15), "85", "0", str(first), "100"])
        self.assertTrue(FIRST <= first <= LAST and first % BLOCK == 0)

    def test_nobody_outside(self):
        """What root outside keeps to himself is not the container's."""
        secret = self.dir + "/secret"
        with open(secret, "w", encoding="ascii") as file:
            file.write("mine\n")
        os.chmod(secret, 0o600)
        script = "cat /secret 2>&1; stat -c %u /secret; hostname other 2>&1; echo 1 >/proc/sys/kernel/panic"
        done = self.container("sh", "-c", script, options=["--userns=auto", f"--volume={secret}:/secret", "--cap-add=all"])
        self.assertNotIn("mine", done.stdout)
        self.assertIn("65534", done.stdout)
        self.assertNotEqual(done.returncode, 0)

    def test_volumes(self):
        first, _ = self.outside("--userns=auto")
        self.sh("touch /v/new; ls -ln /v", "--userns=auto", "--volume=named:/v", "--volume=filled:/data")
        self.assertEqual(self.owner(self.volume("named") + "/new"), (first, first))
        self.assertEqual(self.owner(self.volume("named")), (first, first))
        self.assertEqual(self.owner(self.volume("filled") + "/seed"), (first + 1000, first))
        folder = self.dir + "/folder"
        os.mkdir(folder)
        self.sh("touch /v/new", "--userns=auto", "--user=app", f"--volume={folder}:/v:U")
        self.assertEqual(self.owner(folder + "/new"), (first + 1000, first + 1001))

    def test_network_is_its_own(self):
        text = self.sh("cat /proc/sys/net/ipv4/ping_group_range; echo 1 >/proc/sys/net/ipv4/ip_forward; echo $?", "--userns=auto", "--cap-add=net_admin",
                       "--sysctl=net.ipv4.ip_unprivileged_port_start=80", "--security-opt=unmask=ALL", network="podman")
        self.assertEqual(text.split()[-1], "0")

    def test_secrets_and_output(self):
        self.write("etc/keelson/secrets/word", "hush\n")
        self.assertEqual(self.sh("cat /run/secrets/word; stat -c %u:%a /run/secrets/word", "--userns=auto", "--user=app", "--secret=word,uid=1000,mode=0400"),
                         "hush\n1000:400\n")

    def test_exec_and_health(self):
        self.started("sleep", "100", options=["--userns=auto", "--health-cmd=test $(id -u) = 0"])
        self.assertEqual(self.good("exec", "c", "sh", "-c", "id -u; cat /proc/self/uid_map").split()[0], "0")
        self.good("health", "c")

    def test_pod(self):
        pod = self.pod("--userns=auto").pid
        with open(f"/proc/{pod}/uid_map", encoding="ascii") as file:
            first = int(file.read().split()[1])
        self.assertGreaterEqual(first, FIRST)
        script = "cat /proc/self/uid_map; touch /dev/shm/x /etc/hosts && stat -c %u /dev/shm/x /etc/hosts"
        self.names.add("c")
        text = self.good("container", "--name=c", "--pod=p", "localhost/base:1", "sh", "-c", script).split()
        self.assertEqual((int(text[1]), text[3:]), (first, ["0", "0"]))
        self.good("rm", "container", "c")
        self.good("rm", "pod", "p")
        self.assertEqual(os.listdir(self.root + "/run/keelson/users"), [])

    def test_no_way_out_by_the_pods_process(self):
        """It is the machine's root in the members' namespace: who may trace there must not get at its root folder."""
        for users in ("auto", "keep-id"):
            pod = self.pod("--userns=" + users).pid
            self.names.add("c")
            for power in ("--cap-add=sys_ptrace", "--privileged"):
                done = self.call("container", "--name=c", "--pod=p", power, "--volume=/proc:/machine", "localhost/base:1",
                                 "sh", "-c", f"ls /machine/{pod}/root/; cat /machine/{pod}/maps; readlink /machine/{pod}/ns/mnt")
                self.assertEqual((done.returncode == 0, done.stdout), (False, ""), (users, power))
            self.good("rm", "container", "c")
            self.good("rm", "pod", "p")

    def mount_queues(self):
        """As systemd's dev-mqueue.mount has them."""
        if not os.path.ismount("/dev/mqueue"):
            os.mkdir("/dev/mqueue")
            self.addCleanup(os.rmdir, "/dev/mqueue")
            subprocess.run(["mount", "-t", "mqueue", "mqueue", "/dev/mqueue"], check=True)
            self.addCleanup(subprocess.run, ["umount", "/dev/mqueue"], check=True)

    def test_namespaces_of_the_machine(self):
        self.mount_queues()
        for users in ("--userns=auto", "--userns=keep-id"):
            with self.subTest(users=users):
                us = f"/proc/{os.getpid()}"
                self.assertEqual(self.sh("ls -d " + us, users, "--pid=host").strip(), us)
                self.assertEqual(self.sh("readlink /proc/self/ns/ipc; grep -c ' /dev/mqueue ' /proc/self/mounts", users, "--ipc=host").split(),
                                 [os.readlink("/proc/self/ns/ipc"), "1"])
                self.assertEqual(self.sh("readlink /proc/self/ns/net; ls -d /sys/class", users, network="host").split(),
                                 [os.readlink("/proc/self/ns/net"), "/sys/class"])

    def test_namespaces_of_others(self):
        _, pid = self.started("sleep", "100", name="one", options=["--userns=auto"])
        self.started("sleep", "100", name="plain")
        both = ("--pid=container:one", "--ipc=container:one")
        self.assertIn("sleep 100", self.sh("ps; ls /dev/mqueue", "--userns=container:one", *both))
        self.assertEqual(self.sh("readlink /proc/self/ns/net; ls -d /sys/class", "--userns=auto", network="container:plain").split()[1:], ["/sys/class"])
        for option in (*both, "--pid=container:plain", "--ipc=container:plain", f"--pid=ns:/proc/{pid}/ns/pid"):
            self.bad("belongs to other users than the container's", "true", options=["--userns=auto", option])
        self.bad("users of namespace /etc/passwd", "true", options=["--userns=auto", "--pid=ns:/etc/passwd"])

    def test_pod_in_the_machines_network(self):
        for users in ("auto", "keep-id"):
            self.pod("--userns=" + users, network="host")
            self.names.add("c")
            self.assertEqual(self.good("container", "--name=c", "--pod=p", "localhost/base:1", "readlink", "/proc/self/ns/net").strip(),
                             os.readlink("/proc/self/ns/net"))
            self.good("rm", "container", "c")
            self.good("rm", "pod", "p")

    def test_killed_starts_leave_no_range(self):
        times = random.Random(SEED)
        container = self.command("container", "--name=c", "--network=none", "--sdnotify=started", "--userns=auto", "localhost/base:1", "sleep", "1000")
        pod = self.command("pod", "--name=p", "--network=none", "--userns=auto")
        self.names.add("c")
        for number in range(KILLS):
            for kind, name, command in (("container", "c", container), ("pod", "p", pod)):
                process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
                time.sleep(times.random() * 0.15)
                process.send_signal(signal.SIGKILL)
                process.wait()
                self.good("rm", kind, name)
            self.assertEqual(self.kept(), [], (SEED, number))
            folder = self.root + "/run/keelson/users"
            self.assertEqual(os.listdir(folder) if os.path.exists(folder) else [], [], (SEED, number))
            self.reap()
        self.outside("--userns=auto")

    def test_joined(self):
        _, pid = self.started("sleep", "100", name="one", options=["--userns=auto"])
        self.assertEqual(self.sh("readlink /proc/self/ns/user", "--userns=container:one").strip(), os.readlink(f"/proc/{pid}/ns/user"))
        self.assertEqual(self.sh("readlink /proc/self/ns/user", f"--userns=ns:/proc/{pid}/ns/user").strip(), os.readlink(f"/proc/{pid}/ns/user"))

    def test_too_small(self):
        for options in (["--userns=auto:size=100", "--user=1000"], ["--uidmap=1000:700000:10", "--user=1000"]):
            self.bad("no range of --userns=auto:size= or --uidmap= has it", "true", options=options)

    def test_what_is_refused(self):
        for word, *options in (("goes with no maps: --uidmap", "--userns=auto", "--uidmap=0:1:1"), ("size is 1 to 65536", "--userns=auto:size=70000"),
                               ("is not supported", "--userns=nomap"), ("nosuch is not supported", "--userns=auto:nosuch=1"),
                               ("ID:ID-OF-THE-MACHINE:COUNT", "--uidmap=+0:1:1"), ("ids of another range", "--uidmap=0:1000:10", "--uidmap=5:2000:10"),
                               ("is no range", "--uidmap=0:4294967290:10"), ("No such file", "--subuidname=x")):
            with self.subTest(options=options):
                self.bad(word, "true", options=options)
