version := 59
source := libinih_59.orig.tar.gz
pool := libinih
sha256 := 062279922805f5e9a369551a08d5ddb506140fe50774183ffdbb7c22bb97e3f4
license := BSD-3-Clause
style := meson
depends := musl
options := -Ddefault_library=static -Dwith_INIReader=false
