# GRUB's images and the files that it reads, to be signed by the next step. Of the keys only the public half of boot is used.
payload=/build/payload

number_of() { # LABEL: the partition's number, its place among the definitions
	find "$TREE/image/repart.d" -name '*.conf' $([ "$BIOS_BOOT" = yes ] || echo ! -name '*-bios-boot.conf') | sort |
		xargs grep -h '^Label=' | grep -nx "Label=$1" | cut -d: -f1
}

command_line() { # all but what differs from image to image and from slot to slot; gpt: a damaged first table is no reason to stop
	echo "console=tty0 console=$CONSOLE,115200 $(cat "$TREE/kernel/cmdline")${KERNEL_ARGS:+ $KERNEL_ARGS} loglevel=4 panic=10" \
		"gpt systemd.gpt_auto=no systemd.verity=no systemd.show_status=auto" \
		"TERM=vt220 systemd.tty.rows.console=24 systemd.tty.columns.console=80" # else systemd asks the terminal and waits a second
}

memdisk() { # GRUB's script, which is in its image and so is signed with it
	mkdir -p /build/memdisk
	sed -e "s/@BOOT_A@/$(number_of boot-a)/" -e "s/@BOOT_B@/$(number_of boot-b)/" -e "s/@BOOTSTATE@/$(number_of bootstate)/" \
		"$TREE/image/loader/grub.cfg" >/build/memdisk/grub.cfg
	cp "$TREE/image/loader/slots.cfg" /build/memdisk/
	tar -C /build/memdisk --sort=name --owner=0 --group=0 --mtime="@$EPOCH" --format=ustar -cf /build/memdisk.tar grub.cfg slots.cfg
}

grub_image() { # TARGET OUTPUT
	case $1 in *-efi) only=efi shim=--disable-shim-lock ;; *) only=pc shim='' ;; esac
	modules=$(sed -n -e '/^#/d' -e "s/^$only: //" -e '/:/d' -e p "$TREE/image/loader/modules.list")
	# shellcheck disable=SC2086 # lists of words
	/sr/usr/bin/grub-mkimage -d "/sr/usr/lib/grub/$1" -O "$1" -m /build/memdisk.tar -p /boot -c "$TREE/image/loader/early.cfg" \
		-k /build/boot.pgp --disable-cli $shim -o "$2" $modules
}

compile() {
	mkdir $payload
	"$TREE/image/sign" public /keys >/build/boot.pgp
	memdisk
	for target in $GRUB_TARGETS; do
		case $target in
		*-efi) grub_image "$target" "$payload/$EFI_FILE" ;;
		*-pc) grub_image "$target" $payload/core.img && cp "/sr/usr/lib/grub/$target/boot.img" $payload/ ;;
		esac
	done
	cp /sr/boot/vmlinuz /sr/initrd.img $payload/
	echo "set cmdline=\"roothash=$(cat /sr/root.hash) $(command_line)\"" >$payload/slot.cfg
}
install() {
	mkdir -p "$DESTDIR"
	cp -r $payload "$DESTDIR"/
}
