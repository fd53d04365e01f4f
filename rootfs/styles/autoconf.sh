# autoconf - ./configure, make, make install. `options` is appended to configure's arguments; a source without a
# configure script brings its own bootstrap in build.sh.
autoconf_configure() {
	./configure --host="$TRIPLE" --prefix=/usr --sbindir=/usr/bin --libdir=/usr/lib --sysconfdir=/etc --localstatedir=/var \
		--disable-static --enable-shared --disable-nls --disable-dependency-tracking --disable-silent-rules ${options:-}
}
configure() { autoconf_configure; }
compile() { make -j"$JOBS"; }
install() { make DESTDIR="$DESTDIR" install; }
