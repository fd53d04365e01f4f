# SPDX-License-Identifier: Apache-2.0
"""Trees for keelson-provision: made from descriptions of nodes, looked at, and runs that are cut after any system call."""
import ctypes
import os
import signal
import stat
import subprocess

TREE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PTRACE_TRACEME, PTRACE_SYSCALL = 0, 24
SANITIZE = "-O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all"


def build(folder, cflags):
    program = folder + "/keelson-provision"
    subprocess.run(["make", "-j2", "-C", TREE + "/rootfs/src", "O=" + folder, "CFLAGS=" + cflags, program],
                   check=True, stdout=subprocess.DEVNULL)
    return program


def below(root, path):
    return root + "/" + path.strip("/")


def make(root, nodes):
    """Nodes as tests/ignition/blackbox-disks.jsonl has them; folders on the way are made."""
    for node in nodes:
        path = below(root, node["path"])
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if node["type"] == "dir":
            os.makedirs(path, exist_ok=True)
        elif node["type"] == "file":
            with open(path, "w", encoding="utf-8") as file:
                file.write(node.get("content") or "")
        elif node["type"] == "symlink":
            os.symlink(node["target"], path)
        elif node["type"] == "hardlink":
            os.link(below(root, node["target"]), path, follow_symlinks=False)
        if node["type"] != "hardlink":
            os.lchown(path, node.get("uid", 0), node.get("gid", 0))
        if "mode" in node and node["type"] in ("dir", "file"):
            os.chmod(path, int(node["mode"], 8))


def kind(mode):
    return {stat.S_IFDIR: "dir", stat.S_IFREG: "file", stat.S_IFLNK: "symlink"}.get(stat.S_IFMT(mode), "other")


def differences(root, nodes, content=lambda node, text: text):
    """What is not as the nodes say; mode and content count where they are given."""
    found = []
    for node in nodes:
        path = below(root, node["path"])
        if node["type"] == "absent":
            found += [f"{path} is there"] if os.path.lexists(path) else []
            continue
        if not os.path.lexists(path):
            found.append(f"{path} is missing")
            continue
        status = os.lstat(path)
        if node["type"] == "hardlink":
            if not os.path.samestat(status, os.lstat(below(root, node["target"]))):
                found.append(f"{path} is not {node['target']}")
            continue
        got = {"type": kind(status.st_mode), "uid": status.st_uid, "gid": status.st_gid}
        if "mode" in node:
            got["mode"] = f"0{status.st_mode & 0o7777:o}"
        if node["type"] == "symlink" and got["type"] == "symlink":
            got["target"] = os.readlink(path)
        if node["type"] == "file" and got["type"] == "file" and "content" in node:
            with open(path, encoding="utf-8") as file:
                got["content"] = content(node, file.read())
        for key, value in got.items():
            want = node.get(key, 0)
            want = content(node, want) if key == "content" else want
            if value != want:
                found.append(f"{path}: {key} is {value!r} and not {want!r}")
    return found


def snapshot(root):
    """Everything below root that counts, by path."""
    ret = {}
    for folder, folders, files in os.walk(root):
        for name in folders + files:
            path = os.path.join(folder, name)
            status = os.lstat(path)
            what = kind(status.st_mode)
            body = os.readlink(path) if what == "symlink" else ""
            if what == "file":
                with open(path, "rb") as file:
                    body = file.read()
            ret[path[len(root):]] = (what, status.st_mode & 0o7777, status.st_uid, status.st_gid, body)
    return ret


def run_cut(argv, after):
    """Runs argv and kills it at its system call number `after`, before that is done. Returns how many it made; all, if fewer."""
    libc = ctypes.CDLL(None, use_errno=True)
    pid = os.fork()
    if pid == 0:
        libc.ptrace(PTRACE_TRACEME, 0, None, None)
        null = os.open("/dev/null", os.O_RDWR)
        os.dup2(null, 1)
        os.dup2(null, 2)
        os.execv(argv[0], argv)
    os.waitpid(pid, 0)
    stops = 0
    while True:
        if stops == 2 * after:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            return after
        if libc.ptrace(PTRACE_SYSCALL, pid, None, None) < 0:
            raise OSError(ctypes.get_errno(), "ptrace")
        _, status = os.waitpid(pid, 0)
        if os.WIFEXITED(status) or os.WIFSIGNALED(status):
            return (stops + 1) // 2
        stops += 1
