version := 1
license := LGPL-2.1-or-later
style := autoconf
depends := musl
