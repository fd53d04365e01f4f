version := 1.38.0
source := busybox_1.38.0.orig.tar.bz2
pool := busybox
sha256 := 34f9ea6ff8636f2c9241153b9114eefa9e65674a45318ae1ef95bb5f31c53bb2
license := GPL-2.0-only
depends := musl linux-headers
