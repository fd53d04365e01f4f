# SPDX-License-Identifier: Apache-2.0
"""The step engine and the fetch step, on a small tree of their own: bad input, full disks, kills, cache hits.

usage: python3 tests/image/test_pipeline.py    (inside the SDK; nothing has to be built)
"""
import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

TREE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ENTER = """mount --bind "$1" /keelson && mount --bind "$2" /cache && cd /keelson && shift 2 && exec "$@" """
TINY = {"package.mk": "version := 1\nlicense := none\n", "build.sh": "install() { mkdir -p $DESTDIR/usr; echo made >$DESTDIR/usr/tiny; }\n"}


class PipelineTest(unittest.TestCase):
    def setUp(self):
        self.tree = self.enterContext(tempfile.TemporaryDirectory())
        self.cache = self.enterContext(tempfile.TemporaryDirectory())
        self.steps = f"{self.cache}/steps/{os.environ['ARCH']}"
        for name in ("Makefile", "configs", "scripts", "rootfs/styles"):
            source = f"{TREE}/{name}"
            (shutil.copytree if os.path.isdir(source) else shutil.copy)(source, f"{self.tree}/{name}")
        self.recipe("tiny", TINY)

    def recipe(self, name, files):
        for path, text in files.items():
            full = f"{self.tree}/rootfs/packages/{name}/{path}"
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "w", encoding="utf-8") as file:
                file.write(text)

    def command(self, *argv):
        return ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", ENTER, "sh", self.tree, self.cache, *argv]

    def run_in(self, *argv, env=None):
        return subprocess.run(self.command(*argv), capture_output=True, text=True, check=False, env={**os.environ, **(env or {})})

    def make(self, *goals):
        return self.run_in("make", "INSIDE=1", *goals)

    def outputs(self, name="tiny"):
        return sorted(d for d in (os.listdir(self.steps) if os.path.isdir(self.steps) else []) if d.startswith(name + "-"))

    def assert_fails(self, done, *words):
        self.assertNotEqual(done.returncode, 0, done.stdout + done.stderr)
        for word in words:
            self.assertIn(word, done.stdout + done.stderr)
        self.assertEqual(self.outputs(), [])

    def with_archive(self, content, sha256=None):
        digest = hashlib.sha256(content).hexdigest()
        wanted = sha256 or digest
        self.recipe("tiny", {"package.mk": TINY["package.mk"] + f"source := tiny.tar\npool := tiny\nsha256 := {wanted}\n"})
        os.makedirs(f"{self.cache}/dl/{wanted}")
        with open(f"{self.cache}/dl/{wanted}/tiny.tar", "wb") as file:
            file.write(content)
        return digest


class BadInput(PipelineTest):
    def test_unknown_architecture(self):
        self.assert_fails(self.make("ARCH=pdp11", "step-tiny"), "unknown ARCH: pdp11", "x86_64")

    def test_unknown_dependency(self):
        self.recipe("tiny", {"package.mk": TINY["package.mk"] + "depends := nosuch\n"})
        self.assert_fails(self.make("step-tiny"), "no such package: nosuch (wanted by tiny)")

    def test_dependency_cycle(self):
        self.recipe("tiny", {"package.mk": TINY["package.mk"] + "depends := other\n"})
        self.recipe("other", {"package.mk": "version := 1\ndepends := tiny\n"})
        self.assert_fails(self.make("step-tiny"), "dependency cycle")

    def test_missing_input(self):
        self.recipe("tiny", {"package.mk": TINY["package.mk"] + "inputs := rootfs/nosuch\n"})
        self.assert_fails(self.make("step-tiny"), "tiny: inputs: no such file or folder: rootfs/nosuch")

    def test_missing_archive(self):
        self.with_archive(b"")
        shutil.rmtree(self.cache + "/dl")
        self.assert_fails(self.make("step-tiny"), "tiny.tar is missing", "make fetch")

    def test_wrong_hash(self):
        got = self.with_archive(b"something else", sha256="0" * 64)
        self.assert_fails(self.make("step-tiny"), got, "0" * 64, "tiny.tar")

    def test_broken_archive(self):
        self.with_archive(b"this is no tar file")
        self.assert_fails(self.make("step-tiny"), "cannot unpack")

    def test_patch_that_does_not_apply(self):
        self.recipe("tiny", {"patches/one.patch": "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n"})
        self.assert_fails(self.make("step-tiny"), "patch does not apply", "one.patch")

    def test_nothing_installed(self):
        self.recipe("tiny", {"build.sh": "compile() { :; }\n"})
        self.assert_fails(self.make("step-tiny"), "tiny: nothing was installed", "build.sh")

    def test_failing_build_shows_its_log(self):
        self.recipe("tiny", {"build.sh": "compile() { echo the reason; false; }\n"})
        self.assert_fails(self.make("step-tiny"), "the reason", "tiny.failed.log")
        self.assertEqual([f for f in os.listdir(self.cache + "/tmp") if "tiny-" in f and not f.endswith(".lock")], [])

    def test_no_network_in_the_build(self):
        self.recipe("tiny", {"build.sh": "compile() { [ \"$(ip -o link | wc -l)\" = 1 ]; ! ip route get 192.0.2.1; }\n" + TINY["build.sh"]})
        self.assertEqual(self.make("step-tiny").returncode, 0)

    def test_undeclared_files_are_out_of_sight(self):
        self.recipe("other", {**TINY, "build.sh": TINY["build.sh"].replace("/tiny", "/other")})
        self.recipe("tiny", {"build.sh": "compile() { [ ! -e /sr/usr/other ]; [ ! -e /cache/steps ]; [ ! -e /keys/module.key ]; "
                                         "! touch $TREE/x; }\n" + TINY["build.sh"]})
        self.assertEqual(self.make("step-other").returncode, 0)
        done = self.make("step-tiny")
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_full_disk(self):
        self.recipe("tiny", {"build.sh": "install() { mkdir -p $DESTDIR/usr; head -c 4000000 /dev/zero >$DESTDIR/usr/tiny; }\n"})
        done = self.run_in("sh", "-c", "mount -t tmpfs -o size=2m none /cache && make INSIDE=1 step-tiny; r=$?; ls /cache/steps/*; exit $r")
        self.assert_fails(done, "No space left on device")
        self.assertNotIn("tiny-", done.stdout)


class Cache(PipelineTest):
    def test_hits_and_misses(self):
        self.recipe("user", {**TINY, "package.mk": "version := 1\ndepends := tiny\n"})
        built = lambda done: sorted(line.split()[1] for line in done.stderr.splitlines() if line.startswith("  BUILD"))
        recipe = f"{self.tree}/rootfs/packages/tiny"
        self.assertEqual(built(self.make("step-user")), ["tiny", "user"])
        self.assertEqual(built(self.make("step-user")), [], "nothing changed")
        os.utime(recipe + "/build.sh")
        self.assertEqual(built(self.make("step-user")), [], "touched")
        self.recipe("tiny", {"README.md": "words"})
        self.assertEqual(built(self.make("step-user")), [], "documentation")
        self.recipe("tiny", {"build.sh": TINY["build.sh"] + "# edited\n"})
        self.assertEqual(built(self.make("step-user")), ["tiny", "user"], "edited")
        self.recipe("tiny", TINY)
        self.assertEqual(built(self.make("step-user")), [], "taken back")
        self.recipe("tiny", {"files/x": "y"})
        self.assertEqual(built(self.make("step-user")), ["tiny", "user"], "a file more")
        os.chmod(recipe + "/files/x", 0o755)
        self.assertEqual(built(self.make("step-user")), ["tiny", "user"], "executable")
        for target in ("x", "y"):
            os.symlink(target, recipe + "/files/link")
            self.assertEqual(built(self.make("step-user")), ["tiny", "user"], "a link to " + target)
            os.unlink(recipe + "/files/link")

    def test_incremental_goes_on_in_its_tree(self):
        files = {"package.mk": TINY["package.mk"] + "incremental := yes\n",
                 "build.sh": "compile() { echo run >>runs; [ ! -e $RECIPE/files/fail ]; }\ninstall() { mkdir -p $DESTDIR/usr; cp runs $DESTDIR/usr/; }\n"}

        def runs(**changed):
            files.update({name.replace("_", "."): text for name, text in changed.items()})
            before = self.outputs()
            self.recipe("tiny", files)
            done = self.make("step-tiny")
            (new,) = set(self.outputs()) - set(before) or {done.stderr}
            with open(f"{self.steps}/{new}/root/usr/runs", encoding="ascii") as file:
                return len(file.readlines())
        self.assertEqual(runs(), 1)
        self.assertEqual(runs(package_mk=files["package.mk"] + "license := other\n"), 2, "its tree was kept")
        self.recipe("tiny", {"files/fail": ""})
        self.assertIn("FAILED   tiny: exit code", self.make("step-tiny").stderr)
        os.unlink(f"{self.tree}/rootfs/packages/tiny/files/fail")
        self.assertEqual(runs(package_mk=files["package.mk"] + "license := third\n"), 4, "kept over a build that failed")
        self.assertEqual(runs(build_sh="# edited\n" + files["build.sh"]), 1, "another build.sh starts over")

    def test_users_own_tree(self):
        with tempfile.TemporaryDirectory() as local:
            os.makedirs(local + "/packages/site")
            for name, text in TINY.items():
                with open(f"{local}/packages/site/{name}", "w", encoding="utf-8") as file:
                    file.write(text)
            done = self.run_in("sh", "-c", f"mkdir -p /local && mount --bind {local} /local && make INSIDE=1 LOCAL={local} step-site")
        (site,) = self.outputs("site") or [done.stderr]
        self.assertTrue(os.path.exists(f"{self.steps}/{site}/root/usr/tiny"), done.stderr)

    def test_another_checkout_shares_it(self):
        self.assertIn("BUILD", self.make("step-tiny").stderr)
        with tempfile.TemporaryDirectory() as other:
            shutil.copytree(self.tree, other + "/elsewhere")
            self.tree = other + "/elsewhere"
            self.assertNotIn("BUILD", self.make("step-tiny").stderr)

    def test_killed_anywhere_it_resumes(self):
        self.recipe("tiny", {"build.sh": "compile() { sleep 0.4; echo half >$DESTDIR.half; sleep 0.4; }\n" + TINY["build.sh"]})
        for delay in (0.15, 0.4, 0.7, 1.0, 1.2):
            victim = subprocess.Popen(self.command("make", "INSIDE=1", "step-tiny"), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                      start_new_session=True)
            time.sleep(delay)
            os.killpg(victim.pid, signal.SIGKILL)
            victim.wait()
            for output in self.outputs():
                self.assertTrue(os.path.exists(f"{self.steps}/{output}/done"), f"killed after {delay} s")
        done = self.make("step-tiny")
        self.assertEqual(done.returncode, 0, done.stderr)
        [output] = self.outputs()
        with open(f"{self.steps}/{output}/root/usr/tiny", encoding="utf-8") as file:
            self.assertEqual(file.read(), "made\n")


class BuildRoot(PipelineTest):
    MAKER = """#!/bin/sh
for root; do case $root in *.tmp.*) break ;; esac; done
mkdir -p "$root/etc" "$root/dev" && touch "$root/etc/keelson-sdk" && mount -t tmpfs dev "$root/dev" && touch "$root/dev/null"
[ -z "$KILLED" ] || kill -KILL $PPID
"""

    def create(self, **more):
        """With programs in place of mmdebstrap and of what asks apt."""
        for path, text in ((self.cache + "/bin/mmdebstrap", self.MAKER), (self.tree + "/scripts/mirror-base", "#!/bin/sh\necho file:/nowhere\n")):
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="ascii") as file:
                file.write(text)
            os.chmod(path, 0o755)
        return subprocess.run([self.tree + "/scripts/sdk", "create"], capture_output=True, text=True, check=False,
                              env={**os.environ, "KEELSON_CACHE": self.cache, "PATH": f"{self.cache}/bin:{os.environ['PATH']}", "KILLED": "", **more})

    def made(self):
        return sorted(name for name in os.listdir(self.cache) if name.startswith("sdk-"))

    def test_killed_it_leaves_what_the_next_takes_away(self):
        self.assertEqual(self.create(KILLED="yes").returncode, -signal.SIGKILL)
        left, = self.made()
        self.assertIn(".tmp.", left)
        self.assertEqual(os.listdir(f"{self.cache}/{left}/dev"), [], "nothing is mounted any more")
        done = self.create()
        self.assertEqual(done.returncode, 0, done.stderr)
        name, = self.made()
        self.assertNotIn(".tmp.", name)
        self.assertEqual(os.listdir(f"{self.cache}/{name}/etc"), ["keelson-sdk"])


class Fetch(PipelineTest):
    CONTENT = b"an archive" * 100

    def fetch(self, folder, to=None):
        self.to = to or f"{self.cache}/dl/x/tiny.tar"
        return subprocess.run([TREE + "/scripts/fetch", "tiny", "tiny", "tiny.tar", hashlib.sha256(self.CONTENT).hexdigest(), self.to],
                              capture_output=True, text=True, check=False, env={**os.environ, "MIRRORS": folder})

    def mirror(self, content):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        with open(folder + "/tiny.tar", "wb") as file:
            file.write(content)
        return folder

    def assert_nothing_left(self):
        folder = os.path.dirname(self.to)
        self.assertEqual(os.listdir(folder) if os.path.isdir(folder) else [], [])

    def test_from_a_folder(self):
        self.assertEqual(self.fetch(self.mirror(self.CONTENT)).returncode, 0)
        with open(self.to, "rb") as file:
            self.assertEqual(file.read(), self.CONTENT)

    def test_second_mirror_when_the_first_lies(self):
        self.assertEqual(self.fetch(self.mirror(b"lie") + " " + self.mirror(self.CONTENT)).returncode, 0)

    def test_wrong_and_short_files(self):
        for content in (b"wrong", self.CONTENT[:-1], b""):
            folder = self.mirror(content)
            done = self.fetch(folder)
            self.assertEqual(done.returncode, 1)
            for word in ("package tiny", folder + "/tiny.tar", hashlib.sha256(content).hexdigest(), hashlib.sha256(self.CONTENT).hexdigest()):
                self.assertIn(word, done.stderr)
            self.assert_nothing_left()

    def test_missing(self):
        done = self.fetch("/nosuch")
        self.assertEqual(done.returncode, 1)
        self.assertIn("/nosuch/tiny.tar: no such file", done.stderr)
        self.assert_nothing_left()

    def test_full_disk(self):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4k", "none", folder], check=True)
        self.addCleanup(subprocess.run, ["umount", folder], check=True)
        with open(folder + "/full", "wb") as file:
            file.write(b"x" * 4096)
        done = self.fetch(self.mirror(self.CONTENT), folder + "/tiny.tar")
        self.assertEqual(done.returncode, 1)
        self.assertIn("disk full?", done.stderr)
        self.assertEqual(os.listdir(folder), ["full"])


if __name__ == "__main__":
    unittest.main()
