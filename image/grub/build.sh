# GRUB for each of $GRUB_TARGETS (CPU-PLATFORM), and one grub-mkimage, which knows all formats. gawk, because mawk fails
# in moddep.lst. Of the host's tools only grub-mkimage is built. The cache variable: binutils since 2.44 takes --image-base
# for ELF, but puts the headers there and the code behind them, so that a BIOS image does not start where it is loaded.
compile() {
	for t in $GRUB_TARGETS; do
		mkdir -p "/build/$t"
		cd "/build/$t"
		ax_cv_check_ldflags___Wl___image_base_0x400000=no ../src/configure AWK=gawk TARGET_CC="${GRUB_TOOLS}gcc" \
			TARGET_OBJCOPY="${GRUB_TOOLS}objcopy" TARGET_STRIP="${GRUB_TOOLS}strip" TARGET_NM="${GRUB_TOOLS}nm" TARGET_RANLIB="${GRUB_TOOLS}ranlib" \
			--prefix=/usr --libdir=/usr/lib --target="${t%-*}" --with-platform="${t#*-}" --disable-werror \
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
		find "$DESTDIR/usr/lib/grub/$t" \( -name '*.module' -o -name '*.exec' -o -name '*.image' \) -delete
	done
	command install -D -m 755 grub-mkimage "$DESTDIR/usr/bin/grub-mkimage"
	rm -rf "$DESTDIR/usr/share"
}
