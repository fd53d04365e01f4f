// SPDX-License-Identifier: Apache-2.0
/* config.json's member "linux": namespaces, devices, filter, hidden paths, sysctls. See plan.h. */
#include "lib/oci/fields.h"
#include "lib/run/document.h"
#include "lib/run/plan.h"
#include "lib/run/seccomp.h"
#include "lib/text.h"
#include <errno.h>
#include <string.h>

static void put_namespaces(const struct run_plan *plan, struct json_writer *writer)
{
	document_open(writer, "namespaces", '[');
	for (int i = 0; i < RUN_NAMESPACES; i++) {
		if (plan->spaces[i].mode == RUN_SPACE_HOST)
			continue;
		document_open(writer, NULL, '{');
		document_text(writer, "type", run_namespace_types[i]);
		if (plan->spaces[i].mode == RUN_SPACE_PATH)
			document_text(writer, "path", plan->spaces[i].path);
		document_close(writer, '}');
	}
	document_close(writer, ']');
}

static void put_devices(const struct run_plan *plan, struct json_writer *writer)
{
	document_open(writer, "devices", '[');
	for (size_t i = 0; i < plan->device_count; i++) {
		const struct run_device *device = &plan->devices[i];

		document_open(writer, NULL, '{');
		document_text(writer, "path", device->path);
		document_text(writer, "type", device->block ? "b" : "c");
		document_number(writer, "major", device->major);
		document_number(writer, "minor", device->minor);
		document_number(writer, "fileMode", device->mode);
		document_number(writer, "uid", device->uid);
		document_number(writer, "gid", device->gid);
		document_close(writer, '}');
	}
	document_close(writer, ']');
}

/* A file in the form of the runtime spec. Docker's has conditions, which are not understood here:
 * taken without them it would allow more than it says. */
static int put_file(const struct run_plan *plan, struct json_writer *writer, struct error *error)
{
	struct json json;
	size_t size = strlen(plan->filter_text);
	int r = oci_parse_object(plan->filter_text, size, &json, error);

	if (r < 0)
		return error_wrap(error, "%s", plan->filter_path);
	if (!json_member(&json, 0, "defaultAction"))
		r = error_set(error, -EBADMSG, "%s: no defaultAction", plan->filter_path);
	else if (json_member(&json, 0, "archMap") || strstr(plan->filter_text, "\"includes\"") ||
		 strstr(plan->filter_text, "\"excludes\""))
		r = error_set(
			error, -EOPNOTSUPP,
			"%s: archMap, includes and excludes are not supported; write it as the "
			"OCI runtime spec has it",
			plan->filter_path);
	json_free(&json);
	if (r < 0)
		return r;
	json_put_text(writer, ",\"seccomp\":");
	json_put(writer, plan->filter_text, size);
	return 0;
}

static int put_filter(const struct run_plan *plan, struct json_writer *writer, struct error *error)
{
	if (plan->filter == RUN_FILTER_NONE)
		return 0;
	if (plan->filter == RUN_FILTER_FILE)
		return put_file(plan, writer, error);
	return seccomp_put(writer, plan->machine, plan->capabilities, error);
}

/* As wide as its widest mount asks for. */
static const char *propagation(const struct run_plan *plan)
{
	const char *found = "rprivate";

	for (size_t i = 0; i < plan->mounts.count; i++) {
		const struct words *options = &plan->mounts.at[i].options;

		for (size_t k = 0; k < options->count; k++) {
			if (text_is_one_of("shared rshared", options->at[k]))
				return "rshared";
			if (text_is_one_of("slave rslave", options->at[k]))
				found = "rslave";
		}
	}
	return found;
}

int run_config_linux(const struct run_plan *plan, struct json_writer *writer, struct error *error)
{
	int r;

	for (int i = 0; i < RUN_NAMESPACES; i++)
		if (plan->spaces[i].mode == RUN_SPACE_PATH && !plan->spaces[i].path)
			return error_set(error, -EINVAL, "the %s namespace of %s was not found",
					 run_namespace_types[i], plan->spaces[i].container);
	document_open(writer, "linux", '{');
	put_namespaces(plan, writer);
	put_devices(plan, writer);
	document_pairs(writer, "sysctl", &plan->sysctls);
	document_texts(writer, "maskedPaths", &plan->masked);
	document_texts(writer, "readonlyPaths", &plan->read_only_paths);
	document_text(writer, "rootfsPropagation", propagation(plan));
	r = put_filter(plan, writer, error);
	document_close(writer, '}');
	return r;
}
