// SPDX-License-Identifier: Apache-2.0
#include "lib/slot.h"
#include "check.h"
#include <stdio.h>
#include <string.h>

#define HEAD "# GRUB Environment Block\n"

static void fill(uint8_t block[SLOT_BLOCK_BYTES], const char *text, size_t size)
{
	memset(block, '#', SLOT_BLOCK_BYTES);
	memcpy(block, text, size < SLOT_BLOCK_BYTES ? size : SLOT_BLOCK_BYTES);
}

/* want: "-" for no state, else priority, tries, good as digits. */
static const struct {
	const char *name, *text, *want;
} blocks[] = {
	{ "as we write it", HEAD "priority=2\ntries=xxx\ngood=1\n", "231" },
	{ "any order", HEAD "good=0\ntries=x\npriority=9\n", "910" },
	{ "a line that starts with a return is none", HEAD "\rpriority=1\ntries=\ngood=0\n", "-" },
	{ "comments between", HEAD "#x\n\npriority=1\n# y\ntries=\ngood=0\n", "100" },
	{ "never", HEAD "priority=0\ntries=\ngood=0\n", "000" },
	{ "no tries at all are none", HEAD "priority=3\ngood=1\n", "301" },
	{ "the last one counts", HEAD "priority=3\npriority=4\ntries=x\ngood=1\n", "411" },
	{ "strangers are ignored", HEAD "color=red\npriority=3\ntries=x\ngood=1\n", "311" },
	{ "backslash", HEAD "pri\\\nority=3\npriority=\\4\ntries=\\x\\x\ngood=1\n", "421" },
	{ "seven tries", HEAD "priority=3\ntries=xxxxxxx\ngood=1\n", "371" },
	{ "eight tries", HEAD "priority=3\ntries=xxxxxxxx\ngood=1\n", "-" },
	{ "other tries", HEAD "priority=3\ntries=xxo\ngood=1\n", "-" },
	{ "newline in tries", HEAD "priority=3\ntries=x\\\nx\ngood=1\n", "-" },
	{ "two digits", HEAD "priority=10\ntries=x\ngood=1\n", "-" },
	{ "not a digit", HEAD "priority=a\ntries=x\ngood=1\n", "-" },
	{ "empty priority", HEAD "priority=\ntries=x\ngood=1\n", "-" },
	{ "no priority", HEAD "tries=x\ngood=1\n", "-" },
	{ "no good", HEAD "priority=3\ntries=x\n", "-" },
	{ "good is 2", HEAD "priority=3\ntries=x\ngood=2\n", "-" },
	{ "a line without a value swallows the next", HEAD "junk\npriority=3\ntries=x\ngood=1\n",
	  "-" },
	{ "last line without an end", HEAD "priority=3\ntries=x\ngood=1", "-" },
	{ "no signature", "# GRUB Environment Blok\npriority=3\ntries=x\ngood=1\n", "-" },
};

static void describe(const struct slot_state *slot, char ret[8])
{
	if (slot->known)
		snprintf(ret, 8, "%u%u%u", slot->priority, slot->tries, slot->good);
	else
		strcpy(ret, "-");
}

static void check_decode(void)
{
	uint8_t block[SLOT_BLOCK_BYTES];
	char got[8];

	for (size_t i = 0; i < ROWS(blocks); i++) {
		fill(block, blocks[i].text, strlen(blocks[i].text));
		struct slot_state slot = slot_decode(block);
		describe(&slot, got);
		CHECK_TEXT(blocks[i].name, got, blocks[i].want);
	}
	memset(block, 0, sizeof(block));
	CHECK("zeros", !slot_decode(block).known);
	static const char with_zero[] = HEAD "priority\0=3\ntries=x\0y\ngood=1\n";
	fill(block, with_zero, sizeof(with_zero) - 1);
	struct slot_state slot = slot_decode(block);
	describe(&slot, got);
	CHECK_TEXT("zero bytes end names and values", got, "311");
}

static void check_encode(void)
{
	uint8_t block[SLOT_BLOCK_BYTES];

	for (unsigned n = 0; n < 10 * 8 * 2; n++) {
		struct slot_state slot = { true, n / 16, n / 2 % 8, n % 2 };

		slot_encode(&slot, block);
		struct slot_state got = slot_decode(block);
		CHECK("what was encoded is decoded", got.known && got.priority == slot.priority &&
							     got.tries == slot.tries &&
							     got.good == slot.good);
	}
}

/* State of a, of b, and the order: a capital letter is an attempt that is counted. */
static const struct {
	const char *a, *b, *want;
} plans[] = {
	{ "231", "130", "AB" }, { "130", "231", "BA" }, { "231", "231", "AB" },
	{ "201", "131", "Ba" }, { "131", "201", "Ab" }, { "201", "101", "ab" },
	{ "101", "201", "ba" }, { "-", "-", "ab" },     { "-", "131", "Ba" },
	{ "131", "-", "Ab" },   { "-", "101", "ba" },   { "101", "-", "ab" },
	{ "000", "131", "Ba" }, { "000", "000", "ab" }, { "000", "-", "ba" },
	{ "030", "100", "ba" }, { "231", "000", "Ab" }, { "971", "930", "AB" },
};

static struct slot_state slot_from(const char *text)
{
	struct slot_state none = { 0 };

	if (*text == '-')
		return none;
	return (struct slot_state){ true, (unsigned)(text[0] - '0'), (unsigned)(text[1] - '0'),
				    text[2] == '1' };
}

static void check_plans(void)
{
	for (size_t i = 0; i < ROWS(plans); i++) {
		struct slot_state slots[SLOTS] = { slot_from(plans[i].a), slot_from(plans[i].b) };
		struct slot_attempt plan[SLOTS];
		char got[SLOTS + 1] = "", row[32];

		snprintf(row, sizeof(row), "a %s, b %s", plans[i].a, plans[i].b);
		slot_plan(slots, plan);
		for (size_t n = 0; n < SLOTS; n++)
			got[n] = (plan[n].counted ? "AB" : "ab")[plan[n].slot];
		CHECK_TEXT(row, got, plans[i].want);
		CHECK(row, slot_worth_restart(slots) == (strpbrk(plans[i].want, "AB") != NULL));
	}
}

static bool starts_first(const struct slot_state slots[SLOTS], unsigned slot)
{
	struct slot_attempt plan[SLOTS];

	slot_plan(slots, plan);
	return plan[0].slot == slot && plan[0].counted;
}

static bool within_limits(const struct slot_state slots[SLOTS])
{
	for (unsigned n = 0; n < SLOTS; n++)
		if (slots[n].priority > SLOT_PRIORITY_MAX || slots[n].tries > SLOT_TRIES_MAX)
			return false;
	return true;
}

/* The states that one slot can have, by number: no state, then every priority with and without
 * tries. */
#define STATES (1 + 2 * (SLOT_PRIORITY_MAX + 1))

static struct slot_state state_number(unsigned n)
{
	if (n == 0)
		return (struct slot_state){ 0 };
	return (struct slot_state){ true, (n - 1) / 2, (n - 1) % 2 * 3, n % 3 == 0 };
}

/* Applies a change to both states and checks what every prefix of its writes leaves behind. */
static void check_changes(unsigned a, unsigned b)
{
	const struct slot_state before[SLOTS] = { state_number(a), state_number(b) };

	for (unsigned slot = 0; slot < SLOTS; slot++) {
		struct slot_state good[SLOTS], active[SLOTS], bad[SLOTS], cut[SLOTS];
		struct slot_writes writes;

		memcpy(good, before, sizeof(good));
		writes = slot_mark_good(good, slot);
		CHECK("good: written first", writes.slots[0] == slot && within_limits(good));
		CHECK("good: has all its tries",
		      good[slot].good && good[slot].tries == 3 && good[slot].priority > 0);
		CHECK("good: both have a state", good[!slot].known);
		if (!before[slot].known || before[slot].priority > before[!slot].priority)
			CHECK("good: the running one stays before the other",
			      good[slot].priority >= good[!slot].priority);

		memcpy(active, before, sizeof(active));
		writes = slot_set_active(active, slot, 2);
		CHECK("active: starts next", starts_first(active, slot) && within_limits(active));
		CHECK("active: has its tries", active[slot].tries == 2 && !active[slot].good);
		CHECK("active: written last", writes.slots[writes.count - 1] == slot);
		memcpy(cut, before, sizeof(cut));
		if (writes.count == 2) {
			cut[!slot] = active[!slot];
			CHECK("active, cut: the other can still start",
			      cut[!slot].tries == before[!slot].tries && cut[!slot].priority > 0);
		}

		memcpy(bad, before, sizeof(bad));
		slot_mark_bad(bad, slot);
		CHECK("bad: does not start by itself", !starts_first(bad, slot));
	}
}

/* A machine on which no boot ever completes: it must come to rest, after every try was taken. */
static void check_no_endless_loop(unsigned a, unsigned b)
{
	struct slot_state slots[SLOTS] = { state_number(a), state_number(b) };
	unsigned restarts = 0;

	while (slot_worth_restart(slots) && restarts < 100) {
		struct slot_attempt plan[SLOTS];

		slot_plan(slots, plan);
		slots[plan[0].slot].tries--;
		restarts++;
	}
	CHECK("comes to rest", restarts <= SLOTS * SLOT_TRIES_MAX);
	for (unsigned n = 0; n < SLOTS; n++)
		CHECK("nothing that may be counted on is left",
		      !slots[n].known || slots[n].priority == 0 || slots[n].tries == 0);
}

SUITE(slot)
{
	struct slot_state fresh[SLOTS];

	check_decode();
	check_encode();
	check_plans();
	for (unsigned a = 0; a < STATES; a++)
		for (unsigned b = 0; b < STATES; b++) {
			check_changes(a, b);
			check_no_endless_loop(a, b);
		}
	slot_format(fresh);
	CHECK("a new image starts a", starts_first(fresh, 0));
	fresh[0].tries = 0;
	CHECK("and b when a has failed", starts_first(fresh, 1));
}
