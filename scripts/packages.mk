# packages.mk - read every recipe. A recipe is FOLDER/package.mk, plain assignments of the fields below; its name is
# the folder's. After this file NAME.FIELD holds each field and STEPS the names.
FIELDS := version source pool sha256 license style depends inputs options prune facts needs_keys keep incremental
recipes := $(wildcard rootfs/packages/*/package.mk kernel/package.mk initramfs/*/package.mk \
	rootfs/root/package.mk initramfs/package.mk image/*/package.mk image/package.mk $(LOCAL_SEEN:%=%/packages/*/package.mk))
STEPS := $(foreach r,$(recipes),$(notdir $(patsubst %/,%,$(dir $r))))

define load
$(foreach f,$(FIELDS),$(eval $f :=))
$(eval include $1)
$(foreach f,$(FIELDS),$(eval $2.$f := $($f)))
$(eval $2.folder := $(patsubst %/,%,$(dir $1)))
endef
$(foreach r,$(recipes),$(call load,$r,$(notdir $(patsubst %/,%,$(dir $r)))))

# Archives: DL/SHA256/FILE, so that a new hash is a new file and an old one never passes for it.
dl_of = $(if $($1.source),$(DL)/$($1.sha256)/$($1.source))
