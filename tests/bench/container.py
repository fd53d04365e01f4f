# SPDX-License-Identifier: Apache-2.0
"""Inner half of tests/bench/container, which explains it."""
import collections
import os
import statistics
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "vm"))

import behaviours  # noqa: E402
import machines  # noqa: E402
from registry import Registry  # noqa: E402


def main(runs):
    with open(HERE + "/container.sh", encoding="utf-8") as file:
        script = file.read()
    with Registry(login=("reader", "word")) as registry, machines.new("bench-container") as machine:
        machines.boot_ready(machine)
        guest = behaviours.Guest(machine, registry)
        guest.fetch_image()
        text = machine.run(f"sh -s {guest.image} {runs}", stdin=script, timeout=60 * runs).stdout
    print(text, end="")
    figures = collections.defaultdict(list)
    for line in text.splitlines():
        fields = dict(field.split("=") for field in line.split())
        for name in ("first", "active", "stop", "unit"):
            figures[fields["network"], name].append(int(fields[name]))
    print(f"{'ms':16} {'min':>6} {'median':>6} {'max':>6}")
    for (network, name), values in figures.items():
        print(f"{network + ' ' + name:16} {min(values):6} {statistics.median(values):6.0f} {max(values):6}")


if __name__ == "__main__":
    main(int(sys.argv[1]))
