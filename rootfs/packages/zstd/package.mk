version := 1.5.7
source := libzstd_1.5.7+dfsg.orig.tar.xz
pool := libzstd
sha256 := 0c092ef267edce57ba7f3f2645c861f72eaf5e76273c6c3632869423464b90a5
license := BSD-3-Clause
depends := musl
