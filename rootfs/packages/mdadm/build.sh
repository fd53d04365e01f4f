# Its makefile has no configure step. No udev library: PID 1 and udevd are not there yet when arrays are made, and mdadm
# waits for its device nodes by itself then. The rules assemble arrays when their members appear.
own() {
	make CC="$CC" CXFLAGS="$CFLAGS -DNO_LIBUDEV" CWFLAGS= LDFLAGS="$LDFLAGS" BINDIR=/usr/bin UDEVDIR=/usr/lib/udev STRIP= \
		DESTDIR="$DESTDIR" "$@"
}
compile() { own -j"$JOBS" mdadm mdmon; }
install() {
	own install-bin install-udev
	rm "$DESTDIR"/usr/bin/mdmon # for arrays in the formats of BIOS firmware
}
