# kernel.mk - targets of this room beside the step itself (read inside the SDK by the top Makefile).
.PHONY: kernel-config kernel-score
kernel-config: ## the kernel's final configuration without a build: out/ARCH/kernel.config
	$(Q)kernel/try-config $(call dl_of,kernel) $(OUT)/kernel.config
	$(Q)kernel/score $(OUT)/kernel.config | tail -n 1
kernel-score: | $(call dir_of,kernel)/done
	$(Q)kernel/score $(call dir_of,kernel)/root/boot/config
