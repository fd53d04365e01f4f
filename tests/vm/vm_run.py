# SPDX-License-Identifier: Apache-2.0
"""Inner half of scripts/vm-run (which explains the options): boot, wait, run, pass the status on.

usage: vm_run.py run|interactive ARCH FIRMWARE TIMEOUT MEMORY DISK-SIZE [COMMAND…]
Image and console log are the open files 7 and 8. Runs inside the SDK.
"""
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import accel
import facts
from emulator import Emulator, EmulatorError, EmulatorTimeout

IMAGE, LOG_FD = "/proc/self/fd/7", 8
TIMEOUT_STATUS, NO_GUEST_STATUS = 124, 125


def say(text):
    print("vm-run: " + text, file=sys.stderr, flush=True)


def run_command(machine, words, deadline):
    command = words[0] if len(words) == 1 else shlex.join(words)
    machine.connect(max(1, deadline - time.monotonic()))
    # A terminal's input stays here: a job in the background would be stopped for reading it.
    stdin = subprocess.DEVNULL if sys.stdin.isatty() else None
    guest = subprocess.Popen(machine.ssh_argv() + [command], stdin=stdin)
    try:
        return guest.wait(max(1, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        guest.kill()
        raise EmulatorTimeout(f"the command was not done in time: {command}") from None


def run(machine, words, timeout):
    start = time.monotonic()
    deadline = start + timeout
    machine.boot()
    ready = machine.ready(timeout)
    say(f"ready after {time.monotonic() - start:.0f} s: "
        + " ".join("=".join(item) for item in ready.items()))
    return run_command(machine, words, deadline) if words else 0


def interactive(machine):
    key = os.path.relpath(machine.key_path, facts.TREE)
    machine.boot()
    say(f"console below, Ctrl-A x quits; SSH from another terminal, at the top of the tree:\n"
        f"  ssh -p {machine.port} -i {key} -o StrictHostKeyChecking=no"
        f" -o UserKnownHostsFile=/dev/null root@127.0.0.1")
    machine.wait_off(float("inf"))
    return 0


def save_log(machine):
    if os.path.exists(machine.log_path):
        with open(machine.log_path, "rb") as log, os.fdopen(LOG_FD, "wb") as copy:
            shutil.copyfileobj(log, copy)


def main(mode, arch, firmware, timeout, memory, disk_size, *words):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    status = NO_GUEST_STATUS
    work = ""
    try:
        chosen, why = accel.choose(IMAGE, arch, firmware)
        say(f"{arch}, {firmware}, accelerator {chosen} ({why})")
        os.makedirs(os.path.join(facts.TREE, "out"), exist_ok=True)
        work = tempfile.mkdtemp(prefix="vm-run.", dir=os.path.join(facts.TREE, "out"))
        with Emulator(IMAGE, work, arch, firmware, chosen, int(memory), disk_size=disk_size,
                      interactive=mode == "interactive") as machine:
            try:
                status = (interactive(machine) if mode == "interactive"
                          else run(machine, words, int(timeout)))
            finally:
                save_log(machine)
        shutil.rmtree(work)
    except EmulatorTimeout as error:
        say(f"timeout ({timeout} s): {error}")
        status = TIMEOUT_STATUS
    except (EmulatorError, facts.FactsError) as error:
        say(str(error))
    except KeyboardInterrupt:
        status = 128 + signal.SIGINT
    return status


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
