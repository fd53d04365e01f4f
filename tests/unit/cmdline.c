// SPDX-License-Identifier: Apache-2.0
#include "lib/cmdline.h"
#include "check.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define HASH "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1EFF"
#define GOOD "keelson.slot=a roothash=" HASH

static const struct {
	const char *name, *cmdline, *key, *want;
	int error;
} values[] = {
	{ "first word", "a=1 b=2", "a", "1", 0 },
	{ "last word", "a=1 b=2\n", "b", "2", 0 },
	{ "the last of several wins", "a=1 a=2 a=3", "a", "3", 0 },
	{ "a key alone is empty", "quiet ro", "quiet", "", 0 },
	{ "an empty value", "a= b", "a", "", 0 },
	{ "no such key", "aa=1 b", "a", "", -ENOENT },
	{ "a key is no prefix", "a.b=1", "a", "", -ENOENT },
	{ "quoted value", "a=\"x y\" b=1", "a", "x y", 0 },
	{ "quoted word", "\"a=x y\" b=1", "a", "x y", 0 },
	{ "nothing inside quotes is a word", "x=\"1 a=2\"", "a", "", -ENOENT },
	{ "open quote runs to the end", "a=\"x y", "a", "x y", 0 },
	{ "behind -- is not the kernel's", "b=1 -- a=1", "a", "", -ENOENT },
	{ "blanks of all kinds", " \t a=1 \n", "a", "1", 0 },
	{ "value contains =", "a=b=c", "a", "b=c", 0 },
	{ "too long for the caller", "a=123456789", "a", "", -ENAMETOOLONG },
	{ "empty line", "", "a", "", -ENOENT },
};

static void check_values(void)
{
	for (size_t i = 0; i < ROWS(values); i++) {
		char got[8] = "";

		CHECK_NUMBER(values[i].name,
			     cmdline_value(values[i].cmdline, values[i].key, got, sizeof(got)),
			     values[i].error);
		CHECK_TEXT(values[i].name, got, values[i].want);
	}
}

static const struct {
	const char *name, *cmdline, *argument;
	bool want;
} arguments[] = {
	{ "first", "quiet ro", "quiet", true },
	{ "last", "quiet a=1\n", "a=1", true },
	{ "a part of one", "quietly a=12", "quiet", false },
	{ "another value", "a=1", "a=2", false },
	{ "not the kernel's", "a -- b", "b", false },
	{ "quoted", "a=\"x b=1 y\"", "b=1", false },
	{ "none", "", "a", false },
};

static void check_arguments(void)
{
	for (size_t i = 0; i < ROWS(arguments); i++)
		CHECK_NUMBER(arguments[i].name,
			     cmdline_has(arguments[i].cmdline, arguments[i].argument,
					 strlen(arguments[i].argument)),
			     arguments[i].want);
}

static const struct {
	const char *name, *cmdline, *error;
} refused[] = {
	{ "no slot", "roothash=" HASH, "keelson.slot= is missing on the kernel command line" },
	{ "unknown slot", "keelson.slot=c roothash=" HASH, "keelson.slot= wants a, b or pxe" },
	{ "empty slot", "keelson.slot= roothash=" HASH, "keelson.slot= wants a, b or pxe" },
	{ "no root hash", "keelson.slot=a", "roothash= is missing on the kernel command line" },
	{ "empty root hash", "keelson.slot=a roothash=", "roothash= wants 64 hex digits" },
	{ "short root hash", "keelson.slot=a roothash=00", "roothash= wants 64 hex digits" },
	{ "long root hash", GOOD "00", "roothash= wants 64 hex digits" },
	{ "root hash of other letters",
	  "keelson.slot=a roothash=g00102030405060708090a0b0c0d0e0f10111213141516"
	  "1718191a1b1c1d1eff",
	  "roothash= wants 64 hex digits" },
	{ "a later bad hash wins", GOOD " roothash=1", "roothash= wants 64 hex digits" },
	{ "timeout", GOOD " keelson.timeout=3601",
	  "keelson.timeout= wants seconds from 0 to 3600" },
	{ "watchdog", GOOD " keelson.watchdog=off",
	  "keelson.watchdog= wants seconds from 0 to 3600" },
	{ "panic", GOOD " keelson.panic=-1", "keelson.panic= wants seconds from 0 to 3600" },
	{ "var", GOOD " keelson.var=ram", "keelson.var= wants disk or tmpfs" },
	{ "fsck", GOOD " keelson.fsck", "keelson.fsck= wants preen or repair" },
	{ "boot", GOOD " keelson.boot=1234", "keelson.boot= wants the UUID of a partition" },
	{ "hash of a root's file", GOOD " keelson.root.sha256=00",
	  "keelson.root.sha256= wants 64 hex digits" },
	{ "disk with a slash", GOOD " keelson.disk=../sda",
	  "keelson.disk= wants a disk's kernel name, as sda" },
	{ "disk without a name",
	  GOOD " keelson.disk=", "keelson.disk= wants a disk's kernel name, as sda" },
	{ "name of a disk too long", GOOD " keelson.disk=012345678901234567890123456789012",
	  "keelson.disk= wants a disk's kernel name, as sda" },
};

static void check_refused(void)
{
	for (size_t i = 0; i < ROWS(refused); i++) {
		struct boot_options options;
		struct error error = { 0 };

		CHECK_NUMBER(refused[i].name,
			     boot_options_parse(refused[i].cmdline, &options, &error), -EINVAL);
		CHECK_TEXT(refused[i].name, error.text, refused[i].error);
	}
}

static const struct {
	const char *name, *cmdline, *url, *hash;
} root_files[] = {
	{ "none", GOOD, "", "" },
	{ "in the folder", GOOD " keelson.pxe=http://h/a/", "http://h/a/root.img", "" },
	{ "in a folder without a slash", GOOD " keelson.pxe=tftp://h", "tftp://h/root.img", "" },
	{ "no folder", GOOD " keelson.pxe=", "", "" },
	{ "its own", GOOD " keelson.pxe=http://h/ keelson.root.url=http://o/r?x=1",
	  "http://o/r?x=1", "" },
	{ "with a hash", GOOD " keelson.root.url=http://o/r keelson.root.sha256=" HASH,
	  "http://o/r", "sha256-" HASH },
};

static void check_root_files(void)
{
	for (size_t i = 0; i < ROWS(root_files); i++) {
		struct boot_options options;

		CHECK_NUMBER(root_files[i].name,
			     boot_options_parse(root_files[i].cmdline, &options, NULL), 0);
		CHECK_TEXT(root_files[i].name, options.root_url, root_files[i].url);
		CHECK_TEXT(root_files[i].name, options.root_hash_of_file, root_files[i].hash);
	}
}

static void check_long_folders(void)
{
	static char cmdline[3000];
	struct boot_options options;
	size_t start = (size_t)snprintf(cmdline, sizeof(cmdline), "%s keelson.pxe=", GOOD);

	memset(cmdline + start, 'x', CMDLINE_URL_BYTES - 10);
	CHECK_NUMBER("longest folder", boot_options_parse(cmdline, &options, NULL), 0);
	CHECK_NUMBER("longest folder", strlen(options.root_url), CMDLINE_URL_BYTES - 1);
	cmdline[start + CMDLINE_URL_BYTES - 10] = 'x';
	CHECK_NUMBER("longer folder", boot_options_parse(cmdline, &options, NULL), -ENAMETOOLONG);
}

SUITE(cmdline)
{
	struct boot_options options;
	struct error error = { 0 };

	check_values();
	check_arguments();
	check_root_files();
	check_long_folders();
	check_refused();
	CHECK_NUMBER("defaults",
		     boot_options_parse("BOOT_IMAGE=/vmlinuz ro " GOOD, &options, &error), 0);
	CHECK("slot", options.slot == SLOT_A && strcmp(slot_name(options.slot), "a") == 0);
	CHECK("hash", options.root_hash[0] == 0 && options.root_hash[1] == 1 &&
			      options.root_hash[31] == 0xff);
	CHECK("times",
	      options.timeout_s == 60 && options.panic_s == 10 && options.watchdog_s == 180);
	CHECK("no disk, no choice", !options.var_tmpfs && !options.fsck_repair &&
					    options.disk[0] == '\0' &&
					    options.boot_partuuid[0] == '\0');
	CHECK_NUMBER(
		"everything said",
		boot_options_parse(
			"roothash=" HASH
			" keelson.slot=b keelson.timeout=0 keelson.panic=3600 keelson.watchdog=0 "
			"keelson.var=tmpfs keelson.fsck=repair keelson.disk=nvme0n1 "
			"keelson.boot=C12A7328-F81F-11D2-BA4B-00A0C93EC93B",
			&options, &error),
		0);
	CHECK("all of it is there", options.slot == SLOT_B && options.timeout_s == 0 &&
					    options.panic_s == 3600 && options.watchdog_s == 0 &&
					    options.var_tmpfs && options.fsck_repair);
	CHECK_TEXT("disk", options.disk, "nvme0n1");
	CHECK_TEXT("boot partition in lower case", options.boot_partuuid,
		   "c12a7328-f81f-11d2-ba4b-00a0c93ec93b");
	CHECK("panic is known although the rest is bad",
	      boot_options_parse("keelson.panic=3", &options, &error) == -EINVAL &&
		      options.panic_s == 3);
}
