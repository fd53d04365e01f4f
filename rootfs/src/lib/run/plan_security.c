// SPDX-License-Identifier: Apache-2.0
/* What a container may do: capabilities, --security-opt, sysctls, hidden paths. See plan.h. */
#include "lib/run/capabilities.h"
#include "lib/run/plan.h"
#include "lib/text.h"
#include <errno.h>
#include <string.h>
#include <strings.h>

/* podman's lists (podman-run(1), --security-opt mask and unmask). */
static const char *const masked[] = {
	"/proc/acpi",        "/proc/asound",    "/proc/interrupts",
	"/proc/kcore",       "/proc/keys",      "/proc/latency_stats",
	"/proc/sched_debug", "/proc/scsi",      "/proc/timer_list",
	"/proc/timer_stats", "/sys/dev/block",  "/sys/devices/virtual/powercap",
	"/sys/firmware",     "/sys/fs/selinux",
};
static const char *const read_only[] = {
	"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger",
};
#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const char *value_of(const char *option, const char *name)
{
	size_t length = strlen(name);

	if (strncmp(option, name, length) != 0)
		return NULL;
	return option[length] == '=' || option[length] == ':' ? option + length + 1
	       : option[length] == '\0'                       ? ""
							      : NULL;
}

static void drop_path(struct words *paths, const char *path)
{
	size_t kept = 0;

	for (size_t i = 0; i < paths->count; i++)
		if (strcmp(paths->at[i], path) != 0)
			paths->at[kept++] = paths->at[i];
	paths->count = kept;
}

static int mask(struct run_plan *plan, const char *paths, bool hide, struct arena *arena,
		struct error *error)
{
	if (!hide && strcasecmp(paths, "all") == 0) {
		plan->masked.count = plan->read_only_paths.count = 0;
		return 0;
	}
	while (*paths != '\0') {
		size_t length = strcspn(paths, ":");
		const char *path = arena_copy(arena, paths, length);

		if (!path || path[0] != '/')
			return error_set(error, -EINVAL, "paths begin with /, with : between");
		drop_path(&plan->masked, path);
		drop_path(&plan->read_only_paths, path);
		if (hide)
			words_add(&plan->masked, arena, path);
		paths += length + (paths[length] == ':');
	}
	return 0;
}

static int set_filter(struct run_plan *plan, const char *value)
{
	plan->filter = strcmp(value, "unconfined") == 0 ? RUN_FILTER_NONE : RUN_FILTER_FILE;
	plan->filter_path = value;
	return 0;
}

static int option(struct run_plan *plan, const char *text, struct arena *arena, struct error *error)
{
	const char *value;

	if ((value = value_of(text, "no-new-privileges"))) {
		plan->no_new_privileges = strcmp(value, "false") != 0;
		return 0;
	}
	if ((value = value_of(text, "label")))
		return strcmp(value, "disable") == 0
			       ? 0
			       : error_set(error, -EOPNOTSUPP, "the kernel has no SELinux");
	if ((value = value_of(text, "apparmor")) && *value) {
		plan->apparmor = strcmp(value, "unconfined") != 0 ? value : NULL;
		return 0;
	}
	if ((value = value_of(text, "seccomp")) && *value)
		return set_filter(plan, value);
	if ((value = value_of(text, "mask")))
		return mask(plan, value, true, arena, error);
	if ((value = value_of(text, "unmask")))
		return mask(plan, value, false, arena, error);
	if ((value = value_of(text, "systempaths")) && strcmp(value, "unconfined") == 0)
		return mask(plan, "all", false, arena, error);
	return error_set(error, -EINVAL, "there is no such option");
}

/* Sysctls that belong to a namespace (namespaces(7)), so that what is set is the container's. */
static int check_sysctl(const struct run_plan *plan, const char *text, struct error *error)
{
	static const struct {
		const char *prefix;
		enum run_namespace space;
	} spaces[] = { { "net.", RUN_NS_NETWORK },   { "kernel.msg", RUN_NS_IPC },
		       { "kernel.sem", RUN_NS_IPC }, { "kernel.shm", RUN_NS_IPC },
		       { "fs.mqueue.", RUN_NS_IPC }, { "kernel.domainname", RUN_NS_UTS } };

	if (!strchr(text, '=') || text[0] == '=' || strchr(text, '/') || strstr(text, ".."))
		return error_set(error, -EINVAL, "--sysctl=%s: NAME=VALUE, with dots", text);
	for (size_t i = 0; i < COUNT(spaces); i++) {
		if (!text_starts(text, spaces[i].prefix))
			continue;
		if (plan->spaces[spaces[i].space].mode == RUN_SPACE_HOST)
			return error_set(error, -EINVAL, "--sysctl=%s: the namespace is the host's",
					 text);
		return 0;
	}
	return error_set(error, -EINVAL,
			 "--sysctl=%s is the whole machine's; set it in /etc/sysctl.d", text);
}

int run_plan_sysctls(const struct run_options *options, struct arena *arena, struct run_plan *plan,
		     struct error *error)
{
	const struct run_space *network = &plan->spaces[RUN_NS_NETWORK];
	int r = 0;

	plan->sysctls.count = 0;
	if (network->mode == RUN_SPACE_NEW || (network->mode == RUN_SPACE_PATH && options->pod))
		run_env_set(&plan->sysctls, arena, "net.ipv4.ping_group_range=0 0");
	for (size_t i = 0; i < options->sysctls.count && r == 0; i++) {
		r = check_sysctl(plan, options->sysctls.at[i], error);
		run_env_set(&plan->sysctls, arena, options->sysctls.at[i]);
	}
	return r;
}

/* Who is not root has what was added by name, and keeps it over execve(2). */
static int set_capabilities(const struct run_options *options, struct run_plan *plan,
			    struct error *error)
{
	uint64_t start = options->privileged ? CAPABILITIES_ALL : capabilities_default, added;
	int r = capabilities_change(start, &options->cap_add, &options->cap_drop,
				    &plan->capabilities, error);

	if (r == 0)
		r = capabilities_parse(&options->cap_add, &added, error);
	if (r == 0 && (options->privileged || added == CAPABILITIES_ALL))
		plan->capabilities &= plan->available;
	if (r == 0 && plan->identity.uid != 0)
		plan->ambient = added & plan->capabilities;
	return r;
}

int run_plan_security(const struct run_options *options, struct arena *arena, struct run_plan *plan,
		      struct error *error)
{
	int r = set_capabilities(options, plan, error);

	if (options->privileged) {
		plan->privileged = true;
		plan->filter = RUN_FILTER_NONE;
	} else {
		for (size_t i = 0; i < COUNT(masked); i++)
			words_add(&plan->masked, arena, masked[i]);
		for (size_t i = 0; i < COUNT(read_only); i++)
			words_add(&plan->read_only_paths, arena, read_only[i]);
	}
	for (size_t i = 0; i < options->security.count && r == 0; i++) {
		r = option(plan, options->security.at[i], arena, error);
		if (r < 0)
			error_wrap(error, "--security-opt=%s", options->security.at[i]);
	}
	return r < 0 ? r : run_plan_sysctls(options, arena, plan, error);
}
