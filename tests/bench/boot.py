# SPDX-License-Identifier: Apache-2.0
"""Inner half of tests/bench/boot, which explains it: boot images in turn, measure, print a table.

usage: boot.py RUNS FIRMWARE PEER-MARKER OURS PEER
The images are the open files 7 and 8; PEER may be empty.
"""
import json
import os
import platform
import re
import statistics
import sys
import tempfile
import time

TREE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TREE, "tests", "vm"))

import accel  # noqa: E402
import facts  # noqa: E402
from emulator import PANIC, READY, Emulator, EmulatorError  # noqa: E402

LIMIT_S = 600
# Not "Reached target": getty swallows it. Prints what our ready line has, by the same clock.
PEER_UNIT = """[Unit]
After=multi-user.target
[Service]
Type=oneshot
StandardOutput=tty
TTYPath=/dev/{console}
ExecStart=/bin/sh -c 'read -r up rest </proc/uptime; \
 start=$(systemctl show -P UserspaceTimestampMonotonic); \
 echo; echo PEER-READY userspace_ms=$(( $${{up%%.*}}$${{up##*.}}0 - start / 1000 ))'
"""
FIGURES = (("wall_s", "wall s"), ("cpu_s", "QEMU CPU s"), ("userspace_ms", "userspace ms"))


def peer_credentials(console):
    return {"systemd.extra-unit.bench-marker.service": PEER_UNIT.format(console=console),
            "systemd.unit-dropin.multi-user.target": "[Unit]\nWants=bench-marker.service\n"}


def measure(image, marker, firmware, chosen, arch, with_unit):
    """One boot from QEMU's start to the marker; the disk is fresh every time."""
    with tempfile.TemporaryDirectory(prefix="bench.", dir=os.path.join(TREE, "out")) as work:
        with Emulator(image, work, arch, firmware, chosen) as machine:
            if with_unit:
                machine.credentials.update(peer_credentials(machine.facts["CONSOLE"]))
            machine.boot()
            line = machine.expect(marker, LIMIT_S, fatal=PANIC)[0]
            wall = time.monotonic() - machine.started
            machine.power_cut()
            run = {"wall_s": round(wall, 2), "cpu_s": round(machine.cpu_seconds(), 2)}
    userspace = re.search(r"userspace_ms=(\d+)", line)
    if userspace:
        run["userspace_ms"] = int(userspace[1])
    return run


def summary(runs):
    """{figure: (minimum, median)} of what every run has."""
    values = {key: [run[key] for run in runs if key in run] for key, _ in FIGURES}
    return {key: (min(v), statistics.median(v)) for key, v in values.items() if len(v) == len(runs)}


def table(ours, peer):
    lines = [f"{'':24}{'ours':>10}{'peer':>10}{'ratio':>8}"]
    for key, title in FIGURES:
        for at, which in enumerate(("min", "median")):
            mine = ours[key][at] if key in ours else None
            theirs = peer[key][at] if key in peer else None
            ratio = f"{mine / theirs:.2f}" if mine is not None and theirs else "-"
            cells = ["-" if v is None else f"{v:g}" for v in (mine, theirs)]
            lines.append(f"{title + ', ' + which:24}{cells[0]:>10}{cells[1]:>10}{ratio:>8}")
    return "\n".join(lines)


def processor():
    with open("/proc/cpuinfo", encoding="utf-8") as info:
        names = re.findall(r"^model name\s*: (.*)$", info.read(), re.M)
    return f"{len(os.sched_getaffinity(0))} x {names[0] if names else platform.machine()}"


def main(count, firmware, marker, ours, peer):
    arch = os.environ["ARCH"]
    os.makedirs(os.path.join(TREE, "out", "bench"), exist_ok=True)
    firmware = firmware or facts.first_firmware(arch)
    chosen, why = accel.choose("/proc/self/fd/7", arch, firmware)
    machine = f"{processor()}, {arch} guest, {firmware}, {chosen} ({why})"
    print(f"ours: {ours}\npeer: {peer or 'none'}\non {machine};"
          f" load before {os.getloadavg()[0]:.1f}", flush=True)
    plan = [("ours", "/proc/self/fd/7", READY, False)]
    if peer:
        pattern = re.compile(marker or "PEER-READY userspace_ms=[0-9]+")
        plan.append(("peer", "/proc/self/fd/8", pattern, not marker))
    runs = {"ours": [], "peer": []}
    for turn in range(int(count)):
        for name, image, pattern, with_unit in plan:
            run = measure(image, pattern, firmware, chosen, arch, with_unit)
            runs[name].append(run)
            print(f"run {turn + 1} {name}: "
                  + ", ".join(f"{run[key]:g} {title}" for key, title in FIGURES if key in run),
                  flush=True)
    print(table(summary(runs["ours"]), summary(runs["peer"]) if peer else {}))
    with open(os.path.join(TREE, "out", "bench", "boot.json"), "w", encoding="utf-8") as out:
        min_median = {name: summary(r) for name, r in runs.items() if r}
        json.dump({"machine": machine, "ours": ours, "peer": peer, "runs": runs,
                   "min_median": min_median}, out, indent=1)
        out.write("\n")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]))
    except EmulatorError as error:
        print(f"boot: {error}", file=sys.stderr)
        sys.exit(1)
