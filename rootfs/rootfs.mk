# Targets of this room; the steps themselves are described by package.mk files.
.PHONY: packages
packages: $(foreach p,$(ROOTFS_PACKAGES) kernel,$(call dir_of,$p)/done)
