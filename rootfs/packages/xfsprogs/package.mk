version := 6.13.0
source := xfsprogs_6.13.0.orig.tar.xz
pool := xfsprogs
sha256 := 0459933f93d94c82bc2789e7bd63742273d9d74207cdae67dc3032038da08337
license := GPL-2.0-only
style := autoconf
depends := musl linux-headers util-linux inih urcu-standin
options := --disable-gettext --disable-scrub
