// SPDX-License-Identifier: Apache-2.0
/* See luksplan.h. Must never decide to overwrite what the config does not say may go. */
#include "lib/luksplan.h"
#include "lib/json.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define DUMP_NODES_MAX 4096

bool luksplan_tpm2(const struct ign_luks *wanted)
{
	return wanted->clevis.tpm2 == IGN_TRUE;
}

bool luksplan_generates_key(const struct ign_luks *wanted)
{
	return wanted->key_file.source.length == 0;
}

/* The name becomes one of files and a word in crypttab. */
static bool is_plain_name(const struct ign_text *name)
{
	return name->length > 0 && name->length < 128 && strlen(name->at) == name->length &&
	       !strpbrk(name->at, "/ \t\n\\#") && name->at[0] != '.' && name->at[0] != '-';
}

int luksplan_check(const struct ign_luks *wanted, struct error *error)
{
	const struct ign_clevis *clevis = &wanted->clevis;

	if (wanted->cex.enabled == IGN_TRUE)
		return error_set(error, -EOPNOTSUPP, "cex: that is for IBM Z only");
	if (clevis->tang.count > 0 || clevis->custom.pin.length > 0)
		return error_set(error, -EOPNOTSUPP,
				 "clevis: tang and custom pins need Clevis, which this system has "
				 "not; tpm2 is there");
	if (clevis->threshold.given && clevis->threshold.value > 1)
		return error_set(error, -EOPNOTSUPP,
				 "clevis: a threshold over 1 needs Clevis, which this system has "
				 "not");
	if (!is_plain_name(&wanted->name))
		return error_set(error, -EINVAL, "the name cannot be that of a volume here");
	return 0;
}

static const char *why_not(const struct ign_luks *wanted, const struct signature *found,
			   bool discards)
{
	if (strcmp(found->version, "2") != 0)
		return "it is LUKS, but not LUKS2";
	if (luksplan_tpm2(wanted))
		return "it is LUKS2, but what it is bound to cannot be told";
	if (luksplan_generates_key(wanted))
		return "it is LUKS2, and the config has no keyFile to open it";
	if (wanted->label.at && strcmp(wanted->label.at, found->label) != 0)
		return "its label is another one";
	if (wanted->uuid.at && strcasecmp(wanted->uuid.at, found->uuid) != 0)
		return "its UUID is another one";
	if (discards != (wanted->discard == IGN_TRUE))
		return "its flag allow-discards is another one";
	return NULL;
}

int luksplan_decide(const struct ign_luks *wanted, const struct signature *found, bool discards,
		    enum luksplan_action *ret, struct error *error)
{
	const bool luks = strcmp(found->type, "crypto_LUKS") == 0;
	const char *reason = "it is no LUKS";

	if (wanted->wipe == IGN_TRUE ||
	    (luks && strcmp(found->subsystem, LUKSPLAN_UNFINISHED) == 0)) {
		*ret = LUKSPLAN_ERASE_AND_FORMAT;
		return 0;
	}
	if (found->type[0] == '\0') {
		*ret = LUKSPLAN_FORMAT;
		return 0;
	}
	if (luks)
		reason = why_not(wanted, found, discards);
	if (reason)
		return error_set(error, -EEXIST,
				 "it holds %s, which is not used again (%s), and wipeVolume is not "
				 "set",
				 found->type, reason);
	*ret = LUKSPLAN_OPEN;
	return 0;
}

void luksplan_format(const struct ign_luks *wanted, const char *device, const char *key_file,
		     struct argv *ret)
{
	argv_add(ret, "luksFormat");
	argv_add(ret, "--batch-mode");
	argv_add_option(ret, "--type", "luks2");
	argv_add_option(ret, "--key-file", key_file);
	argv_add_option(ret, "--label", wanted->label.length > 0 ? wanted->label.at : NULL);
	argv_add_option(ret, "--uuid", wanted->uuid.length > 0 ? wanted->uuid.at : NULL);
	for (size_t i = 0; i < wanted->options.count; i++)
		argv_add(ret, wanted->options.at[i].at);
	if (luksplan_generates_key(wanted))
		argv_add_option(ret, "--subsystem", LUKSPLAN_UNFINISHED);
	argv_add(ret, device);
}

/* --persistent: the volume itself keeps allow-discards and other options, crypttab has none. */
void luksplan_open(const struct ign_luks *wanted, const char *device, const char *key_file,
		   struct argv *ret)
{
	argv_add(ret, "luksOpen");
	argv_add(ret, device);
	argv_add(ret, wanted->name.at);
	argv_add_option(ret, "--key-file", key_file);
	argv_add(ret, "--persistent");
	if (wanted->discard == IGN_TRUE)
		argv_add(ret, "--allow-discards");
	for (size_t i = 0; i < wanted->open_options.count; i++)
		argv_add(ret, wanted->open_options.at[i].at);
}

bool luksplan_has_flag(const char *dump, size_t size, const char *flag)
{
	struct json json;
	struct json_problem problem;
	char text[64];
	bool found = false;

	if (json_parse(dump, size, DUMP_NODES_MAX, &json, &problem) < 0)
		return false;
	uint32_t config = json_member(&json, 0, "config");
	uint32_t flags = config ? json_member(&json, config, "flags") : 0;
	for (uint32_t node = flags ? json_first(&json, flags) : 0; node != 0 && !found;
	     node = json.nodes[node].next) {
		const struct json_node *at = &json.nodes[node];
		size_t length;

		if (at->type != JSON_STRING)
			continue;
		length = json_unquote(json.text + at->start, at->end - at->start, text,
				      sizeof(text));
		found = length == strlen(flag) && memcmp(text, flag, length) == 0;
	}
	json_free(&json);
	return found;
}

static bool is_line_of(const char *line, const struct ign_luks *wanted)
{
	return strncmp(line, wanted->name.at, wanted->name.length) == 0 &&
	       (line[wanted->name.length] == ' ' || line[wanted->name.length] == '\t');
}

static void write_line(FILE *out, const struct ign_luks *wanted, const char *uuid)
{
	if (luksplan_tpm2(wanted))
		fprintf(out, "%s UUID=%s none luks,tpm2-device=auto\n", wanted->name.at, uuid);
	else
		fprintf(out, "%s UUID=%s /etc/luks/%s luks\n", wanted->name.at, uuid,
			wanted->name.at);
}

int luksplan_crypttab(const char *crypttab, const struct ign_luks *wanted, const char *uuid,
		      char **ret)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	bool written = false, failed;

	if (!out)
		return -ENOMEM;
	while (*crypttab != '\0') {
		size_t length = strcspn(crypttab, "\n");

		if (!is_line_of(crypttab, wanted))
			fprintf(out, "%.*s\n", (int)length, crypttab);
		else if (!written)
			write_line(out, wanted, uuid);
		written = written || is_line_of(crypttab, wanted);
		crypttab += length + (crypttab[length] == '\n');
	}
	if (!written)
		write_line(out, wanted, uuid);
	failed = ferror(out) != 0;
	if (fclose(out) != 0 || failed) {
		free(text);
		return -ENOMEM;
	}
	*ret = text;
	return 0;
}
