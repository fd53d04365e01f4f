install() { make -s ARCH="$KARCH" LLVM=1 INSTALL_HDR_PATH="$DESTDIR/usr" headers_install; }
