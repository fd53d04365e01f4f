# SPDX-License-Identifier: Apache-2.0
"""keelson-oci export-bundle: what it writes is what crun runs, whole or not at all.

usage: python3 tests/image/test_oci_export.py    (inside the SDK, as root; nothing has to be built. OCI= names a program that is)
"""
import json
import os
import signal
import stat
import subprocess
import time
import unittest

from ociprogram import Program
from registryserver import Image, tar

with open("/bin/busybox", "rb") as busybox:
    BUSYBOX = busybox.read()
BASE = tar(("bin", None), ("bin/busybox", BUSYBOX, {"mode": 0o755}), ("bin/sh", "busybox"), ("etc", None), ("tmp", None, {"mode": 0o1777}),
           ("etc/passwd", b"root:x:0:0::/root:/bin/sh\nworker:x:7:8::/home/w:/bin/sh\n"), ("etc/group", b"root:x:0:\nextra:x:9:worker\n"),
           ("gone", b"x"), ("d", None), ("d/old", b"x"), ("own", b"x", {"mode": 0o4755, "uid": 7, "gid": 8}))
UPPER = tar((".wh.gone", b""), ("d", None), ("d/.wh..wh..opq", b""), ("d/new", b"y"), ("work", None), ("only/.wh.here", b""))
CONFIG = {"User": "worker", "Env": ["PATH=/bin", "A=b=c"], "Entrypoint": ["/bin/busybox"], "Cmd": ["sh", "-c", "busybox id; pwd; echo $A; ls /d"],
          "WorkingDir": "/work", "Labels": {"one": "\"1\"", "org.opencontainers.image.os": "lie"}, "StopSignal": "SIGINT",
          "Volumes": {"/d": {}}}


class ExportBundle(Program):
    def setUp(self):
        super().setUp()
        self.bundle = self.dir + "/to/bundle"
        os.mkdir(self.dir + "/to")

    def pull(self, *layers, **config):
        self.registry.put(Image(*layers, config=CONFIG | config))
        self.good("pull", self.name)

    def config(self):
        with open(self.bundle + "/config.json", encoding="utf-8") as file:
            return json.load(file)

    def crun(self):
        script = "mount -t cgroup2 cgroup2 /sys/fs/cgroup && exec crun --root $1 --cgroup-manager=disabled run --bundle $2 test"
        done = subprocess.run(["unshare", "--mount", "sh", "-c", script, "sh", self.dir + "/crun", self.bundle], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def left(self):
        return os.listdir(self.dir + "/to")

    def test_crun_runs_it(self):
        self.pull(BASE, UPPER)
        self.good("export-bundle", self.name, self.bundle)
        self.assertEqual(self.crun().split("\n"), ["uid=7(worker) gid=8 groups=8,9(extra)", "/work", "b=c", "new", ""])
        self.assertEqual(self.left(), ["bundle"])
        self.assertEqual(sorted(os.listdir(self.bundle)), ["config.json", "rootfs"])

    def test_the_configuration(self):
        self.pull(BASE, UPPER)
        self.good("export-bundle", self.name, self.bundle + "/")
        config = self.config()
        self.assertEqual(config["root"]["path"], "rootfs")
        self.assertEqual(config["process"]["user"], {"uid": 7, "gid": 8, "additionalGids": [8, 9]})
        self.assertEqual(config["process"]["args"], CONFIG["Entrypoint"] + CONFIG["Cmd"])
        self.assertEqual(config["process"]["cwd"], "/work")
        self.assertIn("A=b=c", config["process"]["env"])
        self.assertNotIn("/d", [mount["destination"] for mount in config["mounts"]])
        notes = config["annotations"]
        self.assertEqual([notes["one"], *(notes["org.opencontainers.image." + name] for name in ("os", "architecture", "stopSignal"))],
                         ["\"1\"", "linux", "amd64", "SIGINT"])

    def test_the_tree(self):
        self.pull(BASE, UPPER)
        self.good("export-bundle", self.name, self.bundle)
        root = self.bundle + "/rootfs"
        self.assertEqual(sorted(os.listdir(root)), ["bin", "d", "etc", "only", "own", "tmp", "work"])
        self.assertEqual((os.listdir(root + "/d"), os.listdir(root + "/only")), (["new"], []))
        status = os.stat(root + "/own")
        self.assertEqual((stat.S_IMODE(status.st_mode), status.st_uid, status.st_gid), (0o4755, 7, 8))
        self.assertEqual(os.readlink(root + "/bin/sh"), "busybox")

    def test_whiteouts_of_a_single_layer(self):
        self.pull(UPPER, User="")
        self.good("export-bundle", self.name, self.bundle)
        self.assertEqual(sorted(os.listdir(self.bundle + "/rootfs")), ["d", "only", "work"])

    def test_what_is_there_stays(self):
        self.pull(BASE)
        for make in (os.mkdir, lambda path: os.symlink("nowhere", path), lambda path: open(path, "w", encoding="ascii").close()):
            make(self.bundle)
            self.bad("is there already", "export-bundle", self.name, self.bundle)
            self.assertEqual(self.left(), ["bundle"])
            (os.rmdir if os.path.isdir(self.bundle) else os.unlink)(self.bundle)

    def test_what_cannot_be(self):
        self.pull(BASE, User="nobody-knows")
        self.bad("nobody-knows", "export-bundle", self.name, self.bundle)
        self.bad("there is no image", "export-bundle", self.registry.host + "/a/b:other", self.bundle)
        self.bad("open folder", "export-bundle", self.name, self.dir + "/none/bundle")
        self.bad("a name", "export-bundle", self.name, self.dir + "/..")
        self.assertEqual(self.run_program("export-bundle", self.name).returncode, 2)
        self.assertEqual((self.left(), os.listdir(self.store + "/holds")), ([], []))

    def test_a_relative_folder(self):
        self.pull(BASE)
        subprocess.run(self.command("export-bundle", self.name, "bundle"), check=True, cwd=self.dir + "/to", env={})
        self.assertEqual(self.left(), ["bundle"])

    def test_full_disks_leave_nothing(self):
        self.pull(BASE, UPPER)
        failed = 0
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "to", self.dir + "/to"], check=True)
        self.addCleanup(subprocess.run, ["umount", self.dir + "/to"], check=True)
        for size in ("16k", "100k", "nr_inodes=5", "nr_inodes=12", "nr_inodes=20", "1000k", "1900k", "20000k"):
            size = size if "=" in size else f"size={size},nr_inodes=1000"
            subprocess.run(["mount", "-o", "remount," + size, self.dir + "/to"], check=True)
            done = self.run_program("export-bundle", self.name, self.bundle)
            if done.returncode == 0:
                break
            failed += 1
            self.assertIn("No space left", done.stderr)
            self.assertEqual(self.left(), [])
        self.assertGreater(failed, 3)
        self.assertIn("uid=7", self.crun())

    def test_killed(self):
        """At any time: the name is there with all of it or not at all, and the next try is none the worse."""
        self.pull(BASE, tar(*[(f"f{i}", b"x" * 9000) for i in range(500)]), Cmd=["true"])
        whole = cut = 0
        for delay_ms in range(0, 120, 4):
            with subprocess.Popen(self.command("export-bundle", self.name, self.bundle), env={}) as process:
                time.sleep(delay_ms / 1000)
                process.send_signal(signal.SIGKILL)
            if os.path.exists(self.bundle):
                whole += 1
                self.assertEqual(len([name for name in os.listdir(self.bundle + "/rootfs") if name[0] == "f"]), 500)
                self.assertTrue(self.config())
                subprocess.run(["rm", "-r", self.bundle], check=True)
            cut += any(name.endswith(".export") for name in self.left())
        self.assertGreater(cut, 0)
        self.good("export-bundle", self.name, self.bundle)
        with open("/proc/self/mounts", encoding="ascii") as mounts:
            self.assertNotIn(".export/", mounts.read())


if __name__ == "__main__":
    unittest.main()
