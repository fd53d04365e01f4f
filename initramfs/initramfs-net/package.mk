# The initramfs that fetches its root: the same, with network drivers, and what brings up a network and talks to a server.
license := see the packages
style := initramfs
options := keelson keelson-net
depends := kernel keelson-init keelson busybox ca-certificates dracut
inputs := initramfs/keelson initramfs/keelson-net
facts := $(INITRD_DRIVERS)
keep := yes
