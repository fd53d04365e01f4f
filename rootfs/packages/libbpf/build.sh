compile() { :; }
install() {
	make -C src -j"$JOBS" CC="$CC" AR="$AR" CFLAGS="$CFLAGS" LDFLAGS="$LDFLAGS" PREFIX=/usr LIBDIR=/usr/lib DESTDIR="$DESTDIR" install
	rm -f "$DESTDIR"/usr/lib/libbpf.a
}
