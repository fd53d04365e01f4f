# SPDX-License-Identifier: Apache-2.0
"""Inner half of tests/bench/provision, which explains it."""
import json
import os
import statistics
import sys
import tempfile
import time

TREE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TREE, "tests", "vm"))

import accel  # noqa: E402
import facts  # noqa: E402
from emulator import PANIC, READY, Emulator  # noqa: E402
from test_provision import NAME, config, file  # noqa: E402

BAR_S = 1.5
CONFIG = config(
    passwd={"users": [{"name": "core", "sshAuthorizedKeys": ["ssh-ed25519 AAAA core"]}]},
    storage={"files": [file(f"/etc/app/{n}.conf", f"{n}: some setting\n" * 50) for n in range(30)]},
    systemd={"units": [{"name": f"app{n}.service", "enabled": True, "contents":
                        "[Service]\nType=oneshot\nExecStart=/usr/bin/true\n[Install]\nWantedBy=app.target\n"} for n in range(3)]})


def seconds(image, arch, firmware, chosen, qemu_options):
    with tempfile.TemporaryDirectory(prefix="bench.", dir=os.path.join(TREE, "out")) as work:
        with Emulator(image, work, arch, firmware, chosen, qemu_options=qemu_options) as machine:
            machine.boot()
            machine.expect(READY, 600, fatal=PANIC)
            return time.monotonic() - machine.started


def main(runs):
    arch = os.environ["ARCH"]
    image = os.path.join(TREE, "out", arch, "images", "disk.img")
    firmware = facts.first_firmware(arch)
    chosen, why = accel.choose(image, arch, firmware)
    print(f"{arch}, {firmware}, {chosen} ({why})", flush=True)
    took = {"no config": [], "30 files": []}
    with tempfile.NamedTemporaryFile("w", dir=os.path.join(TREE, "out"), suffix=".ign") as given:
        json.dump(CONFIG, given)
        given.flush()
        for _ in range(runs):
            for name, options in (("no config", []), ("30 files", ["-fw_cfg", f"name={NAME},file={given.name}"])):
                took[name].append(seconds(image, arch, firmware, chosen, options))
                print(f"{name}: {took[name][-1]:.2f} s", flush=True)
    medians = [statistics.median(values) for values in took.values()]
    print(f"medians {medians[0]:.2f} s and {medians[1]:.2f} s: {medians[1] - medians[0]:+.2f} s, bar {BAR_S} s")
    return medians[1] - medians[0] > BAR_S


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
