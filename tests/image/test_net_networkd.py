# SPDX-License-Identifier: Apache-2.0
"""Bridges of containers' networks with systemd-networkd beside: it makes them, or takes over what is there, and keeps them.

usage: python3 tests/image/test_net_networkd.py    (inside the SDK; nothing has to be built)
networkd is the SDK's own, in the lab's host; instead of networkctl, which wants a message bus, a script sends it SIGHUP.
"""
import json
import os
import signal
import subprocess
import time
import unittest

from nets import HOST4, OUTSIDE4, Net
from programs import TREE


class Networkd(Net):
    def setUp(self):
        super().setUp()
        self.folder, self.networkd = self.lab.folder, None
        os.makedirs(self.folder + "/run/systemd/netif")
        os.makedirs(self.folder + "/run/systemd/network")
        os.makedirs(self.folder + "/run/dbus")
        os.chmod(self.folder, 0o755)
        subprocess.run(["chown", "-R", "systemd-network:systemd-network", self.folder + "/run/systemd/netif"], check=True)
        self.lab.write("networkctl", f"#!/bin/sh\necho \"$@\" >>{self.folder}/asked\nkill -HUP \"$(cat {self.folder}/pid)\"\n")
        os.chmod(self.folder + "/networkctl", 0o755)
        program, self.lab.program = self.program, self.folder + "/keelson-net"
        self.lab.write("keelson-net", f"#!/bin/sh\nexec unshare -m sh -c 'mount --bind {self.folder}/networkctl /usr/bin/networkctl && "
                       f"exec {program} \"$@\"' sh \"$@\"\n")
        os.chmod(self.folder + "/keelson-net", 0o755)
        self.addCleanup(self.stop)

    def start(self):
        self.log = self.enterContext(open(self.folder + "/log", "a"))
        with self.lab.inside("host"):
            self.networkd = subprocess.Popen(
                ["unshare", "-m", "sh", "-c", f"mount --bind {self.folder}/run /run; mount -t sysfs -o ro none /sys; "
                 f"mount --bind {TREE}/rootfs/overlay/usr/lib/systemd/network /usr/lib/systemd/network; "
                 "exec /lib/systemd/systemd-networkd"], stdout=subprocess.DEVNULL, stderr=self.log, env={**os.environ, "SYSTEMD_LOG_LEVEL": "debug"})
        self.lab.write("pid", str(self.networkd.pid))
        self.until(lambda: os.path.exists(self.folder + "/run/systemd/netif/state"), "networkd runs")

    def stop(self):
        if self.networkd:
            self.networkd.send_signal(signal.SIGTERM)
            self.networkd.wait()
        self.networkd = None

    def until(self, condition, what):
        for _ in range(100):
            if condition():
                return
            time.sleep(0.1)
        self.fail(f"not within 10 s: {what}\n" + self.lab.read("log")[-3000:])

    def state(self, link):
        path = f"{self.folder}/run/systemd/netif/links/{self.lab.links()[link]['ifindex']}"
        if not os.path.exists(path):
            return {"ADMIN_STATE": "not known yet"}
        with open(path) as file:
            return dict(line.rstrip().split("=", 1) for line in file if "=" in line)

    def check_kept(self, a):
        config = json.loads(self.good("inspect", "web"))[0]
        self.until(lambda: self.state("kls-web")["ADMIN_STATE"] == "configured", "configured")
        link = self.lab.links()["kls-web"]
        self.assertEqual(link["address"], config["mac_address"])
        self.assertEqual({f"{i['local']}/{i['prefixlen']}" for i in link["addr_info"] if i["scope"] == "global"},
                         {s["gateway"] + "/" + s["subnet"].split("/")[1] for s in config["subnets"]})
        self.assertEqual(self.lab.ask("outside", HOST4, 8080), ("a", OUTSIDE4))
        self.assertEqual(self.lab.ask("host", "127.0.0.1", 8080)[0], "a")
        self.assertEqual(self.lab.ask("host", a["ip6"], 80)[0], "a")
        port = next(n for n in self.lab.links() if n.startswith("kv"))
        self.assertEqual(self.state(port)["ADMIN_STATE"], "unmanaged")
        self.assertEqual(self.state("kls-web")["NETWORK_FILE"], "/run/systemd/network/70-keelson-web.network")

    def join_one(self):
        a = self.join("a", "--network=web", "--publish=8080:80")["web"]
        self.lab.serve("a", 80)
        return a

    def test_networkd_makes_it(self):
        self.start()
        self.good("create", "web", "--ipv6", "--opt=mtu=1400")
        self.assertEqual(self.lab.read("asked"), "reload\n")
        a = self.join_one()
        self.check_kept(a)
        self.assertEqual(self.lab.links()["kls-web"]["mtu"], 1400)
        self.assertNotIn("Failed to create", self.lab.read("log"))
        self.stop()
        self.start()
        self.check_kept(a)
        self.good("create", "web")
        self.assertEqual(self.lab.read("asked"), "reload\n", "nothing new, nothing to read")
        self.good("leave", "a")
        self.good("remove", "web")
        self.assertEqual(self.lab.links(), {})
        self.assertEqual(self.lab.read("asked"), "reload\nreload\n")

    def test_networkd_comes_later(self):
        self.good("create", "web", "--ipv6")
        a = self.join_one()
        self.start()
        self.check_kept(a)

    def test_networkd_hangs(self):
        """A network comes up all the same."""
        self.start()
        self.networkd.send_signal(signal.SIGSTOP)
        try:
            begun = time.monotonic()
            self.good("create", "web", "--ipv6")
            self.assertGreater(time.monotonic() - begun, 4)
            a = self.join_one()
            self.assertEqual(self.lab.ask("outside", HOST4, 8080), ("a", OUTSIDE4))
        finally:
            self.networkd.send_signal(signal.SIGCONT)
        self.check_kept(a)


if __name__ == "__main__":
    unittest.main()
