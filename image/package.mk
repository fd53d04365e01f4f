# The disk image, composed of the root file system and what boots it.
version := $(VERSION)
license := see the packages
style := native
depends := root signed keelson-tools
inputs := image/repart.d
facts := $(BIOS_BOOT) $(EFI_FILE) $(DISK_SIZE) $(EPOCH)
keep := yes
