// SPDX-License-Identifier: Apache-2.0
/* What the kernel may run in user space (CONFIG_STATIC_USERMODEHELPER sends every upcall through
 * one program). */
#pragma once

#define UPCALL_ARGUMENTS_MAX 20

struct upcall {
	const char *path; /* what to execute */
	const char *argv[UPCALL_ARGUMENTS_MAX +
			 1]; /* points into the caller's arguments; NULL at the end */
};

/* Returns 0, or -EPERM with ret untouched. */
int upcall_decide(int argc, char *const argv[], struct upcall *ret);
