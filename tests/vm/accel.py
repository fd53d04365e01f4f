# SPDX-License-Identifier: Apache-2.0
"""Which accelerator QEMU shall use: TCG, or KVM where Linux has been seen to start under it.

That /dev/kvm opens proves little: on some hosts firmware runs and Linux hangs. So the image itself
is booted for a few seconds under KVM; the verdict is kept for a day in the cache, per host kernel,
architecture and firmware.
"""
import os
import platform
import re
import shutil
import tempfile
import time

from emulator import Emulator, EmulatorError

PROBE_S = 15
VERDICT_LASTS_S = 24 * 3600
# A quiet kernel says nothing before user space does; under a KVM that works that takes about 5 s.
LINUX_RUNS = re.compile(r"Linux version|\[ +\d+\.\d{6}\]|KEELSON-READY|login:")


def _verdict_path(arch, firmware):
    cache = os.environ.get("KEELSON_CACHE") or os.path.expanduser("~/.cache/keelson")
    name = f"kvm-{arch}-{firmware}-{platform.release()}"
    return os.path.join(cache, re.sub(r"[^\w.-]", "_", name))


def _remembered(path):
    try:
        if time.time() - os.path.getmtime(path) < VERDICT_LASTS_S:
            with open(path, encoding="utf-8") as verdict:
                return verdict.read().strip() or None
    except FileNotFoundError:
        pass
    return None


def _probe(image, arch, firmware):
    work = tempfile.mkdtemp(prefix="kvm-probe.")
    try:
        with Emulator(image, work, arch, firmware, accel="kvm") as machine:
            machine.boot()
            machine.expect(LINUX_RUNS, PROBE_S)
        return "kvm: a probe boot started Linux"
    except EmulatorError as error:
        lines = str(error).splitlines()
        said = [line for line in lines[1:] if line.startswith("QEMU: ")]
        return f"tcg: probe boot under KVM failed: {'; '.join(lines[:1] + said[:1])}"
    finally:
        shutil.rmtree(work, ignore_errors=True)


def choose(image, arch, firmware):
    """(accelerator, reason). The environment's ACCEL=tcg or kvm is taken as it is."""
    if os.environ.get("ACCEL"):
        return os.environ["ACCEL"], "ACCEL is set"
    if arch != platform.machine():
        return "tcg", f"{arch} on {platform.machine()}"
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        return "tcg", "/dev/kvm is not usable"
    path = _verdict_path(arch, firmware)
    verdict = _remembered(path)
    if verdict is None:
        verdict = _probe(image, arch, firmware)
        with open(path + ".new", "w", encoding="utf-8") as note:
            note.write(verdict + "\n")
        os.replace(path + ".new", path)
    accel, _, reason = verdict.partition(": ")
    return accel, reason
