// SPDX-License-Identifier: Apache-2.0
#include "lib/oci/bundle.h"
#include "lib/oci/cosign.h"
#include "lib/oci/trust.h"
#include <string.h>

/* A rule that wants a signature has a key, and no signature or payload runs over its limits. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct arena arena = { 0 };
	struct oci_rules rules = { 0 };
	struct oci_signature *signatures;
	struct oci_descriptor *referrers;
	struct oci_envelope envelope;
	char *text = arena_copy(&arena, (const char *)bytes, size);
	size_t count = 0;

	if (oci_rule_parse(text, &rules, &arena, NULL) == 0 &&
	    (rules.first->demand == OCI_DEMAND_SIGNATURE) != (rules.first->key_count > 0))
		__builtin_trap();
	if (oci_signatures_parse(text, size, &arena, &signatures, &count, NULL) == 0)
		for (size_t i = 0; i < count; i++)
			if (signatures[i].size > OCI_SIGNATURE_BYTES_MAX ||
			    signatures[i].payload.size_bytes > OCI_PAYLOAD_BYTES_MAX)
				__builtin_trap();
	oci_referrers_parse(text, size, &arena, &referrers, &count, NULL);
	if (oci_bundle_parse(text, size, &arena, &envelope, NULL) == 0 &&
	    (envelope.statement < envelope.text ||
	     envelope.statement + envelope.statement_size != envelope.text + envelope.size))
		__builtin_trap();
	oci_statement_check(text, size, "sha256:", "q.io/a", NULL);
	oci_payload_check(text, size, "sha256:", "q.io/a", NULL);
	arena_free(&arena);
	return 0;
}
