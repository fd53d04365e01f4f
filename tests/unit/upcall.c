// SPDX-License-Identifier: Apache-2.0
#include "lib/upcall.h"
#include "check.h"
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define CORE "/usr/lib/systemd/systemd-coredump"
#define NAME55 "0123456789012345678901234567890123456789012345678901234"

static const struct {
	const char *name;
	const char *argv[24];
	const char *want; /* path and arguments, NULL if refused */
} rows[] = {
	{ "module",
	  { "/sbin/modprobe", "-q", "--", "fs-ext4" },
	  "/usr/bin/kmod modprobe -q -- fs-ext4" },
	{ "crypto alias",
	  { "/sbin/modprobe", "-q", "--", "crypto-hmac(sha256)" },
	  "/usr/bin/kmod modprobe -q -- crypto-hmac(sha256)" },
	{ "longest name",
	  { "/sbin/modprobe", "-q", "--", NAME55 "x" },
	  "/usr/bin/kmod modprobe -q -- " NAME55 "x" },
	{ "name too long", { "/sbin/modprobe", "-q", "--", NAME55 "xx" }, NULL },
	{ "empty name", { "/sbin/modprobe", "-q", "--", "" }, NULL },
	{ "name that is an option", { "/sbin/modprobe", "-q", "--", "-C/tmp" }, NULL },
	{ "name that is a path", { "/sbin/modprobe", "-q", "--", "../../tmp/x.ko" }, NULL },
	{ "name with a blank", { "/sbin/modprobe", "-q", "--", "a b" }, NULL },
	{ "name with a line break", { "/sbin/modprobe", "-q", "--", "a\n" }, NULL },
	{ "name beyond ASCII", { "/sbin/modprobe", "-q", "--", "\xff" }, NULL },
	{ "no name", { "/sbin/modprobe", "-q", "--" }, NULL },
	{ "two names", { "/sbin/modprobe", "-q", "--", "a", "b" }, NULL },
	{ "other options", { "/sbin/modprobe", "-r", "--", "a" }, NULL },
	{ "option instead of --", { "/sbin/modprobe", "-q", "-C/tmp", "a" }, NULL },
	{ "another modprobe", { "/tmp/modprobe", "-q", "--", "a" }, NULL },
	{ "modprobe by another path", { "//sbin/modprobe", "-q", "--", "a" }, NULL },
	{ "core",
	  { CORE, "123", "0", "0", "11", "1700000000", "0", "host" },
	  CORE " " CORE " 123 0 0 11 1700000000 0 host" },
	{ "core without arguments", { CORE }, NULL },
	{ "core with too many",
	  { CORE, "1",  "2",  "3",  "4",  "5",  "6",  "7",  "8",  "9", "10",
	    "11", "12", "13", "14", "15", "16", "17", "18", "19", "20" },
	  NULL },
	{ "core handler beside ours", { CORE "x", "1" }, NULL },
	{ "power button",
	  { "/sbin/poweroff" },
	  "/usr/bin/systemctl systemctl --no-block poweroff" },
	{ "restart", { "/sbin/reboot" }, "/usr/bin/systemctl systemctl --no-block reboot" },
	{ "power button with arguments", { "/sbin/poweroff", "-f" }, NULL },
	{ "a shell", { "/bin/sh", "-c", "id" }, NULL },
	{ "request-key", { "/sbin/request-key", "create", "1", "0", "0", "0", "0", "0" }, NULL },
	{ "nothing", { NULL }, NULL },
	{ "empty path", { "" }, NULL },
};

SUITE(upcall)
{
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct upcall upcall = { 0 };
		char got[400] = "";
		int argc = 0;

		while (rows[i].argv[argc])
			argc++;
		CHECK_NUMBER(rows[i].name,
			     upcall_decide(argc, (char *const *)(uintptr_t)rows[i].argv, &upcall),
			     rows[i].want ? 0 : -EPERM);
		if (upcall.path)
			snprintf(got, sizeof(got), "%s", upcall.path);
		for (int n = 0; upcall.path && upcall.argv[n]; n++)
			snprintf(got + strlen(got), sizeof(got) - strlen(got), " %s",
				 upcall.argv[n]);
		CHECK_TEXT(rows[i].name, got, rows[i].want ? rows[i].want : "");
	}
}
