version := 2.78
source := libcap2_2.78.orig.tar.xz
pool := libcap2
sha256 := 0d621e562fd932ccf67b9660fb018e468a683d7b827541df27813228c996bb11
license := BSD-3-Clause
depends := musl
