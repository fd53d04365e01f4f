# The initramfs: keelson-init and storage drivers, composed by dracut from the target's files.
license := see the packages
depends := kernel keelson-init dracut
inputs := initramfs/module
facts := $(INITRD_DRIVERS)
keep := yes
