# Targets of this room; the steps themselves are described by package.mk files.
.PHONY: packages host-tools
packages: $(foreach p,$(ROOTFS_PACKAGES) kernel,$(call dir_of,$p)/done)
host-tools: | $(call dir_of,keelson-tools)/done
	$(Q)rm -rf out/host
	$(Q)cp -r $(call dir_of,keelson-tools)/root/host out/host
