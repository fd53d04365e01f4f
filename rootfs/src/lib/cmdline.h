// SPDX-License-Identifier: Apache-2.0
/*
 * The kernel command line as keelson-init understands it. A later value of a key wins over an
 * earlier one, as with the kernel's own parameters. README.md lists the keys.
 */
#pragma once
#include "lib/error.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CMDLINE_VALUE_BYTES 256
#define CMDLINE_URL_BYTES 2048
#define CMDLINE_WORD_BYTES 4096 /* more than the kernel takes */

enum slot { SLOT_A, SLOT_B, SLOT_PXE };

struct boot_options {
	enum slot slot;
	uint8_t root_hash[32];
	char boot_partuuid[37]; /* of the boot partition the loader used, lower case; empty: any
				   disk */
	char disk[32];          /* kernel name of the disk to use; empty: any disk */
	unsigned timeout_s;
	unsigned panic_s;
	unsigned watchdog_s;              /* 0: the watchdog is left alone */
	char root_url[CMDLINE_URL_BYTES]; /* of a network boot; empty: it is in the initramfs */
	char root_hash_of_file[72];       /* "sha256-HEX"; empty: not given */
	bool var_tmpfs;
	bool fsck_repair;
};

/* Finds the value of the last KEY=VALUE, or of a bare KEY (an empty value). Quotes are taken off.
 * Text after " -- " is not the kernel's and is not looked at. Returns 0, -ENOENT or -ENAMETOOLONG.
 */
int cmdline_value(const char *cmdline, const char *key, char *ret, size_t room);

/* Whether the kernel was given that argument: a word, exactly so. Text after " -- " is not the
 * kernel's and is not looked at. */
bool cmdline_has(const char *cmdline, const char *argument, size_t length);

/* Takes seconds from 0 to 3600 out of KEY=S; without the key *ret stays as it is. -EINVAL: it is
 * not such a number. */
int cmdline_seconds(const char *cmdline, const char *key, unsigned *ret, struct error *error);

/* Everything but keelson.slot= and roothash= has a default. On failure ret still holds a usable
 * panic_s. */
int boot_options_parse(const char *cmdline, struct boot_options *ret, struct error *error);

/* "a", "b" or "pxe". */
const char *slot_name(enum slot slot);
