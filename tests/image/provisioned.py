# SPDX-License-Identifier: Apache-2.0
"""Trees for keelson-provision: made from descriptions of nodes, and looked at."""
import os
import stat
import subprocess

TREE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
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
