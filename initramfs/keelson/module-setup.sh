#!/bin/bash
# dracut module: keelson-init as the initramfs' only program, and the drivers that a machine may need to see its disks.
# Called by dracut, whose interface these functions are (dracut.modules(7)).

check() { return 0; }
depends() { return 0; }

installkernel() {
	# The list names modules of one driver a line; what they depend on comes along. One that is built in is nothing to do;
	# one that does not exist is an error that stops the build (initramfs/build.sh reads dracut's log).
	# shellcheck disable=SC2154 # moddir and kernel are dracut's
	while read -r module _; do
		case $module in '' | '#'*) continue ;; esac
		instmods -c "$module" || derror "no such driver: $module"
	done <"$moddir/drivers.list"
}

install() {
	inst_simple /init
	# shellcheck disable=SC2154
	mkdir -p "$initdir/dev" "$initdir/proc" "$initdir/sys" "$initdir/run" "$initdir/sysroot"
}
