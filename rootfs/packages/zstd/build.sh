# Flags come by the environment: LDFLAGS= as an argument would drop -shared.
compile() { make -C lib -j"$JOBS" libzstd-mt; }
install() { make -C lib PREFIX=/usr DESTDIR="$DESTDIR" install-pc install-shared install-includes; }
