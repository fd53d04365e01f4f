# meson - meson setup, ninja, meson install. `options` is appended to setup's arguments.
cross_file() {
	quoted() { for w in "$@"; do printf "'%s', " "$w"; done; }
	cat <<-END
		[binaries]
		c = ['clang', '--config=/build/target.cfg']
		cpp = ['clang++', '--config=/build/target.cfg']
		ar = 'llvm-ar'
		nm = 'llvm-nm'
		strip = 'llvm-strip'
		objcopy = 'llvm-objcopy'
		pkg-config = 'pkgconf'
		[built-in options]
		c_args = [$(quoted $CFLAGS --sysroot=/sr)]
		c_link_args = [$(quoted $LDFLAGS)]
		[properties]
		sys_root = '/sr'
		pkg_config_libdir = ['/sr/usr/lib/pkgconfig', '/sr/usr/share/pkgconfig']
		needs_exe_wrapper = true
		[host_machine]
		system = 'linux'
		cpu_family = '${TRIPLE%%-*}'
		cpu = '${TRIPLE%%-*}'
		endian = 'little'
	END
}
configure() {
	cross_file >/build/cross.ini
	env -u CC -u CXX -u CFLAGS -u LDFLAGS meson setup /build/obj --cross-file /build/cross.ini --prefix=/usr --sbindir=bin \
		--libdir=lib --sysconfdir=/etc --localstatedir=/var --buildtype=plain --wrap-mode=nodownload --auto-features=disabled \
		-Db_pie=true ${options:-}
}
compile() { ninja -C /build/obj -j"$JOBS"; }
install() { meson install -C /build/obj --no-rebuild; }
