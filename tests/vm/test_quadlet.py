# SPDX-License-Identifier: Apache-2.0
"""Quadlet files that the first boot's config brings: pulled from a registry, run, reached from outside, and truly failed."""
import json
import time
import urllib.request

from emulator import free_port
from machines import note
from registry import Registry, busybox_layer
from test_provision import ProvisionTest, config, file

FOLDER = "/etc/containers/systemd/"
FILES = {
    "web.container": """\
[Unit]
Description=A web server
[Container]
Image={registry}/box:1
PublishPort=8080:80
Volume=site.volume:/site
Environment=GREETING=hello
Exec=sh -c 'echo "$$GREETING" >/site/index.html; exec httpd -f -p 80 -h /site'
[Install]
WantedBy=multi-user.target
""",
    "site.volume": "[Volume]\n",
    "duo.pod": "[Pod]\nPublishPort=8081:81\n[Install]\nWantedBy=multi-user.target\n",
    "front.container": """\
[Container]
Image={registry}/box:1
Pod=duo.pod
Exec=httpd -f -p 81 -h /etc
""",
    "back.container": """\
[Container]
Image={registry}/box:1
Pod=duo.pod
Exec=httpd -f -p 127.0.0.1:82 -h /bin
""",
    "sick.container": """\
[Container]
Image={registry}/box:1
Exec=sleep 1000
HealthCmd=false
HealthInterval=2s
HealthRetries=1
HealthOnFailure=kill
[Install]
WantedBy=multi-user.target
""",
}


class Quadlet(ProvisionTest):
    """One machine, from its first boot: three files, a pod and a volume."""

    @classmethod
    def setUpClass(cls):
        cls.registry = cls.enterClassContext(Registry())
        cls.registry.push_image("box:1", busybox_layer())

    def fetch(self, port, path="/"):
        for left in reversed(range(10)):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
                    return answer.read().decode()
            except OSError:
                if not left:
                    raise
                time.sleep(1)
        raise AssertionError("unreachable")

    def state(self, machine, unit):
        return machine.output(f"systemctl show -P ActiveState -P Result {unit}.service").split()

    def until(self, machine, unit, wanted, timeout_s=60):
        end = time.monotonic() + timeout_s
        while (state := self.state(machine, unit)) != wanted and time.monotonic() < end:
            time.sleep(1)
        self.assertEqual(state, wanted, machine.output(f"systemctl status {unit}.service; journalctl -b -u {unit}.service", check=False))

    def output_goes_on(self, machine):
        """The journal and what moves output to it end and come back; a container that started before has its output all the same."""
        for number, what in enumerate(("kill -s KILL keelson-output", "restart keelson-output", "restart systemd-journald")):
            machine.run("systemctl " + what)
            machine.run(f"keelson-run exec systemd-web sh -c 'echo line {number} >/proc/1/fd/1'")
            end = time.monotonic() + 30
            while (f"line {number}" not in (said := machine.output("journalctl -q -b -o cat _SYSTEMD_UNIT=web.service")).split("\n")
                   and time.monotonic() < end):
                time.sleep(1)
            self.assertIn(f"line {number}", said.split("\n"), what)

    def test_first_boot(self):
        wanted = config(storage={"files": [
            file("/etc/containers/registries.conf", f'[[registry]]\nlocation = "{self.registry.seen_by_guests}"\ninsecure = true\n'),
            *(file(FOLDER + name, text.format(registry=self.registry.seen_by_guests)) for name, text in FILES.items())]})
        ports = {8080: free_port(), 8081: free_port()}
        machine = self.machine(wanted, forwards=ports)
        machine.boot()
        fields = machine.ready(400)
        self.until(machine, "sick", ["failed", "signal"])
        for unit in ("web", "duo-pod", "front", "back"):
            self.until(machine, unit, ["active", "success"])
        self.assertEqual(self.fetch(ports[8080]), "hello\n")
        self.assertIn("web:x:33", self.fetch(ports[8081], "/passwd"))
        self.assertEqual(machine.output("keelson-run exec systemd-front wget -qO /dev/null http://127.0.0.1:82/busybox && echo together"), "together")
        failed = machine.output("systemctl list-units --failed --plain --no-legend -o json")
        self.assertEqual([unit["unit"] for unit in json.loads(failed)], ["sick.service"])
        self.assertIn(fields["failed_units"], ("0", "1"))
        self.assertEqual(machine.output("journalctl -q -b -o cat -p warning -u web -u front -u back -u duo-pod"), "")
        note("processes besides the containers' own: " + machine.output("ps -o comm | grep -c -e crun -e keelson-run -e conmon || true"))
        note("for all of them: " + machine.output("ps -o comm,rss | grep keelson-output"))
        note(machine.output("keelson-oci images"))
        self.output_goes_on(machine)

        self.registry.server.terminate()
        machine.reboot()
        machine.expect("reboot: Restarting system", 120)
        machine.ready(300)
        self.until(machine, "web", ["active", "success"])
        self.assertEqual(self.fetch(ports[8080]), "hello\n")
