own() { make -C "$TREE/rootfs/src" -j"$JOBS" O=/build/obj CC=clang CFLAGS="-O2 -g0" VERSION="$VERSION" DESTDIR="$DESTDIR" "$@"; }
# What leaves the SDK is static, as nobody knows what is on the machine that it will run on.
static() { own O=/build/static LDFLAGS="-static-pie -s" PKG_CONFIG="pkgconf --static" "$@"; }
compile() {
	own tools
	static host-tools
}
install() {
	own install-tools
	static install-host-tools
}
