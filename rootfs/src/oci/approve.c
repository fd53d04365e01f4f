// SPDX-License-Identifier: Apache-2.0
/*
 * See approve.h. A signature counts if one of the rule's keys made it over exactly the bytes of a
 * payload with the digest that the signatures' manifest says, and the payload is about this image.
 * Must never take an error for consent.
 */
#include "oci/approve.h"
#include "lib/oci/bundle.h"
#include "lib/oci/cosign.h"
#include "oci/conffiles.h"
#include "oci/pubkey.h"
#include "os/file.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIGNATURES_LOOKED_AT_MAX 64

struct search {
	const struct approve *approve;
	const char *digest;
	struct pubkey *keys[OCI_KEYS_MAX];
	const char *place; /* that the signature must name; NULL: any */
	char own_place[OCI_PLACE_BYTES];
	unsigned left; /* of signatures to look at */
	bool good;
	struct arena arena;
	struct error why; /* the last one that did not count, and for what */
};

static int by_a_key(const struct search *search, const unsigned char *signature,
		    size_t signature_size, const char *text, size_t size, struct error *error)
{
	for (size_t i = 0; i < search->approve->rule->key_count; i++)
		if (pubkey_verify(search->keys[i], signature, signature_size, text, size))
			return 0;
	return error_set(error, -EACCES, "a signature is by none of the keys");
}

static int judge_payload(const struct search *search, const struct oci_signature *signature,
			 const char *text, size_t size, struct error *error)
{
	int r = by_a_key(search, signature->bytes, signature->size, text, size, error);

	return r < 0 ? r : oci_payload_check(text, size, search->digest, search->place, error);
}

static int judge_bundle(struct search *search, const char *text, size_t size, struct error *error)
{
	struct oci_envelope envelope;
	int r = oci_bundle_parse(text, size, &search->arena, &envelope, error);

	if (r == 0)
		r = by_a_key(search, envelope.signature, envelope.signature_size, envelope.text,
			     envelope.size, error);
	if (r == 0)
		r = oci_statement_check(envelope.statement, envelope.statement_size, search->digest,
					search->place, error);
	return r;
}

/* Returns what has to do with asking for it; what the signature is worth is in search. */
static int look_at(struct search *search, const struct oci_signature *signature,
		   struct error *error)
{
	AUTO_FREE char *payload = NULL;
	size_t size;
	int r = pull_document(search->approve->pull, &signature->payload, &payload, &size, error);

	if (r < 0)
		return r;
	r = signature->bundle ? judge_bundle(search, payload, size, &search->why)
			      : judge_payload(search, signature, payload, size, &search->why);
	search->good = r == 0;
	return 0;
}

static int look_into(struct search *search, const char *manifest, struct error *error)
{
	struct oci_signature *signatures = NULL;
	AUTO_FREE char *text = NULL;
	size_t size, count = 0;
	int r = pull_manifest(search->approve->pull, manifest, &text, &size, error);

	if (r == 0)
		r = oci_signatures_parse(text, size, &search->arena, &signatures, &count, error);
	for (size_t i = 0; i < count && r == 0 && !search->good && search->left > 0; i++) {
		search->left--;
		r = look_at(search, &signatures[i], error);
	}
	return r;
}

static int look_at_referrers(struct search *search, struct error *error)
{
	struct oci_descriptor *referrers = NULL;
	char tag[OCI_SIGNATURE_TAG_BYTES];
	AUTO_FREE char *text = NULL;
	size_t size, count = 0;
	int r = pull_referrers(search->approve->pull, search->digest, &text, &size, error);

	oci_signature_tag(search->digest, "", tag);
	if (r == -ENOENT)
		r = pull_manifest(search->approve->pull, tag, &text, &size, error);
	if (r == 0)
		r = oci_referrers_parse(text, size, &search->arena, &referrers, &count, error);
	for (size_t i = 0; i < count && r == 0 && !search->good; i++)
		r = look_into(search, referrers[i].digest, error);
	return r;
}

/* One way that fails does not keep the other from being gone. */
static void look_everywhere(struct search *search)
{
	char tag[OCI_SIGNATURE_TAG_BYTES];
	struct error error = { 0 };

	oci_signature_tag(search->digest, ".sig", tag);
	error_set(&search->why, -EACCES, "it has no signature");
	if (look_into(search, tag, &error) < 0 && error.code != -ENOENT)
		search->why = error;
	if (!search->good && look_at_referrers(search, &error) < 0 && error.code != -ENOENT)
		search->why = error;
}

static int read_keys(struct search *search, struct error *error)
{
	const struct oci_rule *rule = search->approve->rule;
	int r = 0;

	for (size_t i = 0; i < rule->key_count && r == 0; i++)
		r = pubkey_read(rule->keys[i], &search->keys[i], error);
	return r;
}

static int want_signature(const struct approve *approve, const char *digest, struct error *error)
{
	const char *signed_as = approve->rule->signed_as;
	struct search search = { .approve = approve,
				 .digest = digest,
				 .left = SIGNATURES_LOOKED_AT_MAX };
	size_t first = approve->pull->first;
	int r = read_keys(&search, error);

	oci_reference_place(approve->reference, search.own_place);
	search.place = signed_as ? signed_as : search.own_place;
	if (strcmp(search.place, "any") == 0)
		search.place = NULL;
	if (r == 0)
		look_everywhere(&search);
	/* A mirror need not have signatures to be asked for the rest. */
	approve->pull->first = first;
	for (size_t i = 0; i < approve->rule->key_count; i++)
		pubkey_free(search.keys[i]);
	arena_free(&search.arena);
	return r == 0 && !search.good
		       ? error_set(error, -EACCES,
				   "a rule for %s wants a signature of %.19s…: %.200s",
				   approve->rule->prefix, digest, search.why.text)
		       : r;
}

int approve(void *context, const char *digest, struct error *error)
{
	const struct approve *approve = context;
	const struct oci_rule *rule = approve->rule;

	if (!rule || rule->demand == OCI_DEMAND_NOTHING)
		return 0;
	if (rule->demand == OCI_DEMAND_SIGNATURE && approve->pull)
		return want_signature(approve, digest, error);
	if (rule->demand == OCI_DEMAND_SIGNATURE)
		return error_set(
			error, -EACCES,
			"a rule for %s wants a signature, which a file cannot show: pull it",
			rule->prefix);
	if (approve->reference->digest[0] == '\0')
		return error_set(error, -EACCES,
				 "a rule for %s wants a digest: give the name with @%s",
				 rule->prefix, digest);
	return 0;
}

struct reading {
	struct oci_rules rules;
	struct arena *arena;
};

static int add_rule(void *context, const char *text, struct error *error)
{
	struct reading *reading = context;

	return oci_rule_parse(text, &reading->rules, reading->arena, error);
}

int approve_set_up(const char *etc, const struct oci_reference *reference, struct pull *pull,
		   struct approve *ret, struct error *error)
{
	struct reading reading = { .arena = &ret->arena };
	char path[PATH_MAX];
	int r;

	*ret = (struct approve){ .reference = reference, .pull = pull };
	snprintf(path, sizeof(path), "%s/keelson/trust.d", etc);
	r = conffiles_each(path, add_rule, &reading, error);
	if (r == 0)
		ret->rule = oci_rule_find(&reading.rules, reference);
	return r;
}

void approve_free(struct approve *approve)
{
	arena_free(&approve->arena);
}
