compile() { make -j"$JOBS" libdm.device-mapper; }
install() { make DESTDIR="$DESTDIR" install_device-mapper; }
