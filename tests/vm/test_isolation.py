# SPDX-License-Identifier: Apache-2.0
"""What a container may do by default, beside podman's defaults (isolation.list), and whether limits bite: in a guest, by units."""
import re
import time

import apparmor
import behaviours
from machines import note

CONTAINER = "[Container]\nImage=@IMAGE@\n"


class Isolation(behaviours.GuestTest):
    def tearDown(self):
        self.guest.clear()

    def start(self, name, text, check=True):
        """Its status, and the identifier of what it says."""
        self.guest.write({"files": {name + ".container": CONTAINER + text}})
        return self.machine.run(f"systemctl start {name}.service", check=check, timeout=120)

    def cgroup(self, name, file):
        return self.output(f"cat /sys/fs/cgroup$(systemctl show -P ControlGroup {name}.service)/{file}")

    def said(self, name, pattern, seconds=30):
        """Waits for it in what the container prints."""
        wrong = self.guest.wait(lambda: self.guest.journal(f"-t {name}"), lambda text: re.search(pattern, text), seconds)
        self.assertIsNone(wrong, pattern)
        return self.guest.journal(f"-t {name}")

    def test_probe(self):
        self.start("probe", "Exec=probe\n[Service]\nType=oneshot\n")
        found = dict(line.split(" ", 1) for line in self.guest.journal("-t probe").splitlines())
        rows = [line.split(" ", 3) for line in behaviours.read("vm/isolation.list")]
        note(f"{'':32} {'podman':18} {'here':18} why")
        self.assertEqual({row[0] for row in rows}, set(found), "each has a row, each row is looked at")
        wrong = []
        for name, podman, ours, *why in rows:
            wanted, here = podman if ours == "=" else ours, found[name]
            known = wanted == here or (here == "absent" and name.startswith(("path:", "call:")))
            note(f"{name:32} {podman[:17]:18} {here[:17]:18} {'' if known else 'NOT AS LISTED '}{''.join(why)}")
            if not known:
                wrong.append(f"{name}: {here}, not {wanted}")
            self.assertEqual(ours == "=", not why, f"{name}: a difference has a reason, and nothing else")
        self.assertEqual(wrong, [])

    def test_memory(self):
        """The limit is seen inside, and kills."""
        self.start("memory", 'Memory=48m\nExec=sh -c "cat /sys/fs/cgroup/memory.max; dd if=/dev/zero of=/dev/null bs=96M count=1; echo status $?; sleep 100"\n')
        said = self.said("memory", "status")
        self.assertIn("status 137", said)  # as in podman's: what takes the memory is killed, not all of the container
        self.assertIn(f"{48 << 20}\n", said)
        self.assertIn("oom_kill 1", self.cgroup("memory", "memory.events"))

    def test_memory_that_is_enough(self):
        self.start("memory", 'Memory=160m\nExec=sh -c "dd if=/dev/zero of=/dev/null bs=96M count=1; echo status $?; sleep 100"\n')
        self.said("memory", "status 0")

    def test_processes(self):
        fork = "i=0; while [ $$i -lt 40 ]; do sleep 60 & i=$$((i+1)); done; echo forked all; sleep 60"
        self.start("tasks", f"PidsLimit=20\nExec=sh -c '{fork}'\n")
        self.assertNotIn("forked all", self.said("tasks", "can't fork"))
        self.guest.clear()
        self.start("tasks", f"PidsLimit=100\nExec=sh -c '{fork}'\n")
        self.said("tasks", "forked all")

    def test_processors(self):
        self.start("loop", "PodmanArgs=--cpus=0.2\nExec=sh -c 'while :; do :; done'\n")

        def used():
            stat = dict(line.split() for line in self.cgroup("loop", "cpu.stat").splitlines())
            return float(self.output("cat /proc/uptime").split()[0]), int(stat["usage_usec"]) / 1e6, int(stat["nr_throttled"])
        begun = used()
        time.sleep(8)
        ended = used()
        share = (ended[1] - begun[1]) / (ended[0] - begun[0])
        note(f"--cpus=0.2: {share:.2f} of a processor, throttled {ended[2] - begun[2]} times")
        self.assertGreater(ended[2], begun[2])
        self.assertLess(share, 0.3)
        self.assertGreater(share, 0.02)

    def test_apparmor(self):
        """A profile that is loaded is the container's; one that is not is no container's."""
        kernel = "/sys/kernel/security/apparmor/"
        for name, mode in (("complains", apparmor.COMPLAINING), ("forbids", apparmor.ENFORCED)):
            self.machine.run(f"cat >{kernel}.load", stdin=apparmor.profile(name, mode))
        show = "Exec=sh -c 'cat /proc/self/attr/current; echo status $?; sleep 100'\n"
        self.start("confined", "AppArmor=complains\n" + show)
        self.assertIn("complains", self.said("confined", "status 0"))
        self.assertRegex(self.output("keelson exec systemd-confined cat /proc/self/attr/current"), "^complains")
        self.guest.clear()
        self.start("held", "AppArmor=forbids\n" + show)
        self.assertIn("cat: Permission denied", self.said("held", "status 12[67]"))
        self.guest.clear()
        self.assertNotEqual(self.start("none", "AppArmor=nosuch\n" + show, check=False).returncode, 0)
        self.assertIn("AppArmor profile nosuch is not loaded", self.output("journalctl -b -o cat -u none.service"))
