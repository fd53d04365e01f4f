# Targets of this room. T selects: a suite, a test, or all.
.PHONY: lint test-unit test-image test-vm
src := $(MAKE) --no-print-directory -C rootfs/src O=/keelson/$(OUT)/src
lint:
	$(Q)tests/lint
test-unit:
	$(Q)$(src) check T=$(T)
	$(Q)$(if $(T),:,$(src) -j1 fuzz SECONDS=$(or $(FUZZ_SECONDS),2) T=)
test-image: image
	$(Q)tests/image/run
test-vm: image
	$(Q)tests/vm/run
