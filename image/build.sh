# The disk image, without root's powers and loop devices: boot partitions, GRUB, then systemd-repart --offline composes the
# disk from image/repart.d, and keelson-bios-setup writes what BIOS reads. Output: disk.img and every part by itself.
parts=/build/parts

number_of() { # LABEL: the partition's number, its place among the definitions
	grep -l "^Label=" /build/repart.d/*.conf | xargs grep -h '^Label=' | grep -nx "Label=$1" | cut -d: -f1
}

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

command_line() { # all but what differs from image to image and from slot to slot
	echo "console=tty0 console=$CONSOLE,115200 $(cat "$TREE/kernel/cmdline")${KERNEL_ARGS:+ $KERNEL_ARGS} loglevel=4 panic=10" \
		"systemd.gpt_auto=no systemd.verity=no systemd.show_status=auto" \
		"TERM=vt220 systemd.tty.rows.console=24 systemd.tty.columns.console=80" # else systemd asks the terminal and waits a second
}

boot_partition() { # what GRUB reads: compressed files as they are, so no compression around them
	mkdir -p /build/boot
	cp /sr/boot/vmlinuz /sr/initrd.img /build/boot/
	echo "set cmdline=\"roothash=$(cat /sr/root.hash) $(command_line)\"" >/build/boot/slot.cfg
	find /build/boot -exec touch -h -d "@$EPOCH" {} +
	SOURCE_DATE_EPOCH=$EPOCH mksquashfs /build/boot $parts/boot.squashfs -noI -noD -noF -noX -no-fragments -all-root -no-xattrs -no-exports -no-progress -quiet
}

grub_image() { # TARGET OUTPUT
	case $1 in *-efi) only=efi shim=--disable-shim-lock ;; *) only=pc shim='' ;; esac
	modules=$(sed -n -e '/^#/d' -e "s/^$only: //" -e '/:/d' -e p "$TREE/image/loader/modules.list")
	# shellcheck disable=SC2086 # lists of words
	/sr/usr/bin/grub-mkimage -d "/sr/usr/lib/grub/$1" -O "$1" -m /build/memdisk.tar -p /boot -c "$TREE/image/loader/early.cfg" \
		--disable-cli $shim -o "$2" $modules
}

loader() {
	mkdir -p /build/memdisk
	sed -e "s/@BOOT_A@/$(number_of boot-a)/" -e "s/@BOOT_B@/$(number_of boot-b)/" -e "s/@BOOTSTATE@/$(number_of bootstate)/" \
		"$TREE/image/loader/grub.cfg" >/build/memdisk/grub.cfg
	cp "$TREE/image/loader/slots.cfg" /build/memdisk/
	tar -C /build/memdisk --sort=name --owner=0 --group=0 --mtime="@$EPOCH" --format=ustar -cf /build/memdisk.tar grub.cfg slots.cfg
	mkdir -p /build/esp/EFI/BOOT
	for target in $GRUB_TARGETS; do
		case $target in
		*-efi)
			grub_image "$target" "$parts/$EFI_FILE"
			cp "$parts/$EFI_FILE" /build/esp/EFI/BOOT/
			;;
		*-pc)
			grub_image "$target" $parts/core.img
			cp "/sr/usr/lib/grub/$target/boot.img" $parts/
			;;
		esac
	done
	find /build/esp -exec touch -d "@$EPOCH" {} +
}

compile() {
	mkdir -p $parts
	cp /sr/root.squashfs /sr/root.verity /sr/root.hash $parts/
	truncate -s 1M $parts/bootstate
	/sr/usr/bin/keelson-slot --device $parts/bootstate format
	definitions
	boot_partition
	loader
	seed=$(echo "$PRODUCT" | sha256sum | sed -E 's/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/\1-\2-\3-\4-\5/')
	# The sector size is said because FAT would get 4096 otherwise: too few clusters for FAT32, and firmware sees no file system.
	SOURCE_DATE_EPOCH=$EPOCH systemd-repart --offline=yes --sector-size=512 --empty=create --size="$DISK_SIZE" --seed="$seed" --architecture="$(echo "$ARCH" | tr _ -)" --definitions=/build/repart.d --dry-run=no \
		--no-pager /build/disk.img
	[ "$BIOS_BOOT" = no ] || /sr/usr/bin/keelson-bios-setup /build/disk.img $parts/boot.img $parts/core.img
}
install() {
	mkdir -p "$DESTDIR"
	cp /sr/boot/vmlinuz /sr/initrd.img $parts/
	cp -r $parts/. "$DESTDIR"/
	cp --sparse=always /build/disk.img "$DESTDIR"/
}
