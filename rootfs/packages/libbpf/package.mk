version := 1.7.0
source := libbpf_1.7.0.orig.tar.gz
pool := libbpf
sha256 := 7ab5feffbf78557f626f2e3e3204788528394494715a30fc2070fcddc2051b7b
license := LGPL-2.1-only
depends := musl linux-headers elfutils zlib
