# SPDX-License-Identifier: Apache-2.0
"""Images made in memory, and a registry on loopback that answers as a test wants it."""
import gzip
import hashlib
import http.server
import io
import json
import os
import re
import tarfile
import threading

OCI = "application/vnd.oci.image."


def digest(raw):
    return "sha256:" + hashlib.sha256(raw).hexdigest()


def tar(*entries):
    """Entries: (name, what, fields…): bytes are a file, a str is a link, a type of tarfile's is that, None a folder."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, what, *fields in entries:
            info = tarfile.TarInfo(name)
            info.mode, info.mtime = 0o644, 1700000000
            if what is None:
                info.type, info.mode = tarfile.DIRTYPE, 0o755
            elif isinstance(what, str):
                info.type, info.linkname = tarfile.SYMTYPE, what
            elif isinstance(what, int):
                info.type = bytes([what])
            else:
                info.size = len(what)
            for key, value in (fields[0] if fields else {}).items():
                setattr(info, key, value)
            archive.addfile(info, io.BytesIO(what) if isinstance(what, bytes) else None)
    return out.getvalue()


class Image:
    """From the bytes of tar archives; blobs has all that a registry would have to give."""

    def __init__(self, *layers, compress=lambda raw: gzip.compress(raw, 1), platform=("linux", "amd64"), diff_ids=None, config=None):
        self.blobs = {}
        self.layers = [self.add(compress(raw)) for raw in layers]
        self.diff_ids = diff_ids or [digest(raw) for raw in layers]
        self.config = self.add(json.dumps({"os": platform[0], "architecture": platform[1], "config": config or {},
                                           "rootfs": {"type": "layers", "diff_ids": self.diff_ids}}).encode())
        self.manifest = self.add(json.dumps(
            {"schemaVersion": 2, "mediaType": OCI + "manifest.v1+json", "config": self.descriptor(self.config, "config.v1+json"),
             "layers": [self.descriptor(layer, "layer.v1.tar+gzip") for layer in self.layers]}).encode())

    def add(self, raw):
        self.blobs[digest(raw)] = raw
        return digest(raw)

    def descriptor(self, name, kind, **more):
        return {"mediaType": OCI + kind, "digest": name, "size": len(self.blobs[name]), **more}

    def write_layout(self, folder, name=None, index=None):
        os.makedirs(folder + "/blobs/sha256")
        for key, raw in self.blobs.items():
            with open(f"{folder}/blobs/sha256/{key[7:]}", "wb") as file:
                file.write(raw)
        entry = self.descriptor(self.manifest, "manifest.v1+json")
        if name:
            entry["annotations"] = {"org.opencontainers.image.ref.name": name}
        with open(folder + "/index.json", "w", encoding="ascii") as file:
            json.dump(index or {"schemaVersion": 2, "manifests": [entry]}, file)
        with open(folder + "/oci-layout", "w", encoding="ascii") as file:
            file.write('{"imageLayoutVersion":"1.0.0"}')


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        registry = self.server.registry
        registry.seen.append((self.path, dict(self.headers)))
        for pattern, act in registry.faults:
            if re.search(pattern, self.path) and act(self):
                self.close_connection = True
                return
        name = self.path.rsplit("/", 1)[-1]
        if "/referrers/" in self.path:
            listed = json.dumps({"schemaVersion": 2, "manifests": registry.referrers}).encode()
            self.answer(200 if registry.referrers else 404, listed)
            return
        if "/tags/list" in self.path:
            at = int(self.path.rpartition("token=")[2]) if "token=" in self.path else 0
            tags, end = list(registry.tags), at + registry.page
            more = {"Link": f'</v2/elsewhere/tags/list?n=9&token={end}>; rel="next"'} if end < len(tags) else {}
            self.answer(200, json.dumps({"name": "x", "tags": tags[at:end]}).encode(), **more)
            return
        raw = registry.tags.get(name) if "/manifests/" in self.path else None
        raw = registry.blobs.get(raw or name)
        if raw is None:
            self.answer(404)
            return
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        if asked and int(asked[1]):
            at = int(asked[1])
            self.answer(206, raw[at:], Content_Range=f"bytes {at}-{len(raw) - 1}/{len(raw)}")
        else:
            self.answer(200, raw)

    def log_message(self, *_):
        pass


class Quiet(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass


class Registry:
    """faults: pairs of a path's pattern and what is done; that returns whether it has answered."""

    def __init__(self):
        self.page = 1000  # tags in a list
        self.blobs, self.tags, self.faults, self.seen, self.referrers = {}, {}, [], [], []
        self.http = Quiet(("127.0.0.1", 0), Handler)
        self.http.registry = self
        self.host = f"127.0.0.1:{self.http.server_address[1]}"
        threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True).start()

    def put(self, image, tag="latest"):
        self.blobs.update(image.blobs)
        self.tags[tag] = image.manifest

    def first(self, count, pattern, act):
        """The fault for the first requests only."""
        left = [count]

        def once(handler):
            left[0] -= 1
            return left[0] >= 0 and act(handler)
        self.faults.append((pattern, once))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.http.shutdown()
        self.http.server_close()
