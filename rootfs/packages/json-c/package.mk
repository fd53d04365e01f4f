version := 0.18
source := json-c_0.18+ds.orig.tar.xz
pool := json-c
sha256 := f6439962c9622c1f9f4746d5b3daf5e0800c335281b048fab00159f2a29d7daa
license := MIT
style := cmake
depends := musl
options := -DBUILD_STATIC_LIBS=OFF -DBUILD_TESTING=OFF -DBUILD_APPS=OFF -DDISABLE_EXTRA_LIBS=ON
