# The payload with its signatures. Apart from the payload, so that this can be done elsewhere, by whoever has the keys.
version := $(VERSION)
license := see the packages
depends := payload
inputs := image/sign
facts := $(EPOCH) $(if $(SIGNED),$(shell find $(if $(INSIDE),/signed,$(SIGNED)) -type f | sort | xargs cat | sha256sum))
needs_keys := boot db
keep := yes
