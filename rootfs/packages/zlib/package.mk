version := 1.3.2
source := zlib_1.3.dfsg+really1.3.2.orig.tar.gz
pool := zlib
sha256 := 7b6903eb019983987b7112eccf90f1703f1c6c0e0cede36564bf611d19ca579d
license := Zlib
depends := musl
