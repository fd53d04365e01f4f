# Only crun uses it. The build-time tools need flags of their own, or the host's gcc gets the target's.
libcap() {
	make -j"$JOBS" -C libcap CC="$CC" BUILD_CC=gcc BUILD_CFLAGS=-O1 AR="$AR" RANLIB="$RANLIB" OBJCOPY="$OBJCOPY" \
		COPTS="$CFLAGS" LDFLAGS="$LDFLAGS" prefix=/usr lib=lib SHARED=yes USE_GPERF=no PTHREADS=no "$@"
}
compile() { libcap; }
install() { libcap DESTDIR="$DESTDIR" install; }
