# SPDX-License-Identifier: Apache-2.0
"""Our programs as tests run them, each built once a run."""
import os
import subprocess
import tempfile

TREE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VERSION = "7.7"
_folder = tempfile.TemporaryDirectory()


def build(*names, settings=("TRANSPORT=curl", "VERSION=" + VERSION), folder=None):
    """Targets of rootfs/src, with libcurl unless other settings are given; returns the folder that has them. BUILT= names one that stays."""
    folder = folder or os.environ.get("BUILT") or _folder.name
    subprocess.run(["make", "-j2", "-C", TREE + "/rootfs/src", "O=" + folder, *settings, *(f"{folder}/{name}" for name in names)],
                   check=True, stdout=subprocess.DEVNULL)
    return folder


def build_checked(name):
    """A program with nothing of a network's, in the folder where the unit tests are built if that is known: they have most of its objects.
    Returns its path."""
    folder = f"{TREE}/out/{os.environ['ARCH']}/src" if "ARCH" in os.environ else None
    return build(name, settings=(), folder=folder) + "/" + name
