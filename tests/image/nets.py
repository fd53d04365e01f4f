# SPDX-License-Identifier: Apache-2.0
"""What the tests of container networks share: a made-up host in network namespaces, containers on it, one machine outside.

Everything is a namespace that this process enters to open its sockets, so servers and clients are threads of the test.
"""
import contextlib
import json
import os
import re
import socket
import subprocess
import tempfile
import threading
import unittest

import programs

HOST4, OUTSIDE4, SECOND4 = "192.0.2.1", "192.0.2.2", "192.0.2.9"
HOST6, OUTSIDE6 = "2001:db8::1", "2001:db8::2"
WAIT = 2


class Lab:
    """One host with its state in a folder, and a machine outside that it reaches over a cable."""

    def __init__(self, program, folder):
        self.program, self.folder, self.home = program, folder, os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        self.spaces, self.servers = {}, []
        os.makedirs(folder + "/ns")
        os.makedirs(folder + "/etc")
        self.write("etc/resolv.conf", "nameserver 127.0.0.53\nnameserver 192.0.2.53\nsearch example.org\noptions edns0\n")
        self.space("host")
        self.space("outside")
        self.ip("host", "link add up0 type veth peer name up0 netns " + self.path("outside"))
        for name, addresses in (("host", (HOST4, SECOND4, HOST6)), ("outside", (OUTSIDE4, OUTSIDE6))):
            self.setting(name, "ipv6/conf/up0/accept_dad", "0")
            self.ip(name, "link set lo up", "link set up0 up",
                    *[f"addr add {a}/{'64 nodad' if ':' in a else '24'} dev up0" for a in addresses])

    def close(self):
        # Its server's thread has to be gone before a socket is: one that still waits may come back to the number, and the number may be
        # another server's by then.
        for opened, thread in self.servers:
            with contextlib.suppress(OSError):
                opened.shutdown(socket.SHUT_RDWR)
            thread.join()
            opened.close()
        for name in list(self.spaces):
            self.remove(name)
        os.close(self.home)

    def write(self, path, text):
        with open(f"{self.folder}/{path}", "w") as file:
            file.write(text)

    def read(self, path):
        with open(f"{self.folder}/{path}") as file:
            return file.read()

    def path(self, name):
        return f"{self.folder}/ns/{name}"

    def space(self, name):
        """A network namespace, held by a file as containers' are."""
        os.unshare(os.CLONE_NEWNET)
        try:
            open(self.path(name), "w").close()
            subprocess.run(["mount", "--bind", f"/proc/{os.getpid()}/task/{threading.get_native_id()}/ns/net", self.path(name)], check=True)
        finally:
            os.setns(self.home, os.CLONE_NEWNET)
        self.spaces[name] = os.open(self.path(name), os.O_RDONLY)

    def remove(self, name):
        os.close(self.spaces.pop(name))
        subprocess.run(["umount", self.path(name)], check=True)
        os.unlink(self.path(name))

    @contextlib.contextmanager
    def inside(self, name):
        os.setns(self.spaces[name], os.CLONE_NEWNET)
        try:
            yield
        finally:
            os.setns(self.home, os.CLONE_NEWNET)

    def run(self, name, *argv, **options):
        with self.inside(name):
            return subprocess.run(argv, capture_output=True, text=True, **options)

    def ip(self, name, *commands):
        for command in commands:
            done = self.run(name, "ip", *command.split())
            if done.returncode:
                raise AssertionError(f"ip {command}: {done.stderr}")

    def setting(self, name, path, value):
        """Of /proc/sys/net; false where the kernel has none of the kind."""
        with self.inside(name):
            if not os.path.exists("/proc/sys/net/" + path):
                return False
            with open("/proc/sys/net/" + path, "w") as file:
                file.write(value)
        return True

    def has_macvlan(self):
        """Whether the kernel does: it is a module, or left out, on some machines."""
        done = self.run("host", "ip", "link", "add", "link", "up0", "name", "probe", "type", "macvlan")
        if done.returncode == 0:
            self.ip("host", "link del probe")
        return done.returncode == 0

    def environment(self):
        return {**os.environ, "KEELSON_ROOT": self.folder, "ASAN_OPTIONS": "detect_leaks=0"}

    def net(self, *argv):
        return self.run("host", self.program, *argv, env=self.environment())

    def start(self, *argv):
        with self.inside("host"):
            return subprocess.Popen([self.program, *argv], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=self.environment())

    def links(self):
        """{name: what ip says} of the host's interfaces, but those that it had before."""
        found = json.loads(self.run("host", "ip", "-j", "-d", "addr").stdout)
        return {link["ifname"]: link for link in found if link["ifname"] not in ("lo", "up0")}

    def table(self):
        """The table as nft shows it; "" if there is none."""
        return self.run("host", "nft", "list", "table", "inet", "keelson").stdout

    def elements(self, name):
        """The words between the braces of one set or map."""
        found = re.search(rf"(?:set|map) {name} {{[^}}]*elements = {{ ([^}}]*) }}", self.table())
        return sorted(" ".join(e.split()) for e in found.group(1).split(",")) if found else []

    def members(self):
        return sorted(n.removesuffix(".json") for n in os.listdir(self.folder + "/run/keelson/networks/members"))

    def serve(self, name, *ports, udp=False):
        """Answers on each port, of both families, with our name and who asked."""
        for port in ports:
            for family in (socket.AF_INET, socket.AF_INET6):
                with self.inside(name):
                    server = socket.socket(family, socket.SOCK_DGRAM if udp else socket.SOCK_STREAM)
                server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:
                    server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                server.bind(("", port))
                if not udp:
                    server.listen(64)
                thread = threading.Thread(target=answer, args=(server, name, udp), daemon=True)
                thread.start()
                self.servers.append((server, thread))

    def ask(self, name, address, port, udp=False):
        """(who answered, whom they saw), or None when nobody does."""
        with self.inside(name):
            client = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM if udp else socket.SOCK_STREAM)
        with client:
            client.settimeout(WAIT)
            try:
                client.connect((address, port))
                if udp:
                    client.send(b"?")
                return tuple(client.recv(200).decode().split())
            except OSError:
                return None


def answer(server, name, udp):
    with contextlib.suppress(OSError):
        while True:
            if udp:
                question, peer = server.recvfrom(16)
                if not question:
                    break
                server.sendto(f"{name} {peer[0]}".encode(), peer)
            else:
                client, peer = server.accept()
                client.send(f"{name} {peer[0]}".encode())
                client.close()


class Net(unittest.TestCase):
    """A lab of its own for each test."""

    @classmethod
    def setUpClass(cls):
        cls.program = programs.build_checked("check/keelson-net")

    def setUp(self):
        self.lab = Lab(self.program, self.enterContext(tempfile.TemporaryDirectory()))
        self.addCleanup(self.lab.close)

    def good(self, *argv):
        done = self.lab.net(*argv)
        self.assertEqual(done.returncode, 0, f"{argv}: {done.stderr}")
        return done.stdout

    def bad(self, told, *argv):
        done = self.lab.net(*argv)
        self.assertEqual(done.returncode, 1, f"{argv}: {done.stdout}{done.stderr}")
        self.assertIn(told, done.stderr)

    def options(self, name, *options, hosts=True):
        if name not in self.lab.spaces:
            self.lab.space(name)
        return ["join", name, "--netns=" + self.lab.path(name), *([f"--hosts-file={self.lab.folder}/{name}.hosts"] if hosts else []), *options]

    def join(self, name, *options, **more):
        """{network: its line's words} of a container that joins."""
        lines = self.good(*self.options(name, *options, **more)).splitlines()
        rows = [dict(zip(("network", "interface", "ip", "gateway", "ip6", "gateway6", "mac"), re.split(" ", line)))
                for line in lines if re.search(" [0-9a-f:]{17}$", line)]
        for row in rows:
            row["ip"], row["ip6"] = row["ip"].split("/")[0], row["ip6"].split("/")[0]
        return {row["network"]: row for row in rows}

    def hosts(self, name):
        """{name: [addresses]} of a container's hosts file."""
        found = {}
        for line in self.lab.read(name + ".hosts").splitlines():
            words = line.split("#")[0].split()
            for word in words[1:]:
                found.setdefault(word, []).append(words[0])
        return found

    def assertNothingLeft(self):
        self.assertEqual(self.lab.members(), [])
        self.assertEqual([n for n in self.lab.links() if n.startswith("kv")], [])
        for name in ("any4", "any6", "ports4", "ports6"):
            self.assertEqual(self.lab.elements(name), [])
