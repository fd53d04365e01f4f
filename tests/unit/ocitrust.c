// SPDX-License-Identifier: Apache-2.0
#include "check.h"
#include "lib/oci/bundle.h"
#include "lib/oci/cosign.h"
#include "lib/oci/trust.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define DIGEST "sha256:" HEX
#define KEY "key=/k\n"

/* files: two at most. want: the prefix of the rule that counts and what it demands, or the error.
 */
static const struct {
	const char *row, *files[2], *name, *want;
} rules[] = {
	{ "none", { NULL }, "q.io/a", "none" },
	{ "all", { "prefix=*\nrequire=digest\n" }, "q.io/a", "* 1 0" },
	{ "another", { "prefix=q.io/b\nrequire=digest" }, "q.io/a", "none" },
	{ "longest",
	  { "prefix=*\nrequire=digest", "# x\n\nprefix=q.io/a \r\nrequire=nothing" },
	  "q.io/a/b",
	  "q.io/a 0 0" },
	{ "domain",
	  { "prefix=*.io\nrequire=digest", "prefix=*\nrequire=nothing" },
	  "q.io/a",
	  "*.io 1 0" },
	{ "keys",
	  { "prefix=q.io\nrequire=signature\n" KEY KEY "signed-as=any" },
	  "q.io/a",
	  "q.io 2 2" },
	{ "twice the same prefix",
	  { "prefix=q.io\nrequire=digest", "prefix=q.io\nrequire=nothing" },
	  "q.io/a",
	  "another file has the prefix q.io" },
	{ "no prefix", { "require=digest" }, "q.io/a", "prefix= or require= is missing" },
	{ "no demand", { "prefix=q.io" }, "q.io/a", "prefix= or require= is missing" },
	{ "unknown demand",
	  { "prefix=q.io\nrequire=all" },
	  "q.io/a",
	  "require= wants nothing, digest or signature" },
	{ "no key",
	  { "prefix=q.io\nrequire=signature" },
	  "q.io/a",
	  "key= goes with require=signature" },
	{ "a key for nothing",
	  { "prefix=q.io\nrequire=digest\n" KEY },
	  "q.io/a",
	  "key= goes with require=signature" },
	{ "relative",
	  { "prefix=q.io\nrequire=signature\nkey=k" },
	  "q.io/a",
	  "line 3: key is no absolute path, or one too many" },
	{ "twice",
	  { "prefix=q.io\nprefix=r.io\nrequire=digest" },
	  "q.io/a",
	  "line 2: prefix comes twice, or is empty" },
	{ "unknown",
	  { "prefix=q.io\nrequires=digest" },
	  "q.io/a",
	  "line 2: requires is not known; prefix, require, key and signed-as are" },
	{ "no pair", { "prefix" }, "q.io/a", "line 1: not KEY=VALUE" },
};

static void check_rules(void)
{
	for (size_t i = 0; i < ROWS(rules); i++) {
		struct oci_reference reference;
		struct oci_rules all = { 0 };
		struct arena arena = { 0 };
		struct error error = { 0 };
		const struct oci_rule *rule;
		char got[600] = "none";

		oci_reference_parse(rules[i].name, &reference, NULL);
		for (size_t file = 0; file < 2 && rules[i].files[file] && error.code == 0; file++)
			oci_rule_parse(rules[i].files[file], &all, &arena, &error);
		rule = oci_rule_find(&all, &reference);
		if (rule)
			snprintf(got, sizeof(got), "%s %u %zu", rule->prefix, rule->demand,
				 rule->key_count);
		CHECK_TEXT(rules[i].row, error.code < 0 ? error.text : got, rules[i].want);
		arena_free(&arena);
	}
}

#define LAYER(type, size, signature)                                           \
	"{\"mediaType\":\"" type "\",\"digest\":\"" DIGEST "\",\"size\":" size \
	",\"annotations\":{\"dev.cosignproject.cosign/signature\":" signature "}}"
#define SIMPLE "application/vnd.dev.cosign.simplesigning.v1+json"

/* want: how many signatures, or a negative errno. */
static const struct {
	const char *row, *text;
	int want;
} manifests[] = {
	{ "two",
	  "{\"layers\":[" LAYER(SIMPLE, "9", "\"AAEC\"") "," LAYER(SIMPLE, "9", "\"AA==\"") "]}",
	  2 },
	{ "none", "{\"layers\":[]}", 0 },
	{ "another kind", "{\"layers\":[" LAYER("x/y", "9", "\"AAEC\"") "]}", 0 },
	{ "not base64", "{\"layers\":[" LAYER(SIMPLE, "9", "\"?\"") "]}", 0 },
	{ "empty", "{\"layers\":[" LAYER(SIMPLE, "9", "\"\"") "]}", 0 },
	{ "a number", "{\"layers\":[" LAYER(SIMPLE, "9", "1") "]}", 0 },
	{ "a long payload", "{\"layers\":[" LAYER(SIMPLE, "262145", "\"AAEC\"") "]}", 0 },
	{ "a bundle", "{\"layers\":[" LAYER(OCI_BUNDLE_TYPE, "9", "1") "]}", 1 },
	{ "no object", "{\"layers\":[1]}", 0 },
	{ "no list", "{\"layers\":{}}", -EBADMSG },
	{ "nothing", "{}", -EBADMSG },
	{ "not JSON", "x", -EBADMSG },
};

#define REFERRER(artifact)                                                                       \
	"{\"mediaType\":\"m\",\"digest\":\"" DIGEST "\",\"size\":1,\"artifactType\":\"" artifact \
	"\"}"

static const struct {
	const char *row, *text;
	int want;
} referrers[] = {
	{ "one", "{\"manifests\":[" REFERRER(OCI_SIGNATURE_TYPE) "," REFERRER("x") "]}", 1 },
	{ "no object", "{\"manifests\":[[]]}", 0 },
	{ "no list", "{\"manifests\":1}", -EBADMSG },
};

static void check_lists(void)
{
	struct arena arena = { 0 };
	struct oci_signature *signatures = NULL;
	struct oci_descriptor *found;
	size_t count = 0;

	for (size_t i = 0; i < ROWS(manifests); i++) {
		int r = oci_signatures_parse(manifests[i].text, strlen(manifests[i].text), &arena,
					     &signatures, &count, NULL);

		CHECK_NUMBER(manifests[i].row, r < 0 ? r : (int)count, manifests[i].want);
		if (i == 0)
			CHECK_NUMBER("bytes", signatures[0].size * 1000 + signatures[0].bytes[2],
				     3002);
	}
	for (size_t i = 0; i < ROWS(referrers); i++) {
		int r = oci_referrers_parse(referrers[i].text, strlen(referrers[i].text), &arena,
					    &found, &count, NULL);

		CHECK_NUMBER(referrers[i].row, r < 0 ? r : (int)count, referrers[i].want);
	}
	arena_free(&arena);
}

#define PAYLOAD(name, digest, type)                                                  \
	"{\"critical\":{\"identity\":{\"docker-reference\":\"" name                  \
	"\"},\"image\":{\"docker-manifest-digest\":\"" digest "\"},\"type\":\"" type \
	"\"},\"optional\":null}"
#define TYPE "cosign container image signature"

static const struct {
	const char *row, *text, *place, *want;
} payloads[] = {
	{ "good", PAYLOAD("q.io/a", DIGEST, TYPE), "q.io/a", "" },
	{ "with a tag", PAYLOAD("q.io/a:1", DIGEST, TYPE), "q.io/a", "" },
	{ "the hub's", PAYLOAD("index.docker.io/library/x", DIGEST, TYPE), "docker.io/library/x",
	  "" },
	{ "another name", PAYLOAD("q.io/b", DIGEST, TYPE), "q.io/a",
	  "it is about q.io/b, not q.io/a" },
	{ "any name", PAYLOAD("q.io/b", DIGEST, TYPE), NULL, "" },
	{ "no name", PAYLOAD("", DIGEST, TYPE), "q.io/a",
	  "it does not say which image it is about" },
	{ "another digest", PAYLOAD("q.io/a", "sha256:0", TYPE), "q.io/a",
	  "it is about another digest" },
	{ "another type", PAYLOAD("q.io/a", DIGEST, "x"), "q.io/a",
	  "it is no statement about an image" },
	{ "empty", "{}", "q.io/a", "it is no statement about an image" },
	{ "not JSON", "x", "q.io/a",
	  "byte 1: invalid character 'x' looking for beginning of value" },
};

static void check_payloads(void)
{
	for (size_t i = 0; i < ROWS(payloads); i++) {
		struct error error = { 0 };

		oci_payload_check(payloads[i].text, strlen(payloads[i].text), DIGEST,
				  payloads[i].place, &error);
		CHECK_TEXT(payloads[i].row, error.text, payloads[i].want);
	}
}

#define BUNDLE(type, payload, signatures)                                    \
	"{\"dsseEnvelope\":{\"payload\":" payload ",\"payloadType\":\"" type \
	"\",\"signatures\":" signatures "}}"
#define IN_TOTO "application/vnd.in-toto+json"

/* want: what is signed; NULL: refused. */
static const struct {
	const char *row, *text, *want;
} bundles[] = {
	{ "good", BUNDLE(IN_TOTO, "\"eyJhIjoxfQ==\"", "[{\"sig\":\"AAEC\"},{}]"),
	  "DSSEv1 28 application/vnd.in-toto+json 7 {\"a\":1}" },
	{ "empty", BUNDLE(IN_TOTO, "\"\"", "[{\"sig\":\"AAEC\"}]"),
	  "DSSEv1 28 application/vnd.in-toto+json 0 " },
	{ "another type", BUNDLE("x", "\"eyJhIjoxfQ==\"", "[{\"sig\":\"AAEC\"}]"), NULL },
	{ "no base64", BUNDLE(IN_TOTO, "\"?\"", "[{\"sig\":\"AAEC\"}]"), NULL },
	{ "no payload", BUNDLE(IN_TOTO, "1", "[{\"sig\":\"AAEC\"}]"), NULL },
	{ "no signature", BUNDLE(IN_TOTO, "\"eyJhIjoxfQ==\"", "[]"), NULL },
	{ "a signature without bytes", BUNDLE(IN_TOTO, "\"eyJhIjoxfQ==\"", "[{}]"), NULL },
	{ "no list", BUNDLE(IN_TOTO, "\"eyJhIjoxfQ==\"", "{\"a\":{\"sig\":\"AAEC\"}}"), NULL },
	{ "no envelope", "{}", NULL },
	{ "not JSON", "x", NULL },
};

static void check_bundles(void)
{
	for (size_t i = 0; i < ROWS(bundles); i++) {
		struct arena arena = { 0 };
		struct oci_envelope envelope;
		char got[128] = "refused";

		if (oci_bundle_parse(bundles[i].text, strlen(bundles[i].text), &arena, &envelope,
				     NULL) == 0)
			snprintf(got, sizeof(got), "%.*s", (int)envelope.size, envelope.text);
		CHECK_TEXT(bundles[i].row, got, bundles[i].want ? bundles[i].want : "refused");
		if (i == 0) {
			CHECK_NUMBER("signature",
				     envelope.signature_size * 1000 + envelope.signature[2], 3002);
			CHECK_NUMBER("statement", envelope.statement_size, 7);
		}
		arena_free(&arena);
	}
}

#define SAID(subject, predicate)                                              \
	"{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":" subject \
	",\"predicateType\":\"" predicate "\",\"predicate\":{}}"
#define COSIGN "https://sigstore.dev/cosign/sign/v1"
#define OTHER "it is about another digest"
#define UNNAMED OTHER ", or does not name the image (signed-as=any takes it)"

static const struct {
	const char *row, *text, *place, *want;
} statements[] = {
	{ "any name", SAID("[{\"digest\":{\"sha256\":\"" HEX "\"}}]", COSIGN), NULL, "" },
	{ "no name", SAID("[{\"digest\":{\"sha256\":\"" HEX "\"}}]", COSIGN), "q.io/a", UNNAMED },
	{ "the second",
	  SAID("[{},{\"name\":\"q.io/a\",\"digest\":{\"sha256\":\"" HEX "\"}}]", COSIGN), "q.io/a",
	  "" },
	{ "another name",
	  SAID("[{\"name\":\"q.io/b\",\"digest\":{\"sha256\":\"" HEX "\"}}]", COSIGN), "q.io/a",
	  UNNAMED },
	{ "another digest", SAID("[{\"digest\":{\"sha256\":\"0\"}}]", COSIGN), NULL, OTHER },
	{ "no digest", SAID("[{\"digest\":{}},1]", COSIGN), NULL, OTHER },
	{ "provenance",
	  SAID("[{\"digest\":{\"sha256\":\"" HEX "\"}}]", "https://slsa.dev/provenance/v1"), NULL,
	  "it is no statement about an image" },
	{ "no list", SAID("{}", COSIGN), NULL, "it is no statement about an image" },
	{ "empty", "{}", NULL, "it is no statement about an image" },
};

static void check_statements(void)
{
	for (size_t i = 0; i < ROWS(statements); i++) {
		struct error error = { 0 };

		oci_statement_check(statements[i].text, strlen(statements[i].text), DIGEST,
				    statements[i].place, &error);
		CHECK_TEXT(statements[i].row, error.text, statements[i].want);
	}
}

SUITE(ocitrust)
{
	char tag[OCI_SIGNATURE_TAG_BYTES];

	oci_signature_tag(DIGEST, ".sig", tag);
	CHECK_TEXT("tag", tag, "sha256-" HEX ".sig");
	oci_signature_tag(DIGEST, "", tag);
	CHECK_TEXT("tag of referrers", tag, "sha256-" HEX);
	check_rules();
	check_lists();
	check_payloads();
	check_bundles();
	check_statements();
}
