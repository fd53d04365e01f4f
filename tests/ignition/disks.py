# SPDX-License-Identifier: Apache-2.0
"""The reference's tests on disks (blackbox-disks.jsonl): makes the disks that a case begins with, and looks at what became of them.

Whatever machine has the disks runs the scripts: a Machine's `run` takes one for sh and returns (exit code, output). Scripts use
sfdisk, blkid, mkfs.*, mkswap, mount and what BusyBox has, so that they run in a guest as well; partx only where the kernel does not
find partitions by itself. A disk of a case is a device of the machine, of the size that disk_sectors says.
"""
import base64
import json
import shlex

TYPES = {
    "efi": "C12A7328-F81F-11D2-BA4B-00A0C93EC93B",
    "data": "0FC63DAF-8483-4772-8E79-3D69D8477DE4",
    "coreos-resize": "3884DD41-8582-4404-B9A8-E9B84F2DF50E",
    "coreos-rootfs": "5DFBF5F4-2848-4BAC-AA5E-0D9A20B745A6",
}
BACKUP_SECTORS = 33
# ISO 9660's volume descriptors: what libblkid finds beside another file system, as the reference's image of ZFS.
SECOND_SIGNATURE = ((32768, r"\001CD001\001"), (34816, r"\377CD001\001"))
MOUNT = "/run/ignition-test"
# A system's own users: shell and aging are its choice. That they are as they should be is the files stage's to test.
OTHER_CONTENT = ("/etc/passwd", "/etc/shadow", "/etc/group", "/etc/gshadow")


# What this system refuses with a reason, and the reference does: a word of the reason.
REFUSED = {
    "filesystem.mount.options": "format btrfs",
    "filesystem.create.btrfs.wipe": "format btrfs",
}


def load(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def title(case):
    return case.get("title", case["name"])


def about_disks(case):
    """Has the config something for the disks stage? One that is no JSON has not."""
    try:
        storage = json.loads(case["text"]).get("storage", {})
    except ValueError:
        return False
    return any(storage.get(key) for key in ("disks", "raid", "luks", "filesystems"))


def aligned(value, step):
    return (value + step - 1) // step * step


def layout(disk):
    """(partition, start) for each; those of type blank are room that no partition has. And where the last one ends."""
    at, rows = disk["alignmentSectors"], []
    for partition in disk["partitions"]:
        at = aligned(at, disk["alignmentSectors"])
        rows.append((partition, at))
        at += partition["lengthSectors"]
    return rows, at


def disk_sectors(case, name):
    """Just enough for what is there before and after: some cases fill a disk to its end."""
    ends = [layout(disk)[1] for when in ("before", "after") for disk in case.get(when) or [] if disk["device"] == name]
    return max(ends) + BACKUP_SECTORS


def disk_names(case):
    return [disk["device"] for disk in case["before"]]


def node(device, number):
    return f"{device}{'p' if device[-1].isdigit() else ''}{number}"


def real(partition):
    return partition.get("typeCode") != "blank"


def type_of(partition):
    return partition.get("typeGuid") or TYPES.get(partition.get("typeCode"), "")


def sfdisk_script(disk):
    lines = ["label: gpt", "unit: sectors", ""]
    for partition, start in layout(disk)[0]:
        if not real(partition):
            continue
        fields = [f"start={start}", f"size={partition['lengthSectors']}"]
        for key, value in (("type", type_of(partition)), ("uuid", partition.get("guid")), ("name", partition.get("label"))):
            if value:
                fields.append(f'{key}="{value}"')
        lines.append(f"{partition['number']} : " + ", ".join(fields))
    return "\n".join(lines) + "\n"


def mkfs(partition, device):
    label, uuid = partition.get("fsLabel"), partition.get("fsUuid")
    kind = partition["fs"]
    flags = {"ext4": ("mkfs.ext4 -q -F", "-L", "-U "), "ext2": ("mkfs.ext4 -q -F -t ext2", "-L", "-U "), "vfat": ("mkfs.vfat", "-n", "-i "),
             "xfs": ("mkfs.xfs -q -f", "-L", "-m uuid="), "swap": ("mkswap -f", "-L", "-U "), "btrfs": ("mkfs.btrfs -f", "-L", "-U ")}
    command, label_flag, uuid_flag = flags[kind]
    if label:
        command += f" {label_flag} {shlex.quote(label)}"
    if uuid:
        command += f" {uuid_flag}{uuid}"
    return f"{command} {device}"


def mode_of(one):
    """A number, or a text of octal digits."""
    return one["mode"] if isinstance(one["mode"], int) else int(one["mode"], 8)


def write_nodes(nodes):
    """Below $PWD."""
    for one in nodes:
        path = "." + shlex.quote(one["path"])
        yield f"mkdir -p $(dirname {path})"
        if one["type"] == "dir":
            yield f"mkdir -p {path}"
        elif one["type"] == "file":
            text = base64.b64encode(one.get("content", "").encode()).decode()
            yield f"rm -f {path}; echo {text} | base64 -d >{path}"
        elif one["type"] == "symlink":
            yield f"ln -sfn {shlex.quote(one['target'])} {path}"
        elif one["type"] == "hardlink":
            yield f"ln -f .{shlex.quote(one['target'])} {path}"
        if "mode" in one and one["type"] in ("dir", "file"):
            yield f"chmod {mode_of(one):o} {path}"


class Disks:
    """The disks of one case on one machine. devices: the machine's device of each name that disk_names has."""

    def __init__(self, run, case, devices):
        self.run, self.case, self.devices = run, case, devices

    def must(self, script):
        code, output = self.run("set -e\n" + script)
        if code != 0:
            raise RuntimeError(f"exit code {code}: {script}\n{output}")
        return output

    def partitions(self, when):
        for disk in self.case.get(when) or []:
            for partition in disk["partitions"]:
                if real(partition):
                    yield partition, node(self.devices[disk["device"]], partition["number"])

    def after_of(self, partition):
        for other, _ in self.partitions("after"):
            if other.get("label") == partition.get("label"):
                return other
        return {}

    def image(self, partition, device):
        """Stands for an image that came with the reference: a second signature beside a file system, or where there is none."""
        after = self.after_of(partition)
        lines = [mkfs(after, device)] + self.with_mounted(device, write_nodes(after.get("nodes", []))) if after.get("ambivalentFs") else []
        return lines + [f"printf '{magic}' | dd of={device} bs=1 seek={at} conv=notrunc 2>/dev/null" for at, magic in SECOND_SIGNATURE]

    @staticmethod
    def with_mounted(device, lines, options="rw"):
        return [f"mkdir -p {MOUNT}; mount -o {options} {device} {MOUNT}; cd {MOUNT}", *lines, f"cd /; umount {MOUNT}"]

    def prepare(self):
        """Makes tables, file systems, files and the names /dev/ignition-test/*."""
        self.must("rm -rf /dev/ignition-test; mkdir /dev/ignition-test")
        for disk in self.case["before"]:
            device = self.devices[disk["device"]]
            self.must(f"ln -s {device} {disk['device']}")
            if not disk["partitions"]:
                continue
            self.must(f"sfdisk -q --wipe always --wipe-partitions always {device} <<'END'\n{sfdisk_script(disk)}END\n")
            for partition, path in self.partitions("before"):
                if path.startswith(device):
                    self.must(f"[ -b {path} ] || partx -a --nr {partition['number']} {device}; ln -sfn {path} /dev/ignition-test/part-{partition['label']}")
        for partition, path in self.partitions("before"):
            self.must("\n".join(self.fill(partition, path)))
        for disk in self.case["before"]:
            if disk.get("corruptTable"):
                self.must(f"dd if=/dev/zero of={self.devices[disk['device']]} bs=512 seek=1 count=1 conv=notrunc 2>/dev/null")
        self.must("sync")

    def fill(self, partition, path):
        kind = partition.get("fs")
        if kind == "image":
            return self.image(partition, path)
        if kind in (None, "", "blank"):
            return ["true"]
        lines = [mkfs(partition, path)]
        if partition.get("nodes"):
            lines += self.with_mounted(path, write_nodes(partition["nodes"]))
        return lines

    def root(self):
        """The device that the case writes its files to, unless the config changes it."""
        config = json.loads(self.case["text"]).get("storage", {})
        if config.get("disks"):
            return None
        for partition, path in self.partitions("before"):
            used = any(one.get("device", "").endswith("/part-ROOT") for key in ("filesystems", "luks") for one in config.get(key, []))
            if partition.get("label") == "ROOT" and partition.get("fs") and not used:
                return path
        return None

    def tables(self):
        return {name: self.must(f"sfdisk --json {device} 2>/dev/null || echo '{{}}'") for name, device in self.devices.items()}

    def check(self):
        """Compares with what must be there after; returns what differs, a line each."""
        problems = []
        for disk in self.case.get("after") or []:
            problems += self.check_table(disk)
        if problems:
            return problems
        for partition, path in self.partitions("after"):
            problems += self.check_filesystem(partition, path)
            if partition.get("nodes"):
                problems += self.check_nodes(partition, path)
        return problems

    def check_table(self, disk):
        device = self.devices[disk["device"]]
        table = json.loads(self.must(f"sfdisk --json {device} 2>/dev/null || echo '{{}}'")).get("partitiontable", {})
        found = {int(row["node"][len(node(device, "")):]): row for row in table.get("partitions", [])}
        wanted = {partition["number"]: partition for partition in disk["partitions"] if real(partition)}
        if found.keys() != wanted.keys():
            return [f"{disk['device']}: has partitions {sorted(found)}, not {sorted(wanted)}"]
        kept = {partition["number"]: (partition, start) for before in self.case["before"] if before["device"] == disk["device"]
                for partition, start in layout(before)[0] if real(partition)}
        problems = []
        for number, partition in wanted.items():
            row = found[number]
            pairs = [("size", row["size"], partition["lengthSectors"]), ("label", row.get("name", ""), partition.get("label")),
                     ("type", row["type"].lower(), type_of(partition).lower()), ("guid", row["uuid"].lower(), partition.get("guid", "").lower())]
            if number in kept and kept[number][0] == partition:
                pairs.append(("start", row["start"], kept[number][1]))
            problems += [f"{disk['device']} partition {number}: {what} is {got!r}, not {want!r}" for what, got, want in pairs
                         if want not in (None, "") and got != want]
        return problems

    def check_filesystem(self, partition, path):
        kind = partition.get("fs")
        if kind is None or kind == "image":
            return []
        # Several signatures: the one that is wanted has to be among them.
        only = f"-n {kind}" if partition.get("ambivalentFs") else ""
        code, output = self.run(f"blkid -p -o export {only} {path}")
        found = dict(line.split("=", 1) for line in output.splitlines() if "=" in line) if code == 0 else {}
        pairs = [("type", found.get("TYPE", ""), "" if kind == "blank" else kind), ("label", found.get("LABEL", ""), partition.get("fsLabel")),
                 ("UUID", found.get("UUID", "").lower().replace("-", ""), (partition.get("fsUuid") or "").lower().replace("-", "") or None)]
        return [f"{path} ({partition.get('label')}): {what} is {got!r}, not {want!r}" for what, got, want in pairs if want is not None and got != want]

    def check_nodes(self, partition, path):
        self.must(f"mkdir -p {MOUNT}; mount -o ro {path} {MOUNT}")
        problems = []
        try:
            for one in partition["nodes"]:
                problems += [f"{partition['label']}:{one['path']}: {what}" for what in self.check_node(one)]
        finally:
            self.must(f"umount {MOUNT}")
        return problems

    def check_node(self, one):
        path = shlex.quote(MOUNT + one["path"])
        code, output = self.run(f"stat -c '%F:%a:%u:%g' {path}")
        if one["type"] == "absent":
            return ["is there"] if code == 0 else []
        if code != 0:
            return ["is not there"]
        kind, mode, uid, gid = output.strip().rsplit(":", 3)
        names = {"file": "regular", "hardlink": "regular", "dir": "directory", "symlink": "symbolic link"}
        pairs = [("kind", kind.startswith(names[one["type"]]), True), ("owner", (int(uid), int(gid)), (one.get("uid", 0), one.get("gid", 0)))]
        if "mode" in one and one["type"] != "symlink":
            pairs.append(("mode", int(mode, 8), mode_of(one)))
        if "content" in one and one["path"] not in OTHER_CONTENT:
            pairs.append(("content", base64.b64decode(self.must(f"base64 {path}")), one["content"].encode()))
        if one["type"] == "symlink":
            pairs.append(("target", self.must(f"readlink {path}").strip(), one["target"]))
        return [f"{what} is {got!r}, not {want!r}" for what, got, want in pairs if got != want]


def without_btrfs(case):
    """What this system has no mkfs of is refused before anybody looks at the disk."""
    for partition in (p for disk in case["before"] for p in disk["partitions"] if p.get("fs") == "btrfs"):
        partition["fs"] = "blank"


def differences(case, on, before, code, said):
    """What became of a case, on its disks and by the program's exit code, that should not have; a line each. before: the tables then."""
    name = title(case)
    if name in REFUSED:
        return [] if code == 1 and REFUSED[name] in said else [f"exit code {code}, not refused for {REFUSED[name]}: {said}"]
    if case["positive"]:
        return on.check() if code == 0 else [f"exit code {code}: {said}"]
    return [what for wrong, what in ((code != 1, f"exit code {code}"), (on.tables() != before, "a table was written")) if wrong]
