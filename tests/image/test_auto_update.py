# SPDX-License-Identifier: Apache-2.0
"""keelson auto-update beside real containers and a registry; a script is what systemctl would be."""
import json
import os
import signal
import subprocess
import time

from registryserver import Image, Registry
from running import ARCH, base_layer
from test_keelson import KeelsonTest

LABEL = "--label=io.containers.autoupdate="
SYSTEMCTL = """echo "$@" >>{dir}/called
[ "$1" = restart ] || exit 0
setsid sh -c 'echo $$ >/sys/fs/cgroup/'$2'/cgroup.procs; exec sh {dir}/'$2 </dev/null >/dev/null 2>&1 &
wait $!"""  # goes on when who called it is killed, as what systemd does


class AutoUpdate(KeelsonTest):
    def setUp(self):
        super().setUp()
        self.registry = self.enterContext(Registry())
        self.name = self.registry.host + "/a/b:latest"
        self.write("etc/containers/registries.conf", f'[[registry]]\nlocation = "{self.registry.host}"\ninsecure = true\n')
        self.script("systemctl", SYSTEMCTL.format(dir=self.dir))
        self.images, self.groups = {}, set()

    def image(self, word, command=("sleep", "1000"), health=True):
        """One that the registry has from now on; its manifest."""
        files = [("version", word.encode())] + ([("good", b"")] if health else [])
        made = Image(base_layer(*files), platform=("linux", ARCH), config={"Cmd": list(command)})
        self.registry.put(made)
        self.images[word] = made
        return made.manifest

    def unit(self, name, *options, policy="registry", image=None):
        """A unit with a container that is started."""
        unit = f"{name}.service"
        folder = "/sys/fs/cgroup/" + unit
        os.makedirs(folder, exist_ok=True)
        self.names.add(name)
        self.groups.add(folder)
        self.oci("pull", image or self.name)
        words = self.command("container", "--name=" + name, "--network=none", *([LABEL + policy] if policy else []), *options, image or self.name)
        with open(f"{self.dir}/{unit}", "w", encoding="ascii") as file:
            file.write("exec " + " ".join(f"'{word}'" for word in words) + "\n")
        subprocess.run([self.programs + "/systemctl", "restart", unit], check=True, timeout=60)
        os.unlink(self.dir + "/called")

    def clean(self):
        """Processes are in their group until they are reaped."""
        super().clean()
        for folder in self.groups:
            self.until(lambda folder=folder: self.reap() or not self.processes(folder))
            os.rmdir(folder)

    def processes(self, folder):
        with open(folder + "/cgroup.procs", encoding="ascii") as file:
            return file.read()

    def goes_on(self):
        """Is any of our programs, or what stands for systemctl, still there?"""
        return subprocess.run(["pgrep", "-f", self.dir], check=False, stdout=subprocess.DEVNULL).returncode == 0

    def update(self, *argv, status=0):
        done = self.keelson("auto-update", "--json", *argv)
        self.assertEqual(done.returncode, status, done.stderr + done.stdout)
        return {row["container"]: row for row in json.loads(done.stdout)}

    def updated(self, *argv, **more):
        return {name: row["updated"] for name, row in self.update(*argv, **more).items()}

    def version(self, name="c"):
        return self.good("exec", name, "cat", "/version")

    def oci(self, *argv):
        return subprocess.run([f"{self.built}/keelson-oci", "--root", self.root + "/var/lib/containers/keelson", "--etc", self.root + "/etc", *argv], check=True,
                              capture_output=True).stdout

    def called(self):
        try:
            with open(self.dir + "/called", encoding="ascii") as file:
                return [line for line in file.read().splitlines() if not line.startswith("reset-failed")]
        except FileNotFoundError:
            return []

    def kept(self):
        return sorted(row["name"] for row in json.loads(self.oci("--json", "images")))

    def stands_for(self):
        return next(row["digest"] for row in json.loads(self.oci("--json", "images")) if row["name"] == self.name)

    HEALTHY = ("--sdnotify=healthy", "--health-cmd=test -e /good", "--health-interval=1", "--health-retries=2", "--health-on-failure=kill")

    def test_newer(self):
        self.image("one")
        self.unit("c", *self.HEALTHY)
        self.assertEqual(self.updated(), {"c": "false"})
        self.assertEqual(self.called(), [])
        self.image("two")
        self.assertEqual(self.updated("--dry-run"), {"c": "pending"})
        self.assertEqual((self.called(), self.version(), self.stands_for()), ([], "one", self.images["one"].manifest))
        row = self.update()["c"]
        self.assertEqual((row["updated"], row["unit"], row["image"], row["policy"]), ("true", "c.service", self.name, "registry"))
        self.assertEqual((self.called(), self.version()), (["restart c.service"], "two"))
        self.assertEqual(self.updated(), {"c": "false"})
        self.assertEqual(self.kept(), [self.name])

    def test_bad_by_its_check(self):
        self.image("one")
        self.unit("c", *self.HEALTHY)
        bad = self.image("two", health=False)
        row = self.update(status=1)["c"]
        self.assertEqual((row["updated"], self.version(), self.stands_for()), ("rolled back", "one", self.images["one"].manifest))
        self.assertIn("did not start", row["reason"])
        self.assertEqual(self.called(), ["restart c.service"] * 2)
        row = self.update()["c"]
        self.assertEqual((row["updated"], self.called()), ("false", ["restart c.service"] * 2), "not tried again")
        self.assertIn("was bad", row["reason"])
        self.assertEqual(self.stands_for(), self.images["one"].manifest)
        place = self.registry.host.replace(":", "-")
        self.assertEqual(self.kept(), [self.name, f"localhost/auto-update/bad/{place}/a/b:latest"])
        self.assertNotEqual(bad, self.image("three"))
        self.assertEqual(self.updated(), {"c": "true"})
        self.assertEqual((self.version(), self.kept()), ("three", [self.name]))

    def test_dry_run_and_pulled_before(self):
        """The name stands for what it stood for, which nobody runs."""
        self.image("one")
        self.unit("c", *self.HEALTHY)
        self.image("three")
        pulled = self.image("two")
        self.oci("pull", self.name)
        for served, means in (("two", "pending"), ("three", "pending"), ("one", "false")):
            self.registry.put(self.images[served])
            self.assertEqual(self.updated("--dry-run"), {"c": means}, served)
            self.assertEqual((self.stands_for(), self.kept(), self.called()), (pulled, [self.name], []), served)

    def test_bad_and_pulled_before(self):
        """What runs is what to go back to, not what the name stood for."""
        self.image("one")
        self.unit("c", *self.HEALTHY)
        self.image("two", health=False)
        self.oci("pull", self.name)
        self.assertEqual(self.updated(status=1), {"c": "rolled back"})
        self.assertEqual((self.version(), self.stands_for()), ("one", self.images["one"].manifest))

    def test_bad_by_its_end(self):
        self.image("one")
        self.unit("c", "--sdnotify=started")
        self.image("two", command=("sh", "-c", "sleep 2; exit 1"))
        row = self.update(status=1)["c"]
        self.assertEqual((row["updated"], self.version()), ("rolled back", "one"))
        self.assertIn("it ended", row["reason"])

    def test_all_or_none_of_an_image(self):
        self.image("one")
        self.unit("a", "--sdnotify=started")
        self.unit("b", *self.HEALTHY)
        self.image("two", health=False)
        self.assertEqual(self.updated(status=1), {"a": "rolled back", "b": "rolled back"})
        self.assertEqual((self.version("a"), self.version("b")), ("one", "one"))

    def test_who_is_left_alone(self):
        first = self.image("one")
        self.unit("plain", "--sdnotify=started", policy=None)
        self.unit("pinned", "--sdnotify=started", image=f"{self.registry.host}/a/b@{first}")
        self.unit("other", "--sdnotify=started")
        self.image("two")
        rows = self.update("pinned", "plain")
        self.assertEqual({name: row["updated"] for name, row in rows.items()}, {"pinned": "false"})
        self.assertIn("digest", rows["pinned"]["reason"])
        self.assertEqual(self.called(), [])

    def test_local(self):
        self.image("one")
        self.unit("c", "--sdnotify=started", policy="local")
        self.image("two")
        self.assertEqual(self.updated(), {"c": "false"})
        self.oci("pull", self.name)
        self.assertEqual(self.updated(), {"c": "true"})
        self.assertEqual(self.version(), "two")

    def test_local_that_is_bad(self):
        self.image("one")
        self.unit("c", *self.HEALTHY, policy="local")
        self.image("two", health=False)
        self.oci("pull", self.name)
        self.assertEqual(self.updated("--dry-run"), {"c": "pending"})
        self.assertEqual(self.stands_for(), self.images["two"].manifest, "as it was")
        self.assertEqual(self.updated(status=1), {"c": "rolled back"})
        self.assertEqual((self.version(), self.stands_for()), ("one", self.images["one"].manifest))
        self.oci("pull", self.name)
        self.assertEqual(self.updated(), {"c": "false"}, "it was bad before")
        self.assertEqual((self.version(), self.stands_for()), ("one", self.images["one"].manifest))

    def test_local_whose_former_image_is_gone(self):
        self.image("one")
        self.unit("c", *self.HEALTHY, policy="local")
        self.image("two", health=False)
        self.oci("pull", self.name)
        self.oci("gc")
        self.assertEqual(self.updated(status=1), {"c": "failed"})
        self.assertEqual(self.stands_for(), self.images["two"].manifest)

    def test_registry_is_away(self):
        self.image("one")
        self.unit("c", "--sdnotify=started")
        self.image("two")
        self.registry.faults.append((".*", lambda handler: handler.send_error(403) or True))
        row = self.update(status=1)["c"]
        self.assertEqual((row["updated"], self.version(), self.called()), ("failed", "one", []))
        self.assertEqual((self.stands_for(), self.kept()), (self.images["one"].manifest, [self.name]))
        self.assertIn("not pulled", row["reason"])

    def test_rules_count(self):
        self.image("one")
        self.unit("c", "--sdnotify=started")
        self.image("two")
        self.write("etc/keelson/trust.d/all.conf", "prefix=*\nrequire=digest\n")
        self.assertEqual(self.updated(status=1), {"c": "failed"})
        self.assertEqual(self.version(), "one")

    def test_killed(self):
        """At any time: what runs goes on, a later run ends well, and nothing is kept that is not wanted."""
        self.image("one")
        self.unit("c", *self.HEALTHY)
        for round_, after in enumerate(0.01 * 1.5 ** step for step in range(12)):
            word = f"round{round_}"
            self.image(word)
            process = subprocess.Popen(self.words("auto-update"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(after)
            process.send_signal(signal.SIGKILL)
            process.wait()
            self.until(lambda: self.reap() or not self.goes_on())  # systemd does one thing at a time with a unit, and reaps
            self.assertEqual(self.call("exec", "c", "true").returncode, 0)
            self.updated()
            self.assertEqual((self.version(), self.kept()), (word, [self.name]))
