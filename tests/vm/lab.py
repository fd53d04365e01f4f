# SPDX-License-Identifier: Apache-2.0
"""A network of the tests' own, for machines that boot from it: a bridge in the network namespace that tests run in, served by
scripts/pxe-server. Nothing leads out of it."""
import os
import shutil
import signal
import subprocess
import time

import facts

ADDRESS = "10.77.0.1"
LEASES = "10.77.0.100,10.77.0.200"
BRIDGE = "lab"


def ip(*words):
    subprocess.run(["ip", *words], check=True, capture_output=True)


class Lab:
    """A served folder, `set`, and a cable for each machine."""

    def __init__(self, work, pxe_set, leave_out=()):
        self.work, self.count, self.server = os.path.abspath(work), 0, None
        shutil.rmtree(self.work, ignore_errors=True)
        self.set, self.configs = self.work + "/set", self.work + "/configs"
        os.makedirs(self.set)
        os.makedirs(self.configs)
        for name in os.listdir(pxe_set):
            if name not in leave_out:
                os.symlink(os.path.join(pxe_set, name), os.path.join(self.set, name))
        ip("link", "add", BRIDGE, "type", "bridge")
        ip("addr", "add", ADDRESS + "/24", "dev", BRIDGE)
        ip("link", "set", BRIDGE, "up")

    def serve(self, *options):
        self.log_path = self.work + "/server.log"
        with open(self.log_path, "wb") as log:
            self.server = subprocess.Popen(
                [facts.TREE + "/scripts/pxe-server", "--interface", BRIDGE, "--address", ADDRESS, "--leases", LEASES,
                 "--configs", self.configs, *options, self.set], stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True)
        time.sleep(1)
        if self.server.poll() is not None:
            raise RuntimeError("pxe-server: " + self.log())
        return self

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            return log.read()

    def cable(self):
        """(interface, hardware address) for one machine."""
        self.count += 1
        name = f"lab{self.count}"
        ip("tuntap", "add", name, "mode", "tap")
        ip("link", "set", name, "master", BRIDGE, "up")
        return name, f"52:54:00:77:00:{self.count:02x}"

    def close(self):
        if self.server:
            os.killpg(self.server.pid, signal.SIGTERM)
            self.server.wait()
        for number in range(1, self.count + 1):
            ip("link", "del", f"lab{number}")
        ip("link", "del", BRIDGE)
        shutil.rmtree(self.set, ignore_errors=True)
