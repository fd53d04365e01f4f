# SPDX-License-Identifier: Apache-2.0
"""What the tests of `keelson-provision acquire` share: the program with its network, a server on loopback, configs."""
import base64
import http.server
import json
import os
import subprocess
import tempfile
import threading
import unittest

import programs
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

    do_PUT = do_CONNECT = do_GET

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
    @classmethod
    def setUpClass(cls):
        cls.dir = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.program = programs.build("keelson-provision") + "/keelson-provision"

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
        return self.run_program("acquire", "--retry-ms", RETRY_MS, *argv, environment=environment)

    def run_program(self, *argv, environment=None):
        return subprocess.run([self.program, *argv], capture_output=True, text=True, check=False, timeout=60,
                              env={**os.environ, **(environment or {})})

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
