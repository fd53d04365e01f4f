// SPDX-License-Identifier: Apache-2.0
/* See trust.h. Must never take a file in part: a rule that was meant to be stricter would not be.
 */
#include "lib/oci/trust.h"
#include "lib/text.h"
#include <errno.h>
#include <string.h>

static int take_demand(const char *value, enum oci_demand *ret)
{
	static const char *const words[] = { "nothing", "digest", "signature" };

	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(value, words[i]) == 0) {
			*ret = (enum oci_demand)i;
			return 0;
		}
	}
	return -EINVAL;
}

/* One value that may stand once. */
static const char *take_once(const char *value, const char **at)
{
	if (*at || value[0] == '\0')
		return "comes twice, or is empty";
	*at = value;
	return NULL;
}

static const char *take_pair(const char *key, const char *value, struct oci_rule *rule,
			     const char **demand)
{
	if (strcmp(key, "prefix") == 0)
		return take_once(value, &rule->prefix);
	if (strcmp(key, "signed-as") == 0)
		return take_once(value, &rule->signed_as);
	if (strcmp(key, "require") == 0)
		return take_once(value, demand);
	if (strcmp(key, "key") != 0)
		return "is not known; prefix, require, key and signed-as are";
	if (value[0] != '/' || rule->key_count == OCI_KEYS_MAX)
		return "is no absolute path, or one too many";
	rule->keys[rule->key_count++] = value;
	return NULL;
}

static int take_line(char *line, unsigned number, struct oci_rule *rule, const char **demand,
		     struct error *error)
{
	char *equals = strchr(line, '=');
	const char *why;

	if (line[0] == '\0' || line[0] == '#')
		return 0;
	if (!equals)
		return error_set(error, -EBADMSG, "line %u: not KEY=VALUE", number);
	*equals = '\0';
	why = take_pair(line, equals + 1, rule, demand);
	return why ? error_set(error, -EBADMSG, "line %u: %.40s %s", number, line, why) : 0;
}

static int judge(const struct oci_rules *rules, struct oci_rule *rule, const char *demand,
		 struct error *error)
{
	if (!rule->prefix || !demand)
		return error_set(error, -EBADMSG, "prefix= or require= is missing");
	if (take_demand(demand, &rule->demand) < 0)
		return error_set(error, -EBADMSG, "require= wants nothing, digest or signature");
	if ((rule->demand == OCI_DEMAND_SIGNATURE) != (rule->key_count > 0))
		return error_set(error, -EBADMSG, "key= goes with require=signature");
	for (const struct oci_rule *at = rules->first; at; at = at->next)
		if (strcmp(at->prefix, rule->prefix) == 0)
			return error_set(error, -EBADMSG, "another file has the prefix %.200s",
					 rule->prefix);
	return 0;
}

int oci_rule_parse(const char *text, struct oci_rules *rules, struct arena *arena,
		   struct error *error)
{
	struct oci_rule *rule = arena_get(arena, 1, sizeof(*rule));
	const char *demand = NULL;
	int r = rule ? 0 : error_set(error, -ENOMEM, "out of memory");

	for (unsigned number = 1; r == 0 && *text != '\0'; number++) {
		size_t length = strcspn(text, "\n"), size = length;
		char *line;

		while (size > 0 && strchr(" \t\r", text[size - 1]))
			size--;
		line = arena_copy(arena, text, size);
		r = line ? take_line(line, number, rule, &demand, error)
			 : error_set(error, -ENOMEM, "out of memory");
		text += length + (text[length] == '\n');
	}
	if (r == 0)
		r = judge(rules, rule, demand, error);
	if (r < 0)
		return r;
	rule->next = rules->first;
	rules->first = rule;
	return 0;
}

const struct oci_rule *oci_rule_find(const struct oci_rules *rules,
				     const struct oci_reference *reference)
{
	const struct oci_rule *best = NULL;
	char place[OCI_PLACE_BYTES];

	oci_reference_place(reference, place);
	for (const struct oci_rule *at = rules->first; at; at = at->next)
		if ((strcmp(at->prefix, "*") == 0 || oci_prefix_fits(at->prefix, place) > 0) &&
		    (!best || strlen(at->prefix) > strlen(best->prefix)))
			best = at;
	return best;
}
