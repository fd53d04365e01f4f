# Our own programs, for the target.
version := $(VERSION)
license := Apache-2.0
depends := musl linux-headers systemd curl zstd libarchive
inputs := rootfs/src
