# SPDX-License-Identifier: Apache-2.0
"""keelson-oci: images from registries that behave and those that do not, archives that mean harm, a store that stays whole.

usage: python3 tests/image/test_oci.py    (inside the SDK, as root; nothing has to be built. OCI= names a program that is)
"""
import gzip
import json
import os
import random
import re
import signal
import socket
import stat
import struct
import subprocess
import tarfile
import time
import unittest

from dockerregistry import DockerRegistry
from ociprogram import SMALL, Program
from registryserver import Image, Registry, digest, tar

KILLS = int(os.environ.get("KILLS", "50"))


class Pull(Program):
    def test_what_is_there_afterwards(self):
        image = Image(SMALL, tar(("b", b"2")))
        self.registry.put(image)
        self.assertEqual(self.good("pull", self.name), f"{self.name} {image.manifest}\n")
        self.assertEqual([layer["diff_id"] for layer in self.inspect()["layers"]], image.diff_ids)
        status = os.stat(self.diff() + "/etc/hello")
        self.assertEqual((status.st_mode, status.st_uid, status.st_gid, status.st_mtime), (0o104755, 7, 8, 1700000000))
        self.assertEqual(os.stat(self.diff() + "/etc").st_mtime, 1700000000)
        self.assertEqual(os.readlink(self.diff() + "/link"), "etc/hello")
        listed, = json.loads(self.good("--json", "images"))
        self.assertEqual((listed["name"], listed["digest"], listed["layers"]), (self.name, image.manifest, 2))
        self.assertEqual(os.stat(self.store).st_mode & 0o777, 0o700)
        self.assertIn("1 images, 2 blobs, 2 layers: 0 findings", self.good("verify"))

    def test_a_layer_is_fetched_once(self):
        self.registry.put(Image(SMALL))
        self.good("pull", self.name)
        self.registry.put(Image(SMALL, tar(("b", b"2")), compress=lambda raw: gzip.compress(raw, 9)))
        self.registry.seen.clear()
        self.good("pull", self.name)
        self.assertEqual(len([path for path, _ in self.registry.seen if "/blobs/" in path]), 2)

    def test_zstd_and_plain(self):
        def zstd(raw):
            return subprocess.run(["zstd", "-q"], input=raw, capture_output=True, check=True).stdout
        for compress in (zstd, lambda raw: raw):
            self.registry.put(Image(SMALL, compress=compress))
            self.good("pull", self.name)
            self.assertEqual(self.layers(), [digest(SMALL)[7:]])
            self.good("rm", self.name)
            self.good("gc")

    def test_index(self):
        ours, other = Image(SMALL), Image(tar(("x", b"")), platform=("linux", "arm64"))
        index = json.dumps({"schemaVersion": 2, "manifests": [
            other.descriptor(other.manifest, "manifest.v1+json", platform={"os": "linux", "architecture": "arm64"}),
            ours.descriptor(ours.manifest, "manifest.v1+json", platform={"os": "linux", "architecture": "amd64"})]}).encode()
        self.registry.put(ours)
        self.registry.put(other)
        self.registry.blobs[digest(index)] = index
        self.registry.tags["latest"] = digest(index)
        self.good("pull", self.name)
        self.assertEqual((self.inspect()["digest"], self.inspect()["manifest_digest"]), (digest(index), ours.manifest))
        pinned = f"{self.registry.host}/a/b@{digest(index)}"
        self.good("pull", pinned)
        self.good("inspect", pinned)
        self.bad("no image for linux/riscv64", "--platform", "linux/riscv64", "pull", self.name)

    def rewrite_record(self, name, **values):
        for entry in os.scandir(self.store + "/images"):
            with open(entry.path, "r+", encoding="ascii") as file:
                record = json.load(file)
                if record["name"] == name:
                    file.seek(0)
                    file.truncate()
                    json.dump(record | values, file)

    def test_a_pinned_name_is_never_another_image(self):
        """Whatever its record says: all images are here, whole and wanted by a name."""
        good, other = Image(SMALL), Image(tar(("x", b"")))
        index = json.dumps({"schemaVersion": 2, "manifests": [
            good.descriptor(good.manifest, "manifest.v1+json", platform={"os": "linux", "architecture": "amd64"})]}).encode()
        self.registry.put(other, "other")
        self.registry.put(good)
        self.registry.blobs[digest(index)] = index
        by_index, by_manifest = (f"{self.registry.host}/a/b@{name}" for name in (digest(index), good.manifest))
        for name in (self.registry.host + "/a/b:other", by_index, by_manifest):
            self.good("pull", name)
            self.good("--holder", "x", "hold", name)
        for name, values, word in ((by_manifest, {"manifest": other.manifest}, "is not in"),
                                   (by_manifest, {"digest": other.manifest, "manifest": other.manifest}, "not an image's record"),
                                   (by_index, {"manifest": other.manifest}, "is not in"),
                                   (by_index, {"digest": other.manifest, "manifest": other.manifest}, "not an image's record")):
            with self.subTest(name=name, values=values):
                self.rewrite_record(name, **values)
                for argv in (("--holder", "x", "hold", name), ("inspect", name), ("verify",)):
                    done = self.run_program(*argv)
                    self.assertEqual(done.returncode, 1)
                    self.assertIn(word, done.stderr + done.stdout)
                self.good("pull", name)
                self.good("inspect", name)

    def test_names(self):
        self.bad("names no registry", "pull", "busybox")
        self.bad("there is no image", "inspect", self.name)
        self.bad("there is no image", "rm", self.name)
        self.assertEqual(self.run_program("pull").returncode, 2)

    def test_docker_registry_and_skopeo(self):
        Image(SMALL).write_layout(self.dir + "/layout")
        server = self.enterContext(DockerRegistry(self.dir, ("user", "secret")))
        server.push(self.dir + "/layout", "x/y:t")
        name = server.host + "/x/y:t"
        self.bad("wants a login", "pull", name)
        self.registry.host = server.host
        self.bad("refuses", *self.auth("user:wrong"), "pull", name)
        self.good(*self.auth(), "pull", name)
        self.assertIn("1 layers: 0 findings", self.good("verify"))
        server.push(self.dir + "/layout", "x/y:u")
        self.assertEqual(sorted(line.split()[0] for line in self.good(*self.auth(), "pull", "--all-tags", server.host + "/x/y").splitlines()),
                         [server.host + "/x/y:t", server.host + "/x/y:u"])


class Faults(Program):
    def setUp(self):
        super().setUp()
        self.big = random.Random(3).randbytes(3 << 20)
        self.image = Image(SMALL, tar(("big", self.big)))
        self.registry.put(self.image)

    def starts(self, path):
        return [headers.get("Range") for asked, headers in self.registry.seen if asked.endswith(path)]

    def cut(self, size):
        def act(handler):
            raw = self.image.blobs[handler.path.rsplit("/", 1)[-1]]
            handler.send_response(200)
            handler.send_header("Content-Length", str(len(raw)))
            handler.end_headers()
            handler.wfile.write(raw[:size])
            return True
        return act

    def test_passing(self):
        def reset(handler):
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            handler.connection.close()
            return True
        for act in (lambda handler: handler.answer(500) or True, lambda handler: handler.answer(429, Retry_After="0") or True, reset):
            self.registry.first(2, "/manifests/", act)
            self.registry.first(2, "/blobs/", act)
        self.good("--tries", "20", "pull", self.name)

    def test_lasting(self):
        self.registry.faults.append(("/blobs/", lambda handler: handler.answer(503) or True))
        self.bad("status 503", "--tries", "3", "pull", self.name)
        self.assertEqual(self.layers(), [])

    def test_stalled(self):
        def stall(handler):
            self.cut(1 << 20)(handler)
            handler.wfile.flush()
            time.sleep(3)
            return True
        self.registry.first(1, self.image.layers[1], stall)
        begin = time.monotonic()
        self.good("--stall-s", "1", "pull", self.name)
        self.assertLess(time.monotonic() - begin, 60)
        self.assertEqual(self.starts(self.image.layers[1]), [None, f"bytes={1 << 20}-"])

    def test_cut_is_resumed(self):
        self.registry.first(1, self.image.layers[1], self.cut(1 << 20))
        self.good("pull", self.name)
        self.assertEqual(self.starts(self.image.layers[1]), [None, f"bytes={1 << 20}-"])

    def test_cut_is_resumed_by_the_next_run(self):
        self.registry.first(1, self.image.layers[1], self.cut(1 << 20))
        self.bad("layer", "--tries", "1", "pull", self.name)
        self.good("pull", self.name)
        self.assertEqual(self.starts(self.image.layers[1])[-1], f"bytes={1 << 20}-")

    def test_half_of_it_is_wrong(self):
        self.good("pull", self.registry.host + "/none:latest")
        self.good("rm", self.registry.host + "/none:latest")
        self.good("gc")
        with open(f"{self.store}/tmp/{self.image.layers[1][7:]}.blob", "wb") as file:
            file.write(b"x" * 1000)
        self.good("pull", self.name)

    def test_lies(self):
        good = dict(self.image.blobs)
        for name in (self.image.layers[1], self.image.config):
            for wrong in (good[name][:-1] + b"x", good[name][:-1], good[name] + b"x"):
                self.registry.blobs[name] = wrong
                self.bad(self.registry.host, "--tries", "2", "pull", self.name)
                self.assertEqual(self.run_program("inspect", self.name).returncode, 1)
            self.registry.blobs[name] = good[name]
        self.good("pull", self.name)
        pin = "sha256:" + "0" * 64
        self.registry.blobs[pin] = self.image.blobs[self.image.manifest]
        self.bad("was wanted", "pull", f"{self.registry.host}/a/b:latest@{pin}")

    def test_full_disk(self):
        os.mkdir(self.store)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "store", self.store], check=True)
        self.addCleanup(subprocess.run, ["umount", self.store], check=True)
        self.bad("No space left", "pull", self.name)
        subprocess.run(["mount", "-o", "remount,size=16m", self.store], check=True)
        self.good("pull", self.name)
        self.assertIn("2 layers: 0 findings", self.good("verify"))

    def test_diff_id(self):
        self.registry.put(Image(SMALL, diff_ids=[digest(b"another")]))
        self.bad("unpacked it is", "pull", self.name)
        self.assertEqual(self.layers(), [])

    def test_token(self):
        def guard(handler):
            if handler.headers.get("Authorization") == "Bearer good":
                return False
            handler.answer(401, WWW_Authenticate=f'Bearer realm="http://{self.registry.host}/token",service="s",scope="x"')
            return True

        def token(handler):
            ok = "scope=repository:a/b:pull" in handler.path and handler.headers.get("Authorization", "").startswith("Basic ")
            handler.answer(200 if ok else 401, b'{"token":"good"}')
            return True
        self.registry.faults += [("^/v2/", guard), ("^/token", token)]
        self.bad("token", "pull", self.name)
        self.good(*self.auth(), "pull", self.name)

    def test_a_redirect_gets_no_login(self):
        with Registry() as other:
            other.put(self.image)
            self.registry.faults.append(("/v2/", lambda handler: "Authorization" not in handler.headers and (
                handler.answer(401, WWW_Authenticate='Basic realm="x"') or True)))
            self.registry.faults.append(("/blobs/", lambda handler: handler.answer(
                307, Location=f"http://{other.host}{handler.path}") or True))
            self.good(*self.auth(), "pull", self.name)
            self.assertGreater(len(other.seen), 2)
            self.assertEqual([headers for _, headers in other.seen if "Authorization" in headers], [])

    def test_killed(self):
        times = random.Random(5)
        begin = time.monotonic()
        self.good("pull", self.name)
        whole = time.monotonic() - begin
        for _ in range(KILLS):
            self.good("rm", self.name)
            self.good("gc")
            process = subprocess.Popen(self.command("pull", self.name), stdout=subprocess.DEVNULL)
            time.sleep(times.random() * whole)
            process.send_signal(signal.SIGKILL)
            process.wait()
            self.assertIn(" 0 findings", self.good("verify"))
            self.good("pull", self.name)
            self.assertIn("1 images, 2 blobs, 2 layers: 0 findings", self.good("verify"))


class Layers(Program):
    """What becomes of entries, and of those that mean harm."""

    def setUp(self):
        super().setUp()
        self.outside = self.dir + "/outside"
        os.mkdir(self.outside)
        with open(self.outside + "/file", "w", encoding="ascii") as file:
            file.write("untouched")

    def unpack(self, *entries, raw=None):
        self.registry.put(Image(raw or tar(*entries)))
        done = self.run_program("pull", self.name)
        self.assertEqual(os.listdir(self.outside), ["file"])
        with open(self.outside + "/file", encoding="ascii") as file:
            self.assertEqual(file.read(), "untouched")
        self.assertIn(" 0 findings", self.good("verify"))
        return done

    def refused(self, word, *entries, **keys):
        done = self.unpack(*entries, **keys)
        self.assertEqual(done.returncode, 1)
        self.assertIn(word, done.stderr)
        self.assertEqual(self.layers(), [])

    def taken(self, *entries, **keys):
        done = self.unpack(*entries, **keys)
        self.assertEqual(done.returncode, 0, done.stderr)
        return self.diff()

    def is_whiteout(self, path):
        status = os.lstat(path)
        return stat.S_ISCHR(status.st_mode) and status.st_rdev == 0

    def test_whiteouts(self):
        diff = self.taken(("a", None), ("a/.wh.gone", b""), ("b/.wh..wh..opq", b""), (".wh..wh.plnk", None), ("c/x", b""),
                          (".wh.c", b""), (".wh.d", b""), ("d", None), (".wh.e", b""), ("e", b"new"))
        self.assertTrue(self.is_whiteout(diff + "/a/gone"))
        for name in "bcd":
            self.assertEqual(os.getxattr(f"{diff}/{name}", "trusted.overlay.opaque"), b"y")
        self.assertEqual(sorted(os.listdir(diff)), ["a", "b", "c", "d", "e"])
        self.assertTrue(os.path.isfile(diff + "/e"))

    def test_names_that_lead_out(self):
        for name in ("../outside/x", "a/../../x", "..", self.dir.replace("/", "/../", 1)):
            self.refused("leads out", (name, b"x"))
        self.assertTrue(os.path.isfile(self.taken((self.outside + "/x", b"in")) + self.outside + "/x"))

    def test_links_that_lead_out(self):
        for target in (self.outside, "../" * 30 + self.outside):
            self.unpack(("l", target), ("l/x", b"x"), ("l/file", b"x"), ("l/y", None), ("l/.wh.file", b""))
            self.unpack(("a", None), ("a", target), ("a/.wh..wh..opq", b""))
            self.unpack(("l", target + "/file"), ("l", b"replaced"))
            self.unpack(("l", target + "/file"), ("h", tarfile.LNKTYPE[0], {"linkname": "l"}), ("h", b"x"))

    def test_hard_links(self):
        diff = self.taken(("a", b"1"), ("b", tarfile.LNKTYPE[0], {"linkname": "./a"}), ("b", tarfile.LNKTYPE[0], {"linkname": "a"}))
        self.assertEqual(os.stat(diff + "/a").st_nlink, 2)
        self.good("rm", self.name)
        self.good("gc")
        self.refused("leads nowhere", ("b", tarfile.LNKTYPE[0], {"linkname": "../../outside/file"}))
        self.refused("hard link", ("b", tarfile.LNKTYPE[0], {"linkname": self.outside + "/file"}))
        self.refused("folder", ("d", None), ("b", tarfile.LNKTYPE[0], {"linkname": "d"}))

    def test_attributes(self):
        diff = self.taken(("f", b"", {"pax_headers": {"SCHILY.xattr.trusted.overlay.redirect": "/etc",
                                                      "SCHILY.xattr.user.overlay.opaque": "y", "SCHILY.xattr.user.k": "v"}}))
        self.assertEqual(os.listxattr(diff + "/f"), ["user.k"])

    def test_devices(self):
        """None is made: what an image's device hides stays hidden, and that is all."""
        kinds = ((tarfile.CHRTYPE[0], 1, 3), (tarfile.BLKTYPE[0], 8, 0), (tarfile.CHRTYPE[0], 0, 0))
        for kind, major, minor in kinds:
            diff = self.taken(("d", b"before"), ("d", kind, {"devmajor": major, "devminor": minor, "mode": 0o666}), ("p", tarfile.FIFOTYPE[0]),
                              ("unlike", bytes([kind, major, minor])))
            self.assertTrue(self.is_whiteout(diff + "/d"))
            self.assertTrue(stat.S_ISFIFO(os.lstat(diff + "/p").st_mode))

    def test_bombs(self):
        self.refused("bytes in all", raw=self.sparse(1 << 50))
        self.refused("ymbolic link", ("l", "l"), ("l/x", b""))
        self.refused("ymbolic link", ("/".join(["a"] * 600), None))
        self.taken(("/".join(["a"] * 500), None), *[("/".join(["b"] * at), None) for at in range(1, 500)])

    def test_bombs_of_memory(self):
        one = tar(("/".join([c * 250 for c in "abcdefghijkl"]), None)).rstrip(b"\0")
        one += bytes(-len(one) % 512)
        self.refused("too many folders", raw=one * 25000)
        count = 18 << 20
        self.refused("memory", raw=self.sparse(1 << 20, f"{count}\n".encode() + b"0\n0\n" * count))

    def sparse(self, size, table=None, data=b""):
        """One file of GNU's sparse kind (1.0) that is all hole, or has a table as it is given."""
        headers = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.name": "sparse",
                   "GNU.sparse.realsize": str(size)}
        table = table or f"1\n{size}\n0\n".encode()
        return tar(("sparse", table + bytes(-len(table) % 512) + data, {"pax_headers": headers}))

    def test_checksums_of_files(self):
        """What was added up while a file was written is what verify reads: unpack() compares them."""
        long = random.Random(3).randbytes(700_000)
        diff = self.taken(("empty", b""), ("long", long), ("x", b"1" * 5000), ("x", b"2" * 5000), ("y", b"3"), ("h", tarfile.LNKTYPE[0], {"linkname": "y"}),
                          ("y", b"4"), (".wh.x", b""), *[(f"d/{at}", str(at).encode()) for at in range(3000)])
        with open(diff + "/long", "rb") as file:
            self.assertEqual(file.read(), long)
        for size, pieces in ((9000, ((0, b"a"), (5000, b"b"))), (9000, ((8999, b"c"),)), (9000, ((0, b"d" * 9000),))):
            table = "".join([f"{len(pieces)}\n", *[f"{at}\n{len(data)}\n" for at, data in pieces]]).encode()
            with open(self.taken(raw=self.sparse(size, table, b"".join(data for _, data in pieces))) + "/sparse", "rb") as file:
                whole = file.read()
            self.assertEqual((len(whole), whole.strip(b"\0")[-1:]), (size, pieces[-1][1][-1:]))

    def test_damage(self):
        raw = tar(("a", b"x" * 5000))
        self.refused("layer", raw=raw[:3000])
        self.refused("layer", raw=raw[:100] + b"\xff" * 400 + raw[500:])
        self.refused("layer", raw=random.Random(7).randbytes(5000))
        self.refused("a name", ("x" * 300, b""))

    def test_random_damage(self):
        times, raw = random.Random(11), tar(("a", None), ("a/b", b"x" * 2000), ("l", self.outside), ("h", tarfile.LNKTYPE[0],
                                            {"linkname": "a/b"}), ("a/.wh.c", b""))
        for _ in range(30):
            broken = bytearray(raw)
            for _ in range(3):
                broken[times.randrange(len(broken))] = times.randrange(256)
            self.unpack(raw=bytes(broken))


class Store(Program):
    def test_a_store_in_a_folder_that_is_not_there(self):
        self.store = self.dir + "/x/y/store"
        self.registry.put(Image(SMALL))
        self.good("pull", self.name)
        self.assertEqual([os.stat(path).st_mode & 0o777 for path in (self.dir + "/x", self.store)], [0o755, 0o700])

    def test_gc_leaves_what_is_used(self):
        self.registry.put(Image(SMALL), "one")
        self.registry.put(Image(SMALL, tar(("b", b"2"))), "two")
        for tag in ("one", "two"):
            self.good("pull", f"{self.registry.host}/a/b:{tag}")
        self.assertEqual(self.good("hold", "--holder", "c/1", f"{self.registry.host}/a/b:two").split(),
                         [f"{self.store}/layers/sha256/{digest(raw)[7:]}/diff" for raw in (SMALL, tar(("b", b"2")))])
        self.good("rm", f"{self.registry.host}/a/b:two")
        self.bad("there is no image", "hold", "--holder", "c/1", f"{self.registry.host}/a/b:two")
        self.assertIn("0 layers and 2 blobs removed, 1 layers in use", self.good("gc"))
        self.good("drop", "c/1")
        self.good("drop", "c/1")
        self.assertIn("1 layers and 0 blobs removed", self.good("gc"))
        self.assertEqual(self.layers(), [digest(SMALL)[7:]])
        self.assertIn("1 images, 2 blobs, 1 layers: 0 findings", self.good("verify"))

    def test_damage_is_found(self):
        self.registry.put(Image(SMALL))
        for damage in ("echo x >> diff/etc/hello", "chmod 600 diff/etc/hello", "rm diff/link", "touch diff/etc/new",
                       "setfattr -n user.x -v y diff/etc 2>/dev/null || touch diff", "rm layer.json"):
            self.good("pull", self.name)
            path = self.diff()[:-5]
            subprocess.run(["sh", "-c", damage], cwd=path, check=True)
            self.assertEqual(self.run_program("verify").returncode, 1, damage)
            subprocess.run(["rm", "-rf", path], check=True)
        self.assertIn("is missing", self.run_program("verify").stdout)
        found = json.loads(self.run_program("--json", "verify").stdout)
        self.assertEqual((found["images"], found["layers"], len(found["findings"])), (1, 0, 1))
        self.assertIn("is missing", found["findings"][0])
        self.assertEqual(json.loads(self.good("--json", "gc")), {"layers_removed": 0, "blobs_removed": 0, "layers_in_use": 0})
        self.good("pull", self.name)
        self.assertIn(" 0 findings", self.good("verify"))

    def test_checksum_of_another_version(self):
        self.registry.put(Image(SMALL))
        self.good("pull", self.name)
        subprocess.run(["sed", "-i", "s/gmac2:/gmac:/", self.diff()[:-4] + "layer.json"], check=True)
        done = self.run_program("verify")
        self.assertEqual(done.returncode, 1)
        self.assertIn("another kind of checksum", done.stdout)
        for verb in (("rm", self.name), ("gc",), ("pull", self.name), ("verify",)):
            self.good(*verb)

    def test_holds(self):
        empty = tar(("a", None))
        self.registry.put(Image(empty, SMALL, empty))
        self.good("pull", self.name)
        folders = self.good("hold", "--holder", "x", self.name).split()
        self.assertEqual([path.split("/")[-2] for path in folders], [digest(SMALL)[7:], digest(empty)[7:]])
        shown = json.loads(self.good("--json", "hold", "--holder", "x", self.name))
        self.assertEqual((shown["layers"], shown["config"], shown["manifest_digest"]),
                         (folders, self.inspect()["config"], self.inspect()["digest"]))
        self.bad("who holds it", "hold", self.name)
        self.good("rm", self.name)
        self.assertIn("0 layers and 2 blobs removed, 2 layers in use", self.good("gc"))
        record = f"{self.store}/holds/{os.listdir(self.store + '/holds')[0]}"
        with open(record, encoding="ascii") as file:
            text = file.read()
        self.damage(record, "{")
        self.assertIn("nothing is removed", self.run_program("gc").stderr)
        self.assertEqual(self.run_program("verify").returncode, 1)
        self.damage(record, re.sub('"boot":"[^"]*"', '"boot":"an earlier one"', text))
        self.assertIn("2 layers and 0 blobs removed, 0 layers in use", self.good("gc"))
        self.assertEqual(os.listdir(self.store + "/holds"), [])

    def test_hold_after_a_power_cut(self):
        self.registry.put(Image(SMALL))
        self.good("pull", self.name)
        self.good("hold", "--holder", "x", self.name)
        self.good("rm", self.name)
        self.damage(f"{self.store}/holds/{os.listdir(self.store + '/holds')[0]}", "")
        self.assertIn(" 0 findings", self.good("verify"))
        self.assertIn("1 layers and 2 blobs removed, 0 layers in use", self.good("gc"))
        self.assertEqual(os.listdir(self.store + "/holds"), [])

    def damage(self, path, text):
        with open(path, "w", encoding="ascii") as file:
            file.write(text)

    def test_gc_without_a_record(self):
        self.registry.put(Image(SMALL))
        self.good("pull", self.name)
        record, = os.listdir(self.store + "/images")
        self.damage(f"{self.store}/images/{record}", "{")
        done = self.run_program("gc")
        self.assertEqual(done.returncode, 1)
        self.assertIn("nothing is removed", done.stderr)
        self.assertEqual(len(self.layers()), 1)


if __name__ == "__main__":
    unittest.main()
