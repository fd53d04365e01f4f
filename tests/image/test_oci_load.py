# SPDX-License-Identifier: Apache-2.0
"""keelson-oci load: OCI layouts, and archives of docker save and podman save, also such as mean harm.

usage: python3 tests/image/test_oci_load.py    (inside the SDK, as root; nothing has to be built. OCI= names a program that is)
"""
import gzip
import io
import json
import os
import subprocess
import tarfile
import unittest

from ociprogram import SMALL, Program
from registryserver import Image, tar


class Load(Program):
    def test_layout(self):
        image = Image(SMALL)
        image.write_layout(self.dir + "/layout", "quay.io/x/y:1")
        self.assertEqual(self.good("load", self.dir + "/layout"), f"quay.io/x/y:1 {image.manifest}\n")
        with tarfile.open(self.dir + "/a.tar", "w:gz") as archive:
            archive.add(self.dir + "/layout", ".")
        self.good("load", "--name", "quay.io/z:2", self.dir + "/a.tar")
        self.assertEqual([one["name"] for one in json.loads(self.good("--json", "images"))], ["quay.io/x/y:1", "quay.io/z:2"])
        self.assertEqual([name for name in os.listdir(self.store + "/tmp") if not name.endswith(".lock")], [])

    def test_what_is_no_image(self):
        image = Image(SMALL)
        image.write_layout(self.dir + "/layout")
        self.bad("no name", "load", self.dir + "/layout")
        blob = f"{self.dir}/layout/blobs/sha256/{image.layers[0][7:]}"
        os.rename(blob, blob + "x")
        os.symlink(blob + "x", blob)
        self.bad("ymbolic link", "load", "--name", "quay.io/x", self.dir + "/layout")
        self.bad("index.json", "load", "--name", "quay.io/x", self.dir)
        self.bad("No such file", "load", self.dir + "/none")
        self.bad("neither index.json nor manifest.json", "load", self.saved_as(("a", b"1")))

    def saved(self, manifest, *entries):
        """An archive as podman save writes it."""
        return self.saved_as(("manifest.json", json.dumps(manifest).encode()), *entries)

    def saved_as(self, *entries):
        """(path, bytes), or (path, where a link leads)"""
        with tarfile.open(self.dir + "/saved.tar", "w") as archive:
            for path, what in entries:
                file = tarfile.TarInfo(path)
                if isinstance(what, str):
                    file.type, file.linkname = tarfile.SYMTYPE, what
                else:
                    file.size = len(what)
                archive.addfile(file, None if isinstance(what, str) else io.BytesIO(what))
        return self.dir + "/saved.tar"

    def test_what_skopeo_saves(self):
        image = Image(SMALL, tar(("b", b"2")))
        image.write_layout(self.dir + "/layout", "q.io/x:1")
        subprocess.run(["skopeo", "copy", "-q", "--insecure-policy", f"oci:{self.dir}/layout", f"docker-archive:{self.dir}/a.tar:quay.io/x/y:1"], check=True)
        subprocess.run(["gzip", self.dir + "/a.tar"], check=True)
        self.assertIn("quay.io/x/y:1 sha256:", self.good("load", self.dir + "/a.tar.gz"))
        self.assertEqual(self.layers(), sorted(name[7:] for name in image.diff_ids))
        self.assertIn("1 images, 2 blobs, 2 layers: 0 findings", self.good("verify"))
        self.assertEqual([name for name in os.listdir(self.store + "/tmp") if not name.endswith(".lock")], [])

    def test_saved(self):
        """Names as Docker writes them, two for one image, a layer that is another's, one that is compressed."""
        image = Image(SMALL, tar(("b", b"2")), SMALL)
        config = image.blobs[image.config]
        entries = (("c.json", config), ("1/layer.tar", SMALL), ("2/layer.tar", gzip.compress(tar(("b", b"2")))), ("3/layer.tar", "../1/layer.tar"))
        layers = ["1/layer.tar", "2/layer.tar", "3/layer.tar"]
        manifest = [{"Config": "c.json", "RepoTags": ["busybox:1", "me/y:2"], "Layers": layers}, {"Config": "c.json", "RepoTags": ["q.io/z:3"], "Layers": layers}]
        done = self.good("load", self.saved(manifest, *entries))
        self.assertEqual([line.split()[0] for line in done.splitlines()], ["docker.io/library/busybox:1", "docker.io/me/y:2", "q.io/z:3"])
        self.assertEqual(len({line.split()[1] for line in done.splitlines()}), 1)
        self.assertEqual(self.layers(), sorted({name[7:] for name in image.diff_ids}))
        self.assertEqual(self.good("load", self.saved(manifest, *entries)), done, "the same digest again")
        del manifest[1], manifest[0]["RepoTags"]
        self.bad("no name", "load", self.saved(manifest, *entries))
        self.assertIn("q.io/a:1 ", self.good("load", "--name", "q.io/a:1", self.saved(manifest, *entries)))

    def test_saved_that_means_harm(self):
        image = Image(SMALL)
        config = image.blobs[image.config]
        secret = self.dir + "/secret.tar"
        with open(secret, "wb") as file:
            file.write(SMALL)
        one = {"Config": "c.json", "RepoTags": ["q.io/a:1"], "Layers": ["l.tar"]}
        for word, manifest, *entries in (("No such file", [{**one, "Layers": ["../../secret.tar"]}]), ("No such file", [{**one, "Layers": [secret]}]),
                                         ("No such file", [one], ("l.tar", secret)), ("No such file", [one], ("l.tar", "../../../../../../" + secret)),
                                         ("make blobs", [one], ("l.tar", SMALL), ("blobs", "/tmp")), ("no list", one), ("image 1", [{}]), ("image 1", [{**one, "Layers": "l.tar"}]),
                                         ("is no file", [{**one, "Layers": ["/"]}]), ("unpacked it is", [one], ("l.tar", tar(("b", b"2")))),
                                         ("layers in the manifest", [{**one, "Layers": []}]), ("over 1000 names", [{**one, "RepoTags": ["a"] * 600}] * 2)):
            with self.subTest(word=word, manifest=str(manifest)[:100]):
                self.bad(word, "load", self.saved(manifest, ("c.json", config), *entries))
                self.assertEqual(self.layers(), [])


if __name__ == "__main__":
    unittest.main()
