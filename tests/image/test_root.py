# SPDX-License-Identifier: Apache-2.0
"""The root file system: musl only, nothing that builds or interprets, nothing secret, every program whole and hardened.

usage: python3 tests/image/test_root.py    (inside the SDK, after make)
"""
import os
import re
import stat
import subprocess
import unittest

import built

# Programs with the setuid or setgid bit, and why. Nothing needs one: sessions are root's, containers use namespaces.
SETUID_ALLOWED = {}
MAX_ROOT_BYTES = 28_000_000
BLOCK_BYTES = 128 * 1024


class MuslOnly(unittest.TestCase):
    def test_no_glibc(self):
        wanted = re.compile(r"(^|/)(ld-linux.*|libc\.so\.6|libc-2.*|libgcc_s.*|libstdc\+\+.*|libnss_.*)$")
        self.assertEqual([p for p in built.files() if wanted.search(p)], [])

    def test_every_program_asks_for_musls_loader(self):
        loaders = set()
        for path in built.programs():
            done = subprocess.run(["llvm-readelf", "-p", ".interp", os.path.join(built.root(), path)], capture_output=True,
                                  text=True, check=False)
            loaders.update(re.findall(r"/lib\S*ld-\S+", done.stdout))
        self.assertEqual(len(loaders), 1, loaders)
        self.assertRegex(loaders.pop(), r"^/lib/ld-musl-\w+\.so\.1$")

    def test_no_compiler_interpreter_or_package_manager(self):
        names = re.compile(r"^(perl|python[\d.]*|ruby|lua[\d.]*|tclsh|node|bash|dash|ksh|zsh|fish|gawk|mawk|gcc|cc|clang.*|ld|as|"
                           r"make|dpkg|apt|apk|rpm|dnf|pacman|opkg)$")
        real = [p for p in built.files() if names.match(os.path.basename(p)) and not os.path.islink(os.path.join(built.root(), p))
                and os.path.isfile(os.path.join(built.root(), p))]
        self.assertEqual([p for p in real if p.startswith(("usr/bin", "usr/lib/"))], [])

    def test_scripts_run_under_busybox(self):
        for path in built.files():
            full = os.path.join(built.root(), path)
            if os.path.islink(full) or not os.path.isfile(full):
                continue
            with open(full, "rb") as file:
                first = file.read(64).split(b"\n")[0]
            if first.startswith(b"#!"):
                self.assertRegex(first.decode(), r"^#! ?(/usr)?/bin/(sh|busybox|env sh)\b", path)
        self.assertEqual(os.readlink(os.path.join(built.root(), "usr/bin/sh")), "busybox")


class Hardened(unittest.TestCase):
    def test_setuid_files_are_on_the_list(self):
        found = {p for p, s in built.files().items() if stat.S_ISREG(s.st_mode) and s.st_mode & (stat.S_ISUID | stat.S_ISGID)}
        self.assertEqual(found, set(SETUID_ALLOWED))

    def test_nothing_is_writable_by_all_but_tmp(self):
        found = [p for p, s in built.files().items() if not stat.S_ISLNK(s.st_mode) and s.st_mode & stat.S_IWOTH]
        self.assertEqual(found, ["tmp"])

    def test_everything_is_roots(self):
        done = subprocess.run(["unsquashfs", "-lln", built.step("image") + "/root.squashfs"], capture_output=True, text=True, check=True)
        owners = {line.split()[1] for line in done.stdout.splitlines() if line[:1] in "-dlbcps" and "/" in line}
        self.assertEqual(owners, {"0/0"})

    def test_position_independent_full_relro_no_executable_stack(self):
        for path in built.programs():
            done = subprocess.run(["llvm-readelf", "-h", "-l", "-d", os.path.join(built.root(), path)], capture_output=True, text=True,
                                  check=True).stdout
            with self.subTest(path):
                self.assertRegex(done, r"Type:\s+DYN")
                self.assertNotRegex(done, r"GNU_STACK.*RWE")
                self.assertNotIn("TEXTREL", done)
                if "Dynamic section" in done:
                    self.assertIn("GNU_RELRO", done)
                    self.assertRegex(done, r"BIND_NOW|NOW")


class Whole(unittest.TestCase):
    def test_every_needed_library_is_there(self):
        for path in built.programs():
            done = subprocess.run(["llvm-readelf", "-d", os.path.join(built.root(), path)], capture_output=True, text=True, check=True)
            for name in re.findall(r"\(NEEDED\).*\[(.+)\]", done.stdout):
                places = [p for p in ("usr/lib/", "usr/lib/systemd/") if p + name in built.files()]
                self.assertTrue(places, f"{path} needs {name}")

    def test_every_library_opened_at_run_time_is_there(self):
        """systemd opens its libraries when it wants them; one that is missing silently takes a feature away."""
        for path in built.programs():
            raw = built.read(os.path.join(built.root(), path), "rb")
            for note in re.findall(rb'\[\{"feature":.*?\}\]', raw):
                names = re.findall(r'"([^"]+\.so[^"]*)"', note.decode())
                there = [n for n in names if "usr/lib/" + n in built.files()]
                self.assertTrue(there or not re.search(rb'"priority":"(required|recommended)"', note), f"{path}: {note.decode()}")

    def test_no_broken_links(self):
        outside = ("/run/", "/proc/", "/dev/", "/var/", "/sys/")
        for path, status in built.files().items():
            if stat.S_ISLNK(status.st_mode):
                full = os.path.join(built.root(), path)
                target = os.path.normpath(os.path.join("/" + os.path.dirname(path), os.readlink(full)))
                if target == "/dev/null" or (target + "/").startswith(outside):
                    continue
                self.assertTrue(os.path.lexists(built.root() + target), f"{path} -> {target}")

    def test_units_find_their_programs(self):
        line = re.compile(r"^Exec\w+=[-@:+!|]*(/\S+)", re.MULTILINE)
        for path in built.files():
            full = os.path.join(built.root(), path)
            if path.startswith("usr/lib/systemd/system/") and path.endswith(".service") and os.path.isfile(full) and not os.path.islink(full):
                for program in line.findall(built.read(full)):
                    real = program.replace("/usr/sbin/", "/usr/bin/").replace("/sbin/", "/usr/bin/")
                    real = re.sub(r"^/bin/", "/usr/bin/", real)
                    self.assertIn(real.lstrip("/"), built.files(), path)

    def test_a_boot_is_checked_before_it_is_called_good(self):
        for link in ("boot-complete.target.requires/keelson-health.service", "boot-complete.target.wants/keelson-slot-good.service",
                     "multi-user.target.wants/keelson-slot-watch.service"):
            self.assertIn("etc/systemd/system/" + link, built.files())
        for program in ("keelson/keelson-health", "systemd/system-generators/keelson-health-generator"):
            self.assertIn("usr/lib/" + program, built.files())

    def test_wanted_programs(self):
        for name in ("systemctl", "networkctl", "resolvectl", "journalctl", "sshd", "crun", "busybox", "kmod", "veritysetup",
                     "systemd-repart", "mkfs.ext4", "fsck.ext4", "dbus-broker", "mount", "agetty", "login", "systemd-creds"):
            self.assertIn("usr/bin/" + name, built.files())
        for name in ("systemd-networkd", "systemd-resolved", "systemd-timesyncd", "systemd-journald", "systemd-udevd", "systemd-logind"):
            self.assertTrue("usr/lib/systemd/" + name in built.files() or "usr/bin/" + name in built.files(), name)

    def test_what_containers_are_given(self):
        done = subprocess.run(["llvm-readelf", "-l", os.path.join(built.root(), "usr/libexec/keelson/catatonit")], capture_output=True, text=True, check=True)
        self.assertNotIn("INTERP", done.stdout, "it runs in any image")
        for zone in ("Europe/Berlin", "Asia/Calcutta", "Etc/UTC"):
            self.assertIn("usr/share/zoneinfo/" + zone, built.files())


class NothingSecret(unittest.TestCase):
    def test_made_on_first_boot_not_shipped(self):
        shipped = set(built.files())
        for path in ("etc/machine-id", "var/lib/systemd/random-seed", "etc/ssh/ssh_host_ed25519_key", "etc/ssh/ssh_host_ecdsa_key"):
            self.assertNotIn(path, shipped)
        self.assertEqual([p for p in shipped if re.search(r"_key$|\.pem$|\.key$|authorized_keys$", p)], [])

    def test_no_password(self):
        for line in built.read(os.path.join(built.root(), "etc/shadow")).splitlines():
            self.assertRegex(line.split(":")[1], r"^[!*]", line)

    def test_no_path_of_a_build_machine(self):
        for path in built.programs():
            raw = built.read(os.path.join(built.root(), path), "rb")
            self.assertFalse(re.search(rb"/keelson/(rootfs|scripts|out)/|/cache/(steps|tmp)/|/home/[A-Za-z0-9]", raw), path)


class Small(unittest.TestCase):
    def test_root(self):
        size = os.path.getsize(built.step("image") + "/root.squashfs")
        print(f"     root squashfs {size / 1e6:.1f} MB of {MAX_ROOT_BYTES / 1e6:.0f} MB")
        self.assertLessEqual(size, MAX_ROOT_BYTES)

    def test_block_size(self):
        raw = built.read(built.step("image") + "/root.squashfs", "rb")[:96]
        self.assertEqual(raw[:4], b"hsqs")
        self.assertEqual(int.from_bytes(raw[12:16], "little"), BLOCK_BYTES)
        self.assertEqual(int.from_bytes(raw[20:22], "little"), 6, "zstd")


if __name__ == "__main__":
    unittest.main()
