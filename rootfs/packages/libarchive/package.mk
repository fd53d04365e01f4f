version := 3.8.9
source := libarchive_3.8.9.orig.tar.xz
pool := libarchive
sha256 := 888c934f9d95648ecb9163dc8e23ab80a476ecb81a8f1154704a227b5b676dde
license := BSD-2-Clause
style := autoconf
depends := musl linux-headers zlib zstd
# Reads tar files, packed by gzip or zstd; static, as keelson-oci alone has it, and takes of it what it needs.
options := --disable-shared --enable-static --disable-bsdtar --disable-bsdcpio --disable-bsdcat --disable-bsdunzip --disable-acl --disable-xattr
options += --without-bz2lib --without-libb2 --without-lz4 --without-lzma --without-xml2 --without-expat --without-openssl --without-nettle
options += --without-iconv --without-cng --without-mbedtls
