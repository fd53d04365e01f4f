# SPDX-License-Identifier: Apache-2.0
"""The power goes while a machine configures itself: its next boot ends as the config says, or says why it does not."""
import json
import os
import shutil
import tempfile
import unittest

from machines import IMAGE, IMAGES, again_if_qemu_fails, new, note
from test_provision import NAME, READY_OR_HELD, config, file
from writelog import entries, replay

POINTS = 30
DISK_BYTES = 4 << 30
PARTITION = "/dev/disk/by-partlabel/data"
CONFIG = config(
    passwd={"users": [{"name": "core", "groups": ["daemons"]}], "groups": [{"name": "daemons"}]},
    storage={"disks": [{"device": "/dev/disk/by-id/coreos-boot-disk", "partitions": [{"label": "data", "number": 0, "sizeMiB": 256}]}],
             "filesystems": [{"device": PARTITION, "format": "ext4", "label": "DATA", "path": "/var/data"}],
             "directories": [{"path": "/var/lib/app", "user": {"name": "core"}}],
             "files": [file(f"/etc/app/{n}", f"{n}\n" * 100) for n in range(12)] + [file("/var/data/one", "one\n")] +
             [{"path": "/etc/app/appended", "append": [{"source": "data:,a"}, {"source": "data:,b"}]}],
             "links": [{"path": "/etc/app/link", "target": "0"}, {"path": "/etc/app/hard", "target": "/etc/app/1", "hard": True}]},
    systemd={"units": [{"name": "app.service", "enabled": True, "contents":
                        "[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/usr/bin/true\n[Install]\nWantedBy=multi-user.target\n"}]})
LOOK = f"""
id core; stat -c '%n %a %U %h' /etc/app/* /var/lib/app; cat /etc/app/* | sha256sum; systemctl is-active app.service
ls -A /var/lib/keelson | grep provision; ls -A /var | grep unfinished; cat /etc/passwd /etc/group | sha256sum
mount -o ro {PARTITION} /mnt && ls /mnt && cat /mnt/one; blkid -o value -s LABEL {PARTITION}
"""


class ProvisionCut(unittest.TestCase):
    def machine(self, name, image, **options):
        """All have the first one's key: it stands on the disk that they start from."""
        machine = new(name, image=image, disk_size=str(DISK_BYTES), qemu_options=["-fw_cfg", f"name={NAME},file={self.folder}/config"], **options)
        kept = self.folder + "/key"
        if not os.path.exists(kept):
            shutil.copy(machine.key_path, kept)
            self.public = machine.credentials["ssh.authorized_keys.root"]
        machine.key_path, machine.credentials["ssh.authorized_keys.root"] = kept, self.public
        return machine

    def record(self):
        """The first boot's writes, and what the machine is like after it."""
        log = self.folder + "/writes"
        open(log, "wb").close()
        with self.machine("provision-cut", IMAGE, write_log=log) as machine:
            machine.boot()
            machine.ready()
            looks = machine.output(LOOK)
            machine.shutdown()
        return list(entries(log)), looks

    def outcome(self, name, path):
        with self.machine(name, path) as machine:
            said = again_if_qemu_fails(machine, lambda: machine.expect(READY_OR_HELD, 300)[0])
            return machine.output(LOOK) if "KEELSON-READY" in said else said

    def test_cut_at_any_write(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory(dir=IMAGES))
        with open(self.folder + "/config", "w", encoding="utf-8") as out:
            json.dump(CONFIG, out)
        writes, want = self.record()
        note(f"{len(writes)} writes of a first boot")
        chosen = {n * len(writes) // POINTS for n in range(POINTS)}
        same = 0
        for number, path in replay(IMAGE, DISK_BYTES, writes, self.folder + "/replay.img"):
            if number not in chosen:
                continue
            with self.subTest(write=number):
                got = self.outcome(f"provision-cut-{number}", path)
                same += got == want
                if not got.startswith("provisioning failed: "):
                    self.assertEqual(got, want)
        note(f"{same} of {len(chosen)} cuts end as if there had been none, the rest with a report")
        self.assertGreater(same, 0)
