version := 112
source := dracut_112.orig.tar.gz
pool := dracut
sha256 := 839d21eb4bd27bb0ee40d74c9da46df088c2e1425fcd8c3ea62b7e3a3dd28a91
license := GPL-2.0-or-later
style := native
