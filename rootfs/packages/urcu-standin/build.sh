# shellcheck shell=sh disable=SC2154
# Our own headers lie in files/ beside this script; there is no archive.
install() {
	mkdir -p "$DESTDIR"/usr/include
	cp -r "$RECIPE"/files/. "$DESTDIR"/usr/include/
}
