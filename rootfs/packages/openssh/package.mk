version := 10.3p1
source := openssh_10.3p1.orig.tar.gz
pool := openssh
sha256 := 56682a36bb92dcf4b4f016fd8ec8e74059b79a8de25c15d670d731e7d18e45f4
license := BSD-2-Clause
depends := musl linux-headers openssl zlib
options := --disable-utmp --disable-wtmp --disable-lastlog --disable-utmpx --disable-wtmpx --disable-pkcs11
options += --disable-security-key --without-pam --without-zlib-version-check --with-sandbox=seccomp_filter
options += --without-hardening --with-default-path=/usr/bin --disable-strip
