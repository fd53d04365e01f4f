// SPDX-License-Identifier: Apache-2.0
/* Parsing of the kernel command line; see cmdline.h. Must never guess a root hash or a slot. */
#include "lib/cmdline.h"
#include "lib/guid.h"
#include "lib/text.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

const char *slot_name(enum slot slot)
{
	static const char *const names[] = { "a", "b", "pxe" };

	return names[slot];
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Length of the word at text; spaces inside double quotes belong to it (kernel: next_arg). */
static size_t word_length(const char *text)
{
	bool quoted = false;
	size_t i;

	for (i = 0; text[i] != '\0' && (quoted || !is_space(text[i])); i++)
		if (text[i] == '"')
			quoted = !quoted;
	return i;
}

/* Takes the value out of a word, without quotes. Returns -ENOENT if the word is about another key.
 */
static int word_value(const char *word, size_t length, const char *key, char *ret, size_t room)
{
	char plain[CMDLINE_WORD_BYTES];
	size_t used = 0, key_length = strlen(key);

	for (size_t i = 0; i < length; i++) {
		if (word[i] == '"')
			continue;
		if (used == sizeof(plain))
			break;
		plain[used++] = word[i];
	}
	if (used < key_length || memcmp(plain, key, key_length) != 0)
		return -ENOENT;
	if (used == key_length)
		return text_copy(ret, room, "", 0);
	if (plain[key_length] != '=')
		return -ENOENT;
	if (used == sizeof(plain))
		return -ENAMETOOLONG;
	return text_copy(ret, room, plain + key_length + 1, used - key_length - 1);
}

bool cmdline_has(const char *cmdline, const char *argument, size_t length)
{
	for (;;) {
		size_t own;

		while (is_space(*cmdline))
			cmdline++;
		own = word_length(cmdline);
		if (own == 0 || (own == 2 && memcmp(cmdline, "--", 2) == 0))
			return false;
		if (own == length && memcmp(cmdline, argument, length) == 0)
			return true;
		cmdline += own;
	}
}

int cmdline_value(const char *cmdline, const char *key, char *ret, size_t room)
{
	int result = -ENOENT;

	for (;;) {
		size_t length;

		while (is_space(*cmdline))
			cmdline++;
		length = word_length(cmdline);
		if (length == 0 || (length == 2 && memcmp(cmdline, "--", 2) == 0))
			return result;
		int r = word_value(cmdline, length, key, ret, room);
		if (r != -ENOENT)
			result = r;
		cmdline += length;
	}
}

int cmdline_seconds(const char *cmdline, const char *key, unsigned *ret, struct error *error)
{
	char value[CMDLINE_VALUE_BYTES];
	uint64_t number;
	int r = cmdline_value(cmdline, key, value, sizeof(value));

	if (r == -ENOENT)
		return 0;
	if (r < 0 || text_to_number(value, 3600, &number) < 0)
		return error_set(error, -EINVAL, "%s= wants seconds from 0 to 3600", key);
	*ret = (unsigned)number;
	return 0;
}

/* A key that takes one of two words; *ret says whether it is the second. */
static int parse_choice(const char *cmdline, const char *key, const char *usual, const char *other,
			bool *ret, struct error *error)
{
	char value[CMDLINE_VALUE_BYTES];
	int r = cmdline_value(cmdline, key, value, sizeof(value));

	if (r == -ENOENT)
		return 0;
	if (r < 0 || (strcmp(value, usual) != 0 && strcmp(value, other) != 0))
		return error_set(error, -EINVAL, "%s= wants %s or %s", key, usual, other);
	*ret = strcmp(value, other) == 0;
	return 0;
}

static int parse_slot(const char *cmdline, enum slot *ret, struct error *error)
{
	char value[CMDLINE_VALUE_BYTES];
	int r = cmdline_value(cmdline, "keelson.slot", value, sizeof(value));

	if (r == -ENOENT)
		return error_set(error, -EINVAL,
				 "keelson.slot= is missing on the kernel command line");
	for (enum slot slot = SLOT_A; r == 0 && slot <= SLOT_PXE; slot++) {
		if (strcmp(value, slot_name(slot)) == 0) {
			*ret = slot;
			return 0;
		}
	}
	return error_set(error, -EINVAL, "keelson.slot= wants a, b or pxe");
}

static int parse_root_hash(const char *cmdline, uint8_t ret[32], struct error *error)
{
	char value[CMDLINE_VALUE_BYTES];
	int r = cmdline_value(cmdline, "roothash", value, sizeof(value));

	if (r == -ENOENT)
		return error_set(error, -EINVAL, "roothash= is missing on the kernel command line");
	if (r < 0 || text_to_bytes(value, ret, 32) < 0)
		return error_set(error, -EINVAL, "roothash= wants 64 hex digits");
	return 0;
}

static int parse_disk(const char *cmdline, struct boot_options *ret, struct error *error)
{
	char value[CMDLINE_VALUE_BYTES];
	uint8_t guid[GUID_BYTES];
	int r = cmdline_value(cmdline, "keelson.boot", value, sizeof(value));

	if (r != -ENOENT) {
		if (r < 0 || guid_parse(value, guid) < 0)
			return error_set(error, -EINVAL,
					 "keelson.boot= wants the UUID of a partition");
		guid_format(guid, ret->boot_partuuid);
	}
	r = cmdline_value(cmdline, "keelson.disk", value, sizeof(value));
	if (r == -ENOENT)
		return 0;
	if (r < 0 || *value == '\0' || *value == '.' || strchr(value, '/') ||
	    text_copy(ret->disk, sizeof(ret->disk), value, strlen(value)) < 0)
		return error_set(error, -EINVAL,
				 "keelson.disk= wants a disk's kernel name, as sda");
	return 0;
}

/* keelson.root.url=, or the file of that name in the folder that kernel and initramfs came from. */
static int parse_root_file(const char *cmdline, struct boot_options *ret, struct error *error)
{
	static const char name[] = "root.img";
	char value[CMDLINE_VALUE_BYTES];
	uint8_t hash[32];
	size_t length;
	int r = cmdline_value(cmdline, "keelson.root.url", ret->root_url, sizeof(ret->root_url));

	if (r == -ENOENT) {
		r = cmdline_value(cmdline, "keelson.pxe", ret->root_url,
				  sizeof(ret->root_url) - sizeof(name));
		length = strlen(ret->root_url);
		if (r == 0 && length > 0)
			snprintf(ret->root_url + length, sizeof(name) + 1, "%s%s",
				 ret->root_url[length - 1] == '/' ? "" : "/", name);
	}
	if (r < 0 && r != -ENOENT)
		return error_set(error, r, "keelson.root.url= or keelson.pxe= is too long");
	r = cmdline_value(cmdline, "keelson.root.sha256", value, sizeof(value));
	if (r == -ENOENT)
		return 0;
	if (r < 0 || text_to_bytes(value, hash, sizeof(hash)) < 0)
		return error_set(error, -EINVAL, "keelson.root.sha256= wants 64 hex digits");
	snprintf(ret->root_hash_of_file, sizeof(ret->root_hash_of_file), "sha256-%.64s", value);
	return 0;
}

int boot_options_parse(const char *cmdline, struct boot_options *ret, struct error *error)
{
	int r;

	*ret = (struct boot_options){ .timeout_s = 60, .panic_s = 10, .watchdog_s = 180 };
	r = cmdline_seconds(cmdline, "keelson.panic", &ret->panic_s, error);
	if (r == 0)
		r = parse_slot(cmdline, &ret->slot, error);
	if (r == 0)
		r = parse_root_hash(cmdline, ret->root_hash, error);
	if (r == 0)
		r = cmdline_seconds(cmdline, "keelson.timeout", &ret->timeout_s, error);
	if (r == 0)
		r = cmdline_seconds(cmdline, "keelson.watchdog", &ret->watchdog_s, error);
	if (r == 0)
		r = parse_disk(cmdline, ret, error);
	if (r == 0)
		r = parse_root_file(cmdline, ret, error);
	if (r == 0)
		r = parse_choice(cmdline, "keelson.var", "disk", "tmpfs", &ret->var_tmpfs, error);
	if (r == 0)
		r = parse_choice(cmdline, "keelson.fsck", "preen", "repair", &ret->fsck_repair,
				 error);
	return r;
}
