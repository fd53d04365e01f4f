# The disk image, without root's powers and loop devices: boot partitions, ESP, then systemd-repart --offline composes the
# disk from image/repart.d, and keelson-bios-setup writes what BIOS reads. Output: disk.img and every part by itself.
parts=/build/parts

definitions() { # the one layout, plus where each partition's contents come from
	cp -r "$TREE/image/repart.d" /build/repart.d
	rm /build/repart.d/*-state.conf
	[ "$BIOS_BOOT" = yes ] || rm /build/repart.d/*-bios-boot.conf
	for f in /build/repart.d/*.conf; do
		label=$(sed -n 's/^Label=//p' "$f")
		mkdir "$f.d"
		case $label in
		bootstate) printf '[Partition]\nCopyBlocks=%s/bootstate\n' $parts ;;
		esp) printf '[Partition]\nFormat=vfat\nCopyFiles=/build/esp:/\n' ;;
		boot-?) printf '[Partition]\nCopyBlocks=%s/boot.squashfs\n' $parts ;;
		root-?) printf '[Partition]\nCopyBlocks=%s/root.squashfs\n' $parts ;;
		verity-?) printf '[Partition]\nCopyBlocks=%s/root.verity\n' $parts ;;
		esac >"$f.d/contents.conf"
	done
}

boot_partition() { # what GRUB reads: compressed files as they are, so no compression around them
	mkdir -p /build/boot
	for f in vmlinuz initrd.img slot.cfg; do cp "/sr/signed/$f" "/sr/signed/$f.sig" /build/boot/; done
	find /build/boot -exec touch -h -d "@$EPOCH" {} +
	SOURCE_DATE_EPOCH=$EPOCH mksquashfs /build/boot $parts/boot.squashfs -noI -noD -noF -noX -no-fragments -all-root -no-xattrs -no-exports -no-progress -quiet
}

esp() {
	mkdir -p /build/esp/EFI/BOOT
	cp "/sr/signed/$EFI_FILE" /build/esp/EFI/BOOT/
	find /build/esp -exec touch -d "@$EPOCH" {} +
}

pxe() { # what a server for network boots offers, beside what is made for it
	for f in vmlinuz slot.cfg; do cp "/sr/signed/$f" "/sr/signed/$f.sig" $parts/pxe/; done
	(cd $parts/pxe && sha256sum -- * >SHA256SUMS)
}

compile() {
	mkdir -p $parts
	cp /sr/root.squashfs /sr/root.verity /sr/root.hash $parts/
	cp -r /sr/signed/. $parts/
	truncate -s 1M $parts/bootstate
	/sr/usr/bin/keelson-slot --device $parts/bootstate format
	definitions
	boot_partition
	esp
	pxe
	seed=$(echo "$PRODUCT" | sha256sum | sed -E 's/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/\1-\2-\3-\4-\5/')
	# The sector size is said because FAT would get 4096 otherwise: too few clusters for FAT32, and firmware sees no file system.
	SOURCE_DATE_EPOCH=$EPOCH systemd-repart --offline=yes --sector-size=512 --empty=create --size="$DISK_SIZE" --seed="$seed" --architecture="$(echo "$ARCH" | tr _ -)" --definitions=/build/repart.d --dry-run=no \
		--no-pager /build/disk.img
	[ "$BIOS_BOOT" = no ] || /sr/usr/bin/keelson-bios-setup /build/disk.img $parts/boot.img $parts/core.img
}
install() {
	mkdir -p "$DESTDIR"
	cp -r $parts/. "$DESTDIR"/
	cp --sparse=always /build/disk.img "$DESTDIR"/
}
