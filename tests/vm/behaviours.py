# SPDX-License-Identifier: Apache-2.0
"""A case of tests/quadlet/runtime*.jsonl in a guest, and what each of its expectations means there; see tests/quadlet/README.md."""
import base64
import json
import shlex
import time

import facts
from machines import SharedMachineTest
from registry import Registry, busybox_layer, guest_program

UNITS = "/run/containers/systemd"
STORE = "/var/lib/containers/keelson"
STATE = "/run/keelson"
AUTH_FILE = "/run/behaviour-auth.json"
SECRET, CONTENT, TAG = "a word that nobody knows", "content of a file", "image of this run"
NETWORKS, MEMBERS = STORE + "/networks", STATE + "/networks/members"


def read(path):
    with open(f"{facts.TREE}/tests/{path}", encoding="utf-8") as file:
        return [line.rstrip("\n") for line in file if line.strip() and not line.startswith("#")]


CASES = [json.loads(line) for name in ("runtime", "runtime-own") for line in read(f"quadlet/{name}.jsonl")]
NOT_MET = dict(line.split(" ", 1) for line in read("quadlet/runtime-not-met.list"))


class Guest:
    def __init__(self, machine, registry):
        self.machine, self.registry = machine, registry
        self.image = registry.seen_by_guests + "/box:1"
        self.private = registry.seen_by_guests + "/i-t:tag"
        self.case, self.cursor = None, ""

    def output(self, command, **options):
        return self.machine.output(command, **options)

    def ask(self, command):
        """Its output, or nothing when it fails."""
        done = self.machine.run(command, check=False)
        return done.stdout.rstrip("\n") if done.returncode == 0 else None

    def put(self, path, text):
        self.machine.run(f"mkdir -p $(dirname {path}); cat >{path}", stdin=text)

    def load(self, path):
        text = self.ask(f"cat {path}")
        return json.loads(text) if text else None

    # --- images

    def fetch_image(self):
        layer = busybox_layer(*((f"bin/{name}", guest_program(name), {"mode": 0o755}) for name in ("socat", "probe")),
                              ("home", None), ("home/podman", None), ("home/podman/testimage-id", TAG.encode()))
        for name in ("box:1", "i-t:tag"):
            self.registry.push_image(name, layer)
        secret = base64.b64encode(":".join(self.registry.login).encode()).decode()
        self.put(AUTH_FILE, json.dumps({"auths": {self.registry.seen_by_guests: {"auth": secret}}}))
        self.machine.run(f"keelson-oci --plain-http --authfile {AUTH_FILE} pull {self.image}", timeout=300)

    def clear_images(self):
        for name in (self.image, self.private):
            self.machine.run(f"keelson-oci rm {name}", check=False)
        self.machine.run(f"keelson-oci gc; rm -f {AUTH_FILE}")

    # --- one case

    def fill(self, text):
        for name, value in (("IMAGE", self.image), ("REGISTRY", self.registry.seen_by_guests), ("AUTHFILE", AUTH_FILE), ("SUBDIR", "behaviour"),
                            ("SECRET", SECRET), ("CONTENT", CONTENT), ("IMAGE_TAG", TAG)):
            text = text.replace(f"@{name}@", value)
        return text

    def write(self, case):
        """Its files become units."""
        self.case = json.loads(self.fill(json.dumps(case)))
        self.cursor = self.output("journalctl -n 0 --show-cursor -q").rpartition("cursor: ")[2]
        for name, text in self.case["files"].items():
            self.put(f"{UNITS}/{name}", text)
        self.machine.run("systemctl daemon-reload")

    def try_case(self, case):
        """What does not hold, a line each."""
        self.put("/etc/keelson/secrets/secret_t", SECRET)
        self.put("/tmp/behaviour/f.txt", CONTENT)
        self.write(case)
        failures = [*self.expected("before-start")]
        started = self.machine.run(f"systemctl start {self.case['start']}", check=False, timeout=180)
        if started.returncode:
            return [*failures, f"{self.case['start']} does not start: {started.stderr.strip()}"]
        failures += [*self.expected(), *self.expected("after-stop-of")]
        if (after := self.case.get("after_stop")):
            self.machine.run(f"systemctl stop {after['unit']}", timeout=120)
            failures += self.unit_states({after["unit"]: after["ActiveState"]})
            if not self.container_gone():
                failures.append("after the stop the container is there")
        return failures

    def expected(self, kind=None):
        """The expectations of that kind, or all but those of a moment of their own."""
        for wanted in self.case["expect"]:
            if wanted["kind"] == kind or (kind is None and wanted["kind"] not in ("before-start", "after-stop-of")):
                reason = getattr(self, "is_" + wanted["kind"].replace("-", "_"))(wanted)
                if reason:
                    yield f"{wanted}: {reason}"

    def clear(self):
        """Stops what the case has started, and removes all that outlives its units."""
        units = [name.replace(".container", ".service").replace(".pod", "-pod.service").replace(".volume", "-volume.service")
                 .replace(".network", "-network.service").replace(".image", "-image.service") for name in self.case["files"]]
        self.machine.run(f"""
systemctl stop {' '.join(units)}; rm -rf {UNITS} /tmp/behaviour /etc/keelson/secrets/secret_t; systemctl daemon-reload
systemctl reset-failed {' '.join(units)}
for v in {STORE}/volumes/*/; do keelson-run rm volume $(basename $v); done
for n in {NETWORKS}/*.json; do n=$(basename $n .json); [ $n = podman ] || keelson-run rm network $n; done
""", check=False, timeout=180)

    # --- what is looked at

    def container(self):
        (name,) = [name for name in self.case["files"] if name.endswith(".container")]
        return "systemd-" + name.removesuffix(".container")

    def container_gone(self):
        names = [name for name in self.case["files"] if name.endswith(".container")]
        return not names or self.container() not in [entry["name"] for entry in json.loads(self.output("keelson-run list --json"))]

    def exec(self, *argv):
        return self.ask(f"keelson-run exec {self.container()} {shlex.join(argv)}")

    def wait(self, question, wanted, seconds=20):
        """Asks until it is as wanted: what a container prints comes when it likes."""
        end = time.monotonic() + seconds
        while not wanted(answer := question()) and time.monotonic() < end:
            time.sleep(0.5)
        return None if wanted(answer) else f"found {answer!r}"

    def unit_states(self, units):
        """An end may take a moment: a service is deactivating while what is left is removed."""
        return [f"{unit}: {reason}, not {state}" for unit, state in units.items()
                if (reason := self.wait(lambda unit=unit: self.output(f"systemctl show -P ActiveState {unit}"), state.__eq__))]

    def journal(self, choice):
        return self.output(f"journalctl -q --no-pager -o cat --after-cursor={shlex.quote(self.cursor)} {choice}")

    # --- the kinds of expectations: a reason, or nothing

    def is_unit_state(self, wanted):
        return "; ".join(self.unit_states({wanted["unit"]: wanted["ActiveState"]}))

    def is_unit_prop(self, wanted):
        found = self.output(f"systemctl show -P {wanted['prop']} {wanted['unit']}").split()
        word = wanted.get("equals") or wanted["contains"]
        return None if word in found else f"found {found}"  # ours may depend on more than the reference's

    def is_journal(self, wanted):
        choice = f"-u {wanted['unit']}" if "unit" in wanted else f"-t {wanted['identifier']}"
        return self.wait(lambda: self.journal(choice), lambda text: wanted["contains"] in text.splitlines())

    def is_container_log(self, wanted):
        """The container's own output: that of its unit by its identifier, without what keelson-run says."""
        choice = f"-t {self.case['start'].removesuffix('.service')}"
        return self.wait(lambda: self.journal(choice), lambda text: text == wanted["equals"])

    def is_before_start(self, wanted):
        for kind, reason in (("volume", self.load(f"{STORE}/volumes/{wanted.get('volume_absent')}/volume.json")),
                             ("network", self.load(f"{NETWORKS}/{wanted.get('network_absent')}.json")),
                             ("image", wanted.get("image_absent") in self.output("keelson-oci images").split())):
            if reason:
                return f"the {kind} is there already"
        return None

    def is_volume_exists(self, wanted):
        record = self.load(f"{STORE}/volumes/{wanted['name']}/volume.json")
        if not record or record["driver"] != wanted.get("driver", "local"):
            return f"found {record}"
        if "uid" in wanted:
            owner = self.output(f"stat -c %u:%g {STORE}/volumes/{wanted['name']}/_data")
            return None if owner == f"{wanted['uid']}:{wanted['gid']}" else f"owner {owner}"
        return None

    def is_network_exists(self, wanted):
        network = self.load(f"{NETWORKS}/{wanted['name']}.json")
        if not network:
            return "there is no network"
        if "bridge" not in (self.ask(f"networkctl list --no-pager --no-legend {network['network_interface']}") or ""):
            return f"no bridge {network['network_interface']}"
        found = network.get("labels", {})
        return None if found == wanted.get("labels", found) else f"labels {found}"

    def is_image_exists(self, wanted):
        return None if wanted["name"] in self.output("keelson-oci images").split() else "not in the store"

    def is_pod_exists(self, wanted):
        """The exit policy is seen by what it does: the case stops the pod."""
        state = self.load(f"{STATE}/pods/{wanted['name']}/state.json")
        policy = f"--exit-policy={wanted['exit_policy']}"
        return None if state and policy in self.output(f"systemctl cat {self.case['start']}") else f"found {state}"

    def is_container_running(self, wanted):
        found = {entry["name"]: entry["status"] for entry in json.loads(self.output("keelson-run list --json"))}
        return None if found.get(wanted["name"]) == "running" else f"found {found}"

    def is_label(self, wanted):
        (found,) = [entry["labels"] for entry in json.loads(self.output("keelson-run list --json")) if entry["name"] == self.container()]
        missing = {f"{key}={value}" for key, value in wanted["values"].items()} - set(found)
        return f"found {found}" if missing else None

    def is_annotation(self, wanted):
        found = self.load(f"{STATE}/containers/{self.container()}/config.json")["annotations"]
        return None if wanted["values"].items() <= found.items() else f"found {found}"

    def is_mount(self, wanted):
        """What the host writes into the volume is seen in the container; an image's tree is seen as it is, and cannot be written."""
        place, record = wanted["destination"], self.load(f"{STORE}/volumes/{wanted['volume']}/volume.json")
        mounts = self.exec("cat", "/proc/self/mountinfo") or ""
        line = [line for line in mounts.splitlines() if line.split()[4] == place]
        if not line:
            return f"no mount at {place}"
        if record["driver"] == "image":
            return None if self.exec("touch", place + "/new") is None else "an image's tree was written"
        self.put(f"{STORE}/volumes/{wanted['volume']}/_data/from-host", "seen")
        return None if self.exec("cat", place + "/from-host") == "seen" else "is another folder"

    def is_exec(self, wanted):
        found = self.exec(*wanted["args"])
        return None if found == wanted["equals"] else f"found {found!r}"

    def is_container_network(self, wanted):
        member = self.load(f"{MEMBERS}/{self.container()}.json")
        routes = self.exec("cat", "/proc/net/route") or ""
        return None if member and wanted["name"] in json.dumps(member) and "eth0" in routes else f"found {member}, routes {routes!r}"

    def is_process_label(self, wanted):
        """SELinux's, USER:ROLE:TYPE:LEVEL; there is none here. AppArmor writes "unconfined" into the same file."""
        found = (self.exec("cat", "/proc/self/attr/current") or "").rstrip("\0")
        return None if (found if ":" in found else "") == wanted["equals"] else f"found {found!r}"

    def is_userns(self, wanted):
        found = self.exec("sh", "-c", "id -u; id -g")
        return None if found == f"{wanted['uid']}\n{wanted['gid']}" else f"found {found!r}"

    def is_after_stop_of(self, wanted):
        self.machine.run(f"systemctl stop {wanted['unit']}", timeout=120)
        failures = self.unit_states(wanted["unit_states"])
        return "; ".join(failures) or (None if self.container_gone() else "the container is there")


class GuestTest(SharedMachineTest):
    """Units in /run, one test after the other; afterwards the guest has neither units nor images of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = cls.enterClassContext(Registry(login=("reader", "reader's word")))
        cls.guest = Guest(cls.machine, cls.registry)
        cls.addClassCleanup(cls.guest.clear_images)
        cls.guest.fetch_image()
