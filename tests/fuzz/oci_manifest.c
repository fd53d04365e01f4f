// SPDX-License-Identifier: Apache-2.0
#include "lib/oci/manifest.h"
#include "lib/oci/reference.h"
#include "lib/oci/saved.h"
#include "lib/oci/tags.h"
#include <string.h>

/* Whatever is taken has digests that are names of files, and nothing beyond the limits. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct arena arena = { 0 };
	struct oci_document document;
	struct oci_config config;
	struct oci_saved_list saved;
	struct words tags = { 0 };
	char page[OCI_PAGE_BYTES], *link;

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
	link = arena_copy(&arena, (const char *)bytes, size);
	if (link && oci_tags_next(link, page, NULL) == 0 && strpbrk(page, " <>\"\r\n"))
		__builtin_trap();
	if (oci_tags_add((const char *)bytes, size, &arena, &tags, NULL) == 0)
		for (size_t i = 0; i < tags.count; i++)
			if (!oci_tag_valid(tags.at[i]) || i >= OCI_TAGS_MAX)
				__builtin_trap();
	arena_free(&arena);
	return 0;
}
