# Architecture facts of arm64 servers (UEFI and ACPI), the only place for them. Plain assignments; read by make, scripts and tests.
TRIPLE := aarch64-linux-musl
KARCH := arm64
OCI_ARCH := arm64
OPENSSL_TARGET := linux-aarch64
# Of branch protection only the signing of return addresses works with musl; pages of 64K would blow up every library; Debian's
# compiler runtime has been through objcopy, and lld folds no identical code where such an object takes part.
ARCH_CFLAGS := -mbranch-protection=standard
ARCH_LDFLAGS := -Wl,-z,max-page-size=4096,--icf=none
GRUB_TARGETS := arm64-efi
GRUB_TOOLS := aarch64-linux-gnu-
BIOS_BOOT := no
EFI_FILE := BOOTAA64.EFI
QEMU := qemu-system-aarch64
# pauth-impdef: the emulator's own pointer signature, not the architecture's, which costs it ten times the work.
QEMU_MACHINE := virt,gic-version=3,iommu=smmuv3
QEMU_CPU := max,pauth-impdef=on
CONSOLE := ttyAMA0
KERNEL_ARGS :=
INITRD_DRIVERS := ahci_platform hv_storvsc hisi_sas_v3_hw
