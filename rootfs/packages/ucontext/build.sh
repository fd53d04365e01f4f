# shellcheck shell=sh disable=SC2086,SC2154
# Our own source lies in files/ beside this script; there is no archive.
configure() { :; }

compile() {
	$CC $CFLAGS -c "$RECIPE/files/${TRIPLE%%-*}.S" -o switch.o
	$CC $CFLAGS -std=c17 -D_GNU_SOURCE -Wall -Wextra -Werror -c "$RECIPE/files/makecontext.c" -o makecontext.o
	rm -f libucontext.a
	$AR rcsD libucontext.a switch.o makecontext.o
}

install() {
	mkdir -p "$DESTDIR/usr/lib/pkgconfig"
	cp libucontext.a "$DESTDIR/usr/lib/"
	sed "s/@VERSION@/$VERSION/" "$RECIPE/files/libucontext.pc.in" >"$DESTDIR/usr/lib/pkgconfig/libucontext.pc"
}
