// SPDX-License-Identifier: Apache-2.0
/* Lines for the kernel's log, which shows them on every console and hands them to the journal
 * later. */
#pragma once

enum kmsg_level {
	KMSG_CRITICAL = 2,
	KMSG_ERROR = 3,
	KMSG_WARNING = 4,
	KMSG_NOTICE = 5,
	KMSG_INFO = 6
};

/* One line "PROGRAM: text". Falls back to standard error where there is no /dev/kmsg. Never fails.
 */
void kmsg_print(enum kmsg_level level, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
