configure() {
	# shellcheck disable=SC2086 # lists of words
	./Configure "$OPENSSL_TARGET" --prefix=/usr --libdir=lib --openssldir=/etc/ssl shared ${options:-} $CFLAGS $LDFLAGS
}
compile() { make -j"$JOBS" build_libs; }
install() {
	make DESTDIR="$DESTDIR" install_runtime_libs install_dev
	rm -f "$DESTDIR"/usr/lib/*.a
}
