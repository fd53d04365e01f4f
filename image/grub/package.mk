version := 2.14
source := grub2_2.14.orig.tar.xz
pool := grub2
sha256 := bc8d3c73535b8838d8c8e2654d73edc4e6ae8c8acdb45d5df5dc9a1547446d43
license := GPL-3.0-or-later
style := native
facts := $(GRUB_TARGETS) $(GRUB_TOOLS)
