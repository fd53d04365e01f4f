// SPDX-License-Identifier: Apache-2.0
/* keelson-slot: shows and changes which slot starts. The rules are lib/slot.h's. */
#include "lib/text.h"
#include "os/file.h"
#include "slot/slot.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define CMDLINE_MAX_BYTES 16384

static const char usage[] =
	"usage: keelson-slot [--device PATH] status [--json]\n"
	"       keelson-slot [--device PATH] mark-good\n"
	"       keelson-slot [--device PATH] mark-bad a|b\n"
	"       keelson-slot [--device PATH] set-active a|b [--tries N]\n"
	"       keelson-slot [--device PATH] watch [--timeout S]\n"
	"       keelson-slot --device PATH format\n"
	"Each slot has a priority (0 to 9; the higher one starts, 0 never does), tries and a mark: the\n"
	"boot loader takes a try before it loads a slot's kernel, and takes the other slot when none is\n"
	"left. Both exhausted: the higher priority starts all the same.\n"
	"  status      both slots, which one runs and which one starts next; and the last boot of each\n"
	"              that came to nothing, with the reason\n"
	"  mark-good   gives the running slot its 3 tries back; done by keelson-slot-good.service once\n"
	"              boot-complete.target holds\n"
	"  mark-bad    that slot is not started any more\n"
	"  set-active  that slot starts next, N times at most (1 to 7, default 3) until it is good\n"
	"  watch       waits for boot-complete.target. When it fails, or is not reached within S seconds\n"
	"              (default: keelson.boot_timeout= of the kernel command line, or 600; 0: no watch),\n"
	"              records why in /var/lib/keelson/boot-failure.json and restarts the machine, as\n"
	"              long as a slot has tries left; else it stays up. Done by\n"
	"              keelson-slot-watch.service\n"
	"  format      both slots as in a new image\n"
	"  --device    the bootstate partition or an image of it (default: the one this system was\n"
	"              started from). A change is one or two writes of a sector, each synced.\n"
	"Exit codes: 0 done, 1 failed, 2 usage.\n";

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
	if (value && strcmp(name, "--timeout") == 0 && text_to_number(value, 3600, &number) == 0) {
		command->timeout_s = (int)number;
		return true;
	}
	return false;
}

static bool parse(int argc, char *argv[], struct command *ret)
{
	*ret = (struct command){ .slot = -1, .tries = SLOT_TRIES_DEFAULT, .timeout_s = -1 };
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

int running_slot(const char *cmdline)
{
	char name[8];

	return cmdline_value(cmdline, "keelson.slot", name, sizeof(name)) == 0 ? slot_number(name)
									       : -1;
}

/* Of an image that is looked at from outside no failures are known. */
static int status(const struct command *command, const struct slot_state slots[SLOTS], int running)
{
	struct boot_failure failures[SLOTS] = { 0 };
	struct slot_attempt plan[SLOTS];
	struct error error = { 0 };

	if (!command->device && failures_read(failures, &error) < 0)
		fprintf(stderr, "keelson-slot: %s\n", error.text);
	slot_plan(slots, plan);
	(command->json ? print_json : print_text)(slots, failures, running, plan[0].slot);
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

int read_slots(const struct command *command, const char *cmdline,
	       char ret_device[DEVICE_PATH_BYTES], struct slot_state ret[SLOTS],
	       struct error *error)
{
	int r = 0;

	if (!command->device)
		r = bootstate_find(cmdline, ret_device, error);
	else if (text_copy(ret_device, DEVICE_PATH_BYTES, command->device,
			   strlen(command->device)) < 0)
		r = error_set(error, -ENAMETOOLONG, "--device: the path is too long");
	return r < 0 ? r : bootstate_read(ret_device, ret, error);
}

static int run(const struct command *command, struct error *error)
{
	char device[DEVICE_PATH_BYTES];
	struct slot_state slots[SLOTS];
	struct slot_writes writes;
	AUTO_FREE char *cmdline = NULL;
	int running, r = file_read("/proc/cmdline", CMDLINE_MAX_BYTES, &cmdline, error);

	if (r == 0 && strcmp(command->verb, "watch") == 0 && command->slot < 0)
		return watch_boot(command, cmdline, error);
	if (r == 0)
		r = read_slots(command, cmdline, device, slots, error);
	if (r < 0)
		return r;
	running = running_slot(cmdline);
	if (strcmp(command->verb, "status") == 0 && command->slot < 0)
		return status(command, slots, running);
	r = change(command, running, slots, &writes, error);
	if (r == 0)
		r = bootstate_write(device, slots, &writes, error);
	if (r == 0 && strcmp(command->verb, "mark-good") == 0 && !command->device)
		r = failures_note_good((unsigned)running, error);
	return r;
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
