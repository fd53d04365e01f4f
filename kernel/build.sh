# shellcheck shell=sh disable=SC2046
# build.sh - configure, compile and install Linux (sourced by rootfs/styles/env.sh; working directory: the source).
#
# Comes in: fragments of this folder (KARCH says which architecture's), KERNEL_LOCAL (paths of a user's own fragments,
# layered over ours), /keys/module.{key,crt}. Goes out: boot/{vmlinuz,config,vmlinux.btf}, usr/lib/modules/RELEASE.

fragments() { # no path in the sandbox has a blank
	printf "$RECIPE/%s.config\n" base container server virtio harden "$KARCH"
	echo "${KERNEL_LOCAL:-}"
}

# An option more or less is kbuild's own affair: the tree is kept (`incremental`), and it knows which object asks for which
# option. ccache is for a tree that is gone: it knows the compiler by its version (asked once, not for every file) and an
# object's headers from the compiler's own list, so that a miss costs no second pass of the preprocessor (depend mode).
# Drivers of hardware get no debug information: nobody traces their internals by BTF, and it costs a tenth of their
# compile time. The kernel itself and all other modules (net, fs, crypto…) have BTF.
# shellcheck disable=SC2016 # expanded by make
kbuild() {
	env -u CC -u CXX -u CFLAGS -u CXXFLAGS -u LDFLAGS -u AR -u NM -u STRIP -u OBJCOPY -u RANLIB -u LD -u READELF \
		CCACHE_DIR=/cache/ccache CCACHE_DEPEND=1 CCACHE_COMPILERCHECK="string:$(clang --version)" \
		KBUILD_BUILD_USER=keelson KBUILD_BUILD_HOST=keelson KBUILD_BUILD_VERSION=1 \
		KBUILD_BUILD_TIMESTAMP="$(date -u -d "@$EPOCH")" \
		make LLVM=1 ARCH="$KARCH" CC='ccache clang' \
		CFLAGS_MODULE='$(if $(filter drivers/%,$(obj)),-g0)' \
		"$@"
}

configure() {
	cat $(fragments) >asked.config
	kbuild -s KCONFIG_ALLCONFIG=asked.config allnoconfig
	"$RECIPE/check-config" $(fragments) .config
}

# Modules are linked anew: in a used tree kbuild would write type information a second time into those whose objects have not
# changed, and their bytes would tell. -k: one run names every file that fails.
compile() {
	find . -name '*.ko' -delete
	kbuild -k -j"$JOBS" all
}

# Signatures are made here and not by modules_install, which wants key and certificate in one file of the source tree.
# PKCS#1 v1.5 without signed attributes: the same key gives the same bytes.
install() {
	kbuild -s INSTALL_MOD_PATH="$DESTDIR/usr" INSTALL_MOD_STRIP=1 CONFIG_MODULE_SIG_ALL= modules_install
	release=$(cat include/config/kernel.release)
	rm -f "$DESTDIR/usr/lib/modules/$release/build" "$DESTDIR/usr/lib/modules/$release/source"
	find "$DESTDIR/usr/lib/modules/$release" -name '*.ko' | sort | while read -r module; do
		scripts/sign-file sha512 /keys/module.key /keys/module.crt "$module"
	done
	mkdir -p "$DESTDIR/boot"
	cp "$(kbuild -s image_name)" "$DESTDIR/boot/vmlinuz"
	cp .config "$DESTDIR/boot/config"
	llvm-objcopy --dump-section ".BTF=$DESTDIR/boot/vmlinux.btf" vmlinux vmlinux.copy # it would replace /dev/null by a file
	chmod 644 "$DESTDIR"/boot/*
}
