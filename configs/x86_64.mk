# Architecture facts of x86_64, the only place for them. Plain assignments; read by make, scripts and tests.
TRIPLE := x86_64-linux-musl
KARCH := x86_64
OCI_ARCH := amd64
OPENSSL_TARGET := linux-x86_64
ARCH_CFLAGS :=
ARCH_LDFLAGS :=
GRUB_TARGETS := i386-pc x86_64-efi
GRUB_TOOLS := x86_64-linux-gnu-
BIOS_BOOT := yes
EFI_FILE := BOOTX64.EFI
QEMU := qemu-system-x86_64
QEMU_MACHINE := q35
# Where Linux sees these it fills and copies memory by string instructions, which an emulator does a byte at a time.
QEMU_CPU := max,-erms,-fsrm,-fsrs
CONSOLE := ttyS0
KERNEL_ARGS := iommu=force
INITRD_DRIVERS := vmw_pvscsi hv_storvsc ata_piix
