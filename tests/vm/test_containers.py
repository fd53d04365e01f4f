# SPDX-License-Identifier: Apache-2.0
"""crun runs a bundle, made in the guest of its own BusyBox, under units whose limits bite."""
import errno
import json
import os

from machines import SharedMachineTest

BUNDLE = "/var/lib/vm-test-bundle"
NAMESPACES = ("pid", "mount", "uts", "ipc", "cgroup", "network", "user", "time")
PROC_NAMES = {"mount": "mnt", "network": "net"}
DAY_S = 86400
MAKE_BUNDLE = f"""
set -eu
umask 022
rm -rf {BUNDLE}
mkdir -p {BUNDLE}/rootfs
cd {BUNDLE}/rootfs
mkdir bin lib proc dev sys tmp etc
cp "$(readlink -f "$(command -v busybox)")" bin/busybox
for loader in /lib/ld-musl-*.so.1; do cp "$(readlink -f $loader)" lib/$(basename $loader); done
for applet in sh cat dd echo hostname id ls mkdir readlink sleep; do ln -s busybox bin/$applet; done
"""


def config(command, namespaces=NAMESPACES, seccomp=None):
    """config.json of a bundle that runs a shell command, root inside and nobody outside."""
    linux = {"namespaces": [{"type": name} for name in namespaces],
             "maskedPaths": ["/proc/kcore", "/proc/keys"], "readonlyPaths": ["/proc/sys"]}
    if "user" in namespaces:
        mapping = [{"containerID": 0, "hostID": 100000, "size": 65536}]
        linux.update(uidMappings=mapping, gidMappings=mapping)
    elif "time" in namespaces:  # crun sets no offset from within a user namespace
        linux["timeOffsets"] = {"boottime": {"secs": DAY_S, "nanosecs": 0}}
    if seccomp:
        linux["seccomp"] = seccomp
    return {
        "ociVersion": "1.0.2",
        "process": {"terminal": False, "cwd": "/", "args": ["/bin/sh", "-c", command],
                    "user": {"uid": 0, "gid": 0}, "env": ["PATH=/bin"], "noNewPrivileges": True},
        "root": {"path": "rootfs", "readonly": True},
        "hostname": "inside",
        "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"},
                   {"destination": "/dev", "type": "tmpfs", "source": "tmpfs",
                    "options": ["nosuid", "mode=755", "size=64k"]},
                   {"destination": "/tmp", "type": "tmpfs", "source": "tmpfs",
                    "options": ["nosuid", "nodev", "size=1m"]}],
        "linux": linux,
    }


class Crun(SharedMachineTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.machine.run(MAKE_BUNDLE)
        cls.addClassCleanup(cls.machine.run, f"rm -rf {BUNDLE}; systemctl reset-failed")

    def container(self, name, command, properties="", **options):
        """Run it as unit NAME; returns (CompletedProcess, the unit's Result)."""
        self.machine.run(f"cat >{BUNDLE}/config.json", stdin=json.dumps(config(command, **options)))
        done = self.machine.run(
            f"systemd-run --quiet --wait --pipe --unit={name} -p Delegate=yes {properties}"
            f" crun --cgroup-manager=disabled run --bundle {BUNDLE} {name}", check=False)
        result = self.output(f"systemctl show -P Result {name};"
                             f" systemctl reset-failed {name} 2>/dev/null; :")
        return done, result

    def test_runs_and_passes_status(self):
        done, result = self.container("vm-status", "echo hello; exit 7")
        self.assertEqual((done.stdout, done.returncode, result), ("hello\n", 7, "exit-code"))

    def test_all_namespaces(self):
        names = " ".join(PROC_NAMES.get(name, name) for name in NAMESPACES)
        look = f"for n in {names}; do readlink /proc/self/ns/$n; done"
        done, _ = self.container("vm-ns", look)
        inside, outside = done.stdout.split(), self.output(look).split()
        self.assertEqual(len(inside), len(NAMESPACES), done.stderr)
        for name, here, there in zip(NAMESPACES, inside, outside):
            with self.subTest(namespace=name):
                self.assertNotEqual(here, there)

    def test_namespaces_isolate(self):
        done, _ = self.container("vm-inside", "echo $$; hostname; id -u; ls /;"
                                 " cat /proc/self/uid_map /proc/net/dev")
        lines = done.stdout.splitlines()
        self.assertEqual(lines[:3], ["1", "inside", "0"], done.stderr)
        self.assertNotIn("usr", lines)
        self.assertIn(["0", "100000", "65536"], [line.split() for line in lines])
        self.assertEqual([line.split(":")[0].strip() for line in lines if ":" in line], ["lo"])

    def test_time_namespace_shifts_the_clock(self):
        others = tuple(name for name in NAMESPACES if name != "user")
        done, _ = self.container("vm-time", "cat /proc/uptime", namespaces=others)
        self.assertGreater(float(done.stdout.split()[0]), DAY_S, done.stderr)

    def test_memory_limit_kills(self):
        take = "dd if=/dev/zero of=/dev/null bs=120M count=1 2>/dev/null && echo took it"
        done, result = self.container("vm-mem-ok", take, "-p MemoryMax=300M")
        self.assertEqual((done.stdout, result), ("took it\n", "success"), done.stderr)
        done, result = self.container("vm-mem", take, "-p MemoryMax=48M")
        self.assertEqual(done.stdout, "", done.stderr)
        self.assertIn(result, ("oom-kill", "exit-code"))  # which one systemd hears of first
        self.assertRegex(self.output("dmesg | grep -i 'memory cgroup out of memory'"), r"Killed process \d+ \((dd|busybox)\)")

    def test_task_limit_stops_forks(self):
        fork = "i=0; while [ $i -lt 40 ]; do sleep 60 & i=$((i+1)); done; echo forked all"
        done, _ = self.container("vm-tasks-ok", fork, "-p TasksMax=100")
        self.assertEqual(done.stdout, "forked all\n", done.stderr)
        done, _ = self.container("vm-tasks", fork, "-p TasksMax=20")
        self.assertEqual(done.stdout, "")
        self.assertRegex(done.stderr, "can't fork.*Resource temporarily unavailable")

    def test_seccomp_gives_the_errno_asked_for(self):
        code = errno.ENOSPC
        rules = {"defaultAction": "SCMP_ACT_ALLOW",
                 "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO",
                               "errnoRet": code}]}
        done, _ = self.container("vm-seccomp-off", "mkdir /tmp/new && echo made it")
        self.assertEqual(done.stdout, "made it\n", done.stderr)
        done, _ = self.container("vm-seccomp", "mkdir /tmp/new && echo made it", seccomp=rules)
        self.assertEqual(done.stdout, "")
        self.assertIn(os.strerror(code), done.stderr)
