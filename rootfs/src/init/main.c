// SPDX-License-Identifier: Apache-2.0
/*
 * keelson-init: the only program of the initramfs. It mounts the verified root of the slot that the
 * boot loader chose, /var from the state partition and the overlay on /etc, and becomes systemd. It
 * has no shell and asks nobody: whatever fails is said once, and the machine restarts so that the
 * boot loader can take the other slot.
 */
#include "init/init.h"
#include "os/file.h"
#include "os/kmsg.h"
#include "os/watchdog.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <time.h>
#include <unistd.h>

#define SYSTEMD "/usr/lib/systemd/systemd"
#define CMDLINE_MAX_BYTES 16384
#define HOLD_REPEAT_S 60
#define REPORT "/var/lib/keelson/provision-report"

static const char usage[] =
	"usage: keelson-init\n"
	"The first process of Keelson's initramfs: mounts the verified root and /var, and starts\n"
	"systemd. Does nothing but print this when it is not process 1. Kernel command line:\n"
	"  keelson.slot=a|b|pxe   which root to use (required); pxe: /root.img of the initramfs, or\n"
	"  keelson.root.url=URL   is fetched; without it root.img in keelson.pxe=URL, a folder\n"
	"  keelson.root.sha256=HEX  ... and must have this hash; the root hash is checked either way\n"
	"  roothash=HEX           its verity root hash, 64 digits (required)\n"
	"  keelson.boot=UUID      only the disk that has this partition\n"
	"  keelson.disk=NAME      only this disk (kernel name, as sda)\n"
	"  keelson.timeout=S      how long to wait for disks (60)\n"
	"  keelson.panic=S        how long to show an error before the restart (10)\n"
	"  keelson.watchdog=S     how long systemd may take until it pings the watchdog, /dev/watchdog0,\n"
	"                         before that restarts the machine (180; 0: not started here)\n"
	"  keelson.var=tmpfs      /var in memory: the state partition is neither read nor written\n"
	"  keelson.fsck=repair    answer yes to every question of fsck.ext4\n"
	"Exit codes: 0 for --help, 2 usage.\n";

/* A machine that is not what its config says must not come up; and as the next boot would fare no
 * better it is not restarted either. What is wrong was said as it was found; it is said again from
 * time to time, for whoever attaches a console later. */
static _Noreturn void hold(const struct error *error)
{
	for (;; sleep(HOLD_REPEAT_S)) {
		kmsg_print(KMSG_CRITICAL, "provisioning failed: %s", error->text);
		kmsg_print(KMSG_CRITICAL,
			   "next: correct the config and restart the machine, which begins anew; "
			   "the report is above%s",
			   access(REPORT, F_OK) == 0 ? " and on the state partition in lib/keelson"
						     : "");
	}
}

static int read_options(struct boot_options *ret, struct error *error)
{
	AUTO_FREE char *cmdline = NULL;
	int r = file_read("/proc/cmdline", CMDLINE_MAX_BYTES, &cmdline, error);

	if (r == 0)
		r = boot_options_parse(cmdline, ret, error);
	return r;
}

/* Disks are provisioned before the state partition takes what is left of them. */
static int mount_writable(const struct boot_options *options, const char *disk, struct error *error)
{
	bool is_new = !options->var_tmpfs && !var_exists(disk);
	bool first;

	if (is_new && provision_new_disk(error) < 0)
		hold(error);
	if ((options->var_tmpfs ? var_mount_tmpfs(error) : var_mount_disk(options, disk, error)) <
		    0 ||
	    provision_begin(&first, error) < 0)
		return error_wrap(error, "/var");
	if (etc_mount(error) < 0)
		return error_wrap(error, "/etc");
	if (first && ((!is_new && provision_disks(error) < 0) || provision_files(error) < 0))
		hold(error);
	return var_yield(error);
}

/* A machine that started over the network keeps /var on a disk of ours if it has one. */
static int mount_all(struct boot_options *options, struct error *error)
{
	bool from_network = options->slot == SLOT_PXE;
	char disk[DEVICE_NAME_BYTES] = "";
	int r = from_network ? root_mount_file(options, error) : root_mount(options, disk, error);

	if (r == 0)
		r = root_enter(error);
	if (r < 0)
		return error_wrap(error, "root");
	mount_early();
	if (from_network && !options->var_tmpfs) {
		var_find_disk(options, disk);
		options->var_tmpfs = disk[0] == '\0';
	}
	return mount_writable(options, disk, error);
}

/* Arguments are passed on as the kernel gave them; of the environment only TERM, as the kernel puts
 * every word of its command line there that it does not know. */
static int become_systemd(char *argv[], struct error *error)
{
	char program[] = SYSTEMD, terminal[64] = "TERM=linux";
	char *environment[] = { terminal, NULL };
	const char *given = getenv("TERM");

	if (given && strlen(given) < 32)
		snprintf(terminal, sizeof(terminal), "TERM=%s", given);
	argv[0] = program;
	execve(program, argv, environment);
	return error_errno(error, "execute " SYSTEMD);
}

/* Last of all: fsck and mkfs may rightly take longer than any timeout, and what can hang before has
 * timeouts of its own. A machine without a watchdog, or with one that does not start, boots on. */
static void arm_watchdog(unsigned timeout_s)
{
	struct error error = { 0 };

	if (timeout_s > 0 && watchdog_arm(timeout_s, &error) < 0 && error.code != -ENOENT)
		kmsg_print(KMSG_WARNING, "watchdog: %s", error.text);
}

static int boot(char *argv[], struct boot_options *options, struct error *error)
{
	int r = mount_kernel_filesystems(error);

	/* Nothing that we or the tools say may be lost to the kernel's limit on lines from user
	 * space. */
	file_write("/proc/sys/kernel/printk_devkmsg", "on\n", NULL);
	if (r == 0)
		r = read_options(options, error);
	if (r < 0)
		return r;
	r = mount_all(options, error);
	if (r == 0) {
		arm_watchdog(options->watchdog_s);
		r = become_systemd(argv, error);
	}
	return error_wrap(error, "slot %s", slot_name(options->slot));
}

static _Noreturn void give_up(const struct boot_options *options, const struct error *error)
{
	struct timespec shown = { .tv_sec = options->panic_s };

	kmsg_print(KMSG_CRITICAL, "%s", error->text);
	kmsg_print(KMSG_CRITICAL, "next: restart in %u s, %s", options->panic_s,
		   options->slot == SLOT_PXE ? "to try again"
					     : "so that the boot loader can take the other slot");
	nanosleep(&shown, NULL);
	reboot(RB_AUTOBOOT); /* no sync: a disk that does not answer must not hold up the restart */
	for (;;)             /* no permission: only outside a machine of its own */
		pause();
}

int main(int argc, char *argv[])
{
	static char name[] = "keelson-init";
	struct boot_options options = { .panic_s = 10 };
	struct error error = { 0 };

	if (getpid() != 1) {
		int asked = argc == 2 && strcmp(argv[1], "--help") == 0;

		fputs(usage, asked ? stdout : stderr);
		return asked ? 0 : 2;
	}
	program_invocation_short_name = name; /* in the initramfs it is /init */
	boot(argv, &options, &error);
	give_up(&options, &error);
}
