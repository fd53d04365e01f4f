// SPDX-License-Identifier: Apache-2.0
/* systemd unit files, checked for their form as the Go package coreos/go-systemd/unit does it,
 * which is not in all things what systemd does. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct unitfile {
	const char *problem; /* NULL: none */
	const char *garbage; /* what the problem is about, within the text; or NULL */
	size_t garbage_length;
	bool installs; /* has an option in [Install] */
};

struct unitfile unitfile_check(const char *text, size_t size);
