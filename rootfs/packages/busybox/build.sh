# Everything but what the image must not have: tc (does not build on 6.12 headers), and the applets named in `drop`.
drop="TC"
configure() {
	make defconfig HOSTCC=gcc
	for o in $drop; do sed -i "s/^CONFIG_$o=y/# CONFIG_$o is not set/" .config; done
	yes '' 2>/dev/null | make oldconfig HOSTCC=gcc >/dev/null
}
compile() {
	make -j"$JOBS" CC="$CC" HOSTCC=gcc AR="$AR" NM="$NM" STRIP="$STRIP" OBJCOPY="$OBJCOPY" SKIP_STRIP=y \
		KBUILD_BUILD_TIMESTAMP="@$SOURCE_DATE_EPOCH" CONFIG_EXTRA_CFLAGS="$HARD -fPIE" CONFIG_EXTRA_LDFLAGS="-pie $LDFLAGS" busybox
}
install() {
	command install -D -m 755 busybox "$DESTDIR"/usr/bin/busybox
	# The applets' names, for whoever makes the links (the program itself can't be run on another architecture).
	mkdir -p "$DESTDIR"/usr/share/busybox
	make -s busybox.links CC="$CC" HOSTCC=gcc >/dev/null 2>&1 || :
	sed 's|.*/||' busybox.links | sort -u >"$DESTDIR"/usr/share/busybox/applets
}
