// SPDX-License-Identifier: Apache-2.0
/*
 * usermode-helper: what the kernel runs for every upcall (CONFIG_STATIC_USERMODEHELPER_PATH),
 * whatever program it, or someone who wrote to its memory, had in mind. It executes the few that
 * lib/upcall.c allows and refuses the rest with a line in the kernel's log. Static, so that it
 * depends on nothing that could be replaced.
 */
#include "lib/upcall.h"
#include "os/kmsg.h"
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#define SHOWN_ARGUMENTS 6

/* The arguments come from whoever triggered the upcall: they are logged as quoted, printable text.
 */
static void refuse(int argc, char *const argv[])
{
	char shown[256] = "";
	size_t used = 0;

	for (int i = 0; i < argc && i < SHOWN_ARGUMENTS; i++) {
		if (i > 0 && used + 1 < sizeof(shown))
			shown[used++] = ' ';
		for (const char *at = argv[i]; *at != '\0' && used + 1 < sizeof(shown); at++)
			shown[used++] = *at > ' ' && *at <= '~' ? *at : '?';
	}
	shown[used] = '\0';
	kmsg_print(KMSG_WARNING, "refused upcall \"%s\"", shown);
}

int main(int argc, char *argv[])
{
	static const char *const environment[] = { "PATH=/usr/bin", "LC_ALL=C", NULL };
	struct upcall upcall;

	if (upcall_decide(argc, argv, &upcall) < 0) {
		refuse(argc, argv);
		return 1;
	}
	execve(upcall.path, (char *const *)(uintptr_t)upcall.argv,
	       (char *const *)(uintptr_t)environment);
	kmsg_print(KMSG_ERROR, "execute %s: %s", upcall.path, strerror(errno));
	return 1;
}
