# Keelson: from pinned sources to a bootable, verified A/B image. `make help` lists what can be asked for.
#
# Outside the SDK this file only makes the SDK, fetches archives and calls itself inside; inside (INSIDE=1) it builds.
MAKEFLAGS += --no-builtin-rules --no-print-directory
.DELETE_ON_ERROR:
.SUFFIXES:

ARCH ?= $(shell scripts/host-arch)## architecture of the image
FIRMWARE ?= $(if $(filter yes,$(BIOS_BOOT)),bios,uefi)## for `make run`: bios, uefi or secure-boot
JOBS ?= $(shell nproc)## parallel jobs
V ?= 0## 1 shows commands, 2 also why something is made
LOCAL ?=## your own tree, layered over this one: packages/ overlay/ kernel/ configs/
KEYS ?=## folder of signing keys (default: a development set in the cache)
SIGNED ?=## folder of the payload that was signed elsewhere (image/README.md)
MIRRORS ?=## folders or URLs to try for source archives before Debian's pool
KEELSON_CACHE ?= $(HOME)/.cache/keelson
export ARCH FIRMWARE JOBS V LOCAL KEYS SIGNED MIRRORS KEELSON_CACHE

ARCHES := $(patsubst configs/%.mk,%,$(filter-out configs/product.mk,$(wildcard configs/*.mk)))
$(if $(filter $(ARCH),$(ARCHES)),,$(error unknown ARCH: $(ARCH); known: $(ARCHES)))
Q := $(if $(filter 0,$V),@)
OUT := out/$(ARCH)
LOCAL_SEEN := $(if $(LOCAL),$(if $(INSIDE),/local,$(LOCAL)))
include configs/product.mk configs/$(ARCH).mk $(wildcard $(LOCAL_SEEN:%=%/configs/*.mk))
export KERNEL_LOCAL := $(if $(LOCAL_SEEN),$(wildcard $(LOCAL_SEEN)/kernel/*.config))
DL := $(if $(INSIDE),/cache/dl,$(KEELSON_CACHE)/dl)
include scripts/packages.mk

.PHONY: all image help
all: image
ifdef INSIDE
export $(shell sed -n 's/ *:=.*//p' configs/$(ARCH).mk) OUT PRODUCT EPOCH DISK_SIZE
export PRODUCT_VERSION := $(VERSION)
export SOURCE_DATE_EPOCH := 0# of packages: a constant, so that a release date in product.mk does not rebuild them all
include scripts/steps.mk $(wildcard kernel/kernel.mk rootfs/rootfs.mk image/image.mk tests/tests.mk)
else
include scripts/outside.mk
endif
