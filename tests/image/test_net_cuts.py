# SPDX-License-Identifier: Apache-2.0
"""Networks of containers when many come and go at once, and when what makes them is killed at any point.

usage: python3 tests/image/test_net_cuts.py    (inside the SDK; nothing has to be built)
Environment: STEP=N  cut after every Nth system call only (default 5)
"""
import os
import time
import unittest
import warnings

from cutting import run_cut
from nets import HOST4, OUTSIDE4, Net

STEP = int(os.environ.get("STEP", "5"))
MANY = 50


class Many(Net):
    def test_at_once(self):
        self.good("create", "web", "--ipv6")
        names = [f"c{number}" for number in range(MANY)]
        commands = [self.options(name, "--network=web", f"--publish={10000 + number}:80") for number, name in enumerate(names)]
        begun = time.monotonic()
        running = [self.lab.start(*command) for command in commands]
        told = [process.communicate() for process in running]
        joined = time.monotonic()
        self.assertEqual([process.returncode for process in running], [0] * MANY, told)
        self.assertEqual(len({out.split()[2] for out, _ in told}), MANY)
        self.assertEqual(len(self.lab.elements("any4")), MANY)
        for name in names:
            self.assertEqual(set(names) & set(self.hosts(name)), set(names), name)
        for number in (0, 17, 49):
            self.lab.serve(names[number], 80)
            self.assertEqual(self.lab.ask("outside", HOST4, 10000 + number), (names[number], OUTSIDE4))
        left = time.monotonic()
        running = [self.lab.start("leave", name) for name in names]
        told = [process.communicate() for process in running]
        print(f"{MANY} at once: joined in {joined - begun:.2f} s, left in {time.monotonic() - left:.2f} s")
        self.assertEqual([process.returncode for process in running], [0] * MANY, told)
        self.assertNothingLeft()

    def test_one_by_one(self):
        self.good("create", "web")
        times = []
        for number in range(MANY):
            command = self.options(f"c{number}", "--network=web", f"--publish={10000 + number}:80")
            begun = time.monotonic()
            self.good(*command)
            times.append(time.monotonic() - begun)
        print(f"a join: {1000 * sorted(times[:10])[5]:.0f} ms among the first ten, {1000 * sorted(times[-10:])[5]:.0f} ms among the last of {MANY}")

    def test_same_at_once(self):
        """Of one name only one is in at the end, and whole."""
        self.good("create", "web")
        command = self.options("a", "--network=web", "--publish=8080:80")
        for process in [self.lab.start(*command) for _ in range(8)] + [self.lab.start("create", "web") for _ in range(4)]:
            out, err = process.communicate()
            self.assertEqual(process.returncode, 0, out + err)
        self.lab.serve("a", 80)
        self.assertEqual(self.lab.ask("outside", HOST4, 8080), ("a", OUTSIDE4))
        self.assertEqual(self.lab.elements("any4"), ["tcp . 8080 comment \"a\" : " + self.join("a", "--network=web", "--publish=8080:80")["web"]["ip"] + " . 80"])


class Cuts(Net):
    """Killed after any system call; what comes next finds a state that it can work with."""

    def cut(self, after, *argv):
        os.environ.update(self.lab.environment())
        warnings.simplefilter("ignore", DeprecationWarning)  # the servers' threads have no part in what is forked
        with self.lab.inside("host"):
            return run_cut([self.program, *argv], after)

    def each_cut(self, *argv):
        """Numbers of system calls to cut at, spread over the whole run."""
        yield from range(1, self.cut(1 << 30, *argv), STEP)

    def check_other(self):
        """Who has nothing to do with it is not disturbed."""
        self.assertEqual(self.lab.ask("outside", HOST4, 9090), ("other", OUTSIDE4))
        self.assertEqual(self.lab.ask("host", "127.0.0.1", 9090)[0], "other")

    def start(self):
        self.good("create", "web", "--ipv6")
        self.join("other", "--network=web", "--publish=9090:80")
        self.lab.serve("other", 80)
        lan = ["--network=lan"] if self.lab.has_macvlan() else []
        self.good("create", "lan", "--driver=macvlan", "--opt=parent=up0", "--ipam-driver=none")
        self.lab.space("a")
        self.lab.serve("a", 80)
        return self.options("a", "--network=web", "--network=bridge", *lan, "--publish=8080:80", "--publish=5353:53/udp")

    def check_gone(self):
        self.check_other()
        self.assertEqual(self.lab.members(), ["other"])
        self.assertEqual(sum(n.startswith("kv") for n in self.lab.links()), 1)
        self.assertEqual(len(self.lab.elements("any4")), 1)
        self.assertNotIn("a", self.hosts("other"))

    def test_join_then_join(self):
        command = self.start()
        for after in self.each_cut(*command):
            self.good("leave", "a")
            self.cut(after, *command)
            self.check_other()
            self.good(*command)
            self.assertEqual(self.lab.ask("outside", HOST4, 8080), ("a", OUTSIDE4), f"after {after}")
            self.assertIn("a", self.hosts("other"))
        self.good("leave", "a")
        self.check_gone()

    def test_join_then_leave(self):
        command = self.start()
        for after in self.each_cut(*command):
            self.good("leave", "a")
            self.cut(after, *command)
            self.good("leave", "a")
            # The name may be left over from a cut run until somebody comes or goes.
            self.join("b", "--network=web")
            self.good("leave", "b")
            self.check_gone()

    def test_leave(self):
        command = self.start()
        self.good(*command)
        for after in self.each_cut("leave", "a"):
            self.good(*command)
            self.cut(after, "leave", "a")
            self.good("leave", "a")
            self.join("b", "--network=web")
            self.good("leave", "b")
            self.check_gone()

    def test_networks(self):
        self.start()
        create = ["create", "net", "--ipv6", "--opt=isolate=true"]
        for after in self.each_cut(*create):
            self.good("remove", "net")
            self.cut(after, *create)
            self.good(*create)
            self.assertIn("kls-net", self.lab.links())
            self.assertEqual(self.lab.elements("isolated"), ['"kls-net"'])
        for after in self.each_cut("remove", "net"):
            self.good(*create)
            self.cut(after, "remove", "net")
            self.good("remove", "net")
            self.assertNotIn("kls-net", self.lab.links())
            self.assertEqual(self.lab.elements("isolated"), [])
            self.check_other()

    def test_join_of_a_dead_one(self):
        """Killed while it joins, and its namespace goes too: nothing of it holds others up."""
        command = self.start()
        for after in range(5, 400, 8 * STEP):
            self.cut(after, *command)
            self.lab.remove("a")
            self.join("b", "--network=web")
            self.good("leave", "b")
            for _ in range(100):
                if sum(n.startswith("kv") for n in self.lab.links()) == 1:
                    break
                time.sleep(0.02)
                self.join("b", "--network=web")
                self.good("leave", "b")
            self.assertEqual(self.lab.members(), ["other"])
            self.assertEqual(len(self.lab.elements("any4")), 1)
            command = self.options("a", "--network=web", "--publish=8080:80")


class Repair(Net):
    def test_failure_leaves_nothing(self):
        """The second of two interfaces cannot be made: the first one goes too, with ports and names."""
        self.good("create", "web")
        self.join("b", "--network=web")
        self.lab.space("a")
        self.lab.ip("a", "link add eth1 type bridge")
        self.bad("make interface eth1", *self.options("a", "--network=web", "--network=bridge", "--publish=8080:80"))
        self.assertEqual(self.lab.members(), ["b"])
        self.assertEqual(sum(n.startswith("kv") for n in self.lab.links()), 1)
        self.assertEqual(self.lab.elements("any4"), [])
        self.assertNotIn("a", self.hosts("b"))
        self.assertEqual(self.lab.run("a", "ip", "link", "show", "eth0").returncode, 1)

    def test_flushed(self):
        lab = self.lab
        self.good("create", "web", "--ipv6")
        self.join("a", "--network=web", "--publish=8080:80")
        lab.serve("a", 80)
        lab.run("host", "nft", "flush", "ruleset", check=True)
        self.assertIsNone(lab.ask("outside", HOST4, 8080))
        self.good("reload")
        self.assertEqual(lab.ask("outside", HOST4, 8080), ("a", OUTSIDE4))
        lab.ip("host", "link del kls-web")
        self.assertIsNone(lab.ask("outside", HOST4, 8080))
        self.good("reload")
        self.assertEqual(lab.ask("outside", HOST4, 8080), ("a", OUTSIDE4))

    def test_another_namespace(self):
        """Who calls from a namespace that is not the host's sees no interfaces, and must not take that for the end of all."""
        self.good("create", "web")
        self.join("a", "--network=web")
        self.lab.space("unit")
        for argv in (["create", "web"], ["leave", "a"], ["reload"]):
            done = self.lab.run("unit", self.program, *argv, env=self.lab.environment())
            self.assertIn("is of another network namespace", done.stderr)
        for argv in (["host", "b"], ["leave", "b"], ["leave", "../a"], ["name", "b", "c", "yes"]):
            done = self.lab.run("unit", self.program, *argv, env=self.lab.environment())
            self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.lab.members(), ["a"])

    def test_damaged_files(self):
        lab = self.lab
        self.good("create", "web")
        self.join("a", "--network=web", "--publish=8080:80")
        for text in ("", "{", "[]", "{}", '{"name":"a"}', '{"name":"../a"}', "\0" * 100):
            lab.write("run/keelson/networks/members/b.json", text)
            lab.write("run/keelson/networks/members/b.json.tmp", text)
            self.good("create", "web")
            self.assertEqual(lab.members(), ["a"])
        path = "var/lib/containers/keelson/networks/web.json"
        whole = lab.read(path)
        for text, told in (("", "web.json"), (whole[:-9], "byte"), (whole.replace('"web"', '"other"'), "it is of the network other"),
                           (whole.replace("10.89.0.1", "10.90.0.1"), "gateway or range"), (whole.replace("kls-web", "a/b"), "network_interface")):
            lab.write(path, text)
            self.bad(told, "create", "other")
        lab.write(path, whole)
        self.good("create", "other")
        self.good("leave", "a")

    def test_full_disk(self):
        """Nothing is made when it cannot be written down."""
        self.good("create", "web")
        self.join("a", "--network=web", "--publish=8080:80")
        folder = self.lab.folder + "/run/keelson/networks/members"
        os.rename(folder, folder + ".kept")
        os.mkdir(folder)
        self.lab.run("host", "mount", "-t", "tmpfs", "-o", "size=4k,nr_inodes=2", "full", folder, check=True)
        try:
            with open(folder + "/x", "wb") as file:
                file.write(bytes(4096))
            self.bad("No space left on device", *self.options("b", "--network=web", "--publish=8081:80"))
            self.assertEqual(self.lab.run("b", "ip", "link", "show", "eth0").returncode, 1)
        finally:
            self.lab.run("host", "umount", folder, check=True)
        os.rmdir(folder)
        os.rename(folder + ".kept", folder)
        self.join("b", "--network=web", "--publish=8081:80")


if __name__ == "__main__":
    unittest.main()
