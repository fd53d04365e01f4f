# The root file system: all packages merged, ours on top, squashed and hashed. It holds boot's certificate, by which the
# installer knows an image.
license := see the packages
depends := $(ROOTFS_PACKAGES) kernel
inputs := rootfs/root/unwanted.list rootfs/overlay image/repart.d $(if $(LOCAL_SEEN),$(wildcard $(LOCAL_SEEN)/overlay))
needs_keys := boot
keep := yes
facts := $(EPOCH) $(BIOS_BOOT) $(VERSION)
