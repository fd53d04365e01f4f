# SPDX-License-Identifier: Apache-2.0
"""keelson-run's containers and pods in networks: names, ports, what is left when they have gone.

usage: python3 tests/image/test_run_network.py    (inside the SDK, as root; nothing has to be built. BUILT=DIR keeps what is built)
"""
import os
import socket
import subprocess
import time
import unittest

from running import RunTest

SERVE = ("sh", "-c", "while :; do echo hello from $HOSTNAME | nc -l -p 80; done")


class Networks(RunTest):
    def setUp(self):
        super().setUp()
        self.load()
        self.good("network", "--subnet=10.213.0.0/24", "n")
        self.addCleanup(self.remove)

    def remove(self):
        for name in self.names:
            self.call("rm", "container", name)
        self.good("rm", "network", "n")
        links = subprocess.run(["ip", "-o", "link"], capture_output=True, text=True, check=True).stdout
        self.assertNotIn("kls-n", links)

    def fetch(self, port):
        end = time.monotonic() + 10
        while time.monotonic() < end:
            try:
                with socket.create_connection(("127.0.0.1", port), 2) as connection:
                    return connection.makefile().read()
            except OSError:
                time.sleep(0.1)
        return None

    def test_names_and_ports(self):
        self.started(*SERVE, name="web", network="n:alias=www", options=["--publish=127.0.0.1:8099:80", "--network-alias=site"])
        for name in ("web", "www", "site"):
            self.assertEqual(self.output("nc", name, "80", network="n"), "hello from web\n")
        self.assertEqual(self.fetch(8099), "hello from web\n")
        self.assertIn("10.213.0.", self.output("cat", "/etc/hosts", network="n"))
        self.good("rm", "container", "web")
        self.assertNotEqual(self.container("nc", "web", "80", network="n").returncode, 0)
        with self.assertRaises(OSError):
            socket.create_connection(("127.0.0.1", 8099), 2)

    def test_container_of_another(self):
        self.started(*SERVE, name="web", network="n")
        self.assertEqual(self.output("nc", "127.0.0.1", "80", network="container:web"), "hello from web\n")

    def test_isolated(self):
        """Another network's members are not reached by name."""
        self.good("network", "--subnet=10.214.0.0/24", "m")
        self.addCleanup(self.good, "rm", "network", "m")
        self.started(*SERVE, name="web", network="n")
        self.assertNotEqual(self.container("nc", "web", "80", network="m").returncode, 0)
        self.good("rm", "container", "c")

    def test_pod(self):
        self.addCleanup(self.call, "rm", "pod", "p")
        process = subprocess.Popen(self.command("pod", "--name=p", "--network=n", "--publish=127.0.0.1:8098:80"))
        self.addCleanup(lambda: (process.kill(), process.wait()))
        state = self.root + "/run/keelson/pods/p/state.json"
        for _ in range(100):
            time.sleep(0 if os.path.exists(state) else 0.1)
        self.started(*SERVE, name="inside", network=None, options=["--pod=p"])
        self.assertEqual(self.fetch(8098), "hello from p\n")
        self.assertEqual(self.output("nc", "inside", "80", network="n"), "hello from p\n", "by the container's own name")
        self.assertEqual(self.output("nc", "p", "80", network="n"), "hello from p\n")

    def test_sysctls_stay_with_the_machine(self):
        """A network of the machine's, by whichever name, is not a container's to set."""
        settings = ("/proc/sys/net/ipv4/ping_group_range", "/proc/sys/net/ipv4/ip_unprivileged_port_start")
        before = [open(path, encoding="ascii").read() for path in settings]
        self.pod(network="host")
        ways = (("host", "--network=host"), ("path", "--network=ns:/proc/self/ns/net"), ("member", "--pod=p"))
        for name, way in ways:
            self.names.add(name)
            self.good("container", "--name=" + name, way, "localhost/base:1", "true")
            done = self.call("container", "--name=" + name, way, "--sysctl=net.ipv4.ip_unprivileged_port_start=81", "localhost/base:1", "true")
            self.assertEqual((done.returncode, "the namespace is the host's" in done.stderr), (1, True), (name, done.stderr))
        self.assertEqual([open(path, encoding="ascii").read() for path in settings], before)

    def test_a_pods_own_network_is_its_own(self):
        self.pod()
        self.names.add("c")
        script = "cat /proc/sys/net/ipv4/ping_group_range /proc/sys/net/ipv4/ip_unprivileged_port_start"
        self.assertEqual(self.good("container", "--name=c", "--pod=p", "--sysctl=net.ipv4.ip_unprivileged_port_start=82", "localhost/base:1", "sh", "-c", script).split(),
                         ["0", "0", "82"])

    def test_killed_starts_leave_no_links(self):
        command = self.command("container", "--name=c", "--network=n", "--sdnotify=started", "localhost/base:1", "sleep", "1000")
        self.names.add("c")
        for number in range(10):
            process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
            time.sleep(0.01 * number)
            process.kill()
            process.wait()
            self.assertEqual(self.output("cat", "/etc/hostname", network="n"), "c\n")
        self.good("rm", "container", "c")
        links = subprocess.run(["ip", "-o", "link", "show", "master", "kls-n"], capture_output=True, text=True, check=False).stdout
        self.assertEqual(links, "")


if __name__ == "__main__":
    unittest.main()
