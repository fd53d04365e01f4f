# native - for what runs in the SDK or on bare machines and not in the target's userland (boot loader, build tools): the
# SDK's own gcc, and the installed files are left as they are.
unset CC CXX CFLAGS CXXFLAGS LDFLAGS AR RANLIB NM STRIP OBJCOPY LD READELF PKG_CONFIG PKG_CONFIG_LIBDIR PKG_CONFIG_SYSROOT_DIR
finish() { :; }
