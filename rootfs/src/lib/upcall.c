// SPDX-License-Identifier: Apache-2.0
/*
 * See upcall.h. Whoever can write kernel memory can name any program in modprobe_path, core_pattern
 * or poweroff_cmd; the list here is what that still gives him. Nothing may be added that runs a
 * program of the caller's choice.
 */
#include "lib/upcall.h"
#include <errno.h>
#include <string.h>

#define COREDUMP "/usr/lib/systemd/systemd-coredump"
#define COREDUMP_ARGUMENTS_MIN 2
#define MODULE_NAME_MAX 56 /* the kernel's MODULE_NAME_LEN */

/* An alias (fs-ext4, net-pf-10, crypto-hmac(sha256)): any printable character but those of paths
 * and options. */
static int plausible_module(const char *name)
{
	size_t length = strnlen(name, MODULE_NAME_MAX + 1);

	if (length == 0 || length > MODULE_NAME_MAX || name[0] == '-')
		return 0;
	for (size_t i = 0; i < length; i++)
		if (name[i] <= ' ' || name[i] > '~' || name[i] == '/')
			return 0;
	return 1;
}

/* kernel/module/kmod.c: modprobe_path -q -- NAME */
static int decide_modprobe(int argc, char *const argv[], struct upcall *ret)
{
	if (argc != 4 || strcmp(argv[1], "-q") != 0 || strcmp(argv[2], "--") != 0 ||
	    !plausible_module(argv[3]))
		return -EPERM;
	*ret = (struct upcall){ .path = "/usr/bin/kmod",
				.argv = { "modprobe", "-q", "--", argv[3] } };
	return 0;
}

/* fs/coredump.c: the words of kernel.core_pattern, each expanded after splitting; the core comes on
 * standard input. */
static int decide_coredump(int argc, char *const argv[], struct upcall *ret)
{
	struct upcall upcall = { .path = COREDUMP };

	if (argc < COREDUMP_ARGUMENTS_MIN || argc > UPCALL_ARGUMENTS_MAX)
		return -EPERM;
	for (int i = 0; i < argc; i++)
		upcall.argv[i] = argv[i];
	*ret = upcall;
	return 0;
}

/* kernel/reboot.c: orderly_poweroff() and orderly_reboot(), for overheating and for the
 * hypervisor's power button. If they were refused the kernel would take its word that they run, and
 * never shut down. */
static int decide_power(int argc, const char *verb, struct upcall *ret)
{
	if (argc != 1)
		return -EPERM;
	*ret = (struct upcall){ .path = "/usr/bin/systemctl",
				.argv = { "systemctl", "--no-block", verb } };
	return 0;
}

int upcall_decide(int argc, char *const argv[], struct upcall *ret)
{
	if (argc < 1)
		return -EPERM;
	if (strcmp(argv[0], "/sbin/modprobe") == 0)
		return decide_modprobe(argc, argv, ret);
	if (strcmp(argv[0], COREDUMP) == 0)
		return decide_coredump(argc, argv, ret);
	if (strcmp(argv[0], "/sbin/poweroff") == 0)
		return decide_power(argc, "poweroff", ret);
	if (strcmp(argv[0], "/sbin/reboot") == 0)
		return decide_power(argc, "reboot", ret);
	return -EPERM;
}
