# Headers in place of liburcu's, for xfsprogs alone; urcu.h says why they are enough there. There is no library.
version := 1.0
license := Apache-2.0 OR MIT
depends := musl
