# SPDX-License-Identifier: Apache-2.0
"""What the emulator has to know of an architecture: looked up, never written down here.

QEMU's name, machine and console come from configs/ARCH.mk (the environment wins), UEFI firmware
from the descriptors that QEMU's distribution installs. Reads files, starts nothing.
"""
import glob
import json
import os
import re

TREE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DESCRIPTORS = "/usr/share/qemu/firmware/*.json"
ASSIGNMENT = re.compile(r"^([A-Z][A-Z0-9_]*)\s*[:?]?=\s*(.*?)\s*$")


class FactsError(Exception):
    """An architecture, or a firmware for it, that nothing here knows."""


def known_arches():
    paths = glob.glob(os.path.join(TREE, "configs", "*.mk"))
    return sorted(os.path.basename(p)[:-3] for p in paths if not p.endswith("/product.mk"))


def facts(arch):
    """The plain assignments of configs/ARCH.mk as a dict, overlaid with the environment."""
    path = os.path.join(TREE, "configs", arch + ".mk")
    if arch not in known_arches():
        raise FactsError(f"unknown architecture: {arch}; known: {', '.join(known_arches())}")
    with open(path, encoding="utf-8") as lines:
        found = dict(m.groups() for m in map(ASSIGNMENT.match, lines) if m)
    found.update((name, os.environ[name]) for name in found if os.environ.get(name))
    return found


def first_firmware(arch):
    """What a machine of this architecture starts with when nobody says: bios where there is one."""
    return "bios" if facts(arch)["BIOS_BOOT"] == "yes" else "uefi"


def uefi_firmware(qemu, machine, secure_boot=False):
    """(code, variable template, features) from the first descriptor that fits, as libvirt chooses it."""
    target, machine = qemu.rpartition("-")[2], machine.partition(",")[0]
    for path in sorted(glob.glob(DESCRIPTORS)):
        with open(path, encoding="utf-8") as text:
            entry = json.load(text)
        features = set(entry.get("features", ()))
        if "uefi" not in entry["interface-types"] or "enrolled-keys" in features:
            continue
        if ("secure-boot" in features) != secure_boot:
            continue
        for place in entry["targets"]:
            if place["architecture"] == target and any(machine in m for m in place["machines"]):
                mapping = entry["mapping"]
                return mapping["executable"]["filename"], mapping["nvram-template"]["filename"], features
    raise FactsError(f"no UEFI firmware for {target}/{machine} among {DESCRIPTORS}")
