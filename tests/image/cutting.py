# SPDX-License-Identifier: Apache-2.0
"""Runs that are cut after any system call.

usage: python3 cutting.py AFTER COMMAND…    for tests that have threads, and must not fork: prints what run_cut returns
"""
import ctypes
import os
import signal
import sys

PTRACE_TRACEME, PTRACE_SYSCALL, PTRACE_SETOPTIONS = 0, 24, 0x4200
OPTIONS = 0x8  # new threads are traced too
WALL = 0x40000000


def reap(pid):
    try:
        while True:
            os.waitpid(-pid, WALL)
    except ChildProcessError:
        pass


def run_cut(argv, after):
    """Runs argv and kills it, with all its threads, at system call number `after`, before that is done. Returns how many it made; all, if
    fewer."""
    libc = ctypes.CDLL(None, use_errno=True)
    pid = os.fork()
    if pid == 0:
        os.setpgid(0, 0)
        libc.ptrace(PTRACE_TRACEME, 0, None, None)
        null = os.open("/dev/null", os.O_RDWR)
        os.dup2(null, 1)
        os.dup2(null, 2)
        os.execv(argv[0], argv)
    os.waitpid(pid, 0)
    libc.ptrace(PTRACE_SETOPTIONS, pid, None, OPTIONS)
    thread, stops = pid, 0
    while True:
        if stops == 2 * after:
            os.kill(pid, signal.SIGKILL)
            reap(pid)
            return after
        if thread and libc.ptrace(PTRACE_SYSCALL, thread, None, None) < 0:
            raise OSError(ctypes.get_errno(), "ptrace")
        thread, status = os.waitpid(-pid, WALL)
        if os.WIFEXITED(status) or os.WIFSIGNALED(status):
            if thread == pid:
                reap(pid)
                return (stops + 1) // 2
            thread = 0
        else:
            stops += 1


if __name__ == "__main__":
    print(run_cut(sys.argv[2:], int(sys.argv[1])))
