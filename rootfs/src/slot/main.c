// SPDX-License-Identifier: Apache-2.0
/* keelson-slot: shows and changes which slot starts. The rules are lib/slot.h's. */
#include "lib/cmdline.h"
#include "lib/slot.h"
#include "lib/text.h"
#include "os/bootstate.h"
#include "os/file.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define CMDLINE_MAX_BYTES 16384

static const char usage[] =
	"usage: keelson-slot [--device PATH] status [--json]\n"
	"       keelson-slot [--device PATH] mark-good\n"
	"       keelson-slot [--device PATH] mark-bad a|b\n"
	"       keelson-slot [--device PATH] set-active a|b [--tries N]\n"
	"       keelson-slot --device PATH format\n"
	"Each slot has a priority (0 to 9; the higher one starts, 0 never does), tries and a mark: the\n"
	"boot loader takes a try before it loads a slot's kernel, and takes the other slot when none is\n"
	"left. Both exhausted: the higher priority starts all the same.\n"
	"  status      both slots, which one runs and which one starts next\n"
	"  mark-good   gives the running slot its 3 tries back; done by keelson-slot-good.service once\n"
	"              boot-complete.target holds\n"
	"  mark-bad    that slot is not started any more\n"
	"  set-active  that slot starts next, N times at most (1 to 7, default 3) until it is good\n"
	"  format      both slots as in a new image\n"
	"  --device    the bootstate partition or an image of it (default: the one this system was\n"
	"              started from). A change is one or two writes of a sector, each synced.\n"
	"Exit codes: 0 done, 1 failed, 2 usage.\n";

struct command {
	const char *verb, *device;
	int slot; /* -1: none given */
	unsigned tries;
	bool json;
};

static int slot_number(const char *text)
{
	return strcmp(text, "a") == 0 ? SLOT_A : strcmp(text, "b") == 0 ? SLOT_B : -1;
}

static bool parse_option(struct command *command, const char *name, const char *value, bool *taken)
{
	uint64_t number;

	*taken = value != NULL;
	if (strcmp(name, "--json") == 0) {
		command->json = true;
		*taken = false;
		return true;
	}
	if (value && strcmp(name, "--device") == 0) {
		command->device = value;
		return true;
	}
	if (value && strcmp(name, "--tries") == 0 &&
	    text_to_number(value, SLOT_TRIES_MAX, &number) == 0 && number > 0) {
		command->tries = (unsigned)number;
		return true;
	}
	return false;
}

static bool parse(int argc, char *argv[], struct command *ret)
{
	*ret = (struct command){ .slot = -1, .tries = SLOT_TRIES_DEFAULT };
	for (int i = 1; i < argc; i++) {
		bool taken = false;

		if (text_starts(argv[i], "--")) {
			if (!parse_option(ret, argv[i], argv[i + 1], &taken))
				return false;
			i += taken;
		} else if (!ret->verb) {
			ret->verb = argv[i];
		} else if (ret->slot >= 0 || (ret->slot = slot_number(argv[i])) < 0) {
			return false;
		}
	}
	return ret->verb != NULL;
}

/* The slot that runs, -1 for none of the two. */
static int running_slot(const char *cmdline)
{
	char name[8];

	return cmdline_value(cmdline, "keelson.slot", name, sizeof(name)) == 0 ? slot_number(name)
									       : -1;
}

static void print_text(const struct slot_state slots[SLOTS], int running, unsigned next)
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
}

static void print_json(const struct slot_state slots[SLOTS], int running, unsigned next)
{
	printf("{\"running\":");
	printf(running < 0 ? "null" : "\"%s\"", running < 0 ? "" : slot_name((enum slot)running));
	printf(",\"next\":\"%s\",\"slots\":{", slot_name(next));
	for (unsigned slot = 0; slot < SLOTS; slot++)
		printf("%s\"%s\":{\"known\":%s,\"priority\":%u,\"tries\":%u,\"good\":%s}",
		       slot ? "," : "", slot_name(slot), slots[slot].known ? "true" : "false",
		       slots[slot].priority, slots[slot].tries,
		       slots[slot].good ? "true" : "false");
	puts("}}");
}

static int status(const struct command *command, const struct slot_state slots[SLOTS], int running)
{
	struct slot_attempt plan[SLOTS];

	slot_plan(slots, plan);
	(command->json ? print_json : print_text)(slots, running, plan[0].slot);
	return 0;
}

/* Applies the verb to the states. -EINVAL: no such verb, or not with these arguments. */
static int change(const struct command *command, int running, struct slot_state slots[SLOTS],
		  struct slot_writes *ret, struct error *error)
{
	bool with_slot = command->slot >= 0;

	if (strcmp(command->verb, "mark-good") == 0 && !with_slot) {
		if (running < 0)
			return error_set(error, -ENOENT, "this system runs from neither slot");
		*ret = slot_mark_good(slots, (unsigned)running);
	} else if (strcmp(command->verb, "mark-bad") == 0 && with_slot) {
		*ret = slot_mark_bad(slots, (unsigned)command->slot);
	} else if (strcmp(command->verb, "set-active") == 0 && with_slot) {
		*ret = slot_set_active(slots, (unsigned)command->slot, command->tries);
	} else if (strcmp(command->verb, "format") == 0 && command->device && !with_slot) {
		*ret = slot_format(slots);
	} else {
		return -EINVAL;
	}
	return 0;
}

static int run(const struct command *command, struct error *error)
{
	char found[DEVICE_NAME_BYTES + 8];
	const char *device = command->device;
	struct slot_state slots[SLOTS];
	struct slot_writes writes;
	AUTO_FREE char *cmdline = NULL;
	int r = file_read("/proc/cmdline", CMDLINE_MAX_BYTES, &cmdline, error);

	if (r == 0 && !device) {
		r = bootstate_find(cmdline, found, error);
		device = found;
	}
	if (r == 0)
		r = bootstate_read(device, slots, error);
	if (r < 0)
		return r;
	if (strcmp(command->verb, "status") == 0 && command->slot < 0)
		return status(command, slots, running_slot(cmdline));
	r = change(command, running_slot(cmdline), slots, &writes, error);
	return r < 0 ? r : bootstate_write(device, slots, &writes, error);
}

int main(int argc, char *argv[])
{
	struct error error = { 0 };
	struct command command;
	int asked = argc == 2 && strcmp(argv[1], "--help") == 0, r;

	if (asked || !parse(argc, argv, &command)) {
		fputs(usage, asked ? stdout : stderr);
		return asked ? 0 : 2;
	}
	r = run(&command, &error);
	if (r < 0 && error.code == 0) {
		fputs(usage, stderr);
		return 2;
	}
	if (r < 0)
		fprintf(stderr, "keelson-slot: %s\n", error.text);
	return r < 0;
}
