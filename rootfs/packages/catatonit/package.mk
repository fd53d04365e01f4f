version := 0.2.1
source := catatonit_0.2.1.orig.tar.gz
pool := catatonit
sha256 := 771385049516fdd561fbb9164eddf376075c4c7de3900a8b18654660172748f1
license := GPL-3.0-or-later
depends := musl linux-headers
