# The kernel's own headers, from the kernel's own pin; nothing else of its recipe applies.
include kernel/package.mk
$(foreach f,$(filter-out version source pool sha256 license,$(FIELDS)),$(eval $f :=))
