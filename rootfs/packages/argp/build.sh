# argp for musl, from gnulib in the SDK; crun and the headers of elfutils ask for it.
configure() {
	gnulib-tool --create-testdir --dir=/build/src/t --lib=libargp --without-tests argp
	cd t
	autoconf_configure
}
compile() { make -j"$JOBS" -C gllib; }
install() {
	$OBJCOPY --redefine-sym rpl_argp_parse=argp_parse gllib/libargp.a
	command install -D -m 644 gllib/libargp.a "$DESTDIR"/usr/lib/libargp.a
	mkdir -p "$DESTDIR"/usr/include
	{
		printf '#ifndef _GL_ATTRIBUTE_FORMAT\n#define _GL_ATTRIBUTE_FORMAT(x)\n#endif\n#define _GL_CONFIG_H_INCLUDED 1\n'
		sed -e 's/^#if !_LIBC .. defined __USE_EXTERN_INLINES/#if 0/' -e 's/_GL_ATTRIBUTE_SPEC_PRINTF_[A-Z]*/__printf__/' gllib/argp.h
	} >"$DESTDIR"/usr/include/argp.h
}
