version := 2.42.4
source := util-linux_2.42.4.orig.tar.xz
pool := util-linux
sha256 := fbd62a100ab7bb8746ba0661255c3c48185b1e9021507c624da01fbc696330ec
license := GPL-2.0-or-later
style := autoconf
depends := musl linux-headers
options := --disable-all-programs --enable-libblkid --enable-libmount --enable-libuuid --enable-libfdisk
options += --enable-libsmartcols --enable-mount --enable-agetty --enable-blkid --enable-losetup --enable-fsck
options += --enable-sulogin --enable-swapon --enable-fdisks=check --enable-wipefs --enable-nologin --disable-liblastlog2 --disable-bash-completion
options += --disable-makeinstall-chown --disable-makeinstall-setuid --disable-asciidoc --disable-poman
options += --without-python --without-ncurses --without-ncursesw --without-tinfo --without-readline
options += --without-systemd --without-udev --without-cap-ng --without-cryptsetup --without-econf --without-selinux
prune := usr/bin/fdisk
