# The tools use basename() without its header, which musl requires; musl knows the numbers of system calls for which
# Linux 6.12 has neither the argument's structure nor the code.
configure() {
	sed -i 's/^#ifdef __NR_[a-z]*xattrat/#if 0/' libmisc/xattrat.c
	export CFLAGS="$CFLAGS -include libgen.h"
	autoconf_configure
}
