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

memdisk() { # NAME SCRIPT…: what GRUB runs, which is in its image and so is signed with it; the first script is its grub.cfg
	name=$1 main=$2
	shift
	mkdir -p "/build/$name"
	for script; do
		as=$script
		[ "$script" != "$main" ] || as=grub.cfg
		sed -e "s/@BOOT_A@/$(number_of boot-a)/" -e "s/@BOOT_B@/$(number_of boot-b)/" -e "s/@BOOTSTATE@/$(number_of bootstate)/" \
			"$TREE/image/loader/$script" >"/build/$name/$as"
	done
	tar -C "/build/$name" --sort=name --owner=0 --group=0 --mtime="@$EPOCH" --format=ustar -cf "/build/$name.tar" .
}

grub_image() { # TARGET MEMDISK OUTPUT [-pxe]
	case $1 in *-efi) shim=--disable-shim-lock ;; *) shim='' ;; esac
	modules=$(sed -n -e '/^#/d' -e "s/^${1#*-}: //" -e "s/^$2: //" -e "s/^$2-${1#*-}: //" -e '/:/d' -e p "$TREE/image/loader/modules.list")
	# shellcheck disable=SC2086 # lists of words
	/sr/usr/bin/grub-mkimage -d "/sr/usr/lib/grub/$1" -O "$1${4-}" -m "/build/$2.tar" -p /boot -c "$TREE/image/loader/early.cfg" \
		-k /build/boot.pgp --disable-cli $shim -o "$3" $modules
}

root_image() { # the root and its hash tree in one file, as a network boot takes it (rootfs/src/lib/rootfile.h)
	cat /sr/root.squashfs /sr/root.verity >$payload/pxe/root.img
	touch -d "@$EPOCH" $payload/pxe/root.img
}

initrd_with_root() { # the archive behind the first one begins at a multiple of 4, or the kernel does not see it
	cp /sr/initramfs.img "$1"
	truncate -s %512 "$1"
	(cd $payload/pxe && echo root.img | cpio --quiet --reproducible -o -H newc --owner=0:0) >>"$1"
}

ipxe_script() { # not signed: iPXE checks nothing of its own accord
	sed -e "s|@CMDLINE@|$(sed 's/^set cmdline="\(.*\)"$/\1/' $payload/slot.cfg)|" "$TREE/image/loader/boot.ipxe"
}

compile() {
	mkdir -p $payload/pxe
	"$TREE/image/sign" public /keys >/build/boot.pgp
	memdisk disk grub.cfg slots.cfg
	memdisk net netboot.cfg
	for target in $GRUB_TARGETS; do
		case $target in
		*-efi) grub_image "$target" disk "$payload/$EFI_FILE" && grub_image "$target" net $payload/pxe/grub-netboot.efi ;;
		*-pc) grub_image "$target" disk $payload/core.img && cp "/sr/usr/lib/grub/$target/boot.img" $payload/ &&
			grub_image "$target" net $payload/pxe/grub-netboot.0 -pxe ;;
		esac
	done
	cp /sr/boot/vmlinuz $payload/
	cp /sr/initramfs.img $payload/initrd.img
	cp /sr/initramfs-net.img $payload/pxe/initrd-net.img
	root_image
	initrd_with_root $payload/pxe/initrd.img
	echo "set cmdline=\"roothash=$(cat /sr/root.hash) $(command_line)\"" >$payload/slot.cfg
	ipxe_script >$payload/pxe/boot.ipxe
}
install() {
	mkdir -p "$DESTDIR"
	cp -r $payload "$DESTDIR"/
}
