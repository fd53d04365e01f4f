# SPDX-License-Identifier: Apache-2.0
"""Hardening seen live in the guest: what the configuration promises is what the kernel does."""
import struct

from machines import SharedMachineTest, kernel_option

SIGNATURE_MARK = b"~Module signature appended~\n"
BAD_SIGNATURE = "Key was rejected|Required key not available|Operation not permitted|Bad message"
# A driver nobody loads in this machine, with no module below it: prints its path.
PICK_MODULE = r"""
cd /usr/lib/modules/$(uname -r)
grep -E '/(dummy|macvlan|nlmon|ifb|vxlan|loop|brd)\.ko: *$' modules.dep | cut -d: -f1 |
while read -r path; do
	name=$(basename "$path" .ko)
	[ -d /sys/module/"$name" ] || { echo "$PWD/$path"; break; }
done
"""


class Kernel(SharedMachineTest):
    def test_lockdown(self):
        self.assertIn("[integrity]", self.output("cat /sys/kernel/security/lockdown"))

    def test_kcfi(self):
        if kernel_option("CONFIG_CFI_CLANG") != "y":
            self.skipTest("this architecture's kernel is built without kCFI")
        self.assertEqual(kernel_option("CONFIG_CFI_PERMISSIVE"), None)
        self.assertIn("Using kCFI", self.output("dmesg"))

    def test_not_tainted(self):
        self.assertEqual(self.output("cat /proc/sys/kernel/tainted"), "0")

    def test_running_config_is_the_one_published(self):
        names = "CFI_CLANG|MODULE_SIG_FORCE|LOCK_DOWN_KERNEL_FORCE_INTEGRITY"
        running = self.output(f"zcat /proc/config.gz | grep -E '^CONFIG_({names})='")
        for line in running.splitlines():
            name, _, value = line.partition("=")
            self.assertEqual(kernel_option(name), value)
        self.assertIn("CONFIG_MODULE_SIG_FORCE=y", running)

    def test_sysctls(self):
        for name, least in (("kernel/kptr_restrict", 1), ("kernel/dmesg_restrict", 1),
                            ("kernel/unprivileged_bpf_disabled", 1),
                            ("kernel/yama/ptrace_scope", 1),
                            ("net/core/bpf_jit_harden", 1), ("kernel/perf_event_paranoid", 2)):
            with self.subTest(sysctl=name):
                self.assertGreaterEqual(int(self.output(f"cat /proc/sys/{name}")), least)

    def test_no_raw_memory(self):
        self.assert_refused("dd if=/dev/mem of=/dev/null count=1",
                            "No such file|Operation not permitted")

    def test_unsigned_kexec_is_refused(self):
        """systemctl kexec hands a kernel whose signature does not fit to kexec_file_load()."""
        script = r"""
set -eu
umask 077
mkdir -p /run/vm-kexec && cd /run/vm-kexec
mkdir -p boot esp/loader/entries esp/EFI
slot=$(sed -n 's/.*keelson.slot=\([ab]\).*/\1/p' /proc/cmdline)
for b in /sys/class/block/*; do
	! grep -qx PARTNAME=boot-$slot $b/uevent ||
		mount -t squashfs -o ro /dev/$(basename $b) boot
done
cat boot/vmlinuz >esp/vmlinuz
umount boot
printf 'x' | dd of=esp/vmlinuz bs=1 seek=4000000 conv=notrunc 2>/dev/null
printf 'title x\nversion 1\nlinux /vmlinuz\n' >esp/loader/entries/x.conf
export SYSTEMD_ESP_PATH=$PWD/esp SYSTEMD_RELAX_ESP_CHECKS=1 SYSTEMD_LOG_LEVEL=debug
systemctl kexec
"""
        self.addCleanup(self.machine.run, "rm -rf /run/vm-kexec")
        self.assert_refused(script, r"kexec_file_load\(\) failed.*(" + BAD_SIGNATURE
                            + "|No data available)")
        self.assertEqual(self.output("cat /sys/kernel/kexec_loaded"), "0")


class Modules(SharedMachineTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.path = cls.machine.output(PICK_MODULE)
        if not cls.path:
            raise AssertionError("no module to try with")
        cls.module = cls.machine.run(f"cat {cls.path}").raw

    def load(self, content):
        """insmod of these bytes; never leaves the module loaded. Returns the CompletedProcess."""
        name = self.path.rpartition("/")[2].removesuffix(".ko")
        self.machine.run("cat >/run/vm-test.ko", stdin=content)
        done = self.machine.run("insmod /run/vm-test.ko", check=False)
        self.machine.run(f"rm /run/vm-test.ko; ! [ -d /sys/module/{name} ] || rmmod {name}")
        return done

    def assert_rejected(self, content):
        done = self.load(content)
        self.assertNotEqual(done.returncode, 0, f"{self.path}: was loaded")
        self.assertRegex(done.stderr, BAD_SIGNATURE)

    def test_signed_is_loaded(self):
        self.assertTrue(self.module.endswith(SIGNATURE_MARK), f"{self.path} has no signature")
        done = self.load(self.module)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_tampered_is_refused(self):
        at = self.module.index(b"license=")
        changed = bytearray(self.module)
        changed[at + len(b"license=")] ^= 1
        self.assert_rejected(bytes(changed))

    def test_unsigned_is_refused(self):
        trailer = len(SIGNATURE_MARK) + 12
        length = struct.unpack(">I", self.module[-len(SIGNATURE_MARK) - 4:-len(SIGNATURE_MARK)])[0]
        self.assert_rejected(self.module[:-(trailer + length)])


class Ssh(SharedMachineTest):
    def refused(self, *options):
        """What sshd says to a client without our key."""
        ssh, *rest = [word for word in self.machine.ssh_argv(*options) if word not in ("-i", self.machine.key_path)]
        return self.machine.host_run(ssh, "-o", "ControlPath=none", *rest, "true")  # of an option the first one counts

    def test_keys_only(self):
        done = self.refused("-o", "PreferredAuthentications=none")
        self.assertEqual(done.returncode, 255)
        self.assertIn("Permission denied (publickey).", done.stderr)

    def test_no_password_works(self):
        shadow = self.output("grep -v '^[^:]*:[!*]' /etc/shadow; :")
        self.assertEqual(shadow, "", "an account has a password or needs none")
