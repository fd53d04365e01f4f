version := 1.47.4
source := e2fsprogs_1.47.4.orig.tar.gz
pool := e2fsprogs
sha256 := 2cec05f39c20ee621f14926195664e66e6017190ac8e4bbdb16d86082e43c5da
license := GPL-2.0-only
style := autoconf
depends := musl linux-headers util-linux
options := --disable-libblkid --disable-libuuid --disable-uuidd --disable-debugfs --disable-imager --disable-defrag
options += --disable-e2initrd-helper --disable-fuse2fs --disable-tdb --enable-elf-shlibs --with-crond-dir=no
options += --with-systemd-unit-dir=no --with-udev-rules-dir=no --without-libarchive
prune := usr/bin/chattr usr/bin/lsattr usr/bin/compile_et usr/bin/mk_cmds usr/share/et usr/share/ss usr/bin/badblocks usr/bin/logsave usr/bin/filefrag usr/bin/mklost+found usr/bin/e2freefrag usr/bin/e4crypt usr/bin/e2undo usr/bin/e2scrub usr/bin/e2scrub_all
