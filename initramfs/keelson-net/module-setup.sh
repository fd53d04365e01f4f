#!/bin/bash
# dracut module: a root from a server. keelson-init runs keelson-provision to fetch it, that runs udhcpc and its script; so
# here is, unlike in the initramfs for disks, a shell, for that script alone.
# Called by dracut, whose interface these functions are (dracut.modules(7)).

check() { return 255; }
depends() { echo keelson; }

installkernel() { instmods '=drivers/net'; }

needed() { # FILE: it and the libraries that it names, and theirs; the loader of the target cannot be asked
	[ -z "${seen[$1]:-}" ] || return 0
	seen[$1]=yes
	inst_simple "$1" || derror "cannot install $1"
	local library
	for library in $(llvm-readelf --needed-libs "$dracutsysrootdir$1" | sed -n 's/^ *\(lib[^ ]*\.so[^ ]*\)$/\1/p'); do
		needed "/usr/lib/$library"
	done
}

install() {
	local -A seen=()
	# shellcheck disable=SC2154 # dracut's
	mkdir -p "$initdir/etc"
	needed /usr/bin/keelson-provision
	needed /usr/bin/busybox
	ln -s libc.so "$initdir/usr/lib/$(basename "$dracutsysrootdir"/usr/lib/ld-musl-*)" # the loader's name in every program
	for applet in sh udhcpc ip mkdir rm; do ln -s busybox "$initdir/usr/bin/$applet"; done
	inst_simple /etc/ssl/certs/ca-certificates.crt
	inst_simple /usr/lib/keelson/dhcp-lease
	ln -s ../run/systemd/resolve/stub-resolv.conf "$initdir/etc/resolv.conf"
}
