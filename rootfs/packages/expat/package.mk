version := 2.5.0
source := expat_2.5.0.orig.tar.gz
pool := expat
sha256 := ab00ee05c7067fd10a35c5d2a4922ebba746ddd50ff83b79c828da17bbdf1757
license := MIT
style := autoconf
depends := musl
options := --without-xmlwf --without-examples --without-tests --without-docbook
