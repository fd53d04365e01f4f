// SPDX-License-Identifier: Apache-2.0
/* What keelson-slot status prints. */
#include "slot/slot.h"
#include <stdbool.h>
#include <stdio.h>
#include <time.h>

static void print_time(uint64_t time_s)
{
	char text[40] = "?";
	time_t time = (time_t)time_s;
	struct tm utc;

	if (gmtime_r(&time, &utc))
		strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S UTC", &utc);
	fputs(text, stdout);
}

static void print_failure(unsigned slot, const struct boot_failure *failure)
{
	printf("%s: version %s failed on ", slot_name(slot), failure->version);
	print_time(failure->time_s);
	printf(": %s", failure->reason);
	if (failure->good_since_s > 0) {
		printf("; good since ");
		print_time(failure->good_since_s);
	}
	putchar('\n');
}

/* What ends before systemd runs, or with it, leaves no record: a panic, a hang, a root that does
 * not verify. */
static bool exhausted(const struct slot_state *slot)
{
	return slot->known && slot->priority > 0 && slot->tries == 0 && !slot->good;
}

void print_text(const struct slot_state slots[SLOTS], const struct boot_failure failures[SLOTS],
		int running, unsigned next)
{
	puts("slot  priority  tries  good");
	for (unsigned slot = 0; slot < SLOTS; slot++) {
		printf("%s     ", slot_name(slot));
		if (slots[slot].known)
			printf("%-9u %-6u %-4s", slots[slot].priority, slots[slot].tries,
			       slots[slot].good ? "yes" : "no");
		else
			printf("%-21s", "no valid state");
		printf("%s%s\n", (int)slot == running ? "  running" : "",
		       slot == next ? "  starts next" : "");
	}
	for (unsigned slot = 0; slot < SLOTS; slot++)
		if (failures[slot].known)
			print_failure(slot, &failures[slot]);
		else if (exhausted(&slots[slot]))
			printf("%s: has used up its tries without a word: its kernel panicked or "
			       "hung, or its files did not verify\n",
			       slot_name(slot));
}

void print_json(const struct slot_state slots[SLOTS], const struct boot_failure failures[SLOTS],
		int running, unsigned next)
{
	char failure[BOOT_FAILURE_BYTES];

	printf("{\"running\":");
	printf(running < 0 ? "null" : "\"%s\"", running < 0 ? "" : slot_name((enum slot)running));
	printf(",\"next\":\"%s\",\"slots\":{", slot_name(next));
	for (unsigned slot = 0; slot < SLOTS; slot++) {
		boot_failure_json(&failures[slot], failure);
		printf("%s\"%s\":{\"known\":%s,\"priority\":%u,\"tries\":%u,\"good\":%s,"
		       "\"exhausted\":%s,\"last_failure\":%s}",
		       slot ? "," : "", slot_name(slot), slots[slot].known ? "true" : "false",
		       slots[slot].priority, slots[slot].tries, slots[slot].good ? "true" : "false",
		       exhausted(&slots[slot]) ? "true" : "false", failure);
	}
	puts("}}");
}
