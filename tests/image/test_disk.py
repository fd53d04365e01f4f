# SPDX-License-Identifier: Apache-2.0
"""The disk image: its partitions, what is in each, sizes, manifest.

usage: python3 tests/image/test_disk.py    (inside the SDK, after make)
"""
import hashlib
import json
import os
import re
import subprocess
import unittest

import built

MIB = 1 << 20
SIZES_MIB = {"bios-boot": 1, "esp": 64, "bootstate": 1, "boot-a": 128, "boot-b": 128, "root-a": 512, "verity-a": 16,
             "root-b": 512, "verity-b": 16}
MAX_BOOT_PAYLOAD_BYTES = 18_000_000


def has_bios_boot():
    return "BIOS_BOOT := yes" in built.read(f"{built.TREE}/configs/{built.ARCH}.mk")


def contents(label, size):
    _, start, _, _, _ = built.partitions()[label]
    with open(built.IMAGES + "/disk.img", "rb") as disk:
        disk.seek(start)
        return disk.read(size)


class Layout(unittest.TestCase):
    def test_partitions_in_order_and_size(self):
        want = {k: v * MIB for k, v in SIZES_MIB.items() if k != "bios-boot" or has_bios_boot()}
        self.assertEqual({label: p[2] for label, p in built.partitions().items()}, want)
        self.assertEqual(list(built.partitions()), list(want))

    def test_state_is_left_to_the_first_boot(self):
        self.assertNotIn("state", built.partitions())
        self.assertIn("usr/lib/repart.d/90-state.conf", built.files())

    def test_one_layout(self):
        shipped = {p for p in built.files() if p.startswith("usr/lib/repart.d/")}
        for path in shipped:
            self.assertEqual(built.read(os.path.join(built.root(), path)), built.read(f"{built.TREE}/image/repart.d/{os.path.basename(path)}"))
        self.assertEqual(len(shipped), len(SIZES_MIB) + 1 - (not has_bios_boot()))

    def test_both_slots_hold_the_image(self):
        step = built.step("image")
        for slot in "ab":
            for part, name in (("boot", "boot.squashfs"), ("root", "root.squashfs"), ("verity", "root.verity")):
                want = built.read(f"{step}/{name}", "rb")
                self.assertEqual(contents(f"{part}-{slot}", len(want)), want, f"{part}-{slot}")

    def test_both_slots_may_start(self):
        state = contents("bootstate", 4096 + 512)
        for at, priority in ((0, 2), (4096, 1)):
            self.assertEqual(state[at:at + 512].rstrip(b"#"), b"# GRUB Environment Block\npriority=%d\ntries=xxx\ngood=0\n" % priority)

    def test_verity_tree_matches(self):
        step = built.step("image")
        done = subprocess.run(["veritysetup", "verify", step + "/root.squashfs", step + "/root.verity", built.read(step + "/root.hash").strip()],
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_a_third_of_each_slot_at_most(self):
        step = built.step("image")
        esp = sum(os.path.getsize(f"{step}/{f}") for f in os.listdir(step) if f.endswith(".EFI"))
        for label, size in (("root-a", os.path.getsize(step + "/root.squashfs")), ("verity-a", os.path.getsize(step + "/root.verity")),
                            ("boot-a", os.path.getsize(step + "/boot.squashfs")), ("esp", esp)):
            self.assertLessEqual(size * 3, SIZES_MIB[label] * MIB, label)


class Boot(unittest.TestCase):
    def test_payload_is_small(self):
        step = built.step("image")
        parts = {f: os.path.getsize(f"{step}/{f}") for f in os.listdir(step) if f in ("vmlinuz", "initrd.img", "core.img") or f.endswith(".EFI")}
        print("     boot payload " + ", ".join(f"{k} {v / 1e6:.2f}" for k, v in sorted(parts.items())) + f" = {sum(parts.values()) / 1e6:.2f} MB")
        self.assertLessEqual(sum(parts.values()), MAX_BOOT_PAYLOAD_BYTES)

    def test_command_line(self):
        out = subprocess.run(["unsquashfs", "-cat", built.step("image") + "/boot.squashfs", "slot.cfg"], capture_output=True, text=True, check=True)
        self.assertIn("roothash=" + built.read(built.step("image") + "/root.hash").strip(), out.stdout)
        self.assertNotRegex(out.stdout, r"keelson\.slot|root-[ab]")

    def test_esp_holds_grub_alone(self):
        number, start, _, _, _ = built.partitions()["esp"]
        out = subprocess.run(["mdir", "-b", "-/", "-i", f"{built.IMAGES}/disk.img@@{start}", "::"], capture_output=True, text=True, check=True)
        self.assertRegex(out.stdout.strip(), r"^::/EFI/\n?::/EFI/BOOT/\n?::/EFI/BOOT/BOOT\w+\.EFI$".replace("\\n?", r"\s*"), number)

    def test_esp_is_fat32_to_firmware_too(self):
        """Firmware tells FAT32 by the number of clusters alone."""
        _, start, _, _, _ = built.partitions()["esp"]
        with open(built.IMAGES + "/disk.img", "rb") as disk:
            disk.seek(start)
            boot = disk.read(512)
        sectors = int.from_bytes(boot[32:36], "little") or int.from_bytes(boot[19:21], "little")
        data = sectors - int.from_bytes(boot[14:16], "little") - boot[16] * int.from_bytes(boot[36:40], "little")
        self.assertEqual(boot[82:87], b"FAT32")
        self.assertGreaterEqual(data // boot[13], 65525)

    def test_bios_code(self):
        if not has_bios_boot():
            self.skipTest("this architecture has no BIOS")
        with open(built.IMAGES + "/disk.img", "rb") as disk:
            mbr = disk.read(512)
        _, start, _, _, _ = built.partitions()["bios-boot"]
        self.assertEqual(int.from_bytes(mbr[0x5c:0x64], "little"), start // 512)
        self.assertEqual(mbr[510:], b"\x55\xaa")

    def test_initramfs_has_one_program_and_drivers(self):
        names = built.read(built.step("initramfs") + "/files").splitlines()
        programs = [n for n in names if not re.search(r"^(\.|[\w/.-]*/?(dev|proc|sys|run|sysroot))$", n)
                    and not n.startswith(("usr/lib/modules/", "usr/lib/dracut/", "etc/")) and "." in os.path.basename(n) or n == "init"]
        self.assertEqual(programs, ["init"])
        self.assertFalse([n for n in names if os.path.basename(n) in ("sh", "bash", "busybox", "systemd", "libc.so")])


class Outputs(unittest.TestCase):
    def test_manifest(self):
        manifest = json.loads(built.read(built.IMAGES + "/manifest.json"))
        self.assertEqual(manifest["root_hash"], built.read(built.step("image") + "/root.hash").strip())
        self.assertEqual(manifest["sizes_bytes"]["root"], os.path.getsize(built.step("image") + "/root.squashfs"))
        packages = {p["name"]: p for p in manifest["packages"]}
        for name in ("kernel", "systemd", "musl", "busybox", "grub"):
            self.assertRegex(packages[name]["sha256"], r"^[0-9a-f]{64}$")
            self.assertTrue(packages[name]["license"] and packages[name]["version"])
        self.assertGreater(len(manifest["sdk"]), 100)
        self.assertIn("clang-19", manifest["sdk"])

    def test_checksums(self):
        for line in built.read(built.IMAGES + "/SHA256SUMS").splitlines():
            digest, name = line.split()
            with open(f"{built.IMAGES}/{name}", "rb") as file:
                self.assertEqual(hashlib.file_digest(file, "sha256").hexdigest(), digest, name)

    def test_image_is_sparse(self):
        status = os.stat(built.IMAGES + "/disk.img")
        self.assertLess(status.st_blocks * 512, 150_000_000)


if __name__ == "__main__":
    unittest.main()
