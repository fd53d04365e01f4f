own() { make -C "$TREE/rootfs/src" -j"$JOBS" O=/build/obj CC="$CC" AR="$AR" CFLAGS="$CFLAGS" LDFLAGS="$LDFLAGS" DESTDIR="$DESTDIR" "$@"; }
compile() { own init; }
install() { own install-init; }
