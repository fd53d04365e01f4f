// SPDX-License-Identifier: Apache-2.0
/*
 * The server that a machine started from: keelson.pxe= is the URL of the folder that kernel and
 * initramfs came from, keelson.mac= the address of the card they came by. (PXELINUX' BOOTIF= would
 * have systemd-network-generator configure that card, without DHCP.) The first
 * of these is taken: ignition/MAC.ign, ignition/SERIAL.ign, ignition/default.ign. Must never go on
 * when the server does not answer; that it has none of them is an answer.
 */
#include "lib/cmdline.h"
#include "provision/platform_sources.h"
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define NAME_BYTES 128

/* Loaders write it with dashes or colons. */
static void name_address(char address[NAME_BYTES])
{
	for (char *at = address; *at; at++)
		*at = *at == ':' ? '-' : (char)tolower((unsigned char)*at);
}

/* Serials are vendors' texts: one that would be another path, or is none, names no file. */
static void name_serial(const struct platform_environment *environment, char out[NAME_BYTES])
{
	read_dmi_field(environment, "product_serial", out, NAME_BYTES);
	for (const char *at = out; *at; at++)
		if (!isalnum((unsigned char)*at) && !strchr("-_.", *at))
			out[0] = '\0';
}

static int fetch_named(const char *base, const char *name, struct fetcher *fetcher,
		       struct found *found, struct error *error)
{
	char url[CMDLINE_WORD_BYTES + NAME_BYTES + 16];
	size_t length = strlen(base);
	int r;

	if (name[0] == '\0' || found->text)
		return 0;
	snprintf(url, sizeof(url), "%s%signition/%s.ign", base,
		 length > 0 && base[length - 1] == '/' ? "" : "/", name);
	r = fetch_found(url, fetcher, found, error);
	return r == -ENOENT ? 0 : r;
}

int source_netboot(const struct platform_environment *environment, struct fetcher *fetcher,
		   struct found *found, struct error *error)
{
	char base[CMDLINE_WORD_BYTES], address[NAME_BYTES], serial[NAME_BYTES] = "";
	int r = command_line_value(environment, "keelson.pxe", base, sizeof(base), error);

	if (r == 0)
		r = command_line_value(environment, "keelson.mac", address, sizeof(address), error);
	if (r < 0 || base[0] == '\0')
		return r;
	name_address(address);
	name_serial(environment, serial);
	r = fetch_named(base, address, fetcher, found, error);
	if (r == 0)
		r = fetch_named(base, serial, fetcher, found, error);
	if (r == 0)
		r = fetch_named(base, "default", fetcher, found, error);
	return r < 0 ? error_wrap(error, "keelson.pxe") : 0;
}
