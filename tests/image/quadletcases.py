# SPDX-License-Identifier: Apache-2.0
"""What the reference's assertions on podman's command lines mean for ours.

judge(assertion, unit, folder) says whether one holds; None: it asks for nothing here (how podman's own processes work).
An assertion is turned into options of keelson-run by one rule for all: `--name value` and `--name=value` are the option
name with its value, `-v` is --volume, a lone `--name` is an option that is not "false", other words are operands.
"""
import csv
import os
import re

import unitfiles

STATE = "/var/lib/containers"
# Where the reference's commands are, for each kind: ours makes and starts a pod at once.
COMMANDS = {"pod": {"ExecStartPre": "ExecStart"}}


def pairs(args):
    """[(option or None, value or None)] of podman's words."""
    found, args = [], list(args)
    while args:
        word = args.pop(0)
        if word == "-v":
            word = "--volume"
        if not word.startswith("--"):
            found.append((None, word))
            continue
        name, equals, value = word[2:].partition("=")
        if not equals:
            value = args.pop(0) if args and not args[0].startswith("-") else None
        found.append((name, value))
    return found


# Limits are the service's: which option of podman a key of [Service] stands for.
LIMITS = {"TasksMax": "pids-limit", "MemoryMax": "memory", "MemoryLow": "memory-reservation", "AllowedCPUs": "cpuset-cpus"}


def limits_of(unit):
    return [(LIMITS[key], unit.last("Service", key)) for key in LIMITS if unit.last("Service", key)]


def options_of(command):
    """As keelson-run takes them: a device with - in front counts only where it is there."""
    for name, value in command.options:
        if name == "device" and value.startswith("-"):
            if not os.path.exists(value[1:].split(":")[0]):
                continue
            value = value[1:]
        yield name, value


def holds(wanted, got, regex):
    name, value = wanted
    if name != got[0]:
        return False
    if value is None:
        return got[1] != "false"
    return re.search(value, got[1] or "") is not None if regex else value == got[1]


def has_args(command, args, regex):
    """They stand next to each other, in order."""
    wanted, got = pairs(args), list(options_of(command))
    if all(name is None for name, _ in wanted):
        known = command.operands + [value for _, value in got]
        return all(value in known for _, value in wanted)
    return any(all(holds(w, g, regex) for w, g in zip(wanted, got[i:], strict=False)) for i in range(len(got) - len(wanted) + 1))


def ends_with(command, args):
    flags = [arg[2:] for arg in args if arg.startswith("--") and command.verb == "container" and arg == "--rootfs"]
    operands = [arg for arg in args if arg != "--rootfs"]
    return all((flag, None) in command.options for flag in flags) and command.operands[-len(operands):] == operands


def has_map(command, option, wanted):
    for name, value in command.options:
        if "--" + name == option:
            fields = [field.partition("=")[::2] for field in next(csv.reader([value]))]
            if dict(fields) == wanted:
                return True
    return False


def key_holds(assertion, values):
    match, wanted = assertion["match"], assertion.get("values", [])
    if "units" in assertion:
        return set(assertion["units"]) <= {word for value in values for word in unitfiles.words(value)}
    return {
        "all-equal": lambda: values == wanted,
        "all-regex": lambda: len(values) == len(wanted) and all(map(re.search, wanted, values)),
        "any-equal": lambda: all(value in values for value in wanted),
        "any-contains": lambda: all(any(part in value for value in values) for part in wanted),
        "none-contains": lambda: not any(part in value for part in wanted for value in values),
        "absent": lambda: values == [],
        "last-contains": lambda: bool(values) and all(part in values[-1] for part in wanted),
        "last-regex": lambda: bool(values) and all(re.search(part, values[-1]) for part in wanted),
    }[match]()


# What should remain of assertions that are about podman itself, by the words of their meaning.
def lifecycle(unit, _, start):
    stop_post = unitfiles.Command(unit.last("Service", "ExecStopPost"))
    return start.verb == "container" and stop_post.verb == "rm container" and stop_post.operands == [start.value("name")]


def names(text):
    return re.search(r"(?:container|pod) (\S+?)[:,]? ", text + " ").group(1)


def on_stop(unit, text, _):
    command = unitfiles.Command(unit.last("Service", "ExecStop"))
    seconds = re.search(r"killed after (\d+) s", text)
    return command.verb in ("stop container", "stop pod") and command.operands == [names(text)] and (
        not seconds or command.value("time") == seconds.group(1))


def after_stop(unit, text, _):
    command = unitfiles.Command(unit.last("Service", "ExecStopPost"))
    return command.may_fail and command.verb in ("rm container", "rm pod") and command.operands == [names(text)]


def network(unit, meaning, start):
    if isinstance(meaning, str):
        return unitfiles.Command(unit.last("Service", "ExecStopPost")).verb == "rm network"
    return start.verb == "network" and start.operands == [meaning["name"]] and meaning["created_if_absent"]


def pod(_, meaning, start):
    return start.verb == "pod" and start.value("name") == meaning["name"] and meaning["exit_policy"].startswith(start.value("exit-policy"))


def volume(_, meaning, start):
    options = {name: value for value in (v for o, v in start.options if o == "opt") for name, _, value in [value.partition("=")]}
    checks = {
        "name": lambda v: start.operands == [v],
        "created_if_absent": lambda v: v,
        "fs_type": lambda v: options.get("type") == v,
        "device": lambda v: options.get("device") == v,
        "mount_options": lambda v: options.get("o") == ",".join(v),
        "copy_image_content_on_first_use": lambda v: ("copy" if v else "nocopy") in options,
        "uid": lambda v: start.value("uid") == str(v),
        "gid": lambda v: start.value("gid") == str(v),
    }
    return start.verb == "volume" and all(checks[key](value) for key, value in meaning.items())


def label(_, meaning, start):
    return all(("label", f"{name}={value}") in start.options for name, value in meaning.items())


REMAINS = {
    "lifecycle": lifecycle,
    "readiness": lambda _, __, start: start.value("sdnotify") == "started",
    "cgroup": lambda _, meaning, start: start.value("cgroups") == meaning["mode"],
    "label": label,
    "note": lambda *_: True,
    "reload": lambda unit, _, __: unitfiles.Command(unit.last("Service", "ExecReload")).verb == "exec",
    "mounts_for": lambda unit, _, __: STATE in unit.values("Unit", "RequiresMountsFor"),
    "on_start": lambda _, meaning, start: start.verb == "pod" and start.value("name") == names(meaning),
    "on_stop": on_stop,
    "after_stop": after_stop,
    "network": network,
    "pod": pod,
    "volume": volume,
    "podman_args": lambda _, meaning, start: has_args(start, meaning, False),
    "podman_global_option": lambda *_: False,
    "env": lambda *_: None,
    "infra_container_name": lambda *_: None,
}


def remains(assertion, unit, start):
    verdicts = [REMAINS[key](unit, value, start) for key, value in assertion["meaning"].items()]
    return None if None in verdicts else all(verdicts)


def judge(assertion, unit, kind):
    start = unitfiles.Command(unit.last("Service", "ExecStart"))
    kinds = assertion["kind"]
    if assertion.get("podman_only") or assertion.get("podman_shaped"):
        verdict = remains(assertion, unit, start)
    elif assertion.get("impl_choice"):
        return None
    elif kinds == "unit-key":
        verdict = key_holds(assertion, unit.values(assertion["section"], assertion["key"]))
    else:
        key = COMMANDS.get(kind, {}).get(assertion["cmd"], assertion["cmd"])
        command = unitfiles.Command(unit.last("Service", key))
        command.options += limits_of(unit)
        verdict = {
            "podman-arg": lambda: has_args(command, assertion["args"], assertion.get("regex", False)),
            "podman-final-args": lambda: ends_with(command, assertion["args"]),
            "podman-arg-map": lambda: has_map(command, assertion["option"], assertion["map"]),
        }[kinds]()
    return verdict if verdict is None else verdict != assertion.get("negate", False)
