# dracut as a build tool: its tree, and a dracut-install that runs here and resolves libraries and modules of a foreign root.
configure() { ./configure --prefix=/usr --libdir=/usr/lib --disable-documentation --disable-dracut-cpio; }
compile() { make -j"$JOBS" enable_documentation=no; }
install() { make DESTDIR="$DESTDIR" enable_documentation=no install; }
