version := 2.4.0
source := acl_2.4.0.orig.tar.xz
pool := acl
sha256 := e661131456d2708a01c614a0f400e11d7d1bfaeb6f3e74b75bb980b72f0161a3
license := LGPL-2.1-or-later
style := autoconf
depends := musl attr
prune := usr/bin
