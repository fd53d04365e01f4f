# The root file system: all packages merged, ours on top, squashed and hashed.
license := see the packages
depends := $(ROOTFS_PACKAGES) kernel
inputs := rootfs/overlay image/repart.d $(if $(LOCAL_SEEN),$(wildcard $(LOCAL_SEEN)/overlay))
keep := yes
facts := $(BIOS_BOOT) $(VERSION)
