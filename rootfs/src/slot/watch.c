// SPDX-License-Identifier: Apache-2.0
/*
 * keelson-slot watch: when boot-complete.target is not reached, records why and restarts the
 * machine, so that the boot loader takes another try or the other slot; but never a machine for
 * which there is nothing left to try.
 *
 * It polls instead of being called by OnFailure= and JobTimeoutSec=: so it sees a target whose job
 * was cancelled or never made as well, and its time runs whatever PID 1 is busy with. That PID 1
 * itself still answers is the watchdog's business.
 */
#include "os/kmsg.h"
#include "os/manager.h"
#include "slot/slot.h"
#include <errno.h>
#include <stdio.h>
#include <sys/reboot.h>
#include <time.h>
#include <unistd.h>

#define TARGET "boot-complete.target"
#define TIMEOUT_DEFAULT_S 600
#define ANSWER_TIMEOUT_S 10
#define POLL_S 2
#define RESTART_TIMEOUT_S 60

/* --timeout, or the kernel command line; a value there that is none must not switch the watch off.
 */
static unsigned choose_timeout(const struct command *command, const char *cmdline)
{
	unsigned timeout_s = TIMEOUT_DEFAULT_S;
	struct error error = { 0 };

	if (command->timeout_s >= 0)
		return (unsigned)command->timeout_s;
	if (cmdline_seconds(cmdline, "keelson.boot_timeout", &timeout_s, &error) < 0)
		kmsg_print(KMSG_WARNING, "%s; using %d", error.text, TIMEOUT_DEFAULT_S);
	return timeout_s;
}

static int reconnect(struct sd_bus **manager, struct error *error)
{
	return *manager ? 0 : manager_connect(ANSWER_TIMEOUT_S, manager, error);
}

/* PID 1 that does not answer, perhaps as it executes itself anew, has not decided anything. */
static enum boot_state look(struct sd_bus **manager)
{
	char active[16];
	bool job = false;

	if (reconnect(manager, NULL) == 0 &&
	    manager_unit(*manager, TARGET, active, &job, NULL) == 0)
		return boot_state(active, job);
	manager_close(manager);
	return BOOT_PENDING;
}

static uint64_t uptime_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec;
}

static enum boot_state wait_for_boot(struct sd_bus **manager, unsigned timeout_s)
{
	uint64_t end_s = uptime_s() + timeout_s;
	enum boot_state state;

	while ((state = look(manager)) == BOOT_PENDING && uptime_s() < end_s)
		sleep(POLL_S);
	return state;
}

static void explain(struct sd_bus *manager, enum boot_state state, unsigned timeout_s, char *ret,
		    size_t room)
{
	char names[160];
	int used = state == BOOT_FAILED
			   ? snprintf(ret, room, TARGET " failed")
			   : snprintf(ret, room, TARGET " not reached after %u s", timeout_s);

	ret += used;
	room -= (size_t)used;
	if (!manager)
		snprintf(ret, room, ": PID 1 does not answer");
	else if (manager_requirements(manager, TARGET, "failed", names, sizeof(names), NULL) > 0)
		snprintf(ret, room, ": %s failed", names);
	else if (manager_requirements(manager, TARGET, "activating", names, sizeof(names), NULL) >
		 0)
		snprintf(ret, room, ": %s not finished", names);
}

/* The second time without stopping anything, the third without PID 1; no sync then: a disk that
 * does not answer must not hold it up. */
static void restart(struct sd_bus **manager)
{
	for (int force = 0; force <= 1; force++) {
		struct error error = { 0 };

		if (reconnect(manager, &error) < 0 || manager_restart(*manager, force, &error) < 0)
			kmsg_print(KMSG_ERROR, "%s", error.text);
		sleep(RESTART_TIMEOUT_S);
		manager_close(manager);
	}
	kmsg_print(KMSG_CRITICAL, "the machine did not restart in order; forcing it");
	reboot(RB_AUTOBOOT);
}

static int give_up(const struct command *command, const char *cmdline, const char *reason,
		   struct sd_bus **manager, struct error *error)
{
	unsigned own = (unsigned)running_slot(cmdline);
	struct slot_state slots[SLOTS];
	struct error unwritten = { 0 };
	char device[DEVICE_PATH_BYTES];
	int r;

	kmsg_print(KMSG_CRITICAL, "slot %s: %s", slot_name(own), reason);
	if (failures_add(own, reason, &unwritten) < 0)
		kmsg_print(KMSG_ERROR, "this is not recorded: %s", unwritten.text);
	r = read_slots(command, cmdline, device, slots, error);
	if (r < 0) {
		kmsg_print(KMSG_CRITICAL, "next: nothing, as the slots are not known: %s",
			   error->text);
		return r;
	}
	if (slot_worth_restart(slots)) {
		kmsg_print(KMSG_CRITICAL, "next: restart, for another try or the other slot");
		restart(manager);
	} else {
		kmsg_print(KMSG_CRITICAL, "next: nothing: neither slot has a try left, so the "
					  "machine stays up as it is; remedy: mend what failed, "
					  "then keelson-slot mark-good");
	}
	return error_set(error, -ETIMEDOUT, "%s", reason);
}

int watch_boot(const struct command *command, const char *cmdline, struct error *error)
{
	AUTO_MANAGER struct sd_bus *manager = NULL;
	unsigned timeout_s = choose_timeout(command, cmdline);
	enum boot_state state;
	char reason[250];

	if (timeout_s == 0 || running_slot(cmdline) < 0)
		return 0;
	state = wait_for_boot(&manager, timeout_s);
	/* A machine that is switched off while it starts has given up by itself. */
	if (state == BOOT_COMPLETE || (manager && manager_stopping(manager, NULL) > 0))
		return 0;
	explain(manager, state, timeout_s, reason, sizeof(reason));
	return give_up(command, cmdline, reason, &manager, error);
}
