// SPDX-License-Identifier: Apache-2.0
/* See platform.h. */
#include "lib/oci/platform.h"
#include "lib/text.h"
#include <errno.h>
#include <string.h>

static const struct {
	const char *name, *architecture, *variant;
} names[] = {
	{ "x86_64", "amd64", "" },    { "x86-64", "amd64", "" }, { "aarch64", "arm64", "" },
	{ "armhf", "arm", "v7" },     { "armel", "arm", "v6" },  { "armv7l", "arm", "v7" },
	{ "armv6l", "arm", "v6" },    { "i386", "386", "" },     { "i686", "386", "" },
	{ "ppc64el", "ppc64le", "" },
};

/* What an architecture's images are when they do not say. */
static const struct {
	const char *architecture, *variant;
} plain[] = {
	{ "amd64", "v1" },
	{ "arm64", "v8" },
	{ "arm", "v7" },
};

void oci_platform_normalise(struct oci_platform *platform)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(platform->architecture, names[i].name) != 0)
			continue;
		strcpy(platform->architecture, names[i].architecture);
		if (platform->variant[0] == '\0')
			strcpy(platform->variant, names[i].variant);
		break;
	}
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
		if (platform->variant[0] == '\0' &&
		    strcmp(platform->architecture, plain[i].architecture) == 0)
			strcpy(platform->variant, plain[i].variant);
}

/* Of "v8" 8, and of "v8.2" 8; 0 for what is no such variant. */
static unsigned level(const char *variant)
{
	unsigned value = 0;

	if (*variant++ != 'v')
		return 0;
	for (; *variant >= '0' && *variant <= '9' && value < 100; variant++)
		value = value * 10 + (unsigned)(*variant - '0');
	return value;
}

unsigned oci_platform_match(const struct oci_platform *image, const struct oci_platform *machine)
{
	unsigned needs = level(image->variant), has = level(machine->variant);

	if (strcmp(image->os, machine->os) != 0 ||
	    strcmp(image->architecture, machine->architecture) != 0)
		return 0;
	if (strcmp(image->variant, machine->variant) == 0)
		return 1000;
	if (needs == 0 || has == 0)
		return 0;
	return needs <= has ? needs : 0;
}

int oci_platform_parse(const char *text, struct oci_platform *ret, struct error *error)
{
	struct oci_platform out = { 0 };
	size_t os = strcspn(text, "/"), architecture = 0;
	const char *at = text + os;
	int r = text_copy(out.os, sizeof(out.os), text, os);

	if (*at == '/') {
		architecture = strcspn(++at, "/");
		r = r < 0 ? r
			  : text_copy(out.architecture, sizeof(out.architecture), at, architecture);
		at += architecture;
	}
	if (*at == '/')
		r = r < 0 ? r : text_copy(out.variant, sizeof(out.variant), at + 1, strlen(at + 1));
	if (r < 0 || os == 0 || architecture == 0 || strchr(out.variant, '/'))
		return error_set(error, -EINVAL, "platform %.80s: not OS/ARCHITECTURE[/VARIANT]",
				 text);
	oci_platform_normalise(&out);
	*ret = out;
	return 0;
}
