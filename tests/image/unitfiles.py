# SPDX-License-Identifier: Apache-2.0
"""Unit files and command lines as systemd reads them; written apart from our C code, to check what that writes."""
import collections
import re

ESCAPES = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\", '"': '"', "'": "'", "s": " "}
ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|([0-7]{3})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.S)
WORD = re.compile(r"""(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\\.|[^\s"'\\])+""", re.S)
PART = re.compile(r""""((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'|((?:\\.|[^\s"'\\])+)""", re.S)


def unescape(text):
    def one(found):
        byte, octal, short, long, letter = found.groups()
        if letter is not None:
            return ESCAPES[letter]
        return chr(int(octal, 8)) if octal else chr(int(byte or short or long, 16))
    return ESCAPE.sub(one, text)


def words(text):
    """The words of a command line; fails on what systemd would not take."""
    found = WORD.findall(text)
    assert WORD.sub("", text).strip() == "", "no words: " + text
    return ["".join(unescape("".join(part)) for part in PART.findall(word)) for word in found]


def lines(text):
    """Lines with continuations joined by a blank; comments are left out, within continuations too."""
    joined = None
    for line in text.split("\n"):
        line = line.lstrip(" \t")
        if line.startswith(("#", ";")):
            continue
        joined = line if joined is None else joined[:-1] + " " + line
        if not joined.endswith("\\"):
            yield joined
            joined = None
    assert joined is None, "a continuation is open at the end"


class Unit:
    def __init__(self, text):
        self.text, self.sections = text, collections.defaultdict(list)
        section = None
        for line in lines(text):
            if line.startswith("["):
                assert line.endswith("]"), line
                section = line[1:-1]
            elif line:
                key, equals, value = line.partition("=")
                assert section and equals and key, "no assignment: " + line
                self.sections[section].append((key, value))

    def values(self, section, key):
        return [value for name, value in self.sections.get(section, []) if name == key]

    def last(self, section, key):
        values = self.values(section, key)
        return values[-1] if values else None


class Command:
    """A command line of keelson-run: its verb (two words for stop and rm), options as pairs, operands."""

    def __init__(self, text):
        program, verb, *rest = words(text)
        assert program.lstrip("-") == "/usr/bin/keelson-run", text
        self.may_fail = program.startswith("-")
        if verb in ("stop", "rm"):
            verb += " " + rest.pop(0)
        self.verb, self.options = verb, []
        while rest and rest[0].startswith("--") and verb != "exec":
            name, equals, value = rest.pop(0)[2:].partition("=")
            self.options.append((name, value if equals else None))
        self.operands = rest

    def value(self, name):
        return dict(self.options).get(name)


def dry_run(text):
    """The units that --dry-run printed, by name."""
    parts = re.split(r"^---(.*)---\n", text, flags=re.M)
    assert parts[0] == "", parts[0]
    return {name: Unit(unit) for name, unit in zip(parts[1::2], parts[2::2], strict=True)}
