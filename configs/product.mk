# Product facts: what is built, whatever the architecture. LOCAL=DIR may add to any of these in DIR/configs/*.mk.
PRODUCT := keelson
VERSION := 0.1.0
# The release's date (seconds since 1970): times of the image's files, the kernel's build date, systemd's clock floor.
EPOCH := 1795478400

# What is merged into the root file system (rootfs/packages/NAME); their dependencies come along.
ROOTFS_PACKAGES := systemd dbus-broker busybox util-linux kmod openssh ca-certificates tzdata crun catatonit \
	cryptsetup tpm2-tss e2fsprogs dosfstools mdadm xfsprogs keelson

# Partition sizes last for the life of a disk: they stand in image/repart.d. The image leaves state to the first boot.
# Of the disk image: what the slots need and some room, so that it boots as it is; the first boot uses all of a larger disk.
DISK_SIZE := 2G
