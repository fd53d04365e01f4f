# The root file system: all packages merged, ours on top, squashed and hashed.
license := see the packages
depends := $(ROOTFS_PACKAGES) kernel
inputs := rootfs/root/unwanted.list rootfs/overlay image/repart.d $(if $(LOCAL_SEEN),$(wildcard $(LOCAL_SEEN)/overlay))
keep := yes
facts := $(EPOCH) $(BIOS_BOOT) $(VERSION)
