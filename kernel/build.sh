# shellcheck shell=sh disable=SC2046
# build.sh - configure, compile and install Linux (sourced by rootfs/styles/env.sh; working directory: the source).
#
# Comes in: fragments of this folder (KARCH says which architecture's), KERNEL_LOCAL (paths of a user's own fragments,
# layered over ours), /keys/module.{key,crt}. Goes out: boot/{vmlinuz,config,vmlinux.btf}, usr/lib/modules/RELEASE.

fragments() { # no path in the sandbox has a blank
	printf "$RECIPE/%s.config\n" base container server virtio harden "$KARCH"
	echo "${KERNEL_LOCAL:-}"
}

# ccache: the compiler is known by its version (asked once, not for every file). An option more or less changes
# autoconf.h and with it every file's direct lookup, so the lookup by preprocessed text has to stay (no depend mode);
# to not preprocess twice, that text is what gets compiled. It has no macros left, and clang, which keeps quiet about
# the following when a macro wrote it, is told so. Warnings do not change code, so their switches are not hashed.
# Folders that set flags of their own ($own_flags) and so turn those warnings on again are preprocessed twice.
# Assembly goes past ccache where its name is known to make: clang complains about unused options otherwise.
macro_warnings="-Wno-unused-value -Wno-unused-comparison -Wno-parentheses-equality -Wno-self-assign -Wno-empty-body \
-Wno-tautological-compare -Wno-constant-logical-operand -Wno-pointer-bool-conversion -Wno-misleading-indentation \
-Wno-bitwise-instead-of-logical"

# Drivers of hardware get no debug information: nobody traces their internals by BTF, and it costs a tenth of their
# compile time. The kernel itself and all other modules (net, fs, crypto…) have BTF.
# shellcheck disable=SC2016 # expanded by make
kbuild() {
	env -u CC -u CXX -u CFLAGS -u CXXFLAGS -u LDFLAGS -u AR -u NM -u STRIP -u OBJCOPY -u RANLIB -u LD -u READELF \
		CCACHE_DIR=/cache/ccache CCACHE_COMPILERCHECK="string:$(clang --version)" CCACHE_IGNOREOPTIONS='-Wno-*' \
		KBUILD_BUILD_USER=keelson KBUILD_BUILD_HOST=keelson KBUILD_BUILD_VERSION=1 \
		KBUILD_BUILD_TIMESTAMP="$(date -u -d "@$EPOCH")" \
		make LLVM=1 ARCH="$KARCH" CC='$(if $(filter %.S,$<),,$(if $(filter $(own_flags),$(obj)/ $<),,env CCACHE_NOCPP2=1 )ccache )clang' \
		KCFLAGS="$macro_warnings" KAFLAGS=-Wno-unused-command-line-argument own_flags="drivers/gpu/% drivers/firmware/% arch/$KARCH/% arch/x86/% lib/%" \
		CFLAGS_MODULE='$(if $(filter drivers/%,$(obj)),-g0)' \
		"$@"
}

configure() {
	cat $(fragments) >asked.config
	kbuild -s KCONFIG_ALLCONFIG=asked.config allnoconfig
	"$RECIPE/check-config" $(fragments) .config
}

compile() { kbuild -k -j"$JOBS" all; } # -k: one run names every file that fails

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
