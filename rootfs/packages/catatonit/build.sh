# The process 1 of containers with RunInit=: it passes signals on and reaps. Static, as it runs in any image. One source file;
# its configure, which would have to be made by autotools, finds what stands here.
compile() {
	sed 's/@PACKAGE_NAME@/catatonit/; s/@PACKAGE_VERSION@/'"$VERSION"'/; s/@PACKAGE_[A-Z]*@//' config.h.in >config.h
	# shellcheck disable=SC2086 # several flags
	$CC $CFLAGS -DHAVE_LINUX_CLOSE_RANGE_H -D_GNU_SOURCE $LDFLAGS -static-pie -o catatonit catatonit.c
}
install() { command install -D -m 755 catatonit "$DESTDIR"/usr/libexec/keelson/catatonit; }
