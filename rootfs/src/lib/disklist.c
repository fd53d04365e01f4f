// SPDX-License-Identifier: Apache-2.0
/* See disklist.h. */
#include "lib/disklist.h"
#include "lib/text.h"
#include <errno.h>
#include <regex.h>
#include <stdio.h>
#include <string.h>

int disk_wanted_parse(const char *text, struct disk_wanted *ret, struct error *error)
{
	static const struct {
		const char *prefix;
		size_t skipped;
		enum disk_key key;
	} forms[] = {
		{ "/dev/", 0, DISK_PATH },
		{ "serial=", 7, DISK_SERIAL },
		{ "match=", 6, DISK_REGEX },
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		const char *value = text + forms[i].skipped;

		if (text_starts(text, forms[i].prefix) && *value != '\0') {
			*ret = (struct disk_wanted){ forms[i].key, value };
			return 0;
		}
	}
	return error_set(error, -EINVAL,
			 "%s: not a disk; known are /dev/PATH, serial=TEXT and match=REGEX", text);
}

static size_t add_field(char *line, size_t used, const char *value)
{
	if (used > 0)
		line[used++] = ' ';
	if (*value == '\0')
		value = "-";
	for (; *value; value++)
		line[used++] = *value == ' ' || *value == '\t' ? '_' : *value;
	return used;
}

void disk_line(const struct disk *disk, char ret[DISKLIST_LINE_BYTES])
{
	const char *const fields[] = { disk->id.name, disk->id.model, disk->id.serial,
				       disk->id.wwid, disk->path };
	size_t used = 0;

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		used = add_field(ret, used, fields[i]);
	ret[used] = '\0';
}

static bool fits(const struct disk *disk, const struct disk_wanted *wanted, const regex_t *regex)
{
	char line[DISKLIST_LINE_BYTES];

	if (wanted->key == DISK_SERIAL)
		return strcmp(disk->id.serial, wanted->value) == 0;
	disk_line(disk, line);
	return regexec(regex, line, 0, NULL, 0) == 0;
}

/* The only one that fits, and how many do; their names, as far as there is room. */
static size_t find(const struct disklist *list, const struct disk_wanted *wanted,
		   const regex_t *regex, const struct disk **ret, char *names, size_t room)
{
	size_t found = 0, used = 0;

	for (size_t i = 0; i < list->count; i++) {
		if (!fits(&list->disks[i], wanted, regex))
			continue;
		*ret = &list->disks[i];
		found++;
		if (used < room)
			used += (size_t)snprintf(names + used, room - used, " %s",
						 list->disks[i].id.name);
	}
	return found;
}

int disklist_choose(const struct disklist *list, const struct disk_wanted *wanted,
		    const struct disk **ret, struct error *error)
{
	const struct disk *disk = NULL;
	char names[200] = "";
	regex_t regex;
	size_t found;

	if (wanted->key == DISK_REGEX && regcomp(&regex, wanted->value, REG_EXTENDED | REG_NOSUB))
		return error_set(error, -EINVAL, "%s: not an extended regular expression",
				 wanted->value);
	found = find(list, wanted, &regex, &disk, names, sizeof(names));
	if (wanted->key == DISK_REGEX)
		regfree(&regex);
	if (found == 0)
		return error_set(error, -ENOENT, "no disk is like %s", wanted->value);
	if (found > 1)
		return error_set(error, -ENOTUNIQ, "%zu disks are like %s:%s", found, wanted->value,
				 names);
	*ret = disk;
	return 0;
}
