// SPDX-License-Identifier: Apache-2.0
/* A config that the hypervisor hands over: QEMU's fw_cfg (Linux, firmware/qemu_fw_cfg) and the
 * credential ignition.config in SMBIOS strings (systemd.system-credentials(7)). Must never wait. */
#include "lib/base64.h"
#include "lib/smbios.h"
#include "os/file.h"
#include "provision/platform_sources.h"
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define ENTRIES_MAX 64
#define ENTRY_BYTES_MAX (1 << 20)

int source_fw_cfg(const struct platform_environment *environment, struct fetcher *fetcher,
		  struct found *found, struct error *error)
{
	static const char *const names[] = { "opt/com.coreos/config",
					     "opt/org.flatcar-linux/config" };

	(void)fetcher;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char path[PATH_MAX];
		int r;

		snprintf(path, sizeof(path), "%s/firmware/qemu_fw_cfg/by_name/%s/raw",
			 environment->sys, names[i]);
		r = file_read_bytes(path, IGN_BYTES_MAX, &found->text, &found->size, error);
		if (r == -ENOENT)
			continue;
		snprintf(found->source, sizeof(found->source), "fw_cfg %s", names[i]);
		return r;
	}
	return 0;
}

static int copy(const char *text, size_t size, struct found *found, struct error *error)
{
	found->text = strndup(text, size);
	if (!found->text)
		return error_set(error, -ENOMEM, "out of memory");
	found->size = size;
	return 0;
}

static int decode(const char *text, size_t size, struct found *found, struct error *error)
{
	found->text = malloc(BASE64_ROOM(size) + 1);
	if (!found->text)
		return error_set(error, -ENOMEM, "out of memory");
	if (base64_decode(text, size, found->text, &found->size) < 0)
		return error_set(error, -EBADMSG, "credential ignition.config: not base64");
	found->text[found->size] = '\0';
	return 0;
}

static int read_entry(const char *path, struct found *found, struct error *error)
{
	AUTO_FREE char *raw = NULL;
	const char *text;
	size_t size, length;
	int r = file_read_bytes(path, ENTRY_BYTES_MAX, &raw, &size, error);

	if (r < 0)
		return r;
	snprintf(found->source, sizeof(found->source), "SMBIOS credential ignition.config");
	if (smbios_oem_string(raw, size, "io.systemd.credential:ignition.config=", &text,
			      &length) == 0)
		return copy(text, length, found, error);
	if (smbios_oem_string(raw, size, "io.systemd.credential.binary:ignition.config=", &text,
			      &length) == 0)
		return decode(text, length, found, error);
	return 0;
}

/* Linux numbers the entries of a type without a gap. */
int source_smbios(const struct platform_environment *environment, struct fetcher *fetcher,
		  struct found *found, struct error *error)
{
	int r = 0;

	(void)fetcher;
	for (unsigned i = 0; i < ENTRIES_MAX && r == 0 && !found->text; i++) {
		char path[PATH_MAX];

		snprintf(path, sizeof(path), "%s/firmware/dmi/entries/11-%u/raw", environment->sys,
			 i);
		r = read_entry(path, found, error);
	}
	return r == -ENOENT ? 0 : r;
}
