version := 2.03.31
source := lvm2_2.03.31.orig.tar.xz
pool := lvm2
sha256 := 5541d15f739bc62263b551b1d8091ea8fc889a31ed20cdc58ff9f7192d8ecd4a
license := LGPL-2.1-only
style := autoconf
depends := musl linux-headers util-linux
options := --enable-pkgconfig --disable-selinux --disable-udev_sync --disable-readline --disable-use-lvmlockd
options += --with-symvers=no ac_cv_func_malloc_0_nonnull=yes ac_cv_func_realloc_0_nonnull=yes
prune := usr/bin etc
