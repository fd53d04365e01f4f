# SPDX-License-Identifier: Apache-2.0
"""docker-registry as packaged, on loopback."""
import json
import socket
import subprocess


class DockerRegistry:
    """Keeps what it has in a folder of the caller's. login: (name, password), without which it gives nothing."""

    def __init__(self, folder, login=None):
        self.folder, self.login = folder, login

    def __enter__(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.host = f"127.0.0.1:{self.port}"
        config = {"version": 0.1, "log": {"level": "error"}, "storage": {"filesystem": {"rootdirectory": self.folder + "/data"}},
                  "http": {"addr": self.host}}
        if self.login:
            subprocess.run(["htpasswd", "-Bbc", self.folder + "/htpasswd", *self.login], check=True, capture_output=True)
            config["auth"] = {"htpasswd": {"realm": "registry", "path": self.folder + "/htpasswd"}}
        with open(self.folder + "/config.yml", "w", encoding="ascii") as file:
            json.dump(config, file)
        with open(self.folder + "/log", "wb") as log:
            self.server = subprocess.Popen(["docker-registry", "serve", self.folder + "/config.yml"], stdout=log, stderr=log)
        return self

    def __exit__(self, *_):
        self.server.terminate()
        self.server.wait()

    def push(self, layout, name):
        """An OCI layout of one image, by skopeo; it waits for a registry that is not up yet."""
        login = ["--dest-creds=" + ":".join(self.login)] if self.login else []
        subprocess.run(["skopeo", "copy", "--insecure-policy", "--dest-tls-verify=false", "--retry-times", "9", *login, "oci:" + layout,
                        f"docker://{self.host}/{name}"], check=True, stdout=subprocess.DEVNULL)
