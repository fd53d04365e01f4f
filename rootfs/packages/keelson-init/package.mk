# Our initramfs' only program: static, so that nothing else has to be in there.
version := $(VERSION)
license := Apache-2.0
depends := musl linux-headers
inputs := rootfs/src
