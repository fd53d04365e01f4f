# SPDX-License-Identifier: Apache-2.0
"""keelson-quadlet on the command line and as a generator: folders, what it prints and writes, its size and time.

usage: python3 tests/image/test_quadlet.py    (inside the SDK; nothing has to be built)
"""
import os
import resource
import subprocess
import tempfile
import unittest

import programs
import unitfiles

KEYS = programs.TREE + "/tests/quadlet/keys.list"
IMAGE = "[Container]\nImage=quay.io/a/b:1\n"
TYPICAL = IMAGE + """ContainerName=service-{0}
AutoUpdate=registry
PublishPort=127.0.0.1:{0}:80
Volume=data.volume:/data
Volume=/srv/{0}:/srv:Z
Network=net.network
Environment=A=1 "B=b c"
EnvironmentFile=./env
HealthCmd=curl -f http://localhost/
HealthInterval=30s
Secret=token,type=env,target=TOKEN
User=1000
AddCapability=NET_BIND_SERVICE
Label=traefik.enable=true
Exec=serve --port 80
[Unit]
After=data.volume
[Service]
Restart=always
[Install]
WantedBy=multi-user.target
"""


class Quadlet(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.program = programs.build_checked("keelson-quadlet")

    def setUp(self):
        self.dir = self.enterContext(tempfile.TemporaryDirectory())
        self.out = self.dir + "/out"
        os.mkdir(self.out)

    def write(self, path, text):
        os.makedirs(os.path.dirname(f"{self.dir}/{path}"), exist_ok=True)
        with open(f"{self.dir}/{path}", "w", encoding="utf-8") as file:
            file.write(text)

    def run_it(self, *argv, folders=()):
        return subprocess.run([self.program, *argv], capture_output=True, text=True, check=False,
                              env=dict(os.environ, QUADLET_UNIT_DIRS=":".join(f"{self.dir}/{name}" for name in folders)))

    def dry(self, *folders):
        done = self.run_it("--dry-run", *(f"{self.dir}/{name}" for name in folders))
        return done, unitfiles.dry_run(done.stdout)

    def test_usage(self):
        self.assertEqual(self.run_it("--help").returncode, 0)
        self.assertIn("--dry-run [FOLDER…]", self.run_it("--help").stdout)
        self.assertRegex(self.run_it("--version").stdout, r"^keelson-quadlet \S+\n$")
        for argv in ((), ("--nosuch",), ("a", "b"), ("--user",)):
            done = self.run_it(*argv)
            self.assertEqual((done.returncode, done.stdout), (2, ""), argv)
            self.assertIn("usage:", done.stderr)
        self.assertIn("no users' services", self.run_it("--user").stderr)

    def test_problems_have_their_place(self):
        self.write("in/bad.container", IMAGE + "\nNosuch=1\nPull=often\n")
        self.write("in/bad.kube", "[Kube]\n")
        self.write("in/good.container", IMAGE)
        done, units = self.dry("in")
        self.assertEqual((done.returncode, set(units)), (1, {"good.service"}))
        where = os.path.realpath(self.dir + "/in")
        self.assertEqual(done.stderr.splitlines()[:2], [
            f"{where}/bad.container:4: error: Nosuch: unsupported key 'Nosuch' in group 'Container' [unknown-key]",
            f"{where}/bad.container:5: error: Pull: often is not supported; there is: always missing never newer [unsupported-value]"])
        self.assertIn(f"{where}/bad.kube:1: error: .kube files are not supported", done.stderr)
        self.assertEqual(self.dry("nosuch")[0].returncode, 1)
        self.assertEqual(self.run_it("--dry-run", folders=["nosuch"]).returncode, 0)
        relative = subprocess.run([self.program, "--dry-run"], capture_output=True, text=True, check=False, cwd=self.dir,
                                  env={"QUADLET_UNIT_DIRS": "in"})
        self.assertEqual((relative.returncode, relative.stdout), (1, ""))
        self.assertIn("in is no absolute path", relative.stderr)

    def test_search(self):
        self.write("1/a.container", IMAGE)
        self.write("1/sub/dir/b.container", IMAGE)
        self.write("1/off.container", "")
        self.write("1/off.d/c.container", IMAGE)
        os.symlink("/dev/null", self.dir + "/1/null.container")
        os.symlink("../../3", self.dir + "/1/sub/link")
        os.symlink("..", self.dir + "/1/sub/loop")
        self.write("3/d.container", IMAGE)
        for name in ("a", "off", "null"):
            self.write(f"2/{name}.container", IMAGE + "ContainerName=second\n")
        self.write("2/a.container.d/10.conf", "[Container]\nUser=1\n")
        self.write("1/sub/a.container.d/10.conf", "[Container]\nUser=2\n")
        self.write("2/container.d/10.conf", "[Container]\nUser=3\n")
        self.write("2/container.d/20.conf", "[Container]\nGroup=4\n")
        self.write("2/container.d/30.txt", "[Container]\nNosuch=4\n")
        done, units = self.dry("1", "2")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(set(units), {"a.service", "b.service", "d.service"})
        start = unitfiles.Command(units["a.service"].last("Service", "ExecStart"))
        self.assertEqual((start.value("user"), start.value("name")), ("2:4", "systemd-%N"))

    def test_a_path_cannot_write_into_the_unit(self):
        self.write("in/a\n[Service]\nExecStartPre=x/a.container", IMAGE)
        done, units = self.dry("in")
        self.assertEqual((done.returncode, units), (1, {}))
        self.assertIn("its path has control characters", done.stderr)

    def test_large_files(self):
        """Of the longest that are read; none may cost more than a moment."""
        for line in ("Environment=N{0}=b", "Volume=/a{0}:/b", "Label=" + "a{0}=b " * 3, "Network=n{0}.network", "Exec=a"):
            text = IMAGE + "\n".join(line.format(i) for i in range(20_000))
            self.write("in/a.container", text[:1 << 20])
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            self.assertIn(self.dry("in")[0].returncode, (0, 1))
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            self.assertLess(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 1, line)

    def test_search_path_of_the_system(self):
        script = """set -e
            for d in run etc usr/share; do
                mount -t tmpfs none /$d && mkdir -p /$d/containers/systemd/users
                for n in $d all; do printf '[Volume]\\nLabel=from=%s\\n' $d >/$d/containers/systemd/$(basename $n).volume; done
                cp /$d/containers/systemd/all.volume /$d/containers/systemd/users/users-$(basename $d).volume
            done
            exec "$0" --dry-run"""
        done = subprocess.run(["unshare", "--mount", "sh", "-c", script, self.program], capture_output=True, text=True, check=False)
        units = unitfiles.dry_run(done.stdout)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(set(units), {name + "-volume.service" for name in ("run", "etc", "share", "all", "users-run", "users-share")})
        self.assertEqual(units["all-volume.service"].last("X-Volume", "Label"), "from=run")

    def effect(self, ending, lines):
        """What the lines do: all units but for what is passed on, and errors without their place."""
        self.write("keys/p.pod", "[Pod]\n")
        self.write("keys/u.container", "[Container]\nImage=k.image\n" if ending == "image" else IMAGE)
        self.write("keys/k." + ending, "".join(f"[{name}]\n{lines[name]}\n" for name in lines))
        done, units = self.dry("keys")
        os.unlink(f"{self.dir}/keys/k.{ending}")
        errors = [line.partition(": error: ")[2] for line in done.stderr.splitlines() if ": error: " in line]
        shown = {name: {part: rows for part, rows in unit.sections.items() if not part.startswith("X-")} for name, unit in units.items()}
        return shown, errors

    def test_no_key_is_passed_over(self):
        """Each documented key changes a unit, or is an error that names it."""
        refused, top, needed = [], set(), {"Container": "Image=quay.io/a/b", "Image": "Image=quay.io/a/b"}
        with open(KEYS, encoding="utf-8") as file:
            rows = [line.rstrip("\n").split(" ", 2) for line in file if not line.startswith("#")]
        for section, rank, row in rows:
            given, _, context = row.partition("; ")
            key = given.partition("=")[0]
            kind = "Container" if section == "Quadlet" else section
            base = [line for line in (needed.get(kind), context) if line and not line.startswith(key + "=")]
            if key == "Rootfs":
                base = []
            without = {kind: "\n".join(base)}
            having = dict(without)
            having[section] = having.get(section, "") + "\n" + given
            before, after = (self.effect(kind.lower(), lines) for lines in (without, having))
            with self.subTest(section=section, key=key):
                self.assertNotEqual(before[0], after[0], "no effect")
                self.assertNotIn("[unknown-key]", "".join(after[1]))
                if after[1]:
                    self.assertTrue(after[1][0].startswith(f"{key}: not supported: "), after[1])
                    refused.append(f"{section}.{key}")
                elif rank != "-":
                    top.add(int(rank))
        print(f"     | {len(rows)} keys, of which {len(refused)} are refused: {' '.join(refused)}")
        self.assertEqual(top, set(range(1, 41)))

    def test_generator(self):
        self.write("in/a.container", IMAGE + "[Install]\nWantedBy=x.target\nAlias=b.service\n")
        self.write("in/bad.container", "[Container]\n")
        for _ in range(2):
            self.assertEqual(self.run_it(self.out, self.out, self.out, folders=["in"]).returncode, 1)
        found = sorted(os.path.relpath(os.path.join(at, name), self.out) for at, _, names in os.walk(self.out) for name in names)
        self.assertEqual(found, ["a.service", "b.service", "x.target.wants/a.service"])
        self.assertEqual(os.readlink(self.out + "/x.target.wants/a.service"), "../a.service")
        with open(self.out + "/a.service", encoding="utf-8") as file:
            self.assertEqual(unitfiles.Unit(file.read()).sections, self.dry("in")[1]["a.service"].sections)
        os.unlink(self.dir + "/in/bad.container")
        self.assertEqual(self.run_it(self.out, folders=["in"]).returncode, 0)
        self.assertEqual(self.run_it(self.dir + "/nosuch", folders=["in"]).returncode, 1)

    def test_size_and_time(self):
        stripped = self.dir + "/stripped"
        subprocess.run(["llvm-strip", "-o", stripped, self.program], check=True)
        for i in range(28):
            self.write(f"in/service-{i}.container", TYPICAL.format(8000 + i))
        self.write("in/data.volume", "[Volume]\n")
        self.write("in/net.network", "[Network]\nSubnet=10.9.0.0/24\n")
        spent = []
        for _ in range(20):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            self.assertEqual(self.run_it(self.out, folders=["in"]).returncode, 0)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        self.assertEqual(len([name for name in os.listdir(self.out) if name.endswith(".service")]), 30 + 28)
        print(f"     | {os.path.getsize(stripped)} bytes stripped; {min(spent) * 1000:.1f} ms CPU for 30 files")
        self.assertLess(os.path.getsize(stripped), 150_000)
        self.assertLess(min(spent), 0.020)


if __name__ == "__main__":
    unittest.main()
