// SPDX-License-Identifier: Apache-2.0
#include "lib/oci/manifest.h"
#include "lib/oci/saved.h"

/* Whatever is taken has digests that are names of files, and nothing beyond the limits. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct arena arena = { 0 };
	struct oci_document document;
	struct oci_config config;
	struct oci_saved_list saved;

	if (oci_document_parse((const char *)bytes, size, &arena, &document, NULL) == 0)
		for (size_t i = 0; i < document.count; i++)
			if (!oci_digest_valid(document.parts[i].digest) || i >= OCI_LAYERS_MAX)
				__builtin_trap();
	if (oci_config_parse((const char *)bytes, size, &arena, &config, NULL) == 0)
		for (size_t i = 0; i < config.count; i++)
			if (!oci_digest_valid(config.diff_ids[i]) || i >= OCI_LAYERS_MAX)
				__builtin_trap();
	if (oci_saved_parse((const char *)bytes, size, &arena, &saved, NULL) == 0)
		for (size_t i = 0; i < saved.count; i++)
			if (!saved.at[i].config[0] || i >= OCI_INDEX_MAX ||
			    saved.at[i].layer_count > OCI_LAYERS_MAX)
				__builtin_trap();
	arena_free(&arena);
	return 0;
}
