# One static-pie program. No systemd library in it: keelson's units own the cgroup. Without git the version header is
# written by hand, after `make clean`, which deletes it.
configure() {
	export CFLAGS="-Os -g0 -ffunction-sections -fdata-sections $HARD"
	./configure --host="$TRIPLE" --prefix=/usr --enable-embedded-yajl --disable-systemd --disable-dl --disable-criu --disable-shared --enable-static
	make clean
	printf '#define GIT_VERSION "%s"\n' "$VERSION" >git-version.h
}
compile() {
	make -j"$JOBS" -C libocispec
	make -j"$JOBS" LDFLAGS="-all-static -static-pie -Wl,--gc-sections,-z,relro,-z,now,-z,separate-code $ARCH_LDFLAGS" crun
}
install() { command install -D -m 755 crun "$DESTDIR"/usr/bin/crun; }
