version := 1.19
source := popt_1.19+dfsg.orig.tar.xz
pool := popt
sha256 := 4cd0cd2963d0c4078f65949599d97135c15ee6c09cf3a36a9a1b2753025bb06b
license := MIT
style := autoconf
depends := musl
