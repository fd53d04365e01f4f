version := 34.2
source := kmod_34.2.orig.tar.xz
pool := kmod
sha256 := 012d16e2099115486d8aa9f2c2a23d058d3d0cad83113a60512647d25d3869e8
license := LGPL-2.1-or-later
style := meson
depends := musl zstd linux-headers
options := -Dzstd=enabled -Dxz=disabled -Dzlib=disabled -Dopenssl=disabled -Dtools=true -Dmanpages=false
options += -Ddocs=false -Dbashcompletiondir=no -Dfishcompletiondir=no -Dzshcompletiondir=no -Ddlopen=
