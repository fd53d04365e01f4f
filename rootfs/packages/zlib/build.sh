# lld refuses version scripts that name absent symbols, and configure then quietly builds no shared library.
configure() {
	export LDSHARED="$CC $LDFLAGS -shared -Wl,-soname,libz.so.1,--version-script,zlib.map,--undefined-version"
	CHOST=$TRIPLE ./configure --prefix=/usr --shared
}
compile() { make -j"$JOBS" shared; }
install() {
	make DESTDIR="$DESTDIR" install
	rm -f "$DESTDIR"/usr/lib/libz.a
}
