# initramfs - dracut for a foreign root: its tree and our modules (folders of initramfs/, named by `options`) lie inside the
# sysroot, its dracut-install runs here. dracut's errors do not fail the run, so its log is read.
compile() {
	kver=$(ls /sr/usr/lib/modules)
	for module in $options; do cp -a "$TREE/initramfs/$module" "/sr/usr/lib/dracut/modules.d/90$module"; done
	printf '%s\n' $INITRD_DRIVERS >>/sr/usr/lib/dracut/modules.d/90keelson/drivers.list
	depmod -b /sr "$kver"
	mkdir -p /build/conf.d /build/tmp
	: >/build/dracut.conf
	env -i PATH="$PATH" LC_ALL=C SOURCE_DATE_EPOCH="$SOURCE_DATE_EPOCH" dracutbasedir=/sr/usr/lib/dracut \
		DRACUT_INSTALL=/sr/usr/lib/dracut/dracut-install DRACUT_ARCH="${TRIPLE%%-*}" SYSTEMD_VERSION=262 DRACUT_TESTBIN=/init \
		bash /sr/usr/bin/dracut --sysroot /sr --no-hostonly --no-hostonly-cmdline --no-early-microcode --kver "$kver" \
		--reproducible --conf /build/dracut.conf --confdir /build/conf.d --modules "$options" --tmpdir /build/tmp \
		--zstd --compress 'zstd -19 -q' --force /build/initrd.img 2>&1 | tee /build/dracut.log
	! grep -iE 'error|fail|no such driver' /build/dracut.log
}
install() {
	mkdir -p "$DESTDIR"
	command install -m 644 /build/initrd.img "$DESTDIR/$NAME.img" # dracut lets only its owner read it
	zstd -dc /build/initrd.img | cpio -t --quiet | sort >"$DESTDIR/files"
	grep -qx init "$DESTDIR/files"
}
finish() { :; }
