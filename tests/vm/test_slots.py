# SPDX-License-Identifier: Apache-2.0
"""The boot loader and our C code choose the same slot, and the loader takes its tries as it should.

Both are given every pair of states, whole, torn and hostile: rootfs/src/lib/slot.c as a library, and image/loader/slots.cfg
in GRUB itself, on an emulated machine with a stub in place of a kernel that never loads. So GRUB goes through all attempts.
"""
import ctypes
import glob
import itertools
import os
import re
import shutil
import subprocess
import tempfile
import unittest

import facts
from machines import ARCH, SlotsTest, note

HEAD = b"# GRUB Environment Block\n"
BLOCK, STRIDE = 512, 4096
BATCH, LIMIT_S = 500, 150
FACTS = facts.facts(ARCH)


class State(ctypes.Structure):
    _fields_ = [("known", ctypes.c_bool), ("priority", ctypes.c_uint), ("tries", ctypes.c_uint), ("good", ctypes.c_bool)]


class Attempt(ctypes.Structure):
    _fields_ = [("slot", ctypes.c_uint), ("counted", ctypes.c_bool)]


def pad(text):
    return text.ljust(BLOCK, b"#")


def whole(priority, tries, good):
    return pad(HEAD + b"priority=%d\ntries=%s\ngood=%d\n" % (priority, b"x" * tries, good))


WHOLE = [whole(p, t, g) for p in (0, 1, 2, 5, 9) for t in (0, 1, 3, 7) for g in (0, 1)]
TORN = [bytes(BLOCK), b"\xff" * BLOCK, whole(3, 3, 1)[:40] + bytes(BLOCK - 40), bytes(40) + whole(3, 3, 1)[40:]] + [
    pad(text) for text in (
        b"", HEAD, b"# grub environment block\npriority=3\ntries=x\ngood=1\n", HEAD + b"priority=3\ntries=xxxxxxxx\ngood=1\n",
        HEAD + b"priority=10\ntries=x\ngood=1\n", HEAD + b"priority=\ntries=x\ngood=1\n", HEAD + b"priority=3\ntries=xox\ngood=1\n",
        HEAD + b"priority=3\ntries=x\ngood=\n", HEAD + b"priority=3\ntries=x\\\n\ngood=1\n", HEAD + b"junk\npriority=3\ntries=x\ngood=1\n",
        HEAD + b"priority=3\ntries=x\ngood=1", HEAD + b"tries=x\npriority=4\ngood=0\n", HEAD + b"root=(hd0)\npriority=4\ntries=xx\ngood=0\n",
        HEAD + b"priority=$left\ntries=x\ngood=1\n", HEAD + b"priority=3;halt\ntries=x\ngood=1\n", HEAD + b"\n# x\npriority=6\ntries=x\ngood=1\n",
        HEAD + b"priority=3\ngood=1\n", HEAD + b"block_a=(hd9)\nrank=99\nleft=xx\npriority=0\ntries=x\ngood=1\n")]


def newest_grub():
    found = glob.glob(f"/cache/steps/{ARCH}/grub-*/root")
    if not found:
        raise FileNotFoundError("GRUB is not built; remedy: make")
    return max(found, key=os.path.getmtime)


def library(work):
    path = work + "/libslot.so"
    subprocess.run(["clang", "-shared", "-fPIC", "-std=c17", "-D_GNU_SOURCE", f"-I{facts.TREE}/rootfs/src", "-o", path,
                    f"{facts.TREE}/rootfs/src/lib/slot.c"], check=True)
    slot = ctypes.CDLL(path)
    slot.slot_decode.restype = State
    return slot


def decide(slot, pair):
    """(order in which slots are tried, both blocks as they are left) by the C code."""
    states = (State * 2)(*(slot.slot_decode(block) for block in pair))
    plan = (Attempt * 2)()
    slot.slot_plan(states, plan)
    left = list(pair)
    for attempt in plan:
        if attempt.counted:
            states[attempt.slot].tries -= 1
            out = ctypes.create_string_buffer(BLOCK)
            slot.slot_encode(ctypes.byref(states[attempt.slot]), out)
            left[attempt.slot] = out.raw
    return "".join("ab"[attempt.slot] for attempt in plan), left


def script(cases):
    lines = ["if [ -d (hd0)/EFI ]; then data=hd1; else data=hd0; fi", 'function try_slot { tried="$tried$slot"; }',
             "source (memdisk)/slots.cfg"]
    for number in range(cases):
        at = number * 2 * STRIDE // BLOCK
        lines += [f'block_a="($data){at}+1"', f'block_b="($data){at + STRIDE // BLOCK}+1"', "tried=", "start_a_slot",
                  f'echo "CASE {number} $tried"']
    return "\n".join(lines + ["echo CASES-END", "halt", ""])


def make_esp(work, cases):
    """A FAT image with GRUB, its script and slots.cfg in one file, as on a real disk."""
    grub = newest_grub()
    target = next(t for t in FACTS["GRUB_TARGETS"].split() if t.endswith("-efi"))
    with open(work + "/grub.cfg", "w", encoding="ascii") as out:
        out.write(script(cases))
    shutil.copy(facts.TREE + "/image/loader/slots.cfg", work)
    subprocess.run(["tar", "-C", work, "--format=ustar", "-cf", work + "/memdisk.tar", "grub.cfg", "slots.cfg"], check=True)
    with open(facts.TREE + "/image/loader/modules.list", encoding="utf-8") as listed:
        rows = [line.strip().rpartition(": ") for line in listed if not line.startswith("#")]
    modules = [module for only, _, module in rows if only in ("", "efi", "disk")]
    subprocess.run([grub + "/usr/bin/grub-mkimage", "-d", f"{grub}/usr/lib/grub/{target}", "-O", target, "-m", work + "/memdisk.tar",
                    "-p", "/boot", "-c", facts.TREE + "/image/loader/early.cfg", "--disable-cli", "--disable-shim-lock",
                    "-o", f"{work}/{FACTS['EFI_FILE']}", *modules], check=True)
    esp = work + "/esp.img"
    subprocess.run(["mkfs.vfat", "-C", esp, "65536"], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["mmd", "-i", esp, "::EFI", "::EFI/BOOT"], check=True)
    subprocess.run(["mcopy", "-i", esp, f"{work}/{FACTS['EFI_FILE']}", "::EFI/BOOT/"], check=True)
    return esp


def run_grub(work, pairs):
    """What GRUB did: {case: order}, and the data disk after it."""
    data = work + "/data.img"
    with open(data, "wb") as out:
        for pair in pairs:
            out.write(b"".join(block.ljust(STRIDE, b"\0") for block in pair))
    esp = make_esp(work, len(pairs))
    code, template, _ = facts.uefi_firmware(FACTS["QEMU"], FACTS["QEMU_MACHINE"])
    shutil.copy(template, work + "/vars.fd")
    disks = [o for n, path in enumerate((esp, data))
             for o in ("-drive", f"if=none,id=d{n},format=raw,file={path}", "-device", f"virtio-blk-pci,drive=d{n},bootindex={n}")]
    console = work + "/console"
    subprocess.run([FACTS["QEMU"], "-nodefaults", "-display", "none", "-machine", FACTS["QEMU_MACHINE"], "-accel", "tcg",
                           "-cpu", FACTS.get("QEMU_CPU", "max"), "-m", "512", "-drive", f"if=pflash,format=raw,unit=0,readonly=on,file={code}",
                           "-drive", f"if=pflash,format=raw,unit=1,file={work}/vars.fd", *disks, "-serial", "file:" + console],
                   stdin=subprocess.DEVNULL, timeout=LIMIT_S, check=False)
    with open(console, encoding="utf-8", errors="replace") as file:
        text = file.read()
    if "CASES-END" not in text:
        raise AssertionError(f"GRUB did not come to the end: {text[-2000:]}")
    with open(data, "rb") as file:
        return {int(n): order for n, order in re.findall(r"CASE (\d+) (\w*)", text)}, file.read()


class Deciders(unittest.TestCase):
    def test_grub_and_c_agree(self):
        pairs = list(itertools.product(WHOLE + TORN, repeat=2))
        self.assertGreaterEqual(len(pairs), 2000)
        counted = sum(self.compare(pairs[at:at + BATCH]) for at in range(0, len(pairs), BATCH))
        note(f"{len(pairs)} pairs of states: the same order, the same blocks; {counted} tries taken")

    def compare(self, pairs):
        """One machine's share; returns how many tries were taken."""
        work = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, work)
        slot = library(work)
        orders, data = run_grub(work, pairs)
        self.assertEqual(len(orders), len(pairs))
        counted = 0
        for number, pair in enumerate(pairs):
            order, left = decide(slot, pair)
            self.assertEqual(orders[number], order, pair)
            for at, (before, want) in enumerate(zip(pair, left)):
                start = (2 * number + at) * STRIDE
                got = data[start:start + BLOCK]
                counted += got != before
                if before in TORN and want != before:  # GRUB changes a value and keeps the rest, as we write the block anew
                    self.assertEqual(bytes(slot.slot_decode(got)), bytes(slot.slot_decode(want)), before)
                else:
                    self.assertEqual(got, want, before)
        return counted


class Fallback(SlotsTest):
    name = "slots"

    def test_1_running_slot_is_marked_good(self):
        status = self.status()
        self.assertEqual((status["running"], status["next"]), ("a", "a"))
        self.assertEqual(status["slots"]["a"], {"known": True, "priority": 2, "tries": 3, "good": True, "exhausted": False, "last_failure": None})
        self.assertFalse(status["slots"]["b"]["good"])

    def test_2_other_slot_is_started_and_marked(self):
        self.machine.run("keelson-slot set-active b --tries 2")
        self.assertEqual(self.restart(), "b")
        self.assertEqual(self.status()["slots"]["b"], {"known": True, "priority": 3, "tries": 3, "good": True, "exhausted": False, "last_failure": None})

    def test_3_slot_that_panics_gives_way_after_its_tries(self):
        """A root that went bad: the kernel starts, verity stops it, the machine restarts by itself."""
        self.wipe("root-a")
        self.machine.run("keelson-slot set-active a --tries 2")
        self.assertEqual(self.restart(), "b")
        panics = len(re.findall("Kernel panic", self.machine.since_boot()))
        note(f"slot a panicked {panics} times before b was taken")
        self.assertEqual(panics, 2)
        slots = self.status()["slots"]
        self.assertEqual((slots["a"]["tries"], slots["a"]["good"], slots["b"]["good"]), (0, False, True))

    def test_4_slot_without_a_kernel_is_passed_over(self):
        self.wipe("boot-a")
        self.machine.run("keelson-slot set-active a")
        self.assertEqual(self.restart(), "b")
        self.assertEqual(self.status()["slots"]["a"]["tries"], 2)


if __name__ == "__main__":
    unittest.main()
