# SPDX-License-Identifier: Apache-2.0
"""Networks of containers: ports, masquerade, names, addresses, isolation, by real packets between namespaces.

usage: python3 tests/image/test_net.py    (inside the SDK; nothing has to be built)
"""
import contextlib
import json
import os
import re
import socket
import time
import unittest

from nets import HOST4, HOST6, OUTSIDE4, OUTSIDE6, SECOND4, WAIT, Net
from programs import TREE

BRIDGED = "bridge/bridge-nf-call-ip"


class Ports(Net):
    def check_published(self):
        lab = self.lab
        self.good("create", "web", "--ipv6")
        a = self.join("a", "--network=web", "--publish=8080:80", f"--publish={SECOND4}:8443:443", "--publish=7000-7002:7000-7002",
                      "--publish=5353:53/udp", f"--publish=[{HOST6}]:9090:80", "--publish=0.0.0.0:9091:80", "--publish=[::]:9092:80")["web"]
        b = self.join("b", "--network=web")["web"]
        lab.serve("a", 80, 443, 7000, 7001, 7002)
        lab.serve("a", 53, udp=True)
        # From outside the container sees who asks.
        for address, peer in ((HOST4, OUTSIDE4), (SECOND4, OUTSIDE4), (HOST6, OUTSIDE6)):
            self.assertEqual(lab.ask("outside", address, 8080), ("a", peer), address)
            self.assertEqual(lab.ask("outside", address, 5353, udp=True), ("a", peer), address)
            for port in (7000, 7001, 7002):
                self.assertEqual(lab.ask("outside", address, port), ("a", peer))
        self.assertEqual(lab.ask("outside", SECOND4, 8443), ("a", OUTSIDE4))
        self.assertIsNone(lab.ask("outside", HOST4, 8443))
        self.assertEqual([lab.ask("outside", HOST6, port) is None for port in (9090, 9091, 9092)], [False, True, False])
        self.assertEqual([lab.ask("outside", HOST4, port) is None for port in (9090, 9091, 9092)], [True, False, True])
        self.assertIsNone(lab.ask("outside", HOST4, 7003))
        # From the host itself, 127.0.0.1 too; ::1 is refused at once.
        self.assertEqual(lab.ask("host", "127.0.0.1", 8080), ("a", "10.89.0.1"))
        self.assertEqual(lab.ask("host", "127.0.0.1", 5353, udp=True), ("a", "10.89.0.1"))
        self.assertEqual(lab.ask("host", HOST4, 8080)[0], "a")
        begun = time.monotonic()
        self.assertIsNone(lab.ask("host", "::1", 8080))
        self.assertLess(time.monotonic() - begun, WAIT)
        # From another container by the gateway and by the host's address, and from the container itself.
        for name in ("b", "a"):
            for address in ("10.89.0.1", HOST4, a["gateway6"], HOST6):
                self.assertEqual((lab.ask(name, address, 8080) or [None])[0], "a", f"{name} asks {address}")
        # Directly, as the network's members do.
        self.assertEqual(lab.ask("b", a["ip"], 80), ("a", b["ip"]))
        self.assertEqual(lab.ask("b", a["ip6"], 80), ("a", b["ip6"]))
        # Nothing gets at the host's loopback over a bridge.
        lab.serve("host", 2222)
        lab.setting("b", "ipv4/conf/eth0/route_localnet", "1")
        lab.ip("b", "link set lo down", "route add 127.0.0.9 via 10.89.0.1")
        self.assertEqual(lab.ask("b", "10.89.0.1", 2222), ("host", b["ip"]))
        self.assertIsNone(lab.ask("b", "127.0.0.9", 2222))
        self.good("leave", "a")
        self.assertIsNone(lab.ask("outside", HOST4, 8080))
        self.good("leave", "b")
        self.assertNothingLeft()

    def test_published(self):
        for family in ("tables", "6tables"):
            self.lab.setting("host", BRIDGED + family, "0")
        self.check_published()

    def test_published_with_br_netfilter(self):
        found = [self.lab.setting("host", BRIDGED + family, "1") for family in ("tables", "6tables")]
        if not all(found):
            self.skipTest("this kernel has no br_netfilter")
        self.check_published()

    def test_taken(self):
        self.join("a", "--network=bridge", "--publish=8080:80", "--publish=127.0.0.1:9000-9005:9000-9005")
        for port in ("8080:81", "8079-8081:79-81", f"{HOST4}:8080:80", "127.0.0.1:9005:1", "9003:1"):
            self.bad("is published by the container a", *self.options("b", "--network=bridge", "--publish=" + port))
        self.join("b", "--network=bridge", "--publish=8080:80/udp", f"--publish={HOST4}:9000:80")
        self.lab.serve("host", 8082)
        self.lab.serve("host", 8083, udp=True)
        self.bad("port 8082/tcp is in use by a program of the host", *self.options("c", "--network=bridge", "--publish=8081-8084:1-4"))
        self.bad("port 8083/udp is in use by a program", *self.options("c", "--network=bridge", "--publish=8083:80/udp"))
        self.bad("Cannot assign requested address", *self.options("c", "--network=bridge", "--publish=192.0.2.77:8085:80"))
        self.join("c", "--network=bridge", "--publish=8083:80", "--publish=8082:80/udp")
        self.assertEqual(self.lab.members(), ["a", "b", "c"])

    def test_any_port(self):
        self.join("a", "--network=bridge", "--publish=80", "--publish=127.0.0.1::81", "--publish=1000-1004")
        self.lab.serve("a", 80, 81, 1004)
        ports = json.loads(self.lab.read("run/keelson/networks/members/a.json"))["ports"]
        self.assertEqual([p["range"] for p in ports], [1, 1, 5])
        self.assertEqual(self.lab.ask("outside", HOST4, ports[0]["host_port"]), ("a", OUTSIDE4))
        self.assertEqual(self.lab.ask("host", "127.0.0.1", ports[1]["host_port"])[0], "a")
        self.assertEqual(self.lab.ask("outside", HOST4, ports[2]["host_port"] + 4), ("a", OUTSIDE4))

    def test_udp_that_goes_on(self):
        """A client that sends from one port for ever finds a container that comes, and its successor on another address."""
        lab = self.lab
        with lab.inside("outside"):
            client = self.enterContext(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        client.settimeout(0.5)
        client.connect((HOST4, 5353))

        def ask():
            with contextlib.suppress(OSError):
                client.send(b"?")
            try:
                return client.recv(100).decode().split()[0]
            except OSError:
                return None
        self.good("create", "web")
        lab.space("a")
        lab.space("b")
        lab.serve("a", 53, udp=True)
        lab.serve("b", 53, udp=True)
        # The host's firewall swallows it, so that the client is not told that nobody is there.
        lab.run("host", "nft", "-f", "-", input="table inet own {\nchain input {\ntype filter hook input priority 0; ct state new,established "
                "udp dport 5353 drop\n}\n}\n", check=True)
        self.assertIsNone(ask())
        for name in ("a", "b", "a"):
            self.join(name, "--network=web", "--publish=5353:53/udp")
            self.assertEqual([ask(), ask()], [name, name])
            self.good("leave", name)
            self.assertIsNone(ask())

    def test_wide_range(self):
        begun = time.monotonic()
        self.join("a", "--network=bridge", "--publish=20000-29999:20000-29999", "--publish=20000-29999:20000-29999/udp")
        print(f"a join with 20000 ports: {time.monotonic() - begun:.2f} s")
        self.lab.serve("a", 20000, 29999)
        self.assertEqual(self.lab.ask("outside", HOST4, 20000), ("a", OUTSIDE4))
        self.assertEqual(self.lab.ask("outside", HOST4, 29999), ("a", OUTSIDE4))
        self.assertEqual(len(self.lab.elements("any4")), 20000)

    def test_warnings(self):
        self.good("create", "web", "--ipv6")
        done = self.lab.net(*self.options("a", "--network=web", "--publish=[::1]:8080:80", "--publish=127.0.0.1:8080:80"))
        self.assertEqual((done.returncode, done.stderr.count("\n")), (0, 1), done.stderr)
        self.assertIn("port 8080 on ::1 is refused to all", done.stderr)
        self.lab.serve("a", 80)
        self.assertIsNone(self.lab.ask("host", "::1", 8080))
        self.assertEqual(self.lab.ask("host", "127.0.0.1", 8080)[0], "a")
        for argv in (self.options("b", "--publish=80:80"), ["host", "c", "--publish=80:80"]):
            done = self.lab.net(*argv)
            self.assertEqual(done.returncode, 0)
            self.assertIn("ports are not published", done.stderr)

    def test_internal(self):
        """An internal network's ports are for the host alone."""
        self.good("create", "inner", "--internal")
        self.join("a", "--network=inner", "--publish=8080:80")
        self.lab.serve("a", 80)
        self.assertIsNone(self.lab.ask("outside", HOST4, 8080))
        self.assertEqual(self.lab.ask("host", "127.0.0.1", 8080)[0], "a")


class Ways(Net):
    def test_masquerade(self):
        lab = self.lab
        self.good("create", "web", "--ipv6", "--opt=mtu=1400")
        self.good("create", "inner", "--internal", "--ipv6")
        self.good("create", "stub", "--opt=no_default_route=1")
        for name, network in (("a", "web"), ("b", "inner"), ("c", "stub"), ("d", "bridge")):
            self.join(name, "--network=" + network)
        lab.serve("outside", 80)
        self.assertEqual(lab.ask("a", OUTSIDE4, 80), ("outside", HOST4))
        self.assertEqual(lab.ask("a", OUTSIDE6, 80), ("outside", HOST6))
        self.assertEqual(lab.ask("d", OUTSIDE4, 80), ("outside", HOST4))
        self.assertIsNone(lab.ask("b", OUTSIDE4, 80))
        self.assertIsNone(lab.ask("c", OUTSIDE4, 80))
        lab.ip("b", "route add default via 10.89.1.1")
        self.assertIsNone(lab.ask("b", OUTSIDE4, 80))
        lab.ip("c", "route add default via 10.89.2.1")
        self.assertEqual(lab.ask("c", OUTSIDE4, 80), ("outside", HOST4))
        self.assertEqual(lab.links()["kls-web"]["mtu"], 1400)
        self.assertIn("mtu 1400", lab.run("a", "ip", "link", "show", "eth0").stdout)

    def test_isolation(self):
        kinds = {"open1": [], "open2": [], "iso1": ["--opt=isolate=true"], "iso2": ["--opt=isolate=1"], "strict": ["--opt=isolate=strict"],
                 "inner": ["--internal"]}
        ips = {}
        for name, options in kinds.items():
            self.good("create", name, *options)
            ips[name] = self.join(name, "--network=" + name)[name]["ip"]
            self.lab.serve(name, 80)
        apart = {("iso1", "iso2")} | {("strict", other) for other in kinds} | {("inner", other) for other in kinds}
        for a in kinds:
            for b in kinds:
                reached = self.lab.ask(a, ips[b], 80)
                if a == b or not {(a, b), (b, a)} & apart:
                    self.assertEqual(reached, (b, ips[a]), f"{a} to {b}")
                else:
                    self.assertIsNone(reached, f"{a} to {b}")

    def test_two_networks(self):
        self.good("create", "one")
        self.good("create", "two", "--internal")
        rows = self.join("a", "--network=two:interface_name=back,mac=02:00:00:00:00:09", "--network=one", "--publish=8080:80")
        self.assertEqual([rows["two"]["interface"], rows["one"]["interface"], rows["two"]["mac"]], ["back", "eth1", "02:00:00:00:00:09"])
        self.lab.serve("a", 80)
        self.lab.serve("outside", 80)
        self.assertEqual(self.lab.ask("outside", HOST4, 8080), ("a", OUTSIDE4))
        self.assertEqual(self.lab.ask("a", OUTSIDE4, 80), ("outside", HOST4))

    def test_host_firewall(self):
        """What the host's own tables drop stays dropped; what they let through works."""
        self.join("a", "--network=bridge", "--publish=8080:80")
        self.lab.serve("a", 80)
        rules = "table inet own {{\nchain forward {{\ntype filter hook forward priority 0; policy drop; {}\n}}\n}}\n"
        self.lab.run("host", "nft", "-f", "-", input=rules.format(""), check=True)
        self.assertIsNone(self.lab.ask("outside", HOST4, 8080))
        self.lab.run("host", "nft", "-f", "-", input="delete table inet own\n" + rules.format("ct status dnat accept"), check=True)
        self.assertEqual(self.lab.ask("outside", HOST4, 8080), ("a", OUTSIDE4))


class Names(Net):
    def test_come_and_go(self):
        lab = self.lab
        self.good("create", "web", "--ipv6")
        a = self.join("a", "--network=web:alias=db", "--hostname=a-host", "--add-host=x;y:192.0.2.7", "--add-host=gate:host-gateway")["web"]
        self.assertEqual(self.hosts("a"), {
            "localhost": ["127.0.0.1", "::1"], "localhost.localdomain": ["127.0.0.1", "::1"], "x": ["192.0.2.7"], "y": ["192.0.2.7"],
            "gate": ["10.89.0.1"], "host.containers.internal": ["10.89.0.1"], "host.docker.internal": ["10.89.0.1"],
            "a": [a["ip"], a["ip6"]], "a-host": [a["ip"], a["ip6"]], "db": [a["ip"], a["ip6"]]})
        inode = os.stat(lab.folder + "/a.hosts").st_ino
        with open(lab.folder + "/a.hosts", "a") as file:
            file.write("192.0.2.8 mine\n")
        b = self.join("b", "--network=web", "--network-alias=front")["web"]
        self.assertEqual(self.hosts("a")["front"], [b["ip"], b["ip6"]])
        self.assertEqual(self.hosts("a")["mine"], ["192.0.2.8"])
        self.assertEqual(self.hosts("b")["db"], [a["ip"], a["ip6"]])
        self.good("name", "b", "member-of-pod", "yes")
        for name in "ab":
            self.assertEqual(self.hosts(name)["member-of-pod"], [b["ip"], b["ip6"]])
        self.good("name", "b", "member-of-pod", "no")
        self.good("leave", "b")
        self.assertFalse({"b", "front", "member-of-pod"} & set(self.hosts("a")))
        self.assertEqual(self.hosts("a")["mine"], ["192.0.2.8"])
        self.assertEqual(os.stat(lab.folder + "/a.hosts").st_ino, inode)

    def test_where_none_are(self):
        self.good("create", "quiet", "--disable-dns")
        self.good("create", "other")
        for name, network in (("a", "bridge"), ("b", "bridge"), ("c", "quiet"), ("d", "quiet"), ("e", "other")):
            self.join(name, "--network=" + network)
        for name in "abcde":
            self.assertEqual(set("abcde") & set(self.hosts(name)), {name})

    def test_hostile_file(self):
        self.good("create", "web")
        self.join("a", "--network=web")
        secret = self.lab.folder + "/secret"
        for make in (lambda path: os.symlink(secret, path), lambda path: os.mkfifo(path), lambda path: self.lab.write("a.hosts", "x" * (1 << 21)),
                     lambda path: self.lab.write("a.hosts", self.text.replace("# keelson: end", "\0")), lambda path: None):
            self.text = self.lab.read("a.hosts") if os.path.isfile(self.lab.folder + "/a.hosts") else ""
            self.lab.write("secret", "untouched\n")
            os.unlink(self.lab.folder + "/a.hosts") if os.path.lexists(self.lab.folder + "/a.hosts") else None
            make(self.lab.folder + "/a.hosts")
            self.join("b", "--network=web")
            self.good("leave", "b")
            self.assertEqual(self.lab.read("secret"), "untouched\n")

    def test_resolv_conf(self):
        def resolv(*options):
            return [line for line in self.good(*self.options("a", *options)).splitlines() if not line.endswith(tuple("0123456789abcdef")) or line[0] in "nso"]
        self.good("create", "own", "--dns=192.0.2.54")
        base = ["nameserver 192.0.2.53", "search example.org", "options edns0"]
        self.assertEqual(sorted(l for l in resolv("--network=bridge") if l.split()[0] in ("nameserver", "search", "options")), sorted(base))
        self.assertIn("nameserver 192.0.2.54", resolv("--network=own"))
        given = resolv("--network=own", "--dns=192.0.2.55", "--dns-search=a.example", "--dns-search=b.example", "--dns-option=ndots:3")
        for line in ("nameserver 192.0.2.55", "search a.example b.example", "options ndots:3"):
            self.assertIn(line, given)
        self.assertNotIn("nameserver 192.0.2.54", given)
        self.assertIn("none", resolv("--network=bridge", "--dns=none"))
        os.makedirs(self.lab.folder + "/run/systemd/resolve")
        self.lab.write("run/systemd/resolve/resolv.conf", "nameserver 192.0.2.99\n")
        self.assertIn("nameserver 192.0.2.99", resolv("--network=bridge"))
        host = self.good("host", "h", "--add-host=g:host-gateway", f"--hosts-file={self.lab.folder}/h.hosts")
        self.assertIn("nameserver 127.0.0.53", host)
        self.assertEqual(self.hosts("h")["h"] + self.hosts("h")["g"], ["127.0.0.1", "127.0.0.1"])

    def test_no_network(self):
        self.join("a")
        self.assertIn("UP", self.lab.run("a", "ip", "link", "show", "lo").stdout)
        self.assertEqual(self.hosts("a")["a"], ["127.0.0.1"])
        self.assertEqual(self.lab.members(), [])
        self.bad("is the host's own network namespace", "join", "b", "--netns=" + self.lab.path("host"))


def sort_elements(text):
    """The kernel keeps them in no order."""
    def put(found):
        return "elements = { " + ",\n\t\t\t     ".join(sorted(" ".join(e.split()) for e in found.group(1).split(","))) + " }"
    return re.sub(r"elements = {([^}]*)}", put, text)


class Table(Net):
    def test_as_nft_lists_it(self):
        """Addresses come from names, so the text is the same each time."""
        self.good("create", "web", "--subnet=10.7.0.0/24", "--subnet=fd01::/64")
        self.good("create", "beside", "--subnet=10.7.1.0/24", "--opt=isolate=strict")
        self.good("create", "inner", "--subnet=10.7.2.0/24", "--internal", "--opt=isolate=true")
        self.join("a", "--network=web", "--publish=8080-8081:80-81", f"--publish={HOST4}:53:53/udp", f"--publish=[{HOST6}]:443:443")
        self.join("b", "--network=beside", "--publish=0.0.0.0:9000:90/sctp")
        with open(TREE + "/tests/net/table.nft") as file:
            want = file.read()
        self.assertEqual(sort_elements(self.lab.table()), want)


class Below(Net):
    """Members of macvlan: on the network of the host's interface, beside the host. (ipvlan is the same but for the kernel's part; a test in
    the guest has it.)"""

    LAN = ["--driver=macvlan", "--subnet=192.0.2.0/24", f"--gateway={OUTSIDE4}", "--ip-range=192.0.2.128/25", "--subnet=2001:db8::/64",
           f"--gateway={OUTSIDE6}"]

    def setUp(self):
        super().setUp()
        if not self.lab.has_macvlan():
            self.skipTest("this machine's kernel has no macvlan; tests/vm/test_networks.py asks the image's")

    def details(self, name, interface="eth0"):
        return json.loads(self.lab.run(name, "ip", "-j", "-d", "link", "show", interface, check=True).stdout)[0]

    def test_beside_the_host(self):
        lab = self.lab
        self.good("create", "lan", "--opt=parent=up0", *self.LAN)
        a = self.join("a", "--network=lan", "--mac-address=02:00:00:00:00:aa", "--publish=8080:80")["lan"]
        b = self.join("b", "--network=lan")["lan"]
        for name in ("a", "outside"):
            lab.serve(name, 80)
        self.assertEqual((a["mac"], self.details("a")["address"]), ("02:00:00:00:00:aa",) * 2)
        for peer in ("outside", "b"):
            self.assertEqual([lab.ask(peer, a[key], 80)[0] for key in ("ip", "ip6")], ["a", "a"])
        self.assertEqual(lab.ask("b", OUTSIDE4, 80), ("outside", b["ip"]), "nothing is changed on the way")
        self.assertIn(a["ip"], self.hosts("b")["a"])
        self.assertIsNone(lab.ask("host", a["ip"], 80), "the host itself is not on its own interface's other side")
        self.assertIn(f"default via {OUTSIDE4} dev eth0", lab.run("a", "ip", "route").stdout)
        # Of what bridges need there is nothing.
        self.assertEqual((lab.links(), lab.elements("bridges"), lab.elements("any4"), lab.elements("nets4")), ({}, [], [], []))
        self.assertFalse(os.path.exists(lab.folder + "/run/systemd/network"))
        self.assertNotIn("host.containers.internal", self.hosts("a"))
        self.good("reload")
        self.bad("is used by 2 containers: a b", "remove", "lan")
        self.good("leave", "a")
        lab.remove("b")
        self.good("remove", "lan")
        self.assertEqual(lab.members(), [])

    def test_ports_are_of_bridges(self):
        self.assertIn("ports are not published", self.lan("--opt=parent=up0", "a", "--publish=8080:80").stderr)
        self.good("create", "web")
        self.good("leave", "a")
        rows = self.join("a", "--network=lan", "--network=web", "--publish=8080:80")
        self.lab.serve("a", 80)
        self.assertEqual(self.lab.ask("host", "127.0.0.1", 8080), ("a", rows["web"]["gateway"]))
        self.assertIn(rows["web"]["ip"], self.lab.elements("any4")[0])
        self.assertEqual(self.hosts("a")["host.containers.internal"], [rows["web"]["gateway"]])

    def lan(self, parent, name, *options):
        self.good("create", "lan", *self.LAN, *([parent] if parent else []))
        return self.lab.net(*self.options(name, "--network=lan", *options))

    def test_parent_of_the_default_route(self):
        self.assertIn("no parent", self.lan(None, "a").stderr)
        self.assertEqual(self.lab.members(), [])
        self.lab.ip("host", f"route add default via {OUTSIDE4} metric 5")
        self.join("a", "--network=lan")
        self.assertEqual(self.lab.run("a", "ip", "link", "show", "eth0").returncode, 0)
        self.assertNotIn("network_interface", self.good("inspect", "lan"))

    def test_parent_that_is_none(self):
        self.assertIn("no parent (option parent names one): interface nosuch", self.lan("--opt=parent=nosuch", "a").stderr)
        self.assertEqual(self.lab.members(), [])

    def test_same_namespace_again(self):
        """What a former member of that name has left there is replaced."""
        self.good("create", "lan", "--interface-name=up0", *self.LAN)
        for _ in range(2):
            self.join("a", "--network=lan")
        self.good("leave", "a")
        self.join("a", "--network=lan")
        self.assertEqual(self.details("a")["linkinfo"]["info_data"]["mode"], "bridge")

    def test_modes(self):
        for mode in ("private", "vepa"):
            self.good("create", "m-" + mode, "--driver=macvlan", "--opt=parent=up0", f"--opt=mode={mode}", "--opt=mtu=1400", "--ipam-driver=none")
            self.join(mode, "--network=m-" + mode)
            found = self.details(mode)
            self.assertEqual((found["linkinfo"]["info_kind"], found["linkinfo"]["info_data"]["mode"], found["mtu"]), ("macvlan", mode, 1400))
            self.lab.remove(mode)
            self.assertIn(f'"mode":"{mode}"', self.good("inspect", "m-" + mode))


class Addresses(Net):
    def test_subnets(self):
        self.lab.ip("host", "route add 10.89.1.0/25 dev up0")
        self.good("create", "one")
        self.good("create", "two")
        self.good("create", "six", "--subnet=fd01:2::/64", "--gateway=fd01:2::99")
        self.good("create", "both", "--subnet=10.7.0.0/16", "--ip-range=10.7.9.0/29", "--ipv6")
        nets = {n: json.loads(self.good("inspect", n))[0] for n in ("one", "two", "six", "both")}
        self.assertEqual(nets["one"]["subnets"], [{"subnet": "10.89.0.0/24", "gateway": "10.89.0.1"}])
        self.assertEqual(nets["two"]["subnets"], [{"subnet": "10.89.2.0/24", "gateway": "10.89.2.1"}])
        self.assertEqual(nets["six"]["subnets"], [{"subnet": "fd01:2::/64", "gateway": "fd01:2::99"}])
        self.assertEqual(len(nets["both"]["subnets"]), 2)
        self.bad("overlaps that of the network both", "create", "x", "--subnet=10.7.1.0/24")
        self.bad("overlaps a route of the host", "create", "x", "--subnet=192.0.2.0/25")
        self.bad("there is an interface up0", "create", "x", "--interface-name=up0")
        self.good("create", "a-rather-long-name", "--interface-name=br9")
        self.good("create", "a-rather-long-name-2")
        self.assertIn("br9", self.lab.links())
        self.assertEqual(sum(n.startswith("kls-a-rath") for n in self.lab.links()), 1)
        self.good("create", "one", "--subnet=10.1.0.0/24")
        self.assertEqual(json.loads(self.good("inspect", "one"))[0], nets["one"])
        self.bad("there is no network none", "inspect", "none")

    def test_leases(self):
        self.good("create", "web", "--subnet=10.7.0.0/24", "--ip-range=10.7.0.8-10.7.0.11", "--subnet=fd01::/64")
        got = {name: self.join(name, "--network=web")["web"]["ip"] for name in "abcd"}
        self.assertEqual(sorted(got.values()), ["10.7.0.10", "10.7.0.11", "10.7.0.8", "10.7.0.9"])
        self.bad("no address of 10.7.0.0/24 is free", *self.options("e", "--network=web"))
        for name in "dcba":
            self.good("leave", name)
        for name in "abcd":
            self.assertEqual(self.join(name, "--network=web")["web"]["ip"], got[name], "the one that it had")
        self.assertEqual(self.join("e", "--network=web", "--ip=10.7.0.99", "--ip6=fd01::77")["web"]["ip6"], "fd01::77")
        for ip, told in (("10.7.0.99", "is taken by the container e"), ("10.7.0.1", "its gateway's"), ("10.7.0.0", "the subnet's"),
                         ("10.7.0.255", "for broadcasts"), ("10.8.0.1", "is in no subnet")):
            self.bad(told, *self.options("f", "--network=web", "--ip=" + ip))
        self.bad("fd01::77 is taken by the container e", *self.options("f", "--network=web:ip=10.7.0.98,ip6=fd01::77"))
        self.bad("there is no network lost", *self.options("f", "--network=lost"))
        self.assertEqual(self.lab.members(), list("abcde"))

    def test_namespace_gone(self):
        """A lease and ports of a container that died without net_leave are free again."""
        self.good("create", "web", "--subnet=10.7.0.0/30")
        self.join("a", "--network=web", "--publish=8080:80")
        self.bad("8080/tcp is published by the container a", *self.options("b", "--network=bridge", "--publish=8080:80"))
        self.bad("no address", *self.options("b", "--network=web"))
        self.lab.remove("a")
        for _ in range(100):
            if not any(n.startswith("kv") for n in self.lab.links()):
                break
            time.sleep(0.05)
        self.assertEqual(self.join("b", "--network=web", "--publish=8080:80")["web"]["ip"], "10.7.0.2")
        self.assertEqual(self.lab.members(), ["b"])

    def test_interface_gone(self):
        """A container that took its own interface away lives, and nobody gets its address."""
        self.good("create", "web", "--subnet=10.7.0.0/29")
        taken = self.join("a", "--network=web")["web"]["ip"]
        self.lab.ip("a", "link del eth0")
        self.assertEqual(len({taken, *[self.join(name, "--network=web")["web"]["ip"] for name in "bcde"]}), 5)
        self.assertEqual(self.lab.members(), list("abcde"))

    def test_remove(self):
        self.good("create", "web")
        self.join("a", "--network=web")
        self.bad("network web is used by 1 containers: a", "remove", "web")
        self.good("leave", "a")
        self.good("leave", "a")
        self.good("remove", "web")
        self.good("remove", "web")
        self.assertEqual(self.lab.links(), {})
        self.assertEqual(self.lab.table(), "")
        self.assertEqual(os.listdir(self.lab.folder + "/run/systemd/network"), ["60-keelson-members.network"])

    def test_no_addresses(self):
        self.good("create", "plain", "--ipam-driver=none")
        row = self.join("a", "--network=plain")["plain"]
        self.assertEqual((row["ip"], row["ip6"]), ("", ""))
        self.bad("no network gives the container an address", *self.options("b", "--network=plain", "--publish=80:80"))


if __name__ == "__main__":
    unittest.main()
