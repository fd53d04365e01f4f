# pkgconf puts the sysroot before systemd's unit folder, so the units land below /sr.
install() {
	meson install -C /build/obj --no-rebuild
	[ ! -d "$DESTDIR"/sr ] || { cp -a "$DESTDIR"/sr/. "$DESTDIR"/ && rm -rf "$DESTDIR"/sr; }
}
