# cmake - cmake, make, make install. `options` is appended to cmake's arguments.
configure() {
	cat >/build/target.cmake <<-END
		set(CMAKE_SYSTEM_NAME Linux)
		set(CMAKE_SYSTEM_PROCESSOR ${TRIPLE%%-*})
		set(CMAKE_C_COMPILER clang --config=/build/target.cfg)
		set(CMAKE_C_COMPILER_WORKS 1)
		set(CMAKE_AR /usr/lib/llvm-19/bin/llvm-ar)
		set(CMAKE_RANLIB /usr/lib/llvm-19/bin/llvm-ranlib)
		set(CMAKE_FIND_ROOT_PATH /sr)
		set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
		set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
		set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
	END
	env -u CC -u CXX cmake -S . -B /build/obj -DCMAKE_TOOLCHAIN_FILE=/build/target.cmake -DCMAKE_INSTALL_PREFIX=/usr \
		-DCMAKE_INSTALL_LIBDIR=lib -DCMAKE_BUILD_TYPE=None ${options:-}
}
compile() { make -C /build/obj -j"$JOBS"; }
install() { make -C /build/obj DESTDIR="$DESTDIR" install; }
