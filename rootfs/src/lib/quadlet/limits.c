// SPDX-License-Identifier: Apache-2.0
/*
 * Limits of a container become its service's: systemd owns the cgroup that the container is in
 * (systemd.resource-control(5)). What [Service] says itself comes first.
 */
#include "lib/quadlet/handlers.h"
#include "lib/run/amounts.h"
#include "lib/text.h"
#include <string.h>

#define PERIOD_US 100000 /* cpu.cfs_period_us, where nothing is said */
#define NO_LIMIT "infinity"

static const char *const names[QUADLET_LIMITS] = {
	[QUADLET_MEMORY] = "memory",
	[QUADLET_MEMORY_RESERVATION] = "memory-reservation",
	[QUADLET_MEMORY_SWAP] = "memory-swap",
	[QUADLET_PIDS] = "pids-limit",
	[QUADLET_CPUS] = "cpus",
	[QUADLET_CPU_PERIOD] = "cpu-period",
	[QUADLET_CPU_QUOTA] = "cpu-quota",
	[QUADLET_CPU_SHARES] = "cpu-shares",
	[QUADLET_CPUSET_CPUS] = "cpuset-cpus",
	[QUADLET_CPUSET_MEMS] = "cpuset-mems",
};

bool quadlet_limit(struct conversion *c, const struct unit_line *line, const char *option,
		   const char *value)
{
	for (size_t i = 0; i < QUADLET_LIMITS; i++)
		if (strcmp(names[i], option) == 0) {
			c->limits[i].value = value;
			c->limits[i].line = line;
			return true;
		}
	return false;
}

void apply_limit(struct conversion *c, const struct quadlet_key *key)
{
	const struct unit_line *line;
	const char *value = quadlet_text(c, key->name, &line);

	if (value)
		quadlet_limit(c, line, key->option, value);
}

static const char *value_of(const struct conversion *c, enum quadlet_limit limit)
{
	return c->limits[limit].value;
}

static void bad(struct conversion *c, enum quadlet_limit limit)
{
	quadlet_fail(c, c->limits[limit].line, QUADLET_BAD_VALUE, "%s is no value of --%s",
		     value_of(c, limit), names[limit]);
}

static void set(struct conversion *c, const char *key, const char *value)
{
	if (!unit_last(c->unit, "Service", key))
		unit_add(c->service, c->arena, "Service", key, value);
}

/* A size; 0 and -1 are none. Returns whether there is one. */
static bool size_of(struct conversion *c, enum quadlet_limit limit, uint64_t *ret)
{
	const char *value = value_of(c, limit);

	*ret = UINT64_MAX;
	if (!value)
		return false;
	if (strcmp(value, "-1") == 0)
		return true;
	if (amount_size(value, ret) < 0)
		bad(c, limit);
	if (*ret == 0)
		*ret = UINT64_MAX;
	return true;
}

static void set_size(struct conversion *c, const char *key, uint64_t bytes)
{
	set(c, key,
	    bytes == UINT64_MAX ? NO_LIMIT
				: arena_format(c->arena, "%llu", (unsigned long long)bytes));
}

/* --memory-swap is memory and swap together. */
static void set_memory(struct conversion *c)
{
	uint64_t memory, both, least;
	bool limited = size_of(c, QUADLET_MEMORY, &memory);

	if (limited)
		set_size(c, "MemoryMax", memory);
	if (size_of(c, QUADLET_MEMORY_RESERVATION, &least) && least != UINT64_MAX)
		set_size(c, "MemoryLow", least);
	if (!size_of(c, QUADLET_MEMORY_SWAP, &both))
		return;
	if (both != UINT64_MAX && (memory == UINT64_MAX || both < memory))
		bad(c, QUADLET_MEMORY_SWAP);
	else
		set_size(c, "MemorySwapMax", both == UINT64_MAX ? both : both - memory);
}

static bool number_of(struct conversion *c, enum quadlet_limit limit, uint64_t least, uint64_t most,
		      uint64_t *ret)
{
	const char *value = value_of(c, limit);

	if (!value)
		return false;
	if (text_to_number(value, most, ret) == 0 && *ret >= least)
		return true;
	bad(c, limit);
	return false;
}

/* "1.5" of CPUs in thousandths of one; podman takes no more than 3 places that matter. */
static bool cpus_of(struct conversion *c, uint64_t *ret)
{
	const char *value = value_of(c, QUADLET_CPUS);
	size_t whole = value ? strspn(value, "0123456789") : 0;
	char digits[16] = { 0 };

	if (!value)
		return false;
	if (whole > 6 || (value[whole] != '\0' && value[whole] != '.') ||
	    whole + strlen(value) == 0)
		return bad(c, QUADLET_CPUS), false;
	memcpy(digits, value, whole);
	value += whole + (value[whole] == '.');
	for (size_t i = 0; i < 3; i++)
		digits[whole + i] = *value ? *value++ : '0';
	if (text_to_number(digits, 10000000, ret) == 0 && *ret > 0 &&
	    value[strspn(value, "0123456789")] == '\0')
		return true;
	return bad(c, QUADLET_CPUS), false;
}

static const char *percent(struct conversion *c, uint64_t thousandths)
{
	return thousandths % 10 == 0
		       ? arena_format(c->arena, "%llu%%", (unsigned long long)thousandths / 10)
		       : arena_format(c->arena, "%llu.%llu%%", (unsigned long long)thousandths / 10,
				      (unsigned long long)thousandths % 10);
}

static void set_quota(struct conversion *c)
{
	uint64_t period = PERIOD_US, quota, thousandths;

	if (number_of(c, QUADLET_CPU_PERIOD, 1000, 1000000, &period))
		set(c, "CPUQuotaPeriodSec",
		    arena_format(c->arena, "%lluus", (unsigned long long)period));
	if (cpus_of(c, &thousandths))
		set(c, "CPUQuota", percent(c, thousandths));
	else if (number_of(c, QUADLET_CPU_QUOTA, 1000, UINT32_MAX, &quota))
		set(c, "CPUQuota", percent(c, quota * 1000 / period));
}

void quadlet_limits(struct conversion *c)
{
	const char *pids = value_of(c, QUADLET_PIDS);
	uint64_t value;

	set_memory(c);
	if (!pids)
		set(c, "TasksMax", "2048"); /* podman's */
	else if (strcmp(pids, "-1") == 0 || strcmp(pids, "0") == 0)
		set(c, "TasksMax", NO_LIMIT);
	else if (number_of(c, QUADLET_PIDS, 1, UINT32_MAX, &value))
		set(c, "TasksMax", pids);
	set_quota(c);
	/* As crun does it: 2 to 262144 become 1 to 10000. */
	if (number_of(c, QUADLET_CPU_SHARES, 2, 262144, &value))
		set(c, "CPUWeight",
		    arena_format(c->arena, "%llu",
				 (unsigned long long)(1 + (value - 2) * 9999 / 262142)));
	if (value_of(c, QUADLET_CPUSET_CPUS))
		set(c, "AllowedCPUs", value_of(c, QUADLET_CPUSET_CPUS));
	if (value_of(c, QUADLET_CPUSET_MEMS))
		set(c, "AllowedMemoryNodes", value_of(c, QUADLET_CPUSET_MEMS));
}
