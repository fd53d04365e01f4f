# env.sh - run inside a step's sandbox (scripts/step): the compilers and flags of the target, the style's functions, the
# recipe's own build.sh over them, then the four functions in order. Paths are the same for every build on every machine.
export LC_ALL=C TZ=UTC PATH="/usr/lib/llvm-19/bin:/usr/sbin:/usr/bin:/sbin:/bin" HOME=/build
export DESTDIR=/build/out
# shellcheck disable=SC2154 # facts of configs/ARCH.mk and fields of the recipe come by the environment
cat >/build/target.cfg <<-END
	--target=$TRIPLE
	--sysroot=/sr
	--rtlib=compiler-rt
	--unwindlib=none
	-fuse-ld=lld
END
export CC="clang --config=/build/target.cfg" CXX="clang++ --config=/build/target.cfg" AR=llvm-ar RANLIB=llvm-ranlib
export NM=llvm-nm STRIP=llvm-strip OBJCOPY=llvm-objcopy LD=ld.lld READELF=llvm-readelf
HARD="-fstack-protector-strong -fstack-clash-protection -ftrivial-auto-var-init=zero $ARCH_CFLAGS"
export CFLAGS="-Os -g0 -pipe -fPIC $HARD" CXXFLAGS="-Os -g0 -pipe -fPIC $HARD"
export LDFLAGS="-Wl,-z,relro,-z,now,-z,separate-code,--as-needed,--pack-dyn-relocs=relr,--icf=safe $ARCH_LDFLAGS"
export PKG_CONFIG=pkgconf PKG_CONFIG_LIBDIR=/sr/usr/lib/pkgconfig:/sr/usr/share/pkgconfig PKG_CONFIG_SYSROOT_DIR=/sr

configure() { :; }
compile() { :; }
install() { :; }

# finish - what every package gets: everything below /usr, no documentation, stripped programs and libraries.
finish() {
	cd "$DESTDIR"
	for d in bin sbin lib lib64 usr/sbin usr/lib64; do
		[ -d $d ] && [ ! -L $d ] || continue
		case $d in *bin) to=usr/bin ;; *) to=usr/lib ;; esac
		mkdir -p $to && cp -a $d/. $to/ && rm -rf $d
	done
	rm -rf usr/share/man usr/share/doc usr/share/info usr/share/locale usr/share/gtk-doc usr/share/bash-completion \
		usr/share/zsh usr/share/fish usr/man usr/lib/cmake
	find . -name '*.la' -delete
	for p in ${prune:-}; do rm -rf ./$p; done
	find . -type f \( -perm /111 -o -name '*.so*' \) | while read -r f; do
		case $(head -c 4 "$f" | od -An -c) in *E*L*F*) llvm-strip --strip-unneeded "$f" ;; esac
	done
	find . -type d -empty -path './usr/share/*' -delete
}

set -x
[ -z "${style:-}" ] || . "$TREE/rootfs/styles/$style.sh"
[ ! -e "$RECIPE/build.sh" ] || . "$RECIPE/build.sh"
configure
compile
install
finish
