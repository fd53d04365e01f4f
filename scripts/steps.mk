# steps.mk - one rule for everything that is built (inside the SDK). A step's output is a folder whose name ends in the
# hash of all that went in: recipe, patches, inputs, style, architecture, SDK, keys of its dependencies. So a rule's
# target either exists, and is right, or has to be made; file times never matter (all prerequisites are order-only),
# an edit that is taken back is a hit, and checkouts at different paths share one cache.
define newline


endef
store_of = $(if $($1.keep),$(OUT)/steps,/cache/steps/$(ARCH))
dir_of = $(call store_of,$1)/$1-$(key.$1)
export_fields = $(foreach f,$(FIELDS),$f='$($1.$f)')
needs = $(foreach d,$($1.depends),$(call dir_of,$d))

$(shell mkdir -p $(OUT)/steps)
$(file >$(OUT)/steps/graph,$(foreach s,$(STEPS),$s|$($s.folder)|$($s.style)|$($s.depends)|$($s.inputs)|$($s.needs_keys)|$(foreach f,$(FIELDS),$($s.$f))$(newline)))
keys := $(shell scripts/step-keys $(ARCH) <$(OUT)/steps/graph || echo failed)
$(if $(filter failed,$(keys)),$(error step-keys failed; its message stands above))
$(foreach k,$(keys),$(eval key.$(word 1,$(subst =, ,$k)) := $(word 2,$(subst =, ,$k))))

define step_rule
$(call dir_of,$1)/done: | $(addsuffix /done,$(call needs,$1))
	$(Q)$(call export_fields,$1) folder='$($1.folder)' scripts/step $1 $(call dir_of,$1) '$(call dl_of,$1)' $(call needs,$1)
.PHONY: step-$1
step-$1: $(call dir_of,$1)/done
endef
$(foreach s,$(STEPS),$(eval $(call step_rule,$s)))
