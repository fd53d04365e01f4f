# The disk image, composed of the root file system, the initramfs, the kernel and GRUB.
version := $(VERSION)
license := see the packages
style := native
depends := root initramfs kernel grub keelson-tools
inputs := image/repart.d image/loader kernel/cmdline
facts := $(KERNEL_ARGS) $(BIOS_BOOT) $(GRUB_TARGETS) $(EFI_FILE) $(CONSOLE) $(DISK_SIZE) $(EPOCH)
keep := yes
