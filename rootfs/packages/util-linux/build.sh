# mkswap has no switch of its own beside --disable-all-programs; BusyBox' gives a swap area no chosen UUID. Its rules stand
# in the makefile all the same, what the switch leaves out are these variables.
compile() {
	make -j"$JOBS"
	make mkswap am_mkswap_OBJECTS='disk-utils/mkswap-mkswap.o lib/mkswap-ismounted.o' \
		mkswap_CFLAGS='-fsigned-char -Ilibuuid/src -Ilibblkid/src' mkswap_LDADD='libcommon.la libuuid.la libblkid.la'
}
install() {
	make DESTDIR="$DESTDIR" install
	./libtool --mode=install install -m 755 mkswap "$DESTDIR"/usr/bin/mkswap
}
