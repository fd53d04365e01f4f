# The initramfs: keelson-init and storage drivers, composed by dracut from the target's files.
license := see the packages
style := initramfs
options := keelson
depends := kernel keelson-init dracut
inputs := initramfs/keelson
facts := $(INITRD_DRIVERS)
keep := yes
