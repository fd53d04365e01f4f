# SPDX-License-Identifier: Apache-2.0
"""Nothing runs that was not signed: the tamper table, and what Secure Boot says of itself.

Each row changes one thing on a copy of the disk and says what must come of it, per firmware: the slot that is up in the end
(a: the change did no harm, or was healed; b: slot a was refused, or gave up), or what the console says when nothing may start.
BIOS has no row for GRUB itself: a BIOS checks nothing, and image/README.md says so.
"""
import re
import subprocess
import unittest
import zlib

import diskimage
import facts
from emulator import READY
from machines import ARCH, boot_ready, new, newest_step, note
from variant import SECTOR, Variant, can_sign, sign

FACTS = facts.facts(ARCH)
EFI_PATH = "/EFI/BOOT/" + FACTS["EFI_FILE"]
FIRMWARES = [f for f in ("bios", "secure-boot") if f != "bios" or FACTS["BIOS_BOOT"] == "yes"]
REFUSED = "Access Denied|Security Violation"
NOTHING = "No bootable option|not found|Not Found"
LIMIT_S = 300


def flip_boot(path):
    return lambda disk: disk.flip_in("boot-a", path)


def flip_grub(disk):
    """A byte of the program, in the FAT: found by its contents."""
    with open(f"{newest_step('signed')}/signed/{FACTS['EFI_FILE']}", "rb") as file:
        program = file.read()
    start, size = diskimage.partition(disk.path, "esp")
    with open(disk.path, "rb") as image:
        image.seek(start)
        at = image.read(size).index(program[:4096])
    disk.flip(start + at + len(program) // 2)


def unsigned_grub(disk):
    disk.esp_file(EFI_PATH, f"{newest_step('payload')}/payload/{FACTS['EFI_FILE']}")


def unsigned_kernel(disk):
    """Ours, but as it was before it was signed; its detached signature is that of the signed one."""
    def change(work):
        subprocess.run(["cp", f"{newest_step('payload')}/payload/vmlinuz", work], check=True)
    disk.boot_files("a", change)


def kernel_without_secure_boot(disk):
    """The attacker has the boot key but not db's."""
    def change(work):
        subprocess.run(["cp", f"{newest_step('payload')}/payload/vmlinuz", work], check=True)
        sign("detached", work + "/vmlinuz")
    disk.boot_files("a", change)


def other_release(disk):
    """slot.cfg of another release, rightly signed: its root hash is not that of the root beside it."""
    disk.command_line("a", lambda text: re.sub(r"roothash=\w{8}", "roothash=01234567", text))


def no_root_hash(disk):
    disk.command_line("a", lambda text: re.sub(r"roothash=\w+ ", "", text))


ROWS = {
    # what is changed: (how, {firmware: outcome}); outcome a or b is the slot that is up in the end, else a pattern of the console
    "grub_flipped": (flip_grub, {"secure-boot": REFUSED}),
    "grub_unsigned": (unsigned_grub, {"secure-boot": REFUSED}),
    "slot_cfg": (flip_boot("slot.cfg"), {"bios": "b", "secure-boot": "b"}),
    "slot_cfg_signature": (flip_boot("slot.cfg.sig"), {"bios": "b", "secure-boot": "b"}),
    "slot_cfg_of_other_release": (other_release, {"bios": "b", "secure-boot": "b"}),
    "slot_cfg_without_root_hash": (no_root_hash, {"bios": "b", "secure-boot": "b"}),
    "kernel": (flip_boot("vmlinuz"), {"bios": "b", "secure-boot": "b"}),
    "kernel_signature": (flip_boot("vmlinuz.sig"), {"bios": "b", "secure-boot": "b"}),
    "kernel_unsigned": (unsigned_kernel, {"bios": "b", "secure-boot": "b"}),
    "kernel_without_secure_boot": (kernel_without_secure_boot, {"bios": "a", "secure-boot": "b"}),
    "initrd": (flip_boot("initrd.img"), {"bios": "b", "secure-boot": "b"}),
    "initrd_signature": (flip_boot("initrd.img.sig"), {"bios": "b", "secure-boot": "b"}),
    "root_data": (lambda disk: disk.flip_in("root-a", "usr/lib/systemd/systemd", 100), {"bios": "b", "secure-boot": "b"}),
    "verity_tree": (lambda disk: disk.flip(disk.start("verity-a") + 4096 + 7), {"bios": "b", "secure-boot": "b"}),
    "slot_block": (lambda disk: disk.flip(disk.start("bootstate") + 30), {"bios": "b", "secure-boot": "b"}),
    "gpt_header": (lambda disk: disk.flip(SECTOR + 16), {"bios": "a", "secure-boot": "a"}),
    "gpt_signature": (lambda disk: disk.flip(SECTOR), {"bios": "a", "secure-boot": "a"}),
    "esp": (lambda disk: disk.write(disk.start("esp"), bytes(1 << 20)), {"bios": "a", "secure-boot": NOTHING}),
}
NEED_KEYS = ("slot_cfg_of_other_release", "slot_cfg_without_root_hash", "kernel_without_secure_boot")
FATAL_SLOT = {"root_data": "verity", "verity_tree": "verity|root", "slot_cfg_of_other_release": "root", "slot_cfg_without_root_hash": "root"}


class Tamper(unittest.TestCase):
    """One test a row and firmware, made below."""

    def row(self, name, firmware):
        change, outcomes = ROWS[name]
        outcome = outcomes[firmware]
        with Variant() as disk:
            change(disk)
            # The table's second header is at the end of the image, and has to be at the end of the disk.
            size = "1M" if name.startswith("gpt") else "8G"
            with new(f"tamper-{name}-{firmware}", firmware, image=disk.path, disk_size=size) as machine:
                machine.boot()
                if outcome not in ("a", "b"):
                    note(f"{name}, {firmware}: {machine.expect(outcome, LIMIT_S, fatal=re.compile(READY))[0]}")
                    return
                slot = machine.slot_up(LIMIT_S)
                note(f"{name}, {firmware}: slot {slot}")
                self.assertEqual(slot, outcome)
                self.check_way(name, machine)

    def check_way(self, name, machine):
        """That it went the way the row is about, not by chance."""
        said = machine.since_boot()
        if name in FATAL_SLOT:
            self.assertRegex(said, f"(?i)keelson-init: .*({FATAL_SLOT[name]})|Kernel panic")
        elif name.startswith("gpt"):
            header = bytearray(machine.run("dd if=/dev/vda bs=512 skip=1 count=1 2>/dev/null").raw[:92])
            told = int.from_bytes(header[16:20], "little")
            header[16:20] = bytes(4)
            note(f"{name}: the first header is {'whole again' if zlib.crc32(header) == told else 'NOT healed'}")
        elif name not in ("esp", "slot_block", "kernel_without_secure_boot"):
            self.assertIn("keelson: slot a of hd0 does not start", said)


def _add_rows():
    for name, (_, outcomes) in ROWS.items():
        for firmware in outcomes:
            if firmware in FIRMWARES:
                def test(self, name=name, firmware=firmware):
                    if name in NEED_KEYS and not can_sign():
                        self.skipTest("the private keys are not here")
                    self.row(name, firmware)
                setattr(Tamper, f"test_{name}_{firmware.replace('-', '_')}", test)


_add_rows()


class SecureBoot(unittest.TestCase):
    """The guest's own view, with the firmware's variables."""

    def test_is_on(self):
        with new("secure-boot", "secure-boot") as machine:
            boot_ready(machine)
            variable = "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
            machine.run("mountpoint -q /sys/firmware/efi/efivars || mount -t efivarfs none /sys/firmware/efi/efivars")
            self.assertEqual(machine.run(f"cat {variable}").raw[4:], b"\1")
            self.assertIn("integrity", re.search(r"\[(\w+)\]", machine.output("cat /sys/kernel/security/lockdown"))[1])
            self.assertRegex(machine.output("dmesg"), "(?i)secure ?boot enabled")


if __name__ == "__main__":
    unittest.main()
