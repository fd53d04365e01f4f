# SPDX-License-Identifier: Apache-2.0
"""Networks below an interface of the host, by units, with the kernel's modules for them. (Bridges are in all other tests of containers.)"""
import re

import behaviours
from machines import note

NETWORK = """\
[Network]
Driver={driver}
Subnet=10.0.2.0/24
Gateway=10.0.2.2
IPRange=10.0.2.{first}/28
{more}
"""
SERVER = "[Container]\nImage=@IMAGE@\nContainerName=server\nNetwork=below.network\nExec=httpd -f -p 80 -h /etc\n"
CLIENT = """\
[Unit]
After=server.service
[Container]
Image=@IMAGE@
Network=below.network
Exec=sh -c 'wget -qO- http://server/hosts; wget -O /dev/null http://@REGISTRY@/v2/ 2>&1; echo done'
[Service]
Type=oneshot
"""


class Below(behaviours.GuestTest):
    def tearDown(self):
        self.guest.clear()

    def beside_the_host(self, driver, first, more=""):
        """The other container by its name, and the machine outside, from an address of the network that the host is in."""
        files = {"below.network": NETWORK.format(driver=driver, first=first, more=more), "server.container": SERVER, "client.container": CLIENT}
        self.guest.write({"files": files})
        self.machine.run("systemctl start server.service client.service", timeout=180)
        wrong = self.guest.wait(lambda: self.guest.journal("-t client"), lambda text: "done" in text)
        self.assertIsNone(wrong)
        said = self.guest.journal("-t client")
        for name in ("server", "systemd-client"):
            (address,) = map(int, re.findall(rf"^10\.0\.2\.(\d+)\t{name}$", said, re.M))
            note(f"{driver}: {name} has 10.0.2.{address}")
            self.assertIn(address, range(first, first + 16))
        self.assertIn("401 Unauthorized", said, "the registry outside wants a login")
        self.assertEqual([name for name in self.output("ls /sys/class/net").split() if name.startswith(("kls-", "kv"))], [])

    def test_macvlan(self):
        self.beside_the_host("macvlan", 128)

    def test_ipvlan(self):
        parent = self.output("ip -o route show default").split(" dev ")[1].split()[0]
        self.beside_the_host("ipvlan", 160, f"Options=parent={parent}")
