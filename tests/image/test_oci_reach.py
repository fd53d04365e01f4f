# SPDX-License-Identifier: Apache-2.0
"""keelson-oci: whom it asks (registries.conf), and what it takes (trust.d).

usage: python3 tests/image/test_oci_reach.py    (inside the SDK, as root; nothing has to be built. OCI= names a program that is)
"""
import base64
import json
import os
import random
import socket
import subprocess
import unittest

from ociprogram import SMALL, Program
from registryserver import Image, Registry, digest, tar


class Tags(Program):
    def setUp(self):
        super().setUp()
        self.place = self.registry.host + "/a/b"
        self.tags = ("1.0", "1.1", "2_x", "latest", "z-9")
        for number, tag in enumerate(self.tags):
            self.registry.put(Image(SMALL, tar((f"f{number}", b"x"))), tag)

    def named(self):
        return [row["name"].rpartition(":")[2] for row in json.loads(self.good("--json", "images"))]

    def lists(self):
        return [path.partition("/tags/")[2] for path, _ in self.registry.seen if "/tags/" in path]

    def test_all_in_pages(self):
        for page, lists in ((1000, 1), (2, 3), (1, 5)):
            self.registry.page = page
            self.registry.seen.clear()
            self.good("pull", "--all-tags", self.place)
            self.assertEqual((sorted(self.named()), len(self.lists())), (list(self.tags), lists), self.lists())
            for tag in self.tags:
                self.good("rm", f"{self.place}:{tag}")

    def test_pages_that_lead_astray(self):
        page = b'{"tags":["latest"]}'
        for link, word in (('<https://other/x>; rel="next"', "no query"), ('<?a b>; rel="next"', "no query"), ('<?' + "a" * 600 + '>; rel="next"', "no query"),
                           ('<?last=latest>; rel="next"', "nothing new")):
            self.registry.faults[:] = [("/tags/list", lambda handler, link=link: handler.answer(200, page, Link=link) or True)]
            self.bad(word, "pull", "--all-tags", self.place)
        for link in ('<?a=b>; rel="prev"', "<", "", "next"):
            self.registry.faults[:] = [("/tags/list", lambda handler, link=link: handler.answer(200, page, Link=link) or True)]
            self.good("pull", "--all-tags", self.place)

    def test_what_is_wrong(self):
        for name in (self.place + ":1.0", self.place + "@" + digest(b"")):
            self.bad("goes with no tag and no digest", "pull", "--all-tags", name)
        answers = [(b'{"tags":null}', "there are none"), (b"{}", "no list of tags"), (b'{"tags":{"a":"b"}}', "no list of tags"), (b"[]", "tags of a/b"),
                   (b'{"tags":["a","../b"]}', "what is no tag"), (b'{"tags":["a?b"]}', "what is no tag"), (b'{"tags":[7]}', "what is no tag"),
                   (json.dumps({"tags": ["t" * 129]}).encode(), "what is no tag"),
                   (json.dumps({"tags": [f"t{number}" for number in range(1001)]}).encode(), "over 1000 tags")]
        for answer, word in answers:
            self.registry.faults[:] = [("/tags/list", lambda handler, answer=answer: handler.answer(200, answer) or True)]
            self.bad(word, "pull", "--all-tags", self.place)
        self.assertEqual(self.named(), [])

    def test_one_that_fails(self):
        self.registry.tags["2_x"] = digest(b"not there")
        self.bad("b:2_x", "pull", "--all-tags", self.place)
        self.assertEqual(sorted(self.named()), ["1.0", "1.1"])


class Mirrors(Program):
    def setUp(self):
        super().setUp()
        self.mirror = self.enterContext(Registry())
        self.image = Image(SMALL, tar(("big", random.Random(3).randbytes(3 << 20))))
        self.registry.put(self.image)
        self.mirror.put(self.image)

    def conf(self, more="", mirrors=None):
        text = f'[[registry]]\nlocation = "{self.registry.host}"\n{more}\n'
        for place in mirrors or [self.mirror.host + "/m"]:
            text += f'[[registry.mirror]]\nlocation = "{place}"\n'
        return self.setting("containers/registries.conf", text)

    def pulled(self, *argv, **keys):
        self.assertEqual(self.good(*argv, "pull", self.name, **keys), f"{self.name} {self.image.manifest}\n")
        self.assertIn("1 images, 2 blobs, 2 layers: 0 findings", self.good("verify"))

    def test_it_is_asked_first(self):
        self.conf()
        self.pulled()
        self.assertEqual({path.split("/")[2:5] == ["m", "a", "b"] for path, _ in self.mirror.seen}, {True})
        self.assertEqual(self.registry.seen, [])

    def test_it_is_not_there(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            gone = f"127.0.0.1:{free.getsockname()[1]}"
        self.conf(mirrors=[gone, self.mirror.host])
        self.pulled()
        self.assertEqual(self.registry.seen, [])
        self.conf(mirrors=[gone])
        self.good("pull", self.name)
        self.assertEqual(len(self.registry.seen), 2)

    def test_it_lies(self):
        for name in (self.image.config, self.image.layers[1]):
            self.mirror.blobs = {**self.image.blobs, name: b"x" * len(self.image.blobs[name])}
            self.conf()
            self.pulled()
            self.assertIn(name, [path.rsplit("/", 1)[-1] for path, _ in self.registry.seen])
            self.good("rm", self.name)
            self.good("gc")

    def test_a_login_for_it_alone(self):
        """Who comes behind it is asked all the same."""
        self.conf()
        self.mirror.tags.clear()
        path = self.setting("auth.json", json.dumps({"auths": {self.mirror.host: {"auth": base64.b64encode(b"a:b").decode()}}}))
        self.pulled("--authfile", path)

    def test_it_lacks_the_image_or_breaks_off(self):
        self.conf()
        self.mirror.tags.clear()
        self.pulled()
        self.good("rm", self.name)
        self.good("gc")
        self.mirror.put(self.image)
        self.registry.seen.clear()

        def cut(handler):
            raw = self.image.blobs[self.image.layers[1]]
            handler.send_response(200)
            handler.send_header("Content-Length", str(len(raw)))
            handler.end_headers()
            handler.wfile.write(raw[:1 << 20])
            self.mirror.faults.append(("", lambda other: other.answer(503) or True))
            return True
        self.mirror.faults.append((self.image.layers[1], cut))
        self.pulled("--threads", "1")
        self.assertEqual([headers.get("Range") for path, headers in self.registry.seen], [f"bytes={1 << 20}-"])

    def test_a_full_disk_asks_nobody_else(self):
        self.conf()
        os.mkdir(self.store)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "store", self.store], check=True)
        self.addCleanup(subprocess.run, ["umount", self.store], check=True)
        self.bad("No space left", "pull", self.name)
        self.assertEqual(self.registry.seen, [])

    def test_blocked_and_moved(self):
        self.conf("blocked = true")
        self.bad(f"blocks {self.registry.host}", "pull", self.name)
        self.assertEqual(self.registry.seen + self.mirror.seen, [])
        self.setting("containers/registries.conf.d/10.conf", f'[[registry]]\nprefix="{self.registry.host}"\nlocation="{self.mirror.host}/x"\n')
        self.pulled()
        self.assertEqual(self.registry.seen, [])

    def test_insecure(self):
        self.conf("insecure = true\n[[registry.mirror]]\ninsecure = true\nlocation='" + self.mirror.host + "'", ["127.0.0.1:1"])
        self.pulled(plain=())
        self.assertEqual(self.registry.seen, [])
        self.setting("containers/registries.conf", "")
        self.good("rm", self.name)
        self.bad(self.registry.host, "--tries", "1", "pull", self.name, plain=())
        self.assertEqual(self.registry.seen, [])

    def test_proxies(self):
        """Of the environment; loopback is reached without one, so the registry has another name."""
        name = "registry.invalid/a/b:latest"

        def proxied(**environment):
            self.registry.seen.clear()
            done = self.run_program("--tries", "1", "pull", name, environment=environment)
            return done.returncode == 0, {path.split("/v2/")[0] for path, _ in self.registry.seen}
        proxy = "http://" + self.registry.host
        for variable in ("HTTP_PROXY", "http_proxy"):
            self.assertEqual(proxied(**{variable: proxy}), (True, {"http://registry.invalid"}))
        for none in ("registry.invalid", "x, .invalid", "a b *"):
            self.assertEqual(proxied(HTTP_PROXY=proxy, NO_PROXY=none), (False, set()), none)
        self.assertEqual(proxied(HTTPS_PROXY=proxy), (False, set()))

    def test_a_file_that_cannot_be_read(self):
        path = self.conf("x = 1")
        self.bad(f"{path}: line 3: a key that is not known", "pull", self.name)
        self.setting("containers/registries.conf", "\0")
        self.bad("zero bytes", "pull", self.name)
        self.assertEqual(self.registry.seen, [])

    def test_each_gets_its_own_login(self):
        def guard(handler):
            return "Authorization" not in handler.headers and (handler.answer(401, WWW_Authenticate='Basic realm="x"') or True)
        self.mirror.faults.append(("/v2/", guard))
        self.registry.faults.append(("/v2/", guard))
        self.mirror.blobs.pop(self.image.layers[1])
        self.conf()
        self.setting("containers/auth.json", json.dumps({"auths": {
            host: {"auth": base64.b64encode(f"u:{who}".encode()).decode()}
            for host, who in ((self.mirror.host + "/m", "mirror"), (self.registry.host + "/a", "registry"))}}))
        self.pulled()
        for server, who in ((self.mirror, b"u:mirror"), (self.registry, b"u:registry")):
            sent = {headers["Authorization"] for _, headers in server.seen if "Authorization" in headers}
            self.assertEqual(sent, {"Basic " + base64.b64encode(who).decode()})


SIGNATURE = "dev.cosignproject.cosign/signature"
BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json"
PAYLOAD = "application/vnd.dev.cosign.simplesigning.v1+json"


class Trust(Program):
    def setUp(self):
        super().setUp()
        self.image = Image(SMALL)
        self.registry.put(self.image)
        self.place = self.registry.host + "/a/b"

    def key(self, name="k", *options):
        path = f"{self.dir}/{name}"
        subprocess.run(["openssl", "genpkey", "-quiet", "-out", path, *(options or ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"))],
                       check=True)
        subprocess.run(["openssl", "pkey", "-in", path, "-pubout", "-out", path + ".pub"], check=True)
        return path

    def rule(self, *lines, name="10"):
        self.setting(f"keelson/trust.d/{name}.conf", "\n".join(lines) + "\n")

    def want_signature(self, *more, key="k"):
        self.rule("prefix=*", "require=signature", f"key={self.dir}/{key}.pub", *more)

    def signature(self, key, place=None, about=None, payload=None):
        """The manifest of one; what was signed is in the registry."""
        place, about = place or self.place, about or self.image.manifest
        raw = json.dumps({"critical": {"identity": {"docker-reference": place}, "image": {"docker-manifest-digest": about},
                                       "type": "cosign container image signature"}, "optional": None}).encode()
        made = self.made_by(key, raw)
        raw = payload or raw
        self.registry.blobs[digest(raw)] = raw
        layer = {"mediaType": PAYLOAD, "digest": digest(raw), "size": len(raw), "annotations": {SIGNATURE: base64.b64encode(made).decode()}}
        return self.manifest(layer)

    def bundle(self, key, about=None, name=None):
        subject = {"digest": {"sha256": (about or self.image.manifest)[7:]}, **({"name": name} if name else {})}
        statement = json.dumps({"_type": "https://in-toto.io/Statement/v1", "subject": [subject], "predicate": {},
                                "predicateType": "https://sigstore.dev/cosign/sign/v1"}).encode()
        kind = b"application/vnd.in-toto+json"
        made = self.made_by(key, b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(statement), statement))
        raw = json.dumps({"mediaType": BUNDLE, "dsseEnvelope": {
            "payload": base64.b64encode(statement).decode(), "payloadType": kind.decode(),
            "signatures": [{"sig": base64.b64encode(made).decode()}]}}).encode()
        self.registry.blobs[digest(raw)] = raw
        return self.manifest({"mediaType": BUNDLE, "digest": digest(raw), "size": len(raw)})

    def made_by(self, key, raw):
        with open(self.dir + "/payload", "wb") as file:
            file.write(raw)
        hashed = [] if "ed" in os.path.basename(key) else ["-digest", "sha256"]
        return subprocess.run(["openssl", "pkeyutl", "-sign", "-rawin", *hashed, "-inkey", key, "-in", self.dir + "/payload"],
                              check=True, capture_output=True).stdout

    def manifest(self, layer):
        manifest = json.dumps({"schemaVersion": 2, "config": {}, "layers": [layer]}).encode()
        self.registry.blobs[digest(manifest)] = manifest
        return digest(manifest)

    def tag(self, manifest):
        self.registry.tags[f"sha256-{self.image.manifest[7:]}.sig"] = manifest

    def refused(self, word, *argv):
        self.bad(word, *(argv or ("pull", self.name)))
        self.assertEqual((self.layers(), os.listdir(self.store + "/blobs/sha256"), os.listdir(self.store + "/images")), ([], [], []))

    def taken(self):
        self.good("pull", self.name)
        self.good("rm", self.name)
        self.good("gc")

    def test_digest(self):
        self.rule("prefix=" + self.registry.host, "require=digest")
        self.refused("wants a digest: give the name with @" + self.image.manifest)
        self.assertEqual([path for path, _ in self.registry.seen if "/blobs/" in path], [])
        self.good("pull", f"{self.name}@{self.image.manifest}")

    def test_rules_that_cannot_be_read(self):
        self.rule("prefix=quay.io", "require=all")
        self.refused("10.conf: require= wants")
        self.rule("prefix=quay.io", "require=digest")
        self.rule("prefix=quay.io", "require=nothing", name="11")
        self.refused("11.conf: another file has the prefix")

    def test_each_kind_of_key(self):
        for name, *options in (("p256", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"), ("ed", "-algorithm", "ED25519"),
                               ("rsa", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048")):
            self.want_signature(key=name)
            self.tag(self.signature(self.key(name, *options)))
            self.taken()
            self.tag(self.signature(self.key("other-" + name, *options)))
            self.refused("by none of the keys")
        self.want_signature(key="other")
        self.key("other", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384")
        self.refused("not a public key in PEM of")

    def test_what_does_not_count(self):
        key = self.key()
        self.want_signature()
        self.refused("it has no signature")
        self.tag(self.signature(key, place=self.registry.host + "/c"))
        self.refused(f"it is about {self.registry.host}/c, not {self.place}")
        self.tag(self.signature(key, about="sha256:" + "0" * 64))
        self.refused("about another digest")
        self.tag(self.signature(key, payload=b"{}"))
        self.refused("by none of the keys")
        manifest = self.signature(key)
        payload, = (name for name, raw in self.registry.blobs.items() if b'"critical"' in raw and self.image.manifest.encode() in raw
                    and self.place.encode() + b'"' in raw)
        self.tag(manifest)
        good = self.registry.blobs[payload]
        self.registry.blobs[payload] = good.replace(b"optional", b"Optional")
        self.refused("was wanted")
        self.registry.blobs[payload] = good
        self.registry.faults.append(("[.]sig", lambda handler: handler.answer(500) or True))
        self.refused("wants a signature", "--tries", "1", "pull", self.name)
        self.registry.faults.clear()
        self.taken()

    def test_another_key_in_the_list_and_another_name(self):
        self.tag(self.signature(self.key(), place="quay.io/x"))
        self.key("k2")
        self.want_signature(f"key={self.dir}/k2.pub", "signed-as=quay.io/x")
        self.taken()
        self.want_signature("signed-as=any")
        self.taken()
        self.want_signature("signed-as=quay.io/y")
        self.refused("it is about quay.io/x, not quay.io/y")

    def test_referrers(self):
        manifest = self.signature(self.key())
        self.want_signature()
        entry = {"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": manifest, "size": 1}
        self.registry.referrers = [{**entry, "artifactType": "application/spdx+json"}]
        self.refused("it has no signature")
        self.registry.referrers.append({**entry, "artifactType": "application/vnd.dev.cosign.artifact.sig.v1+json"})
        self.taken()

    def refer(self, manifest):
        self.registry.referrers = [{"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": manifest, "size": 1,
                                    "artifactType": BUNDLE}]

    def test_bundles(self):
        key = self.key()
        self.want_signature("signed-as=any")
        self.refer(self.bundle(self.key("other")))
        self.refused("by none of the keys")
        self.refer(self.bundle(key, about="sha256:" + "0" * 64))
        self.refused("about another digest")
        self.refer(self.bundle(key))
        self.taken()
        self.want_signature()
        self.refused("does not name the image (signed-as=any takes it)")
        self.refer(self.bundle(key, name=self.place))
        self.taken()

    def test_a_registry_without_referrers(self):
        self.want_signature("signed-as=any")
        self.refer(self.bundle(self.key()))
        listed = json.dumps({"schemaVersion": 2, "manifests": self.registry.referrers}).encode()
        self.registry.referrers = []
        self.refused("it has no signature")
        self.registry.blobs[digest(listed)] = listed
        self.registry.tags["sha256-" + self.image.manifest[7:]] = digest(listed)
        self.taken()

    def test_signatures_from_the_registry_layers_from_the_mirror(self):
        with Registry() as mirror:
            mirror.put(self.image)
            self.setting("containers/registries.conf", f"[[registry]]\nlocation='{self.registry.host}'\n[[registry.mirror]]\n"
                         f"location='{mirror.host}'\n")
            self.tag(self.signature(self.key()))
            self.want_signature()
            self.taken()
            self.assertEqual([path for path, _ in self.registry.seen if self.image.layers[0] in path], [])

    def test_files(self):
        self.key()
        self.image.write_layout(self.dir + "/layout", self.name)
        self.want_signature()
        self.refused("a file cannot show", "load", self.dir + "/layout")
        self.rule("prefix=*", "require=digest")
        self.refused("wants a digest", "load", self.dir + "/layout")
        pin = f"{self.place}@sha256:{'0' * 64}"
        self.refused("was wanted", "load", "--name", pin, self.dir + "/layout")
        self.good("load", "--name", f"{self.place}@{self.image.manifest}", self.dir + "/layout")


if __name__ == "__main__":
    unittest.main()
