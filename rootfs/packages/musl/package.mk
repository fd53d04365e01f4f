version := 1.2.6
source := musl_1.2.6.orig.tar.gz
pool := musl
sha256 := d585fd3b613c66151fc3249e8ed44f77020cb5e6c1e635a616d3f9f82460512a
license := MIT
depends := linux-headers
