# musl is built against nothing but the kernel's headers and the compiler's builtins (LIBCC must be said: there is no
# linkable libc yet that configure could ask). The loader /lib/ld-musl-ARCH.so.1 is a link to libc.so.
configure() {
	LDFLAGS="-Wl,-z,relro,-z,now,-z,separate-code $ARCH_LDFLAGS" ./configure --target="$TRIPLE" --prefix=/usr --syslibdir=/lib \
		--enable-optimize=internal,malloc,string LIBCC="$($CC -print-libgcc-file-name)"
}
compile() { make -j"$JOBS"; }
install() {
	make DESTDIR="$DESTDIR" install
	ln -sfn /usr/lib/libc.so "$DESTDIR"/lib/ld-musl-*.so.1
}
