version := 2.8.8
source := cryptsetup_2.8.8.orig.tar.gz
pool := cryptsetup
sha256 := 24ea7b0a7d212fb3258191a1f0a1bc4bc695e6f989e35b81ff915a3d071a8bd8
license := GPL-2.0-or-later
style := autoconf
depends := musl linux-headers openssl json-c popt libdevmapper util-linux
options := --with-crypto_backend=openssl --enable-internal-argon2 --disable-libargon2 --disable-asciidoc
options += --disable-ssh-token --disable-external-tokens --disable-integritysetup --disable-blkid --disable-udev
options += --disable-pwquality --disable-passwdqc --disable-selinux --disable-fips
