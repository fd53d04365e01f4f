# SPDX-License-Identifier: Apache-2.0
"""keelson-provision acquire against servers that behave, and against those that do not: all on loopback.

usage: python3 tests/image/test_fetch.py    (inside the SDK; nothing has to be built)
"""
import base64
import gzip
import hashlib
import http.server
import json
import os
import socket
import ssl
import struct
import subprocess
import tempfile
import threading
import time
import unittest

TREE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
RETRY_MS = "20"


def config(**sections):
    return {"ignition": {"version": "3.6.0"}, **sections}


def files(*paths):
    return config(storage={"files": [{"path": path} for path in paths]})


def names(*children, **ignition):
    """A config that merges these: URLs or whole resources."""
    merge = [child if isinstance(child, dict) else {"source": child} for child in children]
    return {"ignition": {"version": "3.6.0", "config": {"merge": merge}, **ignition}}


def data(value):
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return "data:;base64," + base64.b64encode(raw).decode()


def paths(result):
    return [file["path"] for file in result.get("storage", {}).get("files", [])]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.close_connection = True
        self.server.seen.append((self.command, self.path, dict(self.headers)))
        path = self.path.split("?")[0]
        answer = self.server.answers.get(path, 404)
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        if callable(answer):
            answer = answer(self)
        if isinstance(answer, int):
            answer = (answer, {}, b"not this")
        if isinstance(answer, dict):
            answer = json.dumps(answer).encode()
        if isinstance(answer, bytes):
            answer = (200, {}, answer)
        if answer is None:
            return
        status, headers, body = answer
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key, value)
        if "Content-Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_PUT = do_GET

    def log_message(self, *_):
        pass


class Quiet(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass  # the other side may hang up


class Server:
    """Answers by path: bytes or a dict (200), a status, (status, headers, body), a function, or a list of them in turn."""

    def __init__(self, context=None):
        self.http = Quiet(("127.0.0.1", 0), Handler)
        self.http.answers, self.http.seen = {}, []
        self.answers, self.seen = self.http.answers, self.http.seen
        self.port = self.http.server_address[1]
        if context:
            self.http.socket = context.wrap_socket(self.http.socket, server_side=True)
        self.base = f"http{'s' if context else ''}://127.0.0.1:{self.port}"
        threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.http.shutdown()
        self.http.server_close()


class Program(unittest.TestCase):
    built = None

    @classmethod
    def setUpClass(cls):
        cls.dir = cls.enterClassContext(tempfile.TemporaryDirectory())
        if not Program.built:
            Program.built = tempfile.TemporaryDirectory()
            subprocess.run(["make", "-C", TREE + "/rootfs/src", "O=" + Program.built.name, "TRANSPORT=curl", "VERSION=7.7",
                            Program.built.name + "/keelson-provision"], check=True, stdout=subprocess.DEVNULL)
        cls.program = Program.built.name + "/keelson-provision"

    def setUp(self):
        self.server = self.enterContext(Server())

    def write(self, name, text):
        path = f"{self.dir}/{name}"
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode())
        return path

    def acquire(self, value=None, *argv, environment=None):
        if value is not None:
            argv = (*argv, self.write("config", value if isinstance(value, bytes) else json.dumps(value)))
        return subprocess.run([self.program, "acquire", "--retry-ms", RETRY_MS, *argv], capture_output=True, text=True,
                              check=False, timeout=60, env={**os.environ, **(environment or {})})

    def good(self, value=None, *argv, **keys):
        done = self.acquire(value, *argv, **keys)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def bad(self, value, *words, **keys):
        done = self.acquire(value, **keys)
        self.assertEqual((done.returncode, done.stdout), (1, ""), done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)
        return done.stderr

    def url(self, path="/a"):
        return self.server.base + path

    def asked(self):
        return [path for _, path, _ in self.server.seen]


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
        self.assertAlmostEqual(time.monotonic() - begin, 1, delta=0.5)

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
            self.assertLess(wait, want + 0.2)

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

    def test_too_long(self):
        def endless(handler):
            handler.send_response(200)
            handler.end_headers()
            while True:
                handler.wfile.write(b" " * 65536)
        self.server.answers["/a"] = endless
        self.bad(names(self.url()), "longer than 16777216 bytes")

    def test_error_page_without_end(self):
        def endless(handler):
            handler.send_response(404)
            handler.end_headers()
            while True:
                handler.wfile.write(b" " * 65536)
        self.server.answers["/a"] = endless
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


class Platform(Program):
    """Trees as the kernel shows them, and a metadata service."""

    def setUp(self):
        super().setUp()
        self.dir = self.enterContext(tempfile.TemporaryDirectory())
        self.write("proc/cmdline", "quiet\n")
        os.makedirs(self.dir + "/sys/class/block")

    def tree(self, *argv):
        return ("--sys", self.dir + "/sys", "--proc", self.dir + "/proc", "--dev", self.dir + "/dev", "--run", self.dir,
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


if __name__ == "__main__":
    unittest.main()
