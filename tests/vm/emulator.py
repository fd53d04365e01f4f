# SPDX-License-Identifier: Apache-2.0
"""The one QEMU machine that all VM tests, scripts/vm-run and the boot bench use.

Boots a disk image on a throw-away overlay (the image is never written), reads the serial console,
runs commands in the guest over SSH with a key made for this run, and cuts the power. Under
`work` it leaves `console.log` and `command`, the exact QEMU command line. Never talks to anything
but the QEMU it started.
"""
import base64
import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import facts

READY = re.compile(r"^KEELSON-READY ([^\r\n]*)[\r\n]", re.M)  # whole: the console is read while it is written
PANIC = re.compile(r"Kernel panic - not syncing[^\r\n]*")
POLL_S = 0.02


class EmulatorError(Exception):
    """What went wrong, with the end of the console so that a log alone explains it."""


class EmulatorTimeout(EmulatorError):
    """It did not happen in time; the machine may be healthy but slow."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def inherited_fds(path):
    """An image may be given as /proc/self/fd/N, when its path means nothing inside the SDK."""
    match = re.fullmatch(r"/(?:proc/self|dev)/fd/(\d+)", path)
    return (int(match[1]),) if match else ()


class Emulator:
    """A virtual machine with one disk that lasts from boot to boot until close()."""

    def __init__(self, image, work, arch, firmware="bios", accel="tcg", memory_mb=512, cpus=2,
                 disk_size="8G", credentials=(), interactive=False, qemu_options=(), write_log=None, lab_tap=None, disk_first=True,
                 forwards=None):
        self.image, self.work, self.arch = image, os.path.abspath(work), arch
        self.firmware, self.accel = firmware, accel
        self.memory_mb, self.cpus, self.disk_size = memory_mb, cpus, disk_size
        self.credentials, self.interactive = dict(credentials), interactive
        self.qemu_options = list(qemu_options)
        self.write_log = write_log  # a file that gets every write to the disk, in order (see writelog.py)
        self.lab_tap, self.disk_first = lab_tap, disk_first  # (interface, hardware address) of a network to start from
        self.forwards = forwards or {}  # {port of the guest: port on loopback}
        self.facts = facts.facts(arch)
        self.log_path = os.path.join(self.work, "console.log")
        self.disk_path = os.path.join(self.work, "disk.qcow2")
        self.process = self.usage = self.port = None
        self.cursor = self.boot_offset = 0
        os.makedirs(self.work, exist_ok=True)
        # Sockets and keys live under a short private path: a socket's name may have 107 bytes.
        self.private = tempfile.mkdtemp(prefix="vm.", dir="/tmp")
        try:
            self._make_disk()
            self._make_key()
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # --- before the first boot

    def _call(self, *argv):
        done = subprocess.run(argv, capture_output=True, text=True, check=False,
                              pass_fds=inherited_fds(self.image))
        if done.returncode:
            raise EmulatorError(f"{shlex.join(argv)}: {done.stderr.strip()}")
        return done.stdout

    def _make_disk(self):
        if not os.path.exists(self.image):
            raise EmulatorError(f"no such image: {self.image}")
        # A disk given as descriptor may be a block device: ask QEMU, not stat, for the size.
        info = json.loads(self._call("qemu-img", "info", "-U", "--output=json", "-f", "raw",
                                     self.image))
        create = ["qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b",
                  os.path.abspath(self.image), self.disk_path]
        self._call(*create, self.disk_size)
        made = json.loads(self._call("qemu-img", "info", "-U", "--output=json", self.disk_path))
        if made["virtual-size"] < info["virtual-size"]:
            self._call(*create)

    def _make_key(self):
        self.key_path = os.path.join(self.work if self.interactive else self.private, "ssh-key")
        for old in (self.key_path, self.key_path + ".pub"):
            if os.path.exists(old):
                os.unlink(old)
        self._call("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "vm", "-f", self.key_path)
        with open(self.key_path + ".pub", encoding="ascii") as public:
            self.credentials.setdefault("ssh.authorized_keys.root", public.read())

    # --- the command line

    def _firmware_options(self):
        if self.firmware == "bios":
            return ["-machine", self.facts["QEMU_MACHINE"]]
        secure = self.firmware == "secure-boot"
        code, template, features = facts.uefi_firmware(self.facts["QEMU"], self.facts["QEMU_MACHINE"], secure)
        variables = os.path.join(self.work, "uefi-vars.fd")
        if not os.path.exists(variables):
            if secure:
                self._call("env", "QEMU=" + self.facts["QEMU"], facts.TREE + "/image/enrol", "vars", "/keys", variables)
            else:
                shutil.copyfile(template, variables)
        # Variables that only the firmware may change: it then runs in a mode of its own, which the machine has to have.
        smm = "requires-smm" in features
        return ["-machine", self.facts["QEMU_MACHINE"] + (",smm=on" if smm else ""),
                "-boot", "menu=on,splash-time=0",  # no seconds for somebody to press a key
                *(["-global", "driver=cfi.pflash01,property=secure,value=on"] if smm else []),
                "-drive", f"if=pflash,format=raw,unit=0,readonly=on,file={code}",
                "-drive", f"if=pflash,format=raw,unit=1,file={variables}"]

    def _console_options(self):
        log = f"logfile={self.log_path},logappend=on"
        if self.interactive:
            return ["-chardev", f"stdio,id=console,mux=on,signal=off,{log}",
                    "-serial", "chardev:console", "-mon", "chardev=console,mode=readline"]
        path = self.private + "/console"
        return ["-chardev", f"socket,id=console,path={path},server=on,wait=off,{log}",
                "-serial", "chardev:console"]

    def _credential_options(self):
        options = []
        for name, value in self.credentials.items():
            coded = base64.b64encode(value.encode()).decode()
            options += ["-smbios", f"type=11,value=io.systemd.credential.binary:{name}={coded}"]
        return options

    def _drive(self):
        if not self.write_log:
            return f"if=none,id=disk,format=qcow2,discard=unmap,file={self.disk_path}"
        return ("if=none,id=disk,driver=blklogwrites,log-sector-size=512,log-super-update-interval=1,"
                f"file.driver=qcow2,file.file.driver=file,file.file.filename={self.disk_path},"
                f"log.driver=file,log.filename={self.write_log}")

    def _network_options(self):
        options = []
        if self.lab_tap:
            interface, address = self.lab_tap
            # BIOS finds a PXE client in the card's ROM; a UEFI firmware has its own.
            rom = "" if self.firmware == "bios" else ",romfile="
            options = ["-netdev", f"tap,id=lab,ifname={interface},script=no,downscript=no",
                       "-device", f"virtio-net-pci,netdev=lab,mac={address},bootindex={1 if self.disk_first else 0}{rom}"]
        forwards = "".join(f",hostfwd=tcp:127.0.0.1:{here}-:{there}" for there, here in {22: self.port, **self.forwards}.items())
        return [*options, "-netdev", "user,id=net" + forwards,
                "-device", "virtio-net-pci,netdev=net,romfile="]

    def command(self):
        return [self.facts["QEMU"], "-no-user-config", "-nodefaults", "-display", "none",
                "-accel", self.accel,
                "-cpu", self.facts.get("QEMU_CPU", "max"),
                "-smp", str(self.cpus), "-m", str(self.memory_mb),
                *self._firmware_options(),
                "-drive", self._drive(),
                "-device", f"virtio-blk-pci,drive=disk,bootindex={0 if self.disk_first else 1}",
                *self._network_options(),
                "-device", "virtio-rng-pci",
                "-qmp", f"unix:{self.private}/qmp,server=on,wait=off",
                *self._console_options(), *self._credential_options(), *self.qemu_options]

    # --- power

    def boot(self):
        """Switch the machine on; returns at once. expect() and ready() tell how far it got."""
        if self.alive():
            raise EmulatorError("the machine is running already")
        self.port = free_port()
        argv = self.command()
        with open(os.path.join(self.work, "command"), "a", encoding="utf-8") as note:
            note.write(shlex.join(argv) + "\n")
        open(self.log_path, "ab").close()
        self.cursor = self.boot_offset = os.path.getsize(self.log_path)
        self.usage = None
        streams = {} if self.interactive else {"stdin": subprocess.DEVNULL}
        with open(os.path.join(self.work, "qemu.log"), "ab") as errors:
            self.process = subprocess.Popen(argv, stderr=errors, pass_fds=inherited_fds(self.image),
                                            **streams)
        self.started = time.monotonic()

    def alive(self):
        return self.process is not None and not self._reap(os.WNOHANG)

    def _reap(self, flags=0):
        """True when QEMU has ended; keeps its CPU time, which Popen would throw away."""
        if self.process.returncode is None:
            pid, status, usage = os.wait4(self.process.pid, flags)
            if pid == 0:
                return False
            self.process.returncode = os.waitstatus_to_exitcode(status)
            self.usage = usage
        return True

    def wait_off(self, timeout=60):
        """Wait until the guest has switched the machine off by itself."""
        end = time.monotonic() + timeout
        while self.alive():
            if time.monotonic() > end:
                raise self.error(f"still running after {timeout} s", EmulatorTimeout)
            time.sleep(POLL_S)
        self.disconnect()

    def reboot(self):
        """Let the guest restart itself; returns at once."""
        self.run("systemctl reboot", check=False)
        self.disconnect()

    def power_cut(self):
        """Pull the plug: whatever the guest had not flushed to its disk may be lost."""
        if self.process is not None and self.process.returncode is None:
            self.process.send_signal(signal.SIGKILL)
            self._reap()
        self.disconnect()

    def shutdown(self, timeout=120):
        """Press the power button, wait for the guest to go down in order."""
        self.qmp("system_powerdown")
        self.wait_off(timeout)

    def cpu_seconds(self):
        """CPU time of the QEMU process; known once it has ended."""
        return self.usage.ru_utime + self.usage.ru_stime

    def qmp(self, command, **arguments):
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(10)
            link.connect(self.private + "/qmp")
            stream = link.makefile("rw", encoding="utf-8")
            stream.readline()
            for name, values in (("qmp_capabilities", {}), (command, arguments)):
                stream.write(json.dumps({"execute": name, "arguments": values}) + "\n")
                stream.flush()
                answer = json.loads(stream.readline())
                while "event" in answer:
                    answer = json.loads(stream.readline())
                if "error" in answer:
                    raise self.error(f"QEMU refuses {name}: {answer['error']['desc']}")
        return answer["return"]

    def close(self):
        """Switch off and remove all but the logs."""
        self.power_cut()
        shutil.rmtree(self.private, ignore_errors=True)
        for name in ("disk.qcow2", "uefi-vars.fd", "ssh-key", "ssh-key.pub"):
            if os.path.exists(os.path.join(self.work, name)):
                os.unlink(os.path.join(self.work, name))

    # --- console

    def console(self):
        """What the console has said since the last boot or the last match of expect()."""
        return self._said_since(self.cursor)

    def expect(self, pattern, timeout=120, fatal=None):
        """Wait for a regular expression; the next expect() starts after it. Returns the match.

        A match of `fatal` seen first, or QEMU's end, is an error at once.
        """
        pattern = re.compile(pattern)
        end = time.monotonic() + timeout
        while True:
            ended = not self.alive()
            text = self.console()
            match = pattern.search(text)
            if match:
                self.cursor += len(text[:match.end()].encode("utf-8", "surrogateescape"))
                return match
            if fatal and (bad := fatal.search(text)):
                raise self.error(f"the guest stopped: {bad[0]}")
            if ended:
                raise self.error(f"QEMU ended (status {self.process.returncode})")
            if time.monotonic() > end:
                raise self.error(f"no /{pattern.pattern}/ on the console within {timeout:.0f} s",
                                 EmulatorTimeout)
            time.sleep(POLL_S)

    def rewind(self):
        """Let expect() search from the start of this boot again."""
        self.cursor = self.boot_offset

    def ready(self, timeout=300):
        """Wait for the ready line; returns its fields as a dict."""
        fields = self.expect(READY, timeout, fatal=PANIC)[1]
        return dict(field.partition("=")[::2] for field in fields.split())

    def slot_up(self, timeout=300):
        """The slot that is up next, whatever happens on the way: where ready() stops at a panic, this goes on."""
        return re.search(r"slot=(\w+)", self.expect(READY, timeout)[1])[1]

    def send(self, text):
        """Type into the console."""
        with socket.socket(socket.AF_UNIX) as link:
            link.connect(self.private + "/console")
            link.sendall(text.encode())
            time.sleep(0.2)

    def tail(self, lines=20):
        if not os.path.exists(self.log_path):
            return ""
        with open(self.log_path, "rb") as log:
            text = log.read().decode("utf-8", "replace")
        text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\r", "", text)
        return "\n".join(text.splitlines()[-lines:])

    def error(self, what, kind=EmulatorError):
        with open(os.path.join(self.work, "qemu.log"), encoding="utf-8", errors="replace") as log:
            qemu_says = log.read().strip()
        parts = [what, f"end of {os.path.relpath(self.log_path, facts.TREE)}:", self.tail()]
        return kind("\n".join(parts + (["QEMU: " + qemu_says] if qemu_says else [])))

    # --- commands in the guest

    def ssh_argv(self, *options):
        return ["ssh", "-F", "none", "-p", str(self.port), "-i", self.key_path,
                "-o", "BatchMode=yes", "-o", "LogLevel=ERROR", "-o", "IdentitiesOnly=yes",
                "-o", "StrictHostKeyChecking=accept-new", "-o", "HostKeyAlias=guest",
                "-o", f"UserKnownHostsFile={self.private}/known_hosts",
                "-o", f"ControlPath={self.private}/ssh", *options, "root@127.0.0.1"]

    def host_run(self, *argv):
        """Run a program beside the machine, as a client of it would; returns CompletedProcess."""
        return subprocess.run(argv, capture_output=True, text=True, stdin=subprocess.DEVNULL,
                              timeout=60, check=False)

    def connect(self, timeout=120):
        """Open the one SSH connection that every command of this boot shares."""
        if os.path.exists(self.private + "/ssh"):
            return
        end = time.monotonic() + timeout
        argv = self.ssh_argv("-M", "-f", "-N", "-o", "ConnectTimeout=20",
                             "-o", "ServerAliveInterval=15")
        while True:
            # ssh -f keeps what it inherits open: give it a file, a pipe would never end.
            with tempfile.TemporaryFile() as said:
                if subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=said, stderr=said,
                                  check=False).returncode == 0:
                    return
                said.seek(0)
                reason = said.read().decode("utf-8", "replace").strip()
            if not self.alive():
                raise self.error(f"QEMU ended (status {self.process.returncode})")
            if time.monotonic() > end:
                raise self.error(f"no SSH connection within {timeout:.0f} s: {reason}",
                                 EmulatorTimeout)
            time.sleep(0.5)

    def since_boot(self):
        """All that the console has said since the machine was switched on."""
        return self._said_since(self.boot_offset)

    def _said_since(self, offset):
        with open(self.log_path, "rb") as log:
            log.seek(offset)
            return log.read().decode("utf-8", "surrogateescape")

    def disconnect(self):
        """Forget the SSH connection: the guest goes down or restarts."""
        if os.path.exists(self.private + "/ssh"):
            subprocess.run(self.ssh_argv("-O", "exit"), capture_output=True, check=False)
        if os.path.exists(self.private + "/ssh"):
            os.unlink(self.private + "/ssh")

    def run(self, command, timeout=120, check=True, stdin=""):
        """Run a shell command as root in the guest; returns a CompletedProcess with texts."""
        self.connect()
        binary = isinstance(stdin, bytes)
        try:
            done = subprocess.run(self.ssh_argv() + [command], timeout=timeout, check=False,
                                  input=stdin if binary else stdin.encode(), capture_output=True)
        except subprocess.TimeoutExpired:
            raise self.error(f"in the guest: {command}: not done within {timeout} s",
                             EmulatorTimeout) from None
        done.stderr = done.stderr.decode("utf-8", "replace")
        done.raw, done.stdout = done.stdout, done.stdout.decode("utf-8", "replace")
        if check and done.returncode:
            raise self.error(f"in the guest: {command}: status {done.returncode}: "
                             + (done.stderr or done.stdout).strip())
        return done

    def output(self, command, **options):
        """The command's standard output without the last newline."""
        return self.run(command, **options).stdout.rstrip("\n")
