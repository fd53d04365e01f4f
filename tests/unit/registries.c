// SPDX-License-Identifier: Apache-2.0
#include "check.h"
#include "lib/oci/registries.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define R "[[registry]]\n"
#define M "[[registry.mirror]]\n"

/* want: REGISTRY/REPOSITORY of each place, "!" behind those by http:; or the error. */
static const struct {
	const char *row, *text, *name, *want;
} rows[] = {
	{ "nothing", "", "quay.io/a/b:1", "quay.io/a/b" },
	{ "another's", R "location='quay.io'\ninsecure=true", "ghcr.io/a", "ghcr.io/a" },
	{ "insecure", R "location = \"quay.io\" # x\r\ninsecure = true", "quay.io/a", "quay.io/a!" },
	{ "moved", R "prefix='quay.io'\nlocation='m:5000/q'", "quay.io/a/b", "m:5000/q/a/b" },
	{ "whole words", R "prefix='quay.io/a'\nlocation='m:1'", "quay.io/ab/c", "quay.io/ab/c" },
	{ "longest", R "location='quay.io'\ninsecure=true\n" R "location='quay.io/a'", "quay.io/a/b",
	  "quay.io/a/b" },
	{ "exactly", R "prefix='quay.io/a/b'\nlocation='m:1/x'", "quay.io/a/b", "m:1/x" },
	{ "hub", R "prefix='docker.io'\n" M "location='m:1/hub'\ninsecure=true", "docker.io/x",
	  "m:1/hub/library/x! docker.io/library/x" },
	{ "domain", R "prefix='*.a.example'\n" M "location='m:1'", "x.a.example/r",
	  "m:1/r x.a.example/r" },
	{ "domain, moved", R "prefix='*.a.example'\nlocation='m:1'", "y.x.a.example/r/s", "m:1/r/s" },
	{ "not the domain", R "prefix='*.a.example'\nlocation='m:1'", "a.example/r", "a.example/r" },
	{ "not its end", R "prefix='*.a.example'\nlocation='m:1'", "xa.example/r", "xa.example/r" },
	{ "two mirrors", R "location='q.io'\n" M "location='m:1'\n" M "location='n:1/z'", "q.io/a",
	  "m:1/a n:1/z/a q.io/a" },
	{ "by digest only", R "location='q.io'\nmirror-by-digest-only=true\n" M "location='m:1'",
	  "q.io/a", "q.io/a" },
	{ "by digest", R "location='q.io'\nmirror-by-digest-only=true\n" M "location='m:1'",
	  "q.io/a@sha256:" HEX, "m:1/a q.io/a" },
	{ "digest-only", R "location='q.io'\n" M "location='m:1'\npull-from-mirror='digest-only'",
	  "q.io/a", "q.io/a" },
	{ "tag-only", R "location='q.io'\n" M "location='m:1'\npull-from-mirror='tag-only'", "q.io/a",
	  "m:1/a q.io/a" },
	{ "tag-only, by digest",
	  R "location='q.io'\n" M "location='m:1'\npull-from-mirror='tag-only'",
	  "q.io/a@sha256:" HEX, "q.io/a" },
	{ "later ones count", R "location='q.io'\ninsecure=true\n" R "location='q.io'", "q.io/a",
	  "q.io/a" },
	{ "others' keys",
	  "unqualified-search-registries = [\n  'a', # x\n  \"b\",\n]\nshort-name-mode=\"x\"\nn = 1\n"
	  "[aliases]\n\"a/b\" = \"c\"\n[x.y]\nz = { a = 'b', c = [1] }\n" R "location='q.io'\n"
	  "insecure=true",
	  "q.io/a", "q.io/a!" },
	{ "escapes", R "prefix=\"q.io\\\\x\"\nlocation='m:1'", "q.io/a", "q.io/a" },
	{ "blocked", R "location='q.io'\nblocked=true", "q.io/a", "registries.conf blocks q.io" },
	{ "no name comes out", R "prefix='q.io'\nlocation='M:1/UP'", "q.io/a",
	  "registries.conf: image name M:1/UP/a: the repository is not of lower-case words" },
	{ "unknown key", R "locatoin='q.io'", "q.io/a",
	  "line 2: a key that is not known in [[registry]]" },
	{ "unknown key of a mirror", R "location='q.io'\n" M "x=1", "q.io/a",
	  "line 4: a key that is not known in [[registry.mirror]]" },
	{ "version 1", "[registries.search]\nregistries=['a']", "q.io/a",
	  "line 1: version 1 of this file is not read: give [[registry]] tables" },
	{ "no place", R "insecure=true", "q.io/a",
	  "line 2: the [[registry]] above has neither prefix nor location" },
	{ "a mirror without one", R "location='q.io'\n" M "\n" R, "q.io/a",
	  "line 5: a [[registry.mirror]] above has no location" },
	{ "a mirror of none", M, "q.io/a", "line 1: a mirror before its [[registry]]" },
	{ "a URL", R "location='https://q.io'", "q.io/a",
	  "line 2: a place is HOST[:PORT][/PATH], without http: and / at its end" },
	{ "no string", R "location=q.io", "q.io/a", "line 2: not a string" },
	{ "no bool", R "insecure='true'", "q.io/a", "line 2: neither true nor false" },
	{ "no end", R "location='q.io\n'", "q.io/a", "line 2: a string does not end" },
	{ "no end of a list", "a = [ 'b',", "q.io/a", "line 1: a value is missing or does not end" },
	{ "rubbish", R "location='q.io' x", "q.io/a",
	  "line 2: something stands behind what should end the line" },
	{ "no =", "a", "q.io/a", "line 1: a key without =" },
	{ "no bracket", "[[registry]\n", "q.io/a", "line 1: a table's name without its brackets" },
	{ "another escape", R "prefix=\"\\x\"", "q.io/a", "line 2: an escape that is not \\\" or \\\\" },
	{ "pull from", R "location='q.io'\n" M "location='m'\npull-from-mirror='x'", "q.io/a",
	  "line 5: pull-from-mirror is all, digest-only or tag-only" },
};

static void describe(const struct oci_registries *registries, const char *name, char *out,
		     size_t room, struct error *error)
{
	struct oci_endpoint endpoints[OCI_ENDPOINTS_MAX];
	struct oci_reference reference;
	size_t count = 0, used = 0;

	oci_reference_parse(name, &reference, NULL);
	if (oci_endpoints(registries, &reference, endpoints, &count, error) < 0)
		return;
	for (size_t i = 0; i < count; i++)
		used += (size_t)snprintf(out + used, room - used, "%s%s/%s%s", i > 0 ? " " : "",
					 endpoints[i].reference.registry,
					 endpoints[i].reference.repository,
					 endpoints[i].insecure ? "!" : "");
}

SUITE(registries)
{
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct oci_registries registries = { 0 };
		struct arena arena = { 0 };
		struct error error = { 0 };
		char got[1024] = "";

		if (oci_registries_parse(rows[i].text, &registries, &arena, &error) == 0)
			describe(&registries, rows[i].name, got, sizeof(got), &error);
		CHECK_TEXT(rows[i].row, error.code < 0 ? error.text : got, rows[i].want);
		arena_free(&arena);
	}
}
