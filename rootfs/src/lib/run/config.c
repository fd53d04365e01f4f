// SPDX-License-Identifier: Apache-2.0
/* config.json but for its member "linux". See plan.h. */
#include "lib/run/amounts.h"
#include "lib/run/capabilities.h"
#include "lib/run/document.h"
#include "lib/run/plan.h"
#include "lib/text.h"
#include <errno.h>
#include <string.h>

/* The group of its own is among the others too: a program that takes on another one stays in it,
 * and what a file refuses that group stays refused (CVE-2022-2989). */
static void put_user(const struct run_plan *plan, struct json_writer *writer)
{
	const struct run_identity *identity = &plan->identity;

	document_open(writer, "user", '{');
	document_number(writer, "uid", identity->uid);
	document_number(writer, "gid", identity->gid);
	if (plan->umask_given)
		document_number(writer, "umask", plan->umask);
	document_open(writer, "additionalGids", '[');
	document_number(writer, NULL, identity->gid);
	for (size_t i = 0; i < identity->group_count; i++)
		document_number(writer, NULL, identity->groups[i]);
	document_close(writer, ']');
	document_close(writer, '}');
}

static void put_set(struct json_writer *writer, const char *name, uint64_t set)
{
	document_open(writer, name, '[');
	for (unsigned i = 0; i < CAPABILITIES; i++)
		if (set & UINT64_C(1) << i)
			document_text(writer, NULL, capability_names[i]);
	document_close(writer, ']');
}

/* Root has all of what is not taken away, anyone else what was added, and keeps it. */
static void put_capabilities(const struct run_plan *plan, struct json_writer *writer)
{
	uint64_t own = plan->identity.uid == 0 ? plan->capabilities : plan->ambient;

	document_open(writer, "capabilities", '{');
	put_set(writer, "bounding", plan->capabilities);
	put_set(writer, "effective", own);
	put_set(writer, "permitted", own);
	put_set(writer, "inheritable", plan->ambient);
	put_set(writer, "ambient", plan->ambient);
	document_close(writer, '}');
}

static int put_limits(const struct run_plan *plan, struct json_writer *writer, struct error *error)
{
	document_open(writer, "rlimits", '[');
	for (size_t i = 0; i < plan->ulimits.count; i++) {
		struct amount_limit limit;
		int r;

		if (strcmp(plan->ulimits.at[i], "host") == 0)
			continue;
		r = amount_limit(plan->ulimits.at[i], &limit, error);
		if (r < 0)
			return r;
		document_open(writer, NULL, '{');
		document_text(writer, "type", limit.name);
		document_number(writer, "soft", limit.soft);
		document_number(writer, "hard", limit.hard);
		document_close(writer, '}');
	}
	document_close(writer, ']');
	return 0;
}

static void put_terminal_size(const struct run_plan *plan, struct json_writer *writer)
{
	document_open(writer, "consoleSize", '{');
	document_number(writer, "height", plan->terminal_rows);
	document_number(writer, "width", plan->terminal_columns);
	document_close(writer, '}');
}

static int put_process(const struct run_plan *plan, struct json_writer *writer, struct error *error)
{
	int r;

	document_open(writer, "process", '{');
	document_flag(writer, "terminal", plan->terminal);
	if (plan->terminal)
		put_terminal_size(plan, writer);
	put_user(plan, writer);
	document_texts(writer, "args", &plan->args);
	document_texts(writer, "env", &plan->env);
	document_text(writer, "cwd", plan->workdir);
	put_capabilities(plan, writer);
	r = put_limits(plan, writer, error);
	document_flag(writer, "noNewPrivileges", plan->no_new_privileges);
	if (plan->apparmor)
		document_text(writer, "apparmorProfile", plan->apparmor);
	if (plan->oom_given)
		document_signed(writer, "oomScoreAdj", plan->oom_score_adj);
	document_close(writer, '}');
	return r;
}

struct basic {
	const char *destination, *type, *source, *options; /* with commas between */
};

static void put_options(struct json_writer *writer, const char *options)
{
	document_open(writer, "options", '[');
	while (*options != '\0') {
		size_t length = strcspn(options, ",");
		char option[64];

		if (text_copy(option, sizeof(option), options, length) == 0)
			document_text(writer, NULL, option);
		options += length + (options[length] == ',');
	}
	document_close(writer, ']');
}

/* Unless the container's own mounts have that place. */
static void put_basic(const struct run_plan *plan, struct json_writer *writer,
		      const struct basic *mount)
{
	if (run_mounts_find(&plan->mounts, mount->destination))
		return;
	document_open(writer, NULL, '{');
	document_text(writer, "destination", mount->destination);
	document_text(writer, "type", mount->type);
	document_text(writer, "source", mount->source);
	put_options(writer, mount->options);
	document_close(writer, '}');
}

static void put_shm(const struct run_plan *plan, struct json_writer *writer)
{
	char options[96] = "nosuid,noexec,nodev,mode=1777,size=";
	bool host = plan->spaces[RUN_NS_IPC].mode == RUN_SPACE_HOST;
	struct basic shm = { "/dev/shm", "tmpfs", "shm", options };
	size_t used = strlen(options);
	char digits[24];
	size_t count = 0;

	for (uint64_t left = plan->shm_bytes; left > 0 || count == 0; left /= 10)
		digits[count++] = (char)('0' + left % 10);
	while (count > 0)
		options[used++] = digits[--count];
	options[used] = '\0';
	if (host || plan->shm_path)
		shm = (struct basic){ "/dev/shm", "bind",
				      plan->shm_path ? plan->shm_path : "/dev/shm",
				      "rbind,rprivate,nosuid,noexec,nodev" };
	put_basic(plan, writer, &shm);
}

/* What shows a namespace; the machine's own mount where the container may make none, as podman's.
 */
static struct basic of_namespace(const struct run_plan *plan, enum run_namespace space,
				 const char *place, const char *type, bool writable)
{
	if (plan->spaces[space].of_others)
		return (struct basic){ place, "bind", place,
				       writable ? "rbind,rprivate,nosuid,noexec,nodev"
						: "rbind,rprivate,nosuid,noexec,nodev,ro" };
	return (struct basic){ place, type, type,
			       writable ? "nosuid,noexec,nodev" : "nosuid,noexec,nodev,ro" };
}

/* What every program expects; podman's, sysfs and cgroups read-only unless it is privileged. */
static void put_basics(const struct run_plan *plan, struct json_writer *writer)
{
	bool writable = plan->privileged;
	const struct basic rows[] = {
		of_namespace(plan, RUN_NS_PID, "/proc", "proc", true),
		{ "/dev", "tmpfs", "tmpfs", "nosuid,noexec,strictatime,mode=755,size=65536k" },
		{ "/dev/pts", "devpts", "devpts",
		  "nosuid,noexec,newinstance,ptmxmode=0666,mode=0620,gid=5" },
		of_namespace(plan, RUN_NS_IPC, "/dev/mqueue", "mqueue", true),
		of_namespace(plan, RUN_NS_NETWORK, "/sys", "sysfs", writable),
		{ "/sys/fs/cgroup", "cgroup", "cgroup",
		  writable ? "rprivate,nosuid,noexec,nodev,relatime"
			   : "rprivate,nosuid,noexec,nodev,relatime,ro" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		put_basic(plan, writer, &rows[i]);
	put_shm(plan, writer);
}

static void put_mounts(const struct run_plan *plan, struct json_writer *writer)
{
	document_open(writer, "mounts", '[');
	put_basics(plan, writer);
	for (size_t i = 0; i < plan->mounts.count; i++) {
		const struct run_mount *mount = &plan->mounts.at[i];

		document_open(writer, NULL, '{');
		document_text(writer, "destination", mount->destination);
		document_text(writer, "type",
			      mount->kind == RUN_MOUNT_OTHER ? mount->type : "bind");
		if (mount->source)
			document_text(writer, "source", mount->source);
		document_texts(writer, "options", &mount->options);
		document_close(writer, '}');
	}
	document_close(writer, ']');
}

int run_config(const struct run_plan *plan, struct json_writer *writer, struct error *error)
{
	int r;

	document_open(writer, NULL, '{');
	document_text(writer, "ociVersion", "1.0.2");
	document_open(writer, "root", '{');
	document_text(writer, "path", plan->rootfs);
	document_flag(writer, "readonly", plan->read_only);
	document_close(writer, '}');
	if (plan->hostname)
		document_text(writer, "hostname", plan->hostname);
	r = put_process(plan, writer, error);
	if (r < 0)
		return r;
	put_mounts(plan, writer);
	document_pairs(writer, "annotations", &plan->annotations);
	r = run_config_linux(plan, writer, error);
	document_close(writer, '}');
	if (r == 0 && writer->failed)
		r = error_set(error, -ENOMEM, "out of memory");
	return r;
}
