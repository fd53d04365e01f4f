// SPDX-License-Identifier: Apache-2.0
/* See slot.h. */
#include "lib/slot.h"
#include <string.h>

static const char signature[] = "# GRUB Environment Block\n";
#define SIGNATURE_BYTES (sizeof(signature) - 1)
#define VALUE_BYTES (SLOT_TRIES_MAX + 1)

struct values {
	char priority[VALUE_BYTES + 1], tries[VALUE_BYTES + 1], good[VALUE_BYTES + 1];
};

/* The end of a line: a newline that no backslash stands before. end if there is none. */
static const char *line_end(const char *at, const char *end)
{
	while (at < end && *at != '\n')
		at += *at == '\\' ? 2 : 1;
	return at < end ? at : end;
}

/* Takes the backslashes out. A value longer than any that is allowed is cut to one that is not. */
static void copy_value(char ret[VALUE_BYTES + 1], const char *at, const char *end)
{
	size_t size = 0;

	while (at < end && size < VALUE_BYTES) {
		if (*at == '\\')
			at++;
		if (*at == '\0')
			break; /* GRUB's strings end here */
		ret[size++] = *at++;
	}
	ret[size] = '\0';
}

static bool is_name(const char *at, size_t size, const char *name)
{
	return strnlen(at, size) == strlen(name) && memcmp(at, name, strlen(name)) == 0;
}

static void take_line(struct values *values, const char *at, const char *equals, const char *end)
{
	size_t size = (size_t)(equals - at);

	if (is_name(at, size, "priority"))
		copy_value(values->priority, equals + 1, end);
	else if (is_name(at, size, "tries"))
		copy_value(values->tries, equals + 1, end);
	else if (is_name(at, size, "good"))
		copy_value(values->good, equals + 1, end);
}

/* As GRUB reads it: a line without '=' swallows the next, one without an end ends it all. */
static void read_values(const char *at, const char *end, struct values *ret)
{
	while (at < end) {
		if (*at != '#' && *at != '\n' && *at != '\r') {
			const char *equals = memchr(at, '=', (size_t)(end - at));
			const char *value_end = equals ? line_end(equals + 1, end) : end;

			if (value_end == end)
				return;
			take_line(ret, at, equals, value_end);
			at = value_end;
		}
		at = line_end(at, end) + 1;
	}
}

struct slot_state slot_decode(const uint8_t block[SLOT_BLOCK_BYTES])
{
	const char *text = (const char *)block;
	struct values values = { 0 };
	struct slot_state none = { 0 }, slot = { .known = true };

	if (memcmp(text, signature, SIGNATURE_BYTES) != 0)
		return none;
	read_values(text + SIGNATURE_BYTES, text + SLOT_BLOCK_BYTES, &values);
	slot.tries = (unsigned)strspn(values.tries, "x");
	if (strlen(values.priority) != 1 || values.priority[0] < '0' || values.priority[0] > '9' ||
	    values.tries[slot.tries] != '\0' || slot.tries > SLOT_TRIES_MAX ||
	    strlen(values.good) != 1 || values.good[0] < '0' || values.good[0] > '1')
		return none;
	slot.priority = (unsigned)(values.priority[0] - '0');
	slot.good = values.good[0] == '1';
	return slot;
}

void slot_encode(const struct slot_state *slot, uint8_t block[SLOT_BLOCK_BYTES])
{
	static const char tries[] = "xxxxxxx";
	char *text = (char *)block;

	memset(block, '#', SLOT_BLOCK_BYTES);
	memcpy(text, signature, SIGNATURE_BYTES);
	text += SIGNATURE_BYTES;
	memcpy(text, "priority=", 9);
	text[9] = (char)('0' + slot->priority);
	memcpy(text + 10, "\ntries=", 7);
	memcpy(text + 17, tries, slot->tries);
	text += 17 + slot->tries;
	memcpy(text, "\ngood=", 6);
	text[6] = slot->good ? '1' : '0';
	text[7] = '\n';
}

/* A slot without state is intact as far as anybody knows; one with priority 0 may be half-written.
 */
static unsigned rank(const struct slot_state *slot)
{
	return slot->known ? slot->priority * 10 : 5;
}

static bool counts(const struct slot_state *slot)
{
	return slot->known && slot->priority > 0 && slot->tries > 0;
}

void slot_plan(const struct slot_state slots[SLOTS], struct slot_attempt ret[SLOTS])
{
	unsigned first = rank(&slots[1]) > rank(&slots[0]);

	if (!counts(&slots[first]) && counts(&slots[!first]))
		first = !first;
	ret[0] = (struct slot_attempt){ first, counts(&slots[first]) };
	ret[1] = (struct slot_attempt){ !first, counts(&slots[!first]) };
}

bool slot_worth_restart(const struct slot_state slots[SLOTS])
{
	struct slot_attempt plan[SLOTS];

	slot_plan(slots, plan);
	return plan[0].counted;
}

struct slot_writes slot_mark_good(struct slot_state slots[SLOTS], unsigned own)
{
	struct slot_state *other = &slots[!own];
	struct slot_writes writes = { 1, { own } };

	if (!slots[own].known)
		slots[own].priority = other->priority < SLOT_PRIORITY_MAX ? other->priority + 1
									  : SLOT_PRIORITY_MAX;
	if (!other->known) {
		*other = (struct slot_state){ true, 1, SLOT_TRIES_DEFAULT, false };
		writes.slots[writes.count++] = !own;
	}
	if (slots[own].priority < 2)
		slots[own].priority = 2;
	slots[own].known = slots[own].good = true;
	slots[own].tries = SLOT_TRIES_DEFAULT;
	return writes;
}

struct slot_writes slot_mark_bad(struct slot_state slots[SLOTS], unsigned slot)
{
	slots[slot] = (struct slot_state){ .known = true };
	return (struct slot_writes){ 1, { slot } };
}

struct slot_writes slot_set_active(struct slot_state slots[SLOTS], unsigned slot, unsigned tries)
{
	struct slot_state *other = &slots[!slot];
	struct slot_writes writes = { 0 };

	if (other->priority == SLOT_PRIORITY_MAX) { /* there is none above it */
		other->priority--;
		writes.slots[writes.count++] = !slot;
	}
	slots[slot] = (struct slot_state){ true, other->priority + 1, tries, false };
	writes.slots[writes.count++] = slot;
	return writes;
}

struct slot_writes slot_format(struct slot_state slots[SLOTS])
{
	slots[0] = (struct slot_state){ true, 2, SLOT_TRIES_DEFAULT, false };
	slots[1] = (struct slot_state){ true, 1, SLOT_TRIES_DEFAULT, false };
	return (struct slot_writes){ 2, { 0, 1 } };
}
