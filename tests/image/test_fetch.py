# SPDX-License-Identifier: Apache-2.0
"""keelson-provision fetches from servers that behave, and from those that do not: all on loopback.

usage: python3 tests/image/test_fetch.py    (inside the SDK; nothing has to be built)
"""
import base64
import gzip
import hashlib
import json
import socket
import ssl
import struct
import subprocess
import threading
import time
import unittest

from acquiring import Program, Server, data, files, names, paths


class Http(Program):
    def test_what_is_sent(self):
        self.server.answers["/a"] = files("/x")
        self.assertEqual(paths(self.good(names(self.url("/a?q=1#f")))), ["/x"])
        (method, path, headers), = self.server.seen
        self.assertEqual((method, path), ("GET", "/a?q=1"))
        self.assertEqual(headers["User-Agent"], "Keelson/7.7")
        self.assertEqual(headers["Accept"], "application/vnd.coreos.ignition+json;version=3.6.0, */*;q=0.1")
        self.assertEqual(headers["Accept-Encoding"], "identity")

    def test_no_content_is_no_config(self):
        self.server.answers["/a"] = (204, {}, b"")
        self.bad(names(self.url()), "not a config (empty)")

    def test_refused(self):
        for status in (400, 401, 403, 404, 410, 429):
            self.server.answers["/a"] = status
            self.bad(names(self.url()), f"fetch {self.url()}: the server answers with status {status}")
        self.assertEqual(len(self.server.seen), 6)

    def test_unavailable_for_a_while(self):
        self.server.answers["/a"] = [503, 500, 599, files("/x")]
        done = self.acquire(names(self.url()))
        self.assertEqual(done.returncode, 0)
        self.assertEqual(len(self.server.seen), 4)
        for line in (f"GET {self.url()}: try 1: the server answers with status 503", "try 2", "try 3"):
            self.assertIn(line, done.stderr)

    def test_hung_up(self):
        def reset(handler):
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            handler.connection.close()
        self.server.answers["/a"] = [reset, reset, files("/x")]
        self.assertEqual(paths(self.good(names(self.url()))), ["/x"])
        self.assertEqual(len(self.server.seen), 3)

    def test_nobody_listens_yet(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        child = names(f"http://127.0.0.1:{port}/a", timeouts={"httpTotal": 1})
        begin = time.monotonic()
        self.bad(child, "not within 1 s")
        took = time.monotonic() - begin
        self.assertGreater(took, 0.9)
        self.assertLess(took, 4)

    def test_body_that_is_cut(self):
        self.server.answers["/a"] = (200, {"Content-Length": "100"}, b"{")
        self.bad(names(self.url()), "fetch " + self.url())
        self.assertEqual(len(self.server.seen), 1, "what has begun to arrive is not asked for again")

    def test_waits_grow(self):
        times = []
        self.server.answers["/a"] = [*[lambda _: times.append(time.monotonic()) or 503] * 5, files("/x")]
        self.assertEqual(paths(self.good(names(self.url()), "--retry-ms", "40")), ["/x"])
        waits = [after - before for before, after in zip(times, times[1:])]
        for wait, want in zip(waits, (0.04, 0.08, 0.16, 0.32)):
            self.assertGreaterEqual(wait, want)
            self.assertLess(wait, want + 1)

    def test_no_answer_in_time(self):
        slow = threading.Event()
        self.server.answers["/a"] = [lambda _: slow.wait(10) and None, files("/x")]
        begin = time.monotonic()
        done = self.acquire(names(self.url(), timeouts={"httpResponseHeaders": 1}))
        slow.set()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("try 1: no answer within 1 s", done.stderr)
        self.assertLess(time.monotonic() - begin, 5)

    def test_body_that_trickles(self):
        def trickle(handler):
            handler.send_response(200)
            handler.send_header("Content-Length", "1000")
            handler.end_headers()
            for _ in range(100):
                handler.wfile.write(b" ")
                handler.wfile.flush()
                time.sleep(0.1)
        self.server.answers["/a"] = trickle
        begin = time.monotonic()
        self.bad(names(self.url(), timeouts={"httpTotal": 1}), "not within 1 s")
        self.assertLess(time.monotonic() - begin, 4)

    def answer_without_end(self, status):
        def endless(handler):
            handler.send_response(status)
            handler.end_headers()
            while True:
                handler.wfile.write(b" " * 65536)
        self.server.answers["/a"] = endless

    def test_too_long(self):
        self.answer_without_end(200)
        self.bad(names(self.url()), "longer than 16777216 bytes")

    def test_error_page_without_end(self):
        self.answer_without_end(404)
        self.bad(names(self.url()), "status 404")

    def test_secrets_stay_secret(self):
        told = self.bad(names(self.url("/a?token=hunter2#hunter2").replace("//", "//me:hunter2@")), "status 404")
        self.assertNotIn("hunter2", told)
        self.assertEqual(self.server.seen[0][2]["Authorization"], "Basic " + base64.b64encode(b"me:hunter2").decode())
        self.assertEqual(self.asked(), ["/a?token=hunter2"])


class Redirects(Program):
    def test_followed(self):
        self.server.answers["/a"] = files("/x")
        for status in (301, 302, 303, 307, 308):
            self.server.answers["/from"] = (status, {"Location": "a"}, b"it is over there")
            self.assertEqual(paths(self.good(names(self.url("/from")))), ["/x"])

    def test_loop(self):
        self.server.answers["/a"] = (302, {"Location": "/a"}, b"")
        self.bad(names(self.url()), "over 10 redirects")
        self.assertEqual(len(self.server.seen), 11)

    def test_to_elsewhere(self):
        for location in ("file:///etc/passwd", "tftp://127.0.0.1/a", "ftp://127.0.0.1/a"):
            self.server.answers["/a"] = (302, {"Location": location}, b"")
            self.bad(names(self.url()), "redirects to what is not http(s)")
        self.server.answers["/a"] = (302, {}, b"")
        self.bad(names(self.url()), "redirects to nowhere")

    def test_headers_stay_with_the_first(self):
        self.server.answers["/a"] = (302, {"Location": "/b"}, b"")
        self.server.answers["/b"] = files("/x")
        self.good(names({"source": self.url(), "httpHeaders": [{"name": "X-Token", "value": "t"}, {"name": "accept", "value": "a/b"}]}))
        first, second = (headers for _, _, headers in self.server.seen)
        self.assertEqual((first["X-Token"], first["accept"], first["User-Agent"]), ("t", "a/b", "Keelson/7.7"))
        self.assertNotIn("X-Token", second)
        self.assertIn("version=3.6.0", second["Accept"])

    def test_headers_that_are_none(self):
        self.server.answers["/a"] = files("/x")
        for header in ({"name": "A", "value": "b\r\nC: d"}, {"name": "A b", "value": "c"}, {"name": "A"}):
            self.bad(names({"source": self.url(), "httpHeaders": [header]}), "HTTP header 0 cannot be sent")
        self.assertEqual(self.server.seen, [])


class Contents(Program):
    def test_hashes(self):
        body = json.dumps(files("/x")).encode()
        self.server.answers["/a"] = body
        for name in ("sha256", "sha512"):
            for source in (self.url(), data(body)):
                child = {"source": source, "verification": {"hash": f"{name}-" + hashlib.new(name, body).hexdigest()}}
                self.assertEqual(paths(self.good(names(child))), ["/x"])
                child["verification"]["hash"] = f"{name}-" + hashlib.new(name, body + b"\n").hexdigest()
                self.bad(names(child), "not what its verification hash says")

    def test_gzip(self):
        body = json.dumps(files("/x")).encode()
        packed = gzip.compress(body[:20]) + gzip.compress(body[20:])
        child = {"source": self.url(), "compression": "gzip", "verification": {"hash": "sha256-" + hashlib.sha256(body).hexdigest()}}
        self.server.answers["/a"] = packed
        self.assertEqual(paths(self.good(names(child))), ["/x"], "the hash is of what was compressed")
        child["verification"]["hash"] = "sha256-" + hashlib.sha256(packed).hexdigest()
        self.bad(names(child), "verification hash")

    def test_gzip_that_is_damaged(self):
        packed = gzip.compress(json.dumps(files("/x")).encode())
        wrong_sum = packed[:-8] + b"\0\0\0\0" + packed[-4:]
        for body in (b"", packed[:5], packed[:-1], packed + b"x", b"plain", wrong_sum):
            self.server.answers["/a"] = body
            self.bad(names({"source": self.url(), "compression": "gzip"}), "gzip: ")
            self.bad(names({"source": data(body), "compression": "gzip"}), "gzip: ")

    def test_bomb(self):
        self.server.answers["/a"] = gzip.compress(b" " * (1 << 28), 9)
        begin = time.monotonic()
        self.bad(names({"source": self.url(), "compression": "gzip"}), "longer than 16777216 bytes")
        self.assertLess(time.monotonic() - begin, 5)

    def test_schemes(self):
        for source in ("s3://bucket/key?versionId=secret", "gs://bucket/key", "arn:aws:s3:::bucket/key"):
            told = self.bad(names(source), "fetch " + source.split("?")[0], "remedy: ")
            self.assertNotIn("secret", told)


class Tls(Program):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        def make(name, *argv):
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                            "-keyout", f"{cls.dir}/{name}.key", "-out", f"{cls.dir}/{name}.pem", "-subj", "/CN=" + name, *argv],
                           check=True, stderr=subprocess.DEVNULL)
        make("ca")
        make("server", "-CA", cls.dir + "/ca.pem", "-CAkey", cls.dir + "/ca.key", "-addext", "subjectAltName=IP:127.0.0.1",
             "-addext", "basicConstraints=CA:false")
        with open(cls.dir + "/ca.pem", "rb") as file:
            cls.ca = file.read()
        with open(cls.dir + "/server.pem", "rb") as file:
            cls.stranger = file.read()

    def setUp(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.dir + "/server.pem", self.dir + "/server.key")
        super().setUp()
        self.plain = self.server
        self.server = self.enterContext(Server(context))
        self.server.answers["/a"] = files("/x")

    def trusting(self, *sources, **resource):
        return {"tls": {"certificateAuthorities": [{"source": source, **resource} for source in sources]}}

    def test_stranger(self):
        self.bad(names(self.url(), timeouts={"httpTotal": 1}), "certificate", "not within 1 s")
        self.assertEqual(self.server.seen, [])

    def test_own_authority(self):
        self.assertEqual(paths(self.good(names(self.url(), security=self.trusting(data(self.ca))))), ["/x"])
        self.plain.answers["/ca"] = gzip.compress(b"some text\n" + self.ca + self.ca)
        security = self.trusting(self.plain.base + "/ca", compression="gzip")
        self.assertEqual(paths(self.good(names(self.url(), self.url("/a?again"), security=security))), ["/x"])
        self.assertEqual(len(self.plain.seen), 1, "an authority is fetched once")

    def test_environment_is_not_trusted(self):
        child = names(self.url(), timeouts={"httpTotal": 1})
        for name in ("SSL_CERT_FILE", "CURL_CA_BUNDLE"):
            self.bad(child, "certificate", environment={name: self.dir + "/ca.pem"})

    def test_what_is_no_authority(self):
        half = self.ca[:len(self.ca) // 2]
        for text in (b"", b"nothing", half, half + b"\n-----END CERTIFICATE-----\n", self.ca + self.ca.replace(b"M", b"N")):
            self.bad(names(self.url(), security=self.trusting(data(text))), "certificate authority 0: ", "not a certificate in PEM")

    def test_a_child_brings_its_own(self):
        """It is needed for the child's child, stays for its brother, and is there from the parent for all."""
        child = names(self.url(), security=self.trusting(data(self.ca)))
        self.plain.answers["/child"] = child
        self.assertEqual(paths(self.good(names(self.plain.base + "/child"))), ["/x"])
        self.assertEqual(paths(self.good(names(self.plain.base + "/child", self.url()))), ["/x"])


class Proxies(Program):
    def setUp(self):
        super().setUp()
        self.server.answers["http://config.test/a"] = files("/x")

    def proxied(self, *children, **proxy):
        return names(*children, proxy=proxy, timeouts={"httpTotal": 1})

    def test_used(self):
        self.assertEqual(paths(self.good(self.proxied("http://config.test/a", httpProxy=self.server.base))), ["/x"])
        self.assertEqual(self.asked(), ["http://config.test/a"])

    def test_left_out(self):
        for entry in ("config.test", ".test", "*", "config.test:80", "x, test"):
            self.bad(self.proxied("http://config.test/a", httpProxy=self.server.base, noProxy=[entry]), "config.test")
        for entry in ("other.test", ".config.test", "config.test:81", "onfig.test"):
            self.good(self.proxied("http://config.test/a", httpProxy=self.server.base, noProxy=[entry]))

    def test_addresses(self):
        self.server.answers["http://192.0.2.7/a"] = files("/x")
        for entry in ("192.0.2.8", "192.0.2.0/30", "2001:db8::/32"):
            self.good(self.proxied("http://192.0.2.7/a", httpProxy=self.server.base, noProxy=[entry]))
        for entry in ("192.0.2.7", "192.0.2.0/24"):
            self.bad(self.proxied("http://192.0.2.7/a", httpProxy=self.server.base, noProxy=[entry]), "192.0.2.7")

    def test_never_for_loopback(self):
        self.server.answers["/a"] = files("/direct")
        self.assertEqual(paths(self.good(self.proxied(self.url(), httpProxy="http://192.0.2.1:1"))), ["/direct"])

    def test_for_https_only(self):
        self.bad(self.proxied("http://config.test/a", httpsProxy=self.server.base), "config.test")
        self.bad(self.proxied("https://config.test/a", httpProxy=self.server.base), "config.test")
        self.assertEqual(self.server.seen, [])

    def test_tunnel_for_https(self):
        self.bad(self.proxied("https://config.test/a?secret", httpsProxy=self.server.base, httpProxy="http://192.0.2.1:1"), "404")
        self.assertEqual({seen[:2] for seen in self.server.seen}, {("CONNECT", "config.test:443")})

    def test_environment_is_not_asked(self):
        child = names("http://config.test/a", timeouts={"httpTotal": 1})
        self.bad(child, "config.test", environment={"http_proxy": self.server.base, "all_proxy": self.server.base})
        self.server.answers["/a"] = files("/direct")
        self.good(self.proxied("http://config.test/a", httpProxy=self.server.base), environment={"no_proxy": "*"})

    def test_a_child_brings_its_own(self):
        self.server.answers["/child"] = names("http://config.test/a", proxy={"httpProxy": self.server.base})
        self.assertEqual(paths(self.good(names(self.url("/child"), timeouts={"httpTotal": 1}))), ["/x"])


class Tftp(Program):
    def setUp(self):
        super().setUp()
        self.socket = self.enterContext(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.requests = []
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        try:
            while True:
                request, peer = self.socket.recvfrom(1500)
                name, mode = request[2:].split(b"\0")[:2]
                self.requests.append((request[:2], name, mode.lower()))
                self.send(name, peer)
        except OSError:
            pass  # the test is over

    def send(self, name, peer):
        """RFC 1350, without options."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
            out.bind(("127.0.0.1", 0))
            out.settimeout(5)
            if name != b"/a b":
                out.sendto(b"\0\5\0\1no such file\0", peer)
                return
            body = json.dumps(files("/x")).encode().ljust(1200)
            for number in range(len(body) // 512 + 1):
                out.sendto(struct.pack(">HH", 3, number + 1) + body[number * 512:number * 512 + 512], peer)
                out.recv(100)

    def test_file(self):
        self.assertEqual(paths(self.good(names(f"tftp://127.0.0.1:{self.port}/a%20b"))), ["/x"])
        self.assertEqual(self.requests, [(b"\0\1", b"/a b", b"octet")])

    def test_absent(self):
        self.bad(names(f"tftp://127.0.0.1:{self.port}/b"), "no such file")
        self.assertEqual(len(self.requests), 1)


if __name__ == "__main__":
    unittest.main()
