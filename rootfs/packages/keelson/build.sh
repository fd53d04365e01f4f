# The sources stand in rootfs/src; its Makefile builds for whatever compiler it is given.
own() {
	make -C "$TREE/rootfs/src" -j"$JOBS" O=/build/obj CC="$CC" AR="$AR" CFLAGS="$CFLAGS" LDFLAGS="$LDFLAGS" PKG_CONFIG="$PKG_CONFIG" \
		TRANSPORT=curl VERSION="$VERSION" DESTDIR="$DESTDIR" "$@"
}
compile() { own all; }
install() { own install; }
