// SPDX-License-Identifier: Apache-2.0
/* See signature.h. */
#include "lib/signature.h"
#include "lib/text.h"
#include <stdint.h>
#include <string.h>

struct line {
	const char *key, *value;
	size_t key_length, value_length;
};

/* The next line with a '='. Returns where the one behind it begins, NULL at the end. */
static const char *next_line(const char *at, struct line *ret)
{
	while (*at != '\0') {
		size_t length = strcspn(at, "\n");
		const char *equals = memchr(at, '=', length);
		const char *behind = at + length + (at[length] == '\n');

		if (equals) {
			ret->key = at;
			ret->key_length = (size_t)(equals - at);
			ret->value = equals + 1;
			ret->value_length = length - ret->key_length - 1;
			return behind;
		}
		at = behind;
	}
	return NULL;
}

static bool is_key(const struct line *line, const char *key)
{
	return strlen(key) == line->key_length && memcmp(key, line->key, line->key_length) == 0;
}

/* Takes backslashes away. What does not fit is left out altogether. */
static void take(const struct line *line, char *ret, size_t room)
{
	char value[256];
	size_t used = 0;

	if (line->value_length >= sizeof(value))
		return;
	for (size_t i = 0; i < line->value_length; i++) {
		if (line->value[i] == '\\' && i + 1 < line->value_length)
			i++;
		value[used++] = line->value[i];
	}
	text_copy(ret, room, value, used);
}

void signature_parse(const char *text, struct signature *ret)
{
	struct line line;

	*ret = (struct signature){ 0 };
	while ((text = next_line(text, &line))) {
		if (is_key(&line, "TYPE"))
			take(&line, ret->type, sizeof(ret->type));
		else if (is_key(&line, "LABEL"))
			take(&line, ret->label, sizeof(ret->label));
		else if (is_key(&line, "UUID"))
			take(&line, ret->uuid, sizeof(ret->uuid));
		else if (is_key(&line, "SUBSYSTEM"))
			take(&line, ret->subsystem, sizeof(ret->subsystem));
		else if (is_key(&line, "VERSION"))
			take(&line, ret->version, sizeof(ret->version));
		else if (is_key(&line, "PTTYPE"))
			take(&line, ret->table, sizeof(ret->table));
	}
}

bool raid_member_parse(const char *text, struct raid_member *ret)
{
	struct line line;
	char devices[16] = "";
	uint64_t number;

	*ret = (struct raid_member){ 0 };
	while ((text = next_line(text, &line))) {
		if (is_key(&line, "MD_LEVEL"))
			take(&line, ret->level, sizeof(ret->level));
		else if (is_key(&line, "MD_NAME"))
			take(&line, ret->name, sizeof(ret->name));
		else if (is_key(&line, "MD_UUID"))
			take(&line, ret->uuid, sizeof(ret->uuid));
		else if (is_key(&line, "MD_DEVICES"))
			take(&line, devices, sizeof(devices));
	}
	if (ret->uuid[0] == '\0' || text_to_number(devices, 4096, &number) < 0)
		return false;
	ret->devices = (unsigned)number;
	return true;
}
