# SPDX-License-Identifier: Apache-2.0
"""Inner half of tests/bench/container, which explains it. The peer's image is the open file 8."""
import collections
import os
import statistics
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "vm"))

import behaviours  # noqa: E402
import machines  # noqa: E402
from boot import peer_credentials  # noqa: E402
from registry import Registry, busybox_layer  # noqa: E402

MEMORY_MB = 1024


def measure(machine, image, runs):
    """{(network, figure): milliseconds of each run}"""
    with open(HERE + "/container.sh", encoding="utf-8") as file:
        script = file.read()
    text = machine.run(f"sh -s {image} {runs}", stdin=script, timeout=120 * runs).stdout
    print(text, end="")
    figures = collections.defaultdict(list)
    for line in text.splitlines():
        fields = dict(field.split("=") for field in line.split())
        for name in ("first", "active", "stop", "unit"):
            figures[fields["network"], name].append(int(fields[name]))
    return figures


def ours(runs):
    with Registry(login=("reader", "word")) as registry, machines.new("bench-container", memory_mb=MEMORY_MB) as machine:
        machines.boot_ready(machine)
        guest = behaviours.Guest(machine, registry)
        guest.fetch_image()
        return measure(machine, guest.image, runs)


def peers(runs):
    with machines.new("bench-container-peer", image="/proc/self/fd/8", memory_mb=MEMORY_MB) as machine:
        machine.credentials.update(peer_credentials(machine.facts["CONSOLE"]))
        machine.boot()
        machine.expect("PEER-READY", 600)
        machine.run("podman import -q - localhost/box:1 && podman run --rm localhost/box:1 true", stdin=bytes(busybox_layer()), timeout=600)
        return measure(machine, "localhost/box:1", runs)


def main(runs, peer):
    rows = {"ours": ours(runs), **({"peer": peers(runs)} if peer else {})}
    print(f"{'ms':24} {'min':>6} {'median':>6} {'max':>6} {'of the peer':>12}")
    for who, figures in rows.items():
        for (network, name), values in figures.items():
            middle = statistics.median(values)
            part = f"{middle / statistics.median(rows['peer'][network, name]):.2f}" if who == "ours" and peer else ""
            print(f"{who + ' ' + network + ' ' + name:24} {min(values):6} {middle:6.0f} {max(values):6} {part:>12}")


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
