# SPDX-License-Identifier: Apache-2.0
"""A container with AutoUpdate= in a guest, by systemd's own units: a good image, then one whose check fails."""
import json

import behaviours
from registry import busybox_layer

CONF = "/etc/containers/registries.conf"
FILE = """\
[Container]
Image={image}
AutoUpdate=registry
Label=io.containers.autoupdate.authfile={auth}
Exec=sleep 1000
HealthCmd=test -e /good
HealthInterval=2s
HealthRetries=2
Notify=healthy
HealthOnFailure=kill
StopTimeout=1
[Service]
TimeoutStartSec=60
"""


class AutoUpdate(behaviours.GuestTest):
    def push(self, version, good=True):
        self.registry.push_image("up:1", busybox_layer(("version", version.encode()), *([("good", b"")] if good else [])))

    def update(self, status=0):
        done = self.machine.run("keelson auto-update --json", check=False, timeout=300)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        (row,) = json.loads(done.stdout)
        return row

    def version(self):
        return self.output("keelson-run exec systemd-up cat /version")

    def test_good_then_bad(self):
        image = self.guest.registry.seen_by_guests + "/up:1"
        self.push("one")
        self.guest.put(CONF, f'[[registry]]\nlocation = "{self.registry.seen_by_guests}"\ninsecure = true\n')
        self.addCleanup(self.machine.run, f"keelson-oci rm {image}; rm {CONF}; keelson-oci images", check=False)
        self.machine.run(f"keelson-oci --authfile {behaviours.AUTH_FILE} pull {image}", timeout=120)
        self.guest.case = {"files": {"up.container": FILE.format(image=image, auth=behaviours.AUTH_FILE)}}
        self.addCleanup(self.guest.clear)
        self.guest.put(behaviours.UNITS + "/up.container", self.guest.case["files"]["up.container"])
        self.machine.run("systemctl daemon-reload; systemctl start up.service", timeout=120)
        self.assertEqual(self.update()["updated"], "false")
        self.push("two")
        row = self.update()
        self.assertEqual((row["updated"], row["unit"], self.version()), ("true", "up.service", "two"))
        self.push("three", good=False)
        row = self.update(status=1)
        self.assertEqual((row["updated"], self.version()), ("rolled back", "two"))
        self.assertEqual(self.output("systemctl show -P ActiveState up.service"), "active")
        self.assertEqual((self.update()["updated"], self.version()), ("false", "two"))
        self.assertEqual(self.output("systemctl is-enabled keelson-auto-update.timer"), "enabled")
