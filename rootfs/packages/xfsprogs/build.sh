# Three programs of the many, and what systemd-fsck calls; there is no library to link in liburcu's place (urcu-standin).
# Its configure ends up with assertions and -g -O2 unless told otherwise. Each program links all of libxfs and uses a part.
configure() {
	export BUILD_CC=gcc DEBUG=-DNDEBUG OPTIMIZER='-ffunction-sections -fdata-sections' LDFLAGS="$LDFLAGS -Wl,--gc-sections"
	autoconf_configure
}
compile() {
	make headers
	make -j"$JOBS" LIBURCU= mkfs repair growfs
}
install() {
	for p in mkfs/mkfs.xfs repair/xfs_repair growfs/xfs_growfs; do command install -D -m 755 -t "$DESTDIR"/usr/bin $p; done
	command install -m 755 fsck/xfs_fsck.sh "$DESTDIR"/usr/bin/fsck.xfs
}
