// SPDX-License-Identifier: Apache-2.0
/* What the checks of the single types share. One function a type; validate.c calls each for every
 * object of its type, after its parent's and before its children's. */
#pragma once
#include "lib/ignition/decode.h"
#include <stdbool.h>
#include <string.h>

struct check {
	const struct json *json;
	enum ign_version version;
	const struct ign_config *config;
	struct ign_report *report;
};

/* Returns 0 or -ENOMEM; what is wrong goes to the report. */
typedef int ign_check(struct check *check, const struct ign_place *place, const void *object);

ign_check ign_check_config;
ign_check ign_check_sources;
ign_check ign_check_tls;
ign_check ign_check_proxy;
ign_check ign_check_resource;
ign_check ign_check_reference;
ign_check ign_check_authority;
ign_check ign_check_verification;
ign_check ign_check_header;
ign_check ign_check_storage;
ign_check ign_check_owner;
ign_check ign_check_directory;
ign_check ign_check_file;
ign_check ign_check_link;
ign_check ign_check_disk;
ign_check ign_check_partition;
ign_check ign_check_filesystem;
ign_check ign_check_luks;
ign_check ign_check_custom;
ign_check ign_check_tang;
ign_check ign_check_raid;
ign_check ign_check_systemd;
ign_check ign_check_unit;
ign_check ign_check_dropin;

/* The warnings of a storage section about file systems on whole disks. */
int ign_check_overwritten(struct check *check, const struct ign_place *place,
			  const struct ign_storage *storage);

/* Reports message, unless it is NULL, at the place itself, at its member, or at the member of an
 * entry of a list that is its member (storage: "files", 3, "path"; NULL for the entry itself). */
void ign_error(struct check *check, const struct ign_place *place, const char *message);
void ign_error_at(struct check *check, const struct ign_place *place, const char *key,
		  const char *message);
void ign_error_in(struct check *check, const struct ign_place *place, const char *list,
		  size_t index, const char *key, const char *message);
void ign_warning_at(struct check *check, const struct ign_place *place, const char *key,
		    const char *message);
void ign_warning_in(struct check *check, const struct ign_place *place, const char *list,
		    size_t index, const char *key, const char *message);

/* Rules that several types have: NULL or what is wrong. */
const char *ign_path_problem(const struct ign_text *path);
const char *ign_url_problem(enum ign_version version, const struct ign_text *url);

/* Texts, sorted, to look others up in them. */
struct ign_names {
	const struct ign_text **at;
	size_t count;
};
void ign_names_sort(struct ign_names *names);

/* How many of them equal the text. */
size_t ign_names_count(const struct ign_names *names, const char *text, size_t length);

static inline bool ign_empty(const struct ign_text *text)
{
	return text->length == 0;
}

static inline bool ign_is(const struct ign_text *text, const char *word)
{
	return text->length == strlen(word) &&
	       memcmp(text->at ? text->at : "", word, text->length) == 0;
}

/* words ends with NULL. */
static inline bool ign_is_one_of(const struct ign_text *text, const char *const words[])
{
	for (; *words; words++)
		if (ign_is(text, *words))
			return true;
	return false;
}
