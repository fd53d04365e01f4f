# SPDX-License-Identifier: Apache-2.0
"""AppArmor profiles in the form that the kernel loads (security/apparmor/policy_unpack.c, version 5 of its ABI), without a rule."""
import struct

ENFORCED, COMPLAINING = 0, 1
U32, NAME, STRING, STRUCT, END = 2, 4, 5, 7, 8


def text(code, value):
    value = value.encode() + b"\0"
    return struct.pack("<BH", code, len(value)) + value


def numbers(*values):
    return b"".join(struct.pack("<BI", U32, value) for value in values)


def profile(name, mode):
    """Who is held to it can open and execute nothing."""
    flags = text(NAME, "flags") + bytes([STRUCT]) + numbers(0, mode, 0) + bytes([END])
    capabilities = numbers(0, 0, 0, 0)
    return text(NAME, "version") + numbers(5) + text(NAME, "profile") + bytes([STRUCT]) + text(STRING, name) + flags + capabilities + bytes([END])
