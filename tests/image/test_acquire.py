# SPDX-License-Identifier: Apache-2.0
"""keelson-provision finds this machine's first config and what it names, in made-up trees and on loopback.

usage: python3 tests/image/test_acquire.py    (inside the SDK; nothing has to be built)
"""
import base64
import glob
import json
import os
import shutil
import struct
import subprocess
import tempfile
import unittest

import loopdisks
from acquiring import Program, config, data, files, names, paths


class Configs(Program):
    def test_order(self):
        """Depth first; what comes later counts."""
        def file(source):
            return {"path": "/f", "contents": {"source": "data:," + source}}
        self.server.answers["/b"] = {**names(self.url("/c")), "storage": {"files": [file("b"), {"path": "/b"}]}}
        self.server.answers["/c"] = config(storage={"files": [file("c"), {"path": "/c"}]})
        self.server.answers["/d"] = config(storage={"files": [{"path": "/d"}]})
        result = self.good({**names(self.url("/b"), self.url("/d")), "storage": {"files": [file("a"), {"path": "/a"}]}})
        self.assertEqual(paths(result), ["/f", "/a", "/b", "/c", "/d"])
        self.assertEqual(result["storage"]["files"][0]["contents"]["source"], "data:,c")
        self.assertEqual(self.asked(), ["/b", "/c", "/d"])

    def test_replace(self):
        self.server.answers["/b"] = {"ignition": {"version": "3.0.0", "config": {"replace": {"source": self.url("/c")}}}}
        self.server.answers["/c"] = {**names(data(files("/d"))), "storage": {"files": [{"path": "/c"}]}}
        lost = {"ignition": {"version": "3.6.0", "config": {"replace": {"source": self.url("/b")}, "merge": [{"source": self.url("/lost")}]}},
                "storage": {"files": [{"path": "/lost"}]}}
        self.assertEqual(paths(self.good(lost)), ["/c", "/d"])
        self.assertEqual(self.asked(), ["/b", "/c"])

    def test_loops(self):
        self.server.answers["/a"] = names(self.url())
        self.bad(names(self.url()), "more than 10 deep")
        self.server.answers["/a"] = {"ignition": {"version": "3.6.0", "config": {"replace": {"source": self.url()}}}}
        self.bad(names(self.url()), "more than 10 deep")

    def test_depth(self):
        inner = files("/x")
        for _ in range(10):
            inner = names(data(inner))
        self.assertEqual(paths(self.good(inner)), ["/x"])
        self.bad(names(data(inner)), "more than 10 deep")

    def test_many(self):
        some = [data(config()).replace(";", f";n={number};", 1) for number in range(1000)]
        self.good(names(*some[:999]))
        self.bad(names(*some), "over 1000 configs")

    def test_many_bytes(self):
        body = json.dumps(config()).encode().ljust(15 << 20)
        self.server.answers["/a"] = body
        self.good(names(*[self.url(f"/a?{number}") for number in range(4)]))
        self.bad(names(*[self.url(f"/a?{number}") for number in range(5)]), "configs of over 67108864 bytes")

    def test_reports(self):
        self.server.answers["/a"] = b'{"ignition": {"version": "3.6.0"},\n "storage": {"files": [{"path": "a"}]}}'
        told = self.bad(names(self.url("/a?secret")), f"{self.url()}: error at $.storage.files.0.path, line 2 col 33: path not absolute\n",
                        f"{self.url()}: not a valid config")
        self.assertNotIn("secret", told)
        self.bad(names("data:,%7b"), f"{self.dir}/config, merge 0: error", "unexpected end of JSON input")
        self.bad({"ignition": {"version": "3.6.0"}, "storage": {"files": [{"path": "a"}]}}, f"{self.dir}/config: error at $.storage.files.0.path")
        self.bad(b"", "not a config (empty)")

    def test_valid_ones_merge_into_an_invalid_one(self):
        child = config(storage={"links": [{"path": "/f", "target": "/g"}]})
        parent = {**names(data(child)), "storage": {"files": [{"path": "/f/g"}]}}
        self.bad(parent, f"{self.dir}/config, merged: error at $.storage.files.0", "config, merged: not a valid config")

    def test_settings_of_the_merge_so_far(self):
        """The first child's timeout holds for the second one's fetch, and its parent's does no more."""
        self.server.answers["/first"] = config(ignition={"version": "3.6.0", "timeouts": {"httpTotal": 1}})
        self.server.answers["/a"] = 503
        self.bad(names(self.url("/first"), self.url(), timeouts={"httpTotal": 20}), "not within 1 s")


class OfPlatform(Program):
    """Trees as the kernel shows them, and a metadata service."""

    def setUp(self):
        super().setUp()
        self.devices = "/nosuch"
        self.dir = self.enterContext(tempfile.TemporaryDirectory())
        self.write("proc/cmdline", "quiet\n")
        os.makedirs(self.dir + "/sys/class/block")

    def tree(self, *argv):
        return ("--sys", self.dir + "/sys", "--proc", self.dir + "/proc", "--dev", self.devices, "--run", self.dir,
                "--metadata", self.server.base, "--device-ms", "0", *argv)

    def found(self):
        done = self.acquire(None, *self.tree())
        self.assertEqual(done.returncode, 0, done.stderr)
        return paths(json.loads(done.stdout)), done.stderr.splitlines()[-1]

    def nothing(self):
        done = self.acquire(None, *self.tree())
        self.assertEqual((done.returncode, done.stdout), (3, ""), done.stderr)
        return done.stderr

    def fails(self, word):
        done = self.acquire(None, *self.tree())
        self.assertEqual((done.returncode, done.stdout), (1, ""), done.stderr)
        self.assertIn(word, done.stderr)

    def dmi(self, **fields):
        for key, value in fields.items():
            self.write("sys/class/dmi/id/" + key, value + "\n")

    def smbios(self, number, *strings):
        header = struct.pack("<BBHB", 11, 5, 1, len(strings))
        self.write(f"sys/firmware/dmi/entries/11-{number}/raw", header + b"".join(s + b"\0" for s in strings) + b"\0")

    def cmdline(self, text):
        self.write("proc/cmdline", text + "\n")


class Platform(OfPlatform):
    def test_nothing(self):
        self.assertEqual(self.nothing(), "")

    def test_fw_cfg(self):
        base = "sys/firmware/qemu_fw_cfg/by_name/opt/"
        self.write(base + "org.flatcar-linux/config/raw", json.dumps(files("/flatcar")))
        self.assertEqual(self.found(), (["/flatcar"], "source: fw_cfg opt/org.flatcar-linux/config"))
        self.write(base + "com.coreos/config/raw", json.dumps(files("/coreos")))
        self.assertEqual(self.found(), (["/coreos"], "source: fw_cfg opt/com.coreos/config"))
        for text, why in (("", "is empty"), ("#!/bin/sh\n", "is a script"), ("#cloud-config\n", "is a cloud-config")):
            self.write(base + "com.coreos/config/raw", text)
            self.assertIn(f"fw_cfg opt/com.coreos/config: {why}", self.nothing())
        self.write(base + "com.coreos/config/raw", "{")
        self.fails("fw_cfg opt/com.coreos/config: not a valid config")

    def test_smbios(self):
        self.smbios(0, b"a", b"io.systemd.credential:other=x")
        self.nothing()
        self.smbios(1, b"", b"")
        self.smbios(1, b"x", b"io.systemd.credential:ignition.config=" + json.dumps(files("/x")).encode())
        self.assertEqual(self.found(), (["/x"], "source: SMBIOS credential ignition.config"))
        self.smbios(0, b"io.systemd.credential.binary:ignition.config=" + base64.b64encode(json.dumps(files("/y")).encode()))
        self.assertEqual(self.found()[0], ["/y"])
        self.smbios(0, b"io.systemd.credential.binary:ignition.config=***")
        self.fails("not base64")

    def test_cmdline_url(self):
        self.server.answers["/a"] = [503, files("/x")]
        self.cmdline(f"ignition.config.url=http://192.0.2.1/ ignition.config.url={self.url('/a?q')} ignition.config.device=x")
        self.assertEqual(self.found(), (["/x"], "source: " + self.url()))
        self.cmdline("ignition.config.url=" + self.url("/b"))
        self.fails("ignition.config.url: fetch " + self.url("/b"))
        self.cmdline("ignition.config.url=" + data(files("/" + "long" * 300)))
        self.assertEqual(self.found(), (["/" + "long" * 300], "source: data:"))

    def test_server_of_a_network_boot(self):
        """By address, then by serial, then for all; one that has none of them is an answer, one that is broken is not."""
        self.cmdline(f"keelson.pxe={self.url('/set')} keelson.mac=52-54-00-12-34-AB")
        self.dmi(product_serial="S-1")
        self.server.answers["/set/ignition/default.ign"] = files("/default")
        self.assertEqual(self.found()[0], ["/default"])
        self.assertEqual(self.asked(), [f"/set/ignition/{name}.ign" for name in ("52-54-00-12-34-ab", "S-1", "default")])
        self.server.answers["/set/ignition/S-1.ign"] = files("/serial")
        self.assertEqual(self.found()[0], ["/serial"])
        self.server.answers["/set/ignition/52-54-00-12-34-ab.ign"] = files("/address")
        for address in ("52-54-00-12-34-ab", "52:54:00:12:34:AB"):
            self.cmdline(f"keelson.pxe={self.url('/set/')} keelson.mac={address}")
            self.assertEqual(self.found(), (["/address"], "source: " + self.url("/set/ignition/52-54-00-12-34-ab.ign")))
        self.server.answers["/set/ignition/52-54-00-12-34-ab.ign"] = 403
        self.fails("keelson.pxe")
        self.cmdline(f"keelson.pxe={self.url('/none')}")
        self.nothing()

    def test_serials_that_name_no_file(self):
        self.cmdline(f"keelson.pxe={self.url()} keelson.mac=")
        self.dmi(product_serial="../a b")
        self.nothing()
        self.assertEqual(self.asked(), ["/a/ignition/default.ign"])

    def test_cmdline_device(self):
        self.cmdline("ignition.config.device=x")
        self.fails("are needed both")
        self.cmdline("ignition.config.device=x ignition.config.path=/a")
        self.fails("no file system x with a file /a")

    def test_user_data(self):
        clouds = {
            "digitalocean": ("/metadata/v1/user-data", {"sys_vendor": "DigitalOcean"}, {}),
            "gcp": ("/computeMetadata/v1/instance/attributes/user-data", {"sys_vendor": "Google", "product_name": "Google Compute Engine"},
                    {"Metadata-Flavor": "Google"}),
            "hetzner": ("/hetzner/v1/userdata", {"sys_vendor": "Hetzner"}, {}),
            "openstack": ("/openstack/latest/user_data", {"sys_vendor": "x", "product_name": "OpenStack Compute"}, {}),
            "packet": ("/userdata", {"sys_vendor": "Packet"}, {"Accept": "*/*"}),
        }
        for name, (path, dmi, headers) in clouds.items():
            with self.subTest(name):
                self.dmi(**{"sys_vendor": "", "product_name": "", **dmi})
                self.server.seen.clear()
                self.server.answers[path] = [503, files("/x")]
                self.assertEqual(self.found(), (["/x"], f"source: {name} user data"))
                self.assertEqual(self.asked(), [path, path])
                self.assertLessEqual(headers.items(), self.server.seen[0][2].items())
                del self.server.answers[path]
                self.assertEqual(self.nothing(), "", "404: there is none")
                self.server.answers[path] = b"#!/bin/sh"
                self.assertIn("is a script", self.nothing())
                self.server.answers[path] = b""
                self.nothing()
                self.server.answers[path] = 403
                self.fails(f"platform {name}: ")

    def test_ec2(self):
        self.dmi(sys_vendor="Amazon EC2")
        self.server.answers["/latest/api/token"] = lambda handler: b"tok" if handler.command == "PUT" else 405
        self.server.answers["/2019-10-01/user-data"] = lambda handler: files("/x") if handler.headers["X-aws-ec2-metadata-token"] == "tok" else 401
        self.assertEqual(self.found(), (["/x"], "source: aws user data"))
        (method, path, headers), _ = self.server.seen
        self.assertEqual((method, path, headers["X-aws-ec2-metadata-token-ttl-seconds"]), ("PUT", "/latest/api/token", "300"))
        self.server.answers["/latest/api/token"] = b"wrong"
        self.fails("status 401")
        self.server.answers["/latest/api/token"] = 404
        self.server.answers["/2019-10-01/user-data"] = files("/y")
        self.assertEqual(self.found()[0], ["/y"])
        self.server.answers["/latest/api/token"] = (302, {"Location": "/2019-10-01/user-data"}, b"")
        self.assertEqual(self.found()[0], ["/y"], "no token is taken from elsewhere")

    def test_platform_by_name(self):
        self.dmi(sys_vendor="Hetzner")
        self.server.answers["/metadata/v1/user-data"] = files("/x")
        self.cmdline("ignition.platform.id=digitalocean")
        self.assertEqual(self.found()[1], "source: digitalocean user data")
        for name in ("metal", "qemu"):
            self.cmdline("ignition.platform.id=" + name)
            self.nothing()
        for name in ("azure", "nosuch"):
            self.cmdline("ignition.platform.id=" + name)
            self.fails("a platform that is not known here")

    def test_order(self):
        """The hypervisor's word before the boot loader's, before the cloud's."""
        self.dmi(sys_vendor="Hetzner")
        self.server.answers["/hetzner/v1/userdata"] = files("/cloud")
        self.assertEqual(self.found()[0], ["/cloud"])
        self.cmdline("ignition.config.url=" + data(files("/cmdline")))
        self.assertEqual(self.found()[0], ["/cmdline"])
        self.smbios(0, b"io.systemd.credential:ignition.config=" + json.dumps(files("/smbios")).encode())
        self.assertEqual(self.found()[0], ["/smbios"])
        self.write("sys/firmware/qemu_fw_cfg/by_name/opt/com.coreos/config/raw", json.dumps(files("/fw_cfg")))
        self.assertEqual(self.found()[0], ["/fw_cfg"])

    def test_usage(self):
        for argv in (("a", "b"), ("--nosuch", "a"), ("--sys",), ("--retry-ms", "x")):
            self.assertEqual(self.acquire(None, *argv).returncode, 2, argv)


class FileSystems(OfPlatform):
    """Loop devices stand for disks; the tree of sysfs has no others."""

    def setUp(self):
        super().setUp()
        self.devices = "/dev"

    def disk(self, kind, label, partition="", **contents):
        """A file system with these files (PATH: text), as a device; returns its name."""
        image, folder = f"{self.dir}/{label}.img", f"{self.dir}/{label}.d"
        for path, text in contents.items():
            self.write(f"{label}.d/{path}", text)
        os.makedirs(folder, exist_ok=True)
        if kind == "ext4":
            command = ["mkfs.ext4", "-q", "-L", label, "-d", folder, image, "8M"]
        else:
            command = ["mkfs.vfat", "-C", *kind.split()[1:], "-n", label, image, "40000"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        if kind != "ext4":
            subprocess.run(["mcopy", "-s", "-i", image, *glob.glob(folder + "/*"), "::/"], check=True)
        name = os.path.basename(loopdisks.attach(self, image))
        self.write(f"sys/class/block/{name}/uevent", f"MAJOR=7\nMINOR=0\nDEVNAME={name}\nDEVTYPE=partition\nPARTN=1\nPARTNAME={partition}\n")
        return name

    def test_named_by_the_command_line(self):
        name = self.disk("ext4", "MyLabel", **{"a/b": json.dumps(files("/x"))})
        self.cmdline("ignition.config.device=MyLabel ignition.config.path=/a/b")
        self.assertEqual(self.found(), (["/x"], f"source: file system MyLabel ({name}), /a/b"))
        for label, path in (("MYLABEL", "/a/b"), ("MyLabel", "/a/c"), ("MyLabel", "/a/b/c")):
            self.cmdline(f"ignition.config.device={label} ignition.config.path={path}")
            self.fails(f"no file system {label} with a file {path}")
        self.cmdline("ignition.config.device=MyLabel ignition.config.path=/a")
        self.fails("is not a file")
        with open("/proc/mounts", encoding="utf-8") as mounts:
            self.assertNotIn(self.dir, mounts.read())

    def test_labelled_ignition(self):
        with open("/proc/filesystems", encoding="utf-8") as known:
            known = known.read().split()
        for kind, label in (("ext4", "ignition"), ("vfat -F 32", "IGNITION"), ("vfat -F 16", "IgnitioN"), ("vfat -F 12", "IGNItion")):
            with self.subTest(kind):
                name = self.disk(kind, label, **{"config.ign": json.dumps(files("/x"))})
                if kind.split()[0] in known:
                    self.assertEqual(self.found()[0], ["/x"])
                else:  # found all the same; this kernel cannot mount it
                    self.fails(f"mount /dev/{name} (vfat): No such device")
                shutil.rmtree(f"{self.dir}/sys/class/block/{name}")
        self.disk("ext4", "IGNITION", **{"config.ign": json.dumps(files("/x")), "ignition/config.ign": json.dumps(files("/y"))})
        self.assertEqual(self.found()[0], ["/y"])

    def test_links_lead_nowhere(self):
        self.write("ignition.d/real", json.dumps(files("/x")))
        os.makedirs(self.dir + "/ignition.d/ignition")
        os.symlink("/proc/self/environ", self.dir + "/ignition.d/config.ign")
        os.symlink("../real", self.dir + "/ignition.d/ignition/config.ign")
        self.disk("ext4", "ignition")
        self.fails("open ignition/config.ign: Too many levels of symbolic links")

    def test_boot_partition(self):
        self.disk("ext4", "other", "other", **{"ignition/config.ign": json.dumps(files("/other"))})
        self.nothing()
        self.disk("ext4", "some", "esp", **{"ignition/config.ign": json.dumps(files("/x"))})
        self.assertEqual(self.found()[0], ["/x"])

    def test_config_drive(self):
        self.disk("ext4", "Config-2", **{"openstack/latest/user_data": json.dumps(files("/x"))})
        self.nothing()
        self.dmi(product_name="OpenStack Nova")
        self.server.answers["/openstack/latest/user_data"] = files("/service")
        self.assertEqual(self.found()[0], ["/x"])
        self.assertEqual(self.server.seen, [])

    def test_damaged_file_system(self):
        name = self.disk("ext4", "ignition", **{"config.ign": json.dumps(files("/x"))})
        with open(self.dir + "/ignition.img", "r+b") as image:
            image.seek(1024 + 24)
            image.write(b"\xff" * 4)
        self.fails(f"mount /dev/{name} (ext4)")


if __name__ == "__main__":
    unittest.main()
