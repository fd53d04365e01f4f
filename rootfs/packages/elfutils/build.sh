# Only libelf, for libbpf. The tools need functions that musl does not have; they are not built.
configure() {
	export ac_cv_search_argp_parse="none required" ac_cv_search_fts_close="none required" ac_cv_search__obstack_free="none required"
	autoconf_configure
}
compile() {
	make -j"$JOBS" -C lib
	make -j"$JOBS" -C libelf
}
install() {
	make -C libelf DESTDIR="$DESTDIR" install
	command install -D -m 644 config/libelf.pc "$DESTDIR"/usr/lib/pkgconfig/libelf.pc
	rm -f "$DESTDIR"/usr/lib/libelf.a
}
