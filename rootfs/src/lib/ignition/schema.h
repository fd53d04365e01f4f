// SPDX-License-Identifier: Apache-2.0
/*
 * The structures of config.h as tables. One row a field, in the order in which the reference
 * implementation walks them (it decides the order of reports): its key in JSON, where it lies, what
 * it is, since which spec version. The tables are a tree of known depth, so what recurses over them
 * is bounded, whatever the input.
 */
#pragma once
#include "lib/ignition/config.h"
#include <stdbool.h>

/* How deep objects and lists nest at most (storage.files.N.contents.httpHeaders.N.value). */
#define IGN_DEPTH_MAX 12

enum ign_kind { IGN_TEXT, IGN_INTEGER, IGN_FLAG, IGN_OBJECT, IGN_OBJECTS, IGN_TEXTS };

enum {
	/* Present in every object, given or not: written even if empty, and in a merge the child's
	 * is taken, be it empty. */
	IGN_REQUIRED = 1,
	/* A list in which an entry may stand twice; a merge appends. */
	IGN_REPEATS = 2,
	/* Lists of one object that share their keys: an entry may stand in one of them only. */
	IGN_SHARED = 4,
	/* In a merge an entry of the child without a value takes the parent's out. */
	IGN_UNSETS = 8,
	/* Like IGN_REQUIRED, but not written if empty. */
	IGN_PLAIN = 16,
};

struct ign_field {
	const char *key;
	uint16_t offset;
	uint8_t kind, since, rules;
	const struct ign_type *type; /* of an object or of a list's objects */
};

/* What has rules beyond its fields has a function for them (validate.c), found by this. */
enum ign_id {
	IGN_ID_PLAIN, /* has none */
	IGN_ID_CONFIG,
	IGN_ID_SOURCES,
	IGN_ID_TLS,
	IGN_ID_PROXY,
	IGN_ID_RESOURCE,
	IGN_ID_REFERENCE,
	IGN_ID_AUTHORITY,
	IGN_ID_VERIFICATION,
	IGN_ID_HEADER,
	IGN_ID_STORAGE,
	IGN_ID_OWNER,
	IGN_ID_DIRECTORY,
	IGN_ID_FILE,
	IGN_ID_LINK,
	IGN_ID_DISK,
	IGN_ID_PARTITION,
	IGN_ID_FILESYSTEM,
	IGN_ID_LUKS,
	IGN_ID_CUSTOM,
	IGN_ID_TANG,
	IGN_ID_RAID,
	IGN_ID_SYSTEMD,
	IGN_ID_UNIT,
	IGN_ID_DROPIN,
	IGN_IDS,
};

struct ign_type {
	uint16_t size, key_offset; /* of the text that names an entry of a list */
	uint8_t id, fields_count;
	const struct ign_field *fields;
};

extern const struct ign_type ign_config_type;

/* The same structure with nothing but ignition.version. */
extern const struct ign_type ign_version_type;

/* The versions that are known, as they are written. */
extern const char *const ign_version_texts[IGN_VERSIONS];

/* A list as any list, and back: the pointer within is of another type, so it is copied. */
struct ign_list ign_list_get(const void *list);
void ign_list_set(void *list, struct ign_list value);

/* Orders by bytes; NULL is an empty text here. */
int ign_text_compare(const struct ign_text *a, const struct ign_text *b);

/* The size of a list's entry. */
size_t ign_entry_bytes(const struct ign_field *field);

/* What names an entry of a list, for the rule that none stands twice and for the merge. */
struct ign_key {
	int64_t number; /* of a partition that has one, then the text is empty */
	struct ign_text text;
};
struct ign_key ign_key_of(const struct ign_field *field, const void *entry);

/* An entry of a list in which no key stands twice, with its key. */
struct ign_keyed {
	struct ign_key key;
	const struct ign_field *field; /* the list */
	size_t index;
	bool twice;
};

/* Whether the field is such a list. */
bool ign_is_keyed(const struct ign_field *field);

/* The entries of the field's list in the object, and of those that share their keys with it.
 * Returns how many there are; writes them unless ret is NULL. */
size_t ign_gather(const struct ign_type *type, const struct ign_field *field, const void *object,
		  struct ign_keyed *ret);

/* By key, those with the same in the order of the table and the list; or by that order alone. */
void ign_sort_by_key(struct ign_keyed *entries, size_t count);
void ign_sort_by_place(struct ign_keyed *entries, size_t count);

bool ign_same_key(const struct ign_keyed *a, const struct ign_keyed *b);

/* The last one with that key of entries sorted by key; NULL if there is none. */
const struct ign_keyed *ign_find_key(const struct ign_keyed *entries, size_t count,
				     const struct ign_key *key);
