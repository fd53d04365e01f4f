# outside.mk - what happens on the host: make the SDK, fetch archives, then call make again inside the SDK.
# Flashing and reading real disks happens out here as well.
sdk := KEELSON_CACHE='$(KEELSON_CACHE)' GIT_COMMIT='$(shell git rev-parse HEAD 2>/dev/null || echo unknown)' PASS='ARCH FIRMWARE JOBS V LOCAL SIGNED T GIT_COMMIT' scripts/sdk
inside = $(Q)$(sdk) run $(MAKE_INSIDE) INSIDE=1 $@
MAKE_INSIDE = make -j$(JOBS) -f Makefile $(if $(filter 2,$V),--trace)

INSIDE_TARGETS := image host-tools payload enrol-vars packages kernel-config kernel-score size lint test-unit test-image test-vm
.PHONY: $(INSIDE_TARGETS) all-arches test test-full run pxe-server flash fetch sdk keys clean
image: ## build the disk image (out/ARCH/images/disk.img)
host-tools: ## tools for people's own machines: out/host/bin, static
payload: ## what has to be signed: out/ARCH/payload, for keys that are elsewhere
enrol-vars: ## Secure Boot keys for firmware: out/ARCH/secure-boot/{PK,KEK,db}.auth, uefi-vars.fd for QEMU
all-arches: ## the disk image of every architecture
	$(Q)for a in $(ARCHES); do $(MAKE) ARCH=$$a image || exit 1; done
size: ## what takes the space in the image, biggest first
kernel-score: ## hardening checker's score of the kernel that is built
lint: ## shellcheck, clang-format, layout rules
test-unit: ## unit tests and short fuzz runs of our C code (T=name selects)
test-image: ## look into the built image without booting it (T=name)
test-vm: ## boot the image in QEMU; T=name selects, T=all runs every one
$(INSIDE_TARGETS): sdk fetch keys
	$(inside)
step-%: sdk fetch keys
	$(inside)

archives := $(sort $(foreach s,$(STEPS),$(call dl_of,$s)))
fetch: $(archives) ## get all source archives; the only step that uses the network
sdk:
	$(Q)$(sdk) create
keys: $(if $(KEYS),,$(KEELSON_CACHE)/keys/db.crt) ## make the development set of signing keys, unless it is there or KEYS=DIR names one
$(KEELSON_CACHE)/keys/db.crt: | sdk
	$(Q)$(sdk) run scripts/keys-dev /cache/keys

define fetch_rule
$(call dl_of,$1):
	$$(Q)MIRRORS='$$(MIRRORS)' scripts/fetch $1 '$($1.pool)' '$($1.source)' '$($1.sha256)' '$$@'
endef
$(foreach s,$(STEPS),$(if $(filter-out $(fetched),$(call dl_of,$s)),$(eval $(call fetch_rule,$s))$(eval fetched += $(call dl_of,$s))))

test: ## what CI runs: unit, image, VM smoke set
	$(Q)$(MAKE) image lint test-unit test-image test-vm
test-full: ## every bar of every capability; hours
	$(Q)$(MAKE) image lint test-unit test-image test-vm T=all
run: image ## boot the image here, console in this terminal (Ctrl-A x quits)
	$(Q)scripts/vm-run --interactive --firmware $(FIRMWARE) $(OUT)/images/disk.img
pxe-server: image ## serve the image for network boots: ADDRESS=ours INTERFACE=eth0 [CONFIGS=folder of Ignition configs] [LEASES=FIRST,LAST]
	$(Q)PASS='ARCH' $(sdk) run --net scripts/pxe-server --interface '$(INTERFACE)' --address '$(ADDRESS)' $(if $(LEASES),--leases '$(LEASES)') $(if $(CONFIGS),--configs '$(CONFIGS)') $(OUT)/images/pxe
flash: image ## write the image to DISK=/dev/…; shows the disk and asks first
	$(Q)scripts/flash $(OUT)/images/disk.img $(DISK)
clean: ## remove out/ (the cache stays; remove $KEELSON_CACHE for that)
	$(Q)rm -rf out
help:
	@ARCH=$(ARCH) VERSION=$(VERSION) OUT=$(OUT) scripts/make-help
