# SPDX-License-Identifier: Apache-2.0
"""Booted machines that tests share, since every boot costs half a minute without KVM."""
import glob
import json
import os
import time
import unittest

import accel
import facts
from emulator import Emulator, EmulatorError

ARCH = os.environ["ARCH"]
IMAGES = os.path.join(facts.TREE, "out", ARCH, "images")
IMAGE = os.environ.get("IMAGE") or os.path.join(IMAGES, "disk.img")
FIRMWARE = facts.first_firmware(ARCH)
LOGS = os.path.join(facts.TREE, "out", "test", "vm")

_shared = {}


def newest_step(name):
    """The output of a step that is kept in out/."""
    found = glob.glob(f"{facts.TREE}/out/{ARCH}/steps/{name}-{'[0-9a-f]' * 16}/root")
    if len(found) != 1:
        raise FileNotFoundError(f"{name}: {len(found)} outputs in out/{ARCH}/steps; remedy: make")
    return found[0]


def note(text):
    """A figure or a step worth reading in the test's output."""
    print("         " + text, flush=True)


def new(name, firmware=FIRMWARE, image=None, **options):
    """A machine that is still off; its logs go to out/test/vm/NAME. The caller closes it."""
    image = image or IMAGE
    chosen, why = accel.choose(image, ARCH, firmware)
    work = os.path.join(LOGS, name)
    for old in ("console.log", "command", "qemu.log"):
        if os.path.exists(os.path.join(work, old)):
            os.unlink(os.path.join(work, old))
    note(f"{name}: {firmware}, {chosen} ({why})")
    return Emulator(image, work, ARCH, firmware, chosen, **options)


def boot_ready(machine):
    start = time.monotonic()
    machine.boot()
    machine.ready_fields = machine.ready()
    note(f"{os.path.basename(machine.work)}: ready after {time.monotonic() - start:.1f} s")
    return machine


def again_if_qemu_fails(machine, wait):
    """Switches on and waits. An assertion of QEMU's own says nothing about the disk: it is given a second run."""
    try:
        machine.boot()
        return wait()
    except EmulatorError as error:
        if "Assertion" not in str(error):
            raise
        note(f"QEMU failed, once more: {str(error).splitlines()[-1]}")
        machine.boot()
        return wait()


def shared(firmware):
    """The running machine of this firmware; booted by whoever asks first."""
    if firmware not in _shared:
        try:
            machine = new(firmware, firmware)
            _shared[firmware] = machine
            boot_ready(machine)
        except EmulatorError as error:
            _shared[firmware] = error
    if isinstance(_shared[firmware], EmulatorError):
        raise _shared[firmware]
    return _shared[firmware]


def close_all():
    for machine in _shared.values():
        if isinstance(machine, Emulator):
            machine.close()


class SharedMachineTest(unittest.TestCase):
    """Tests that look at the shared machine and leave it as they found it."""

    firmware = FIRMWARE

    @classmethod
    def setUpClass(cls):
        cls.machine = shared(cls.firmware)

    def output(self, command, **options):
        return self.machine.output(command, **options)

    def assert_refused(self, command, reason):
        """The guest's command must fail, and for the expected reason (a regular expression)."""
        done = self.machine.run(command, check=False)
        self.assertNotEqual(done.returncode, 0, f"{command}: succeeded")
        self.assertRegex(done.stdout + done.stderr, reason)


class SlotsTest(unittest.TestCase):
    """Tests that follow each other on one machine, through its restarts: their numbers are the order of its life."""

    name = None

    @classmethod
    def setUpClass(cls):
        cls.machine = new(cls.name)
        cls.addClassCleanup(cls.machine.close)
        boot_ready(cls.machine)

    def status(self):
        return json.loads(self.machine.output("keelson-slot status --json"))

    def restart(self, timeout=300):
        self.machine.reboot()
        return self.machine.slot_up(timeout)

    def wipe(self, label):
        """Zeros over the first MiB of that partition."""
        self.machine.run(f"""
for b in /sys/class/block/*; do
	! grep -qx PARTNAME={label} $b/uevent || dd if=/dev/zero of=/dev/$(basename $b) bs=1M count=1 conv=fsync 2>/dev/null
done""")


def kernel_option(name):
    """y, m, a string, or None when off, from the config that the image's kernel was built with."""
    with open(os.path.join(IMAGES, "kernel.config"), encoding="utf-8") as config:
        for line in config:
            if line.startswith(name + "="):
                return line.strip().partition("=")[2].strip('"')
    return None
