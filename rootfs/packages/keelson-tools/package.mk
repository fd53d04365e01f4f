# Our own programs that run in the SDK.
version := $(VERSION)
license := Apache-2.0
style := native
inputs := rootfs/src
