version := 1.21
source := crun_1.21.orig.tar.gz
pool := crun
sha256 := 4bfb700e764a4804a4de3ecf07753f4c391005356d60356df65d80ae0914c486
license := GPL-2.0-or-later
depends := musl linux-headers libcap libseccomp argp
