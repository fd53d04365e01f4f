# GRUB for each of $GRUB_TARGETS (CPU-PLATFORM), and one grub-mkimage, which knows all formats. gawk, because mawk fails
# in moddep.lst. Of the host's tools only grub-mkimage is built.
compile() {
	for t in $GRUB_TARGETS; do
		mkdir -p "/build/$t"
		cd "/build/$t"
		../src/configure AWK=gawk --prefix=/usr --libdir=/usr/lib --target="${t%-*}" --with-platform="${t#*-}" --disable-werror \
			--disable-nls --disable-grub-mkfont --disable-grub-themes --disable-grub-mount --disable-device-mapper \
			--disable-libzfs --disable-efiemu --disable-dependency-tracking
		make -j"$JOBS" -C grub-core/lib/gnulib
		make -j"$JOBS" -C grub-core
	done
	make -j"$JOBS" grub-mkimage
}
install() {
	for t in $GRUB_TARGETS; do
		make -C "/build/$t/grub-core" DESTDIR="$DESTDIR" install
		find "$DESTDIR/usr/lib/grub/$t" -name '*.module' -o -name '*.exec' | xargs -r rm -f
	done
	command install -D -m 755 grub-mkimage "$DESTDIR/usr/bin/grub-mkimage"
	rm -rf "$DESTDIR/usr/share"
}
