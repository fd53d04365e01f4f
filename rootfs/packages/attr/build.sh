# The tools use basename() without its header, which musl requires.
configure() {
	export CFLAGS="$CFLAGS -include libgen.h"
	autoconf_configure
}
