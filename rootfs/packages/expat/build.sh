configure() {
	cd expat 2>/dev/null || :
	./buildconf.sh
	autoconf_configure
}
