# SPDX-License-Identifier: Apache-2.0
"""A boot that is not good is given up: health checks, the operator's own, and the watchdog for what hangs."""
import json
import re
import time
import unittest

from machines import SlotsTest, kernel_option, note

CHECKS = "/etc/keelson/health.d"
NOT_ON_B = f"""
mkdir -p {CHECKS} && cat >{CHECKS}/not-on-b.service <<END
[Service]
Type=oneshot
ExecStart=/usr/bin/sh -c '! grep -q keelson.slot=b /proc/cmdline'
END
"""
GIVEN_UP = "boot-complete.target failed: {} failed"
SOFTDOG = r"softdog: Initiating system reboot"


class RollBack(SlotsTest):
    name = "health"

    def gives_up(self, slot, check):
        """How often the console has said that this slot was given up for this check."""
        return len(re.findall(re.escape(f"keelson-slot: slot {slot}: " + GIVEN_UP.format(check)), self.machine.since_boot()))

    def test_1_good_boot_says_so(self):
        health = json.loads(self.machine.output("cat /run/keelson/health.json"))
        self.assertEqual(health, {"healthy": True, "checks": [{"name": name, "ok": True, "reason": ""}
                                                              for name in ("units", "var", "network")]})
        self.assertEqual(self.machine.output("systemctl is-active boot-complete.target keelson-health.service"), "active\nactive")
        watch = self.machine.output("for i in 1 2 3 4 5 6 7 8; do systemctl -q is-active keelson-slot-watch && sleep 1; done; "
                                    "systemctl show -p Result -p ActiveState keelson-slot-watch")
        self.assertEqual(sorted(watch.split()), ["ActiveState=inactive", "Result=success"])

    def test_2_only_configured_units_count(self):
        self.machine.run("systemd-run --wait --unit=vm-fail false", check=False)
        self.machine.run("/usr/lib/keelson/keelson-health")
        self.machine.run("mkdir -p /etc/keelson && echo 'units=vm-*.service' >/etc/keelson/health.conf")
        done = self.machine.run("/usr/lib/keelson/keelson-health", check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("units: FAILED: failed: vm-fail.service", done.stderr)
        self.assertFalse(json.loads(self.machine.output("cat /run/keelson/health.json"))["healthy"])
        self.machine.run("systemctl reset-failed; echo nonsense >/etc/keelson/health.conf")
        done = self.machine.run("/usr/lib/keelson/keelson-health")
        self.assertIn("/etc/keelson/health.conf: line 1: not units=", done.stderr)
        self.machine.run("rm /etc/keelson/health.conf")

    def test_3_slot_whose_check_fails_gives_way_after_its_tries(self):
        self.machine.run(NOT_ON_B)
        self.machine.run("keelson-slot set-active b --tries 2")
        start = time.monotonic()
        self.assertEqual(self.restart(900), "a")
        note(f"two tries of b and the way back took {time.monotonic() - start:.0f} s")
        self.assertEqual(self.gives_up("b", "not-on-b.service"), 2)
        slots = self.status()["slots"]
        self.assertEqual((slots["b"]["tries"], slots["b"]["good"], slots["a"]["good"]), (0, False, True))
        failure = slots["b"]["last_failure"]
        self.assertEqual(failure["reason"], GIVEN_UP.format("not-on-b.service"))
        self.assertEqual(failure["version"], self.machine.ready_fields["version"])
        self.assertIsNone(failure["good_since"])
        self.assertIsNone(slots["a"]["last_failure"])
        self.assertIn(f"b: version {failure['version']} failed on ", self.machine.output("keelson-slot status"))

    def test_4_check_can_be_switched_off(self):
        self.machine.run(f"ln -sf /dev/null {CHECKS}/not-on-b.service && keelson-slot set-active b")
        self.assertEqual(self.restart(), "b")
        b = self.status()["slots"]["b"]
        self.assertTrue(b["good"])
        self.assertGreaterEqual(b["last_failure"]["good_since"], b["last_failure"]["time"])

    def test_5_names_that_are_no_units_are_left_out(self):
        self.machine.run(f"cd {CHECKS} && : >'bad name.service' && : >x@.service && ln -s nothing gone.service && systemctl daemon-reload")
        self.assertEqual(self.machine.output("systemctl show -P Requires boot-complete.target | tr ' ' '\\n' | sort").split(),
                         ["keelson-health.service", "sysinit.target"])
        said = self.machine.output("dmesg | grep keelson-health-generator:")
        for name in ("bad name.service", "x@.service", "gone.service"):
            self.assertIn(f"{CHECKS}/{name} is not", said)
        self.machine.run(f"rm -r {CHECKS}")

    def test_6_last_resort_stays_up(self):
        """A check that no slot can meet: when the tries are gone the machine must not loop."""
        self.machine.run(f"mkdir {CHECKS} && printf '[Service]\\nType=oneshot\\nExecStart=/usr/bin/false\\n' >{CHECKS}/never.service")
        self.machine.run("keelson-slot set-active a --tries 1; keelson-slot mark-bad b")
        self.machine.reboot()
        self.machine.expect(r"keelson-slot: next: nothing: neither slot has a try left", 300)
        time.sleep(20)
        self.assertEqual(self.gives_up("a", "never.service"), 1)
        status = self.status()
        self.assertEqual((status["running"], status["slots"]["a"]["tries"]), ("a", 0))
        self.assertEqual(status["slots"]["a"]["last_failure"]["reason"], GIVEN_UP.format("never.service"))


class Watchdog(SlotsTest):
    name = "watchdog"

    def test_1_kernel_has_one(self):
        self.assertEqual(kernel_option("CONFIG_SOFT_WATCHDOG"), "y")
        times = self.machine.output("systemctl show -p RuntimeWatchdogUSec -p RebootWatchdogUSec")
        self.assertEqual(sorted(times.split()), ["RebootWatchdogUSec=5min", "RuntimeWatchdogUSec=1min"])

    def test_2_pid_1_that_freezes(self):
        self.machine.run("echo 1 >/sys/fs/cgroup/init.scope/cgroup.freeze", check=False)
        self.machine.disconnect()
        self.machine.expect(SOFTDOG, 180)
        self.assertEqual(self.machine.slot_up(), "a")

    def test_3_slot_whose_pid_1_hangs_gives_way(self):
        """systemd waits for its generators before it does anything else, and pings nothing meanwhile."""
        self.machine.run("mkdir -p /etc/systemd/system-generators && cd /etc/systemd/system-generators && "
                         "printf '#!/bin/sh\\n! grep -q keelson.slot=b /proc/cmdline || exec sleep 1000\\n' >vm-hang && chmod +x vm-hang")
        self.machine.run("keelson-slot set-active b --tries 1")
        self.machine.reboot()
        self.machine.expect(SOFTDOG, 400)
        self.assertEqual(self.machine.slot_up(), "a")
        b = self.status()["slots"]["b"]
        self.assertEqual((b["tries"], b["good"]), (0, False))

    def test_4_systemd_that_never_begins(self):
        """musl's loader reads this file when a program starts; a pipe that nobody writes to holds it up for ever. Until /etc is
        mounted nothing sees it, so systemd is the first that does, and keelson-init's watchdog the only one that runs."""
        self.machine.run("for l in /lib/ld-musl-*.so.1; do mkfifo /etc/$(basename $l .so.1).path; done; sync")
        self.machine.power_cut()
        start = time.monotonic()
        self.machine.boot()
        self.machine.expect(SOFTDOG, 500)
        took = time.monotonic() - start
        note(f"restarted {took:.0f} s after it was switched on")
        self.assertGreater(took, 170)


if __name__ == "__main__":
    unittest.main()
