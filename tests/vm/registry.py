# SPDX-License-Identifier: Apache-2.0
"""A registry on loopback, docker-registry as packaged, with images of the guest's own BusyBox; guests reach it as 10.0.2.2."""
import os
import subprocess
import sys
import tempfile

import facts
from machines import ARCH, newest_step

sys.path.append(facts.TREE + "/tests/image")
import registryserver  # noqa: E402
from dockerregistry import DockerRegistry  # noqa: E402

APPLETS = ("cat", "date", "dd", "echo", "env", "false", "grep", "hostname", "httpd", "id", "ls", "mkdir", "mount", "sh", "sleep", "top", "touch", "true", "wget")


def step_of_package(name):
    """What the build of a package of the image has left in the cache: headers and static libraries too."""
    with open(f"{facts.TREE}/out/{ARCH}/steps/packages", encoding="utf-8") as file:
        keys = {fields[0].strip(): fields[-1].strip() for fields in (line.split("|") for line in file)}
    return f"/cache/steps/{ARCH}/{name}-{keys[name]}/root"


def guest_program(name):
    """tests/vm/inside/NAME.c as a program that needs nothing of a container but the guest's kernel."""
    with tempfile.TemporaryDirectory() as work:
        subprocess.run(["clang-19", "--target=" + facts.facts(ARCH)["TRIPLE"], "--sysroot=" + step_of_package("musl"), "-isystem",
                        step_of_package("linux-headers") + "/usr/include", "-std=gnu17", "-Os", "-Wall", "-Wextra", "-Werror", "-static",
                        "-fuse-ld=lld", "--rtlib=compiler-rt", "--unwindlib=none", "-o", work + "/program",
                        f"{facts.TREE}/tests/vm/inside/{name}.c"], check=True)
        with open(work + "/program", "rb") as program:
            return program.read()


def busybox_layer(*more):
    """A root of BusyBox and its libc, taken out of the image's squashfs, and more entries."""
    with tempfile.TemporaryDirectory() as work:
        root = work + "/root"
        subprocess.run(["unsquashfs", "-q", "-n", "-d", root, newest_step("root") + "/root.squashfs", "usr/bin/busybox", "usr/lib/libc.so",
                        "usr/lib/ld-musl-*"], check=True, capture_output=True)
        (loader,) = [name for name in os.listdir(root + "/usr/lib") if name.startswith("ld-musl-")]
        with open(root + "/usr/bin/busybox", "rb") as program, open(root + "/usr/lib/libc.so", "rb") as libc:
            executable = {"mode": 0o755}
            return registryserver.tar(
                *((name, None) for name in ("bin", "etc", "lib", "proc", "sys", "dev", "tmp", "site")),
                ("bin/busybox", program.read(), executable), ("lib/" + loader, libc.read(), executable),
                *(("bin/" + name, "busybox") for name in APPLETS),
                ("etc/passwd", b"root:x:0:0::/:/bin/sh\nweb:x:33:33::/site:/bin/sh\n"), ("etc/group", b"root:x:0:\nweb:x:33:\n"), *more)


class Registry(DockerRegistry):
    """In a folder of its own; guests reach it as seen_by_guests."""

    def __init__(self, login=None):
        self.work = tempfile.TemporaryDirectory()
        super().__init__(self.work.name, login)

    def __enter__(self):
        super().__enter__()
        self.seen_by_guests = f"10.0.2.2:{self.port}"
        return self

    def __exit__(self, *error):
        super().__exit__(*error)
        self.work.cleanup()

    def push_image(self, name, *layers):
        """NAME:TAG, from the bytes of tar archives."""
        with tempfile.TemporaryDirectory() as layout:
            registryserver.Image(*layers, platform=("linux", facts.facts(ARCH)["OCI_ARCH"])).write_layout(layout)
            self.push(layout, name)
