# Who links it asks pkgconf for a shared library, which would know zlib and zstd by itself.
install() {
	make DESTDIR="$DESTDIR" install
	sed -i '/^Libs:/s/$/ -lzstd -lz/' "$DESTDIR/usr/lib/pkgconfig/libarchive.pc"
}
