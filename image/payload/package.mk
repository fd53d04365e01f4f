# What the boot chain checks, not signed yet: GRUB with our script and the public key in it, kernel, initramfs, slot.cfg.
version := $(VERSION)
license := see the packages
style := native
depends := root initramfs initramfs-net kernel grub
inputs := image/loader image/repart.d image/sign kernel/cmdline
facts := $(KERNEL_ARGS) $(BIOS_BOOT) $(GRUB_TARGETS) $(EFI_FILE) $(CONSOLE) $(EPOCH)
needs_keys := boot
keep := yes
