# bootstrap asks git for the version; there is no git here. The var/ folders that it installs would turn /var/run into a
# folder (prune).
configure() {
	sed -i "s/^git describe.*/echo $VERSION >VERSION/" bootstrap
	./bootstrap
	autoconf_configure
}
