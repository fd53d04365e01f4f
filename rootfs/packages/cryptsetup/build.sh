# The archive has no configure script.
configure() {
	./autogen.sh
	autoconf_configure
}
