# The outputs: out/ARCH/images/, copied from the image step when that has changed, with manifest and checksums.
images := $(OUT)/images
image_step := $(call dir_of,image)

.PHONY: image payload size enrol-vars
image: $(images)/.$(notdir $(image_step))
$(images)/.$(notdir $(image_step)): | $(image_step)/done
	$(Q)$(file >$(OUT)/steps/packages,$(foreach s,$(STEPS),$s|$($s.version)|$($s.license)|$($s.source)|$($s.sha256)|$(key.$s)$(newline)))
	$(Q)image/publish $(image_step)/root $(call dir_of,kernel)/root $(images) $(OUT)/steps/packages
	$(Q)touch $@
size: image
	$(Q)image/size $(call dir_of,root)/root $(image_step)/root
payload: | $(call dir_of,payload)/done
	$(Q)rm -rf $(OUT)/payload
	$(Q)cp -r $(call dir_of,payload)/root/payload $(OUT)/payload
enrol-vars:
	$(Q)image/enrol updates /keys $(OUT)/secure-boot
	$(Q)image/enrol vars /keys $(OUT)/secure-boot/uefi-vars.fd
