version := 6.12.107
source := linux_6.12.107.orig.tar.xz
pool := linux
sha256 := efc76d3c78a5d65f42724118c437d11db1c9f6309a5f024ee9a8b1978fdc6919
license := GPL-2.0-only
needs_keys := yes
inputs := $(foreach f,base container server virtio harden $(KARCH),kernel/$f.config) kernel/check-config $(KERNEL_LOCAL)
facts := $(EPOCH)
