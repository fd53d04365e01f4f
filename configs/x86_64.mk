# Architecture facts of x86_64, the only place for them. Plain assignments; read by make, scripts and tests.
TRIPLE := x86_64-linux-musl
KARCH := x86_64
OPENSSL_TARGET := linux-x86_64
ARCH_CFLAGS :=
ARCH_LDFLAGS :=
GRUB_TARGETS := i386-pc x86_64-efi
BIOS_BOOT := yes
EFI_FILE := BOOTX64.EFI
QEMU := qemu-system-x86_64
QEMU_MACHINE := q35
CONSOLE := ttyS0
