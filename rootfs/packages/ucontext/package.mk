# get-, make-, set- and swapcontext, which musl declares and does not have; systemd's fibers are started with them.
version = 1.0
license = Apache-2.0
depends = musl
