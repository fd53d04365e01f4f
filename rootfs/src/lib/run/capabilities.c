// SPDX-License-Identifier: Apache-2.0
/* See capabilities.h; numbers are those of <linux/capability.h>. */
#include "lib/run/capabilities.h"
#include <errno.h>
#include <string.h>
#include <strings.h>

const char *const capability_names[CAPABILITIES] = {
	"CAP_CHOWN",
	"CAP_DAC_OVERRIDE",
	"CAP_DAC_READ_SEARCH",
	"CAP_FOWNER",
	"CAP_FSETID",
	"CAP_KILL",
	"CAP_SETGID",
	"CAP_SETUID",
	"CAP_SETPCAP",
	"CAP_LINUX_IMMUTABLE",
	"CAP_NET_BIND_SERVICE",
	"CAP_NET_BROADCAST",
	"CAP_NET_ADMIN",
	"CAP_NET_RAW",
	"CAP_IPC_LOCK",
	"CAP_IPC_OWNER",
	"CAP_SYS_MODULE",
	"CAP_SYS_RAWIO",
	"CAP_SYS_CHROOT",
	"CAP_SYS_PTRACE",
	"CAP_SYS_PACCT",
	"CAP_SYS_ADMIN",
	"CAP_SYS_BOOT",
	"CAP_SYS_NICE",
	"CAP_SYS_RESOURCE",
	"CAP_SYS_TIME",
	"CAP_SYS_TTY_CONFIG",
	"CAP_MKNOD",
	"CAP_LEASE",
	"CAP_AUDIT_WRITE",
	"CAP_AUDIT_CONTROL",
	"CAP_SETFCAP",
	"CAP_MAC_OVERRIDE",
	"CAP_MAC_ADMIN",
	"CAP_SYSLOG",
	"CAP_WAKE_ALARM",
	"CAP_BLOCK_SUSPEND",
	"CAP_AUDIT_READ",
	"CAP_PERFMON",
	"CAP_BPF",
	"CAP_CHECKPOINT_RESTORE",
};

#define BIT(number) (UINT64_C(1) << (number))
/* chown dac_override fowner fsetid kill setgid setuid setpcap net_bind_service sys_chroot setfcap
 */
const uint64_t capabilities_default = BIT(0) | BIT(1) | BIT(3) | BIT(4) | BIT(5) | BIT(6) | BIT(7) |
				      BIT(8) | BIT(10) | BIT(18) | BIT(31);

static bool is_all(const char *name)
{
	return strcasecmp(name, "all") == 0;
}

static int find(const char *name)
{
	if (strncasecmp(name, "CAP_", 4) == 0)
		name += 4;
	for (int i = 0; i < CAPABILITIES; i++)
		if (strcasecmp(capability_names[i] + 4, name) == 0)
			return i;
	return -1;
}

int capabilities_parse(const struct words *names, uint64_t *ret, struct error *error)
{
	uint64_t set = 0;

	for (size_t i = 0; i < names->count; i++) {
		int number = find(names->at[i]);

		if (number < 0 && !is_all(names->at[i]))
			return error_set(error, -EINVAL, "%s is no capability", names->at[i]);
		set |= number < 0 ? CAPABILITIES_ALL : BIT(number);
	}
	*ret = set;
	return 0;
}

static bool has_all(const struct words *names)
{
	for (size_t i = 0; i < names->count; i++)
		if (is_all(names->at[i]))
			return true;
	return false;
}

int capabilities_change(uint64_t start, const struct words *add, const struct words *drop,
			uint64_t *ret, struct error *error)
{
	uint64_t added, dropped;
	int r = capabilities_parse(add, &added, error);

	if (r == 0)
		r = capabilities_parse(drop, &dropped, error);
	if (r < 0)
		return r;
	if (has_all(add) && has_all(drop))
		return error_set(error, -EINVAL, "all capabilities are added and dropped");
	if (has_all(drop))
		*ret = added;
	else
		*ret = (start | added) & ~dropped;
	return 0;
}

bool capabilities_have(uint64_t set, const char *name)
{
	int number = find(name);

	return number >= 0 && (set & BIT(number)) != 0;
}
