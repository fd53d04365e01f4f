# SPDX-License-Identifier: Apache-2.0
"""What the build left, for tests that look into it: paths, the unpacked root file system, ELF facts."""
import atexit
import functools
import glob
import json
import os
import shutil
import subprocess
import tempfile

TREE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ARCH = os.environ["ARCH"]
IMAGES = f"{TREE}/out/{ARCH}/images"


def step(name):
    """The output folder of a step that is kept in out/; there is one, the newest."""
    found = glob.glob(f"{TREE}/out/{ARCH}/steps/{name}-{'[0-9a-f]' * 16}/root")
    if len(found) != 1:
        raise FileNotFoundError(f"{name}: {len(found)} outputs in out/{ARCH}/steps; remedy: make")
    return found[0]


def read(path, mode="r"):
    with open(path, mode) as file:
        return file.read()


@functools.cache
def root():
    """A folder with the root file system's contents, gone at exit."""
    folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, folder)
    subprocess.run(["unsquashfs", "-q", "-n", "-d", folder + "/root", step("image") + "/root.squashfs"], check=True,
                   stdout=subprocess.DEVNULL)
    return folder + "/root"


@functools.cache
def files():
    """{path within the root: lstat} of everything in it."""
    found = {}
    for folder, folders, names in os.walk(root()):
        for name in folders + names:
            path = os.path.join(folder, name)
            found[os.path.relpath(path, root())] = os.lstat(path)
    return found


@functools.cache
def programs():
    """Paths of all ELF files but kernel modules."""
    def is_elf(path):
        full = os.path.join(root(), path)
        return os.path.isfile(full) and not os.path.islink(full) and read(full, "rb")[:4] == b"\x7fELF"
    return sorted(p for p in files() if not p.startswith("usr/lib/modules/") and is_elf(p))


def elf(path):
    """llvm-readobj's account of one ELF file of the root."""
    out = subprocess.run(["llvm-readobj", "--elf-output-style=JSON", "--needed-libs", "--program-headers", "--dynamic-table",
                          os.path.join(root(), path)], capture_output=True, check=True, text=True).stdout
    return json.loads(out)[0]


def partitions():
    """{label: (number, start byte, size in bytes, type, uuid)} of disk.img."""
    table = json.loads(subprocess.run(["sfdisk", "-J", IMAGES + "/disk.img"], capture_output=True, check=True).stdout)
    return {p["name"]: (number + 1, p["start"] * 512, p["size"] * 512, p["type"], p["uuid"])
            for number, p in enumerate(table["partitiontable"]["partitions"])}
