# The root file system, from the composed sysroot: take away what only builds need, add links, users, our overlay and the
# user's, then squashfs and its verity tree. Output: root.squashfs, root.verity, root.hash, files (a listing with sizes).
root=/build/root

strip_down() { # what compilers want and nobody runs
	cd $root
	rm -rf boot usr/include usr/lib/pkgconfig usr/share/pkgconfig usr/share/aclocal usr/lib/cmake usr/lib/grub \
		usr/share/busybox usr/lib/bpf usr/share/polkit-1 usr/lib/systemd/user usr/lib/systemd/user-preset usr/lib/systemd/user-generators \
		usr/lib/systemd/user-environment-generators usr/share/user-tmpfiles.d usr/lib/kernel usr/lib/modprobe.d/README
	find usr/lib -maxdepth 1 \( -name '*.a' -o -name '*.o' -o -name '*.specs' \) -delete
	rm -f usr/bin/*-config usr/lib/systemd/system-preset/9[0-9]-* usr/lib/modules/*/build usr/lib/modules/*/source
	find . -name README -delete
}

add_links() { # BusyBox's names where no real program stands; the folders that live on the state partition
	while read -r applet; do
		[ -e usr/bin/"$applet" ] || [ -L usr/bin/"$applet" ] || ln -s busybox usr/bin/"$applet"
	done </sr/usr/share/busybox/applets
	mkdir -p dev proc run sys tmp var boot
	chmod 1777 tmp
	for l in home:home root:roothome opt:opt srv:srv usr/local:usrlocal mnt:mnt; do
		case $l in usr/*) up=../ ;; *) up='' ;; esac
		rm -rf "${l%%:*}"
		ln -s "${up}var/${l#*:}" "${l%%:*}"
	done
}

add_files() {
	cp -a "$TREE/rootfs/overlay/." .
	cp /keys/boot.crt usr/lib/keelson/boot.crt
	chmod 644 usr/lib/keelson/boot.crt
	mkdir -p usr/lib/repart.d
	for f in "$TREE"/image/repart.d/*.conf; do
		[ "${f##*/}" = 10-bios-boot.conf ] && [ "$BIOS_BOOT" = no ] || cp "$f" usr/lib/repart.d/
	done
	[ -z "${LOCAL:-}" ] || [ ! -d /local/overlay ] || cp -a /local/overlay/. .
	find . -type d -exec chmod u=rwx,go=rx {} +
	chmod 600 etc/shadow
	cat >usr/lib/os-release <<-END
		NAME=Keelson
		ID=keelson
		VERSION_ID=$PRODUCT_VERSION
		PRETTY_NAME="Keelson $PRODUCT_VERSION"
		DEFAULT_HOSTNAME=keelson
		KEELSON_ARCH=$ARCH
	END
}

drop_units() {
	sed -n 's/^\([a-z][^[:space:]]*\).*/\1/p' "$RECIPE/unwanted.list" | while read -r unit; do
		ls usr/lib/systemd/system/*.wants/"$unit" >/dev/null # a name that is gone from systemd stops the build
		rm -f usr/lib/systemd/system/*.wants/"$unit"
	done
}

drop_rules() { # for folders that are links here, for X, and for a root that cannot be written to; one that is gone from systemd stops the build
	cd $root/usr/lib/tmpfiles.d
	rm home.conf root.conf x11.conf
	grep -q '^d- /root :' provision.conf
	sed -i '/^d- \/root :/d' provision.conf
	cd $root
}

add_users_and_units() { # done here and not on the machine: same numbers everywhere, and a faster first boot
	systemd-sysusers --root=$root
	rm -f etc/*- etc/.pwd.lock
	systemctl --root=$root preset-all
	depmod -b $root "$(ls usr/lib/modules)"
}

compile() {
	cp -a /sr $root
	strip_down
	add_files
	add_links
	drop_units
	drop_rules
	add_users_and_units
}

install() {
	mkdir -p "$DESTDIR"
	cd "$DESTDIR"
	# 128K blocks: the unit in which updates find unchanged data. Level 19: 22 gains nothing.
	find $root -exec touch -h -d "@$EPOCH" {} +
	SOURCE_DATE_EPOCH=$EPOCH mksquashfs $root root.squashfs -comp zstd -Xcompression-level 19 -b 128K -all-root -no-xattrs -no-exports -no-progress -quiet
	salt=$(sha256sum root.squashfs | cut -c1-64)
	uuid=$(echo "$salt" | sed -E 's/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/\1-\2-\3-\4-\5/')
	veritysetup format root.squashfs root.verity --salt="$salt" --uuid="$uuid" | sed -n 's/^Root hash:[[:space:]]*//p' >root.hash
	grep -qE '^[0-9a-f]{64}$' root.hash
	(cd $root && find . -type f -printf '%s %P\n' | sort -rn) >files
}
finish() { :; }
