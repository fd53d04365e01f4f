# SPDX-License-Identifier: Apache-2.0
"""A registry on loopback, docker-registry as packaged, with images of the guest's own BusyBox; guests reach it as 10.0.2.2."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

import facts
from emulator import free_port
from machines import ARCH, newest_step

sys.path.append(facts.TREE + "/tests/image")
import registryserver  # pylint: disable=wrong-import-position

CONFIG = """\
version: 0.1
log: {{ level: error }}
storage: {{ filesystem: {{ rootdirectory: "{root}" }} }}
http: {{ addr: "127.0.0.1:{port}" }}
"""
LOGIN = """\
auth: {{ htpasswd: {{ realm: registry, path: "{path}" }} }}
"""
APPLETS = ("cat", "dd", "echo", "env", "false", "grep", "hostname", "httpd", "id", "ls", "mkdir", "mount", "sh", "sleep", "top", "touch", "true", "wget")


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


class Registry:
    """login: (name, password), without which it gives nothing."""

    def __init__(self, login=None):
        self.login = login

    def __enter__(self):
        self.work, self.port = tempfile.mkdtemp(), free_port()
        self.seen_by_guests = f"10.0.2.2:{self.port}"
        with open(self.work + "/config.yml", "w", encoding="ascii") as file:
            file.write(CONFIG.format(root=self.work + "/data", port=self.port))
            if self.login:
                file.write(LOGIN.format(path=self.work + "/htpasswd"))
                subprocess.run(["htpasswd", "-Bbc", self.work + "/htpasswd", *self.login], check=True, capture_output=True)
        with open(self.work + "/log", "wb") as log:
            self.server = subprocess.Popen(["docker-registry", "serve", self.work + "/config.yml"], stdout=log, stderr=log)
        return self

    def __exit__(self, *_):
        self.server.terminate()
        self.server.wait()
        shutil.rmtree(self.work)

    def push(self, name, *layers):
        """NAME:TAG, from the bytes of tar archives."""
        image = registryserver.Image(*layers, platform=("linux", facts.facts(ARCH)["OCI_ARCH"]))
        layout = f"{self.work}/{name.replace(':', '-')}"
        os.makedirs(layout + "/blobs/sha256")
        for digest, raw in image.blobs.items():
            with open(f"{layout}/blobs/{digest.replace(':', '/')}", "wb") as file:
                file.write(raw)
        descriptor = image.descriptor(image.manifest, "manifest.v1+json")
        for path, text in (("oci-layout", {"imageLayoutVersion": "1.0.0"}), ("index.json", {"schemaVersion": 2, "manifests": [descriptor]})):
            with open(f"{layout}/{path}", "w", encoding="ascii") as file:
                json.dump(text, file)
        for _ in range(20):
            done = subprocess.run(["skopeo", "copy", "--insecure-policy", "--dest-tls-verify=false", *(["--dest-creds=" + ":".join(self.login)] if self.login else []),
                                   "oci:" + layout, f"docker://127.0.0.1:{self.port}/{name}"], capture_output=True, text=True, check=False)
            if done.returncode == 0:
                return
            time.sleep(0.5)
        raise RuntimeError("skopeo: " + done.stderr)
