version := 2.5.2
source := attr_2.5.2.orig.tar.xz
pool := attr
sha256 := f2e97b0ab7ce293681ab701915766190d607a1dba7fae8a718138150b700a70b
license := LGPL-2.1-or-later
style := autoconf
depends := musl
prune := etc usr/bin
