version := 4.6
source := mdadm_4.6.orig.tar.xz
pool := mdadm
sha256 := 42d089a9a27f5ce8fb3a0ecf8f48b489ceae70c374e6ea79bc279a78ced72525
license := GPL-2.0-or-later
depends := musl linux-headers
