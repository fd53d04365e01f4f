own() { make -C "$TREE/rootfs/src" -j"$JOBS" O=/build/obj CC=clang CFLAGS="-O2 -g0" VERSION="$VERSION" DESTDIR="$DESTDIR" "$@"; }
compile() { own tools; }
install() { own install-tools; }
