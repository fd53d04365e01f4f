// SPDX-License-Identifier: Apache-2.0
/* Which namespaces a container has to itself, and with whom it shares the others. See plan.h. */
#include "lib/run/plan.h"
#include "lib/text.h"
#include <errno.h>
#include <string.h>

const char *const run_namespace_types[RUN_NAMESPACES] = {
	[RUN_NS_PID] = "pid",         [RUN_NS_IPC] = "ipc",       [RUN_NS_UTS] = "uts",
	[RUN_NS_NETWORK] = "network", [RUN_NS_CGROUP] = "cgroup", [RUN_NS_MOUNT] = "mount",
	[RUN_NS_USER] = "user",
};
const char *const run_namespace_files[RUN_NAMESPACES] = {
	[RUN_NS_PID] = "pid",     [RUN_NS_IPC] = "ipc",       [RUN_NS_UTS] = "uts",
	[RUN_NS_NETWORK] = "net", [RUN_NS_CGROUP] = "cgroup", [RUN_NS_MOUNT] = "mnt",
	[RUN_NS_USER] = "user",
};

/* "host", "container:NAME", "ns:PATH", or what is named among others. */
static int parse(const char *option, const char *value, const char *others, struct run_space *ret,
		 struct error *error)
{
	*ret = (struct run_space){ 0 };
	if (text_is_one_of(others, value))
		return 0;
	if (strcmp(value, "host") == 0) {
		ret->mode = RUN_SPACE_HOST;
		return 0;
	}
	if (text_starts(value, "container:") && run_is_name(value + 10)) {
		ret->mode = RUN_SPACE_PATH;
		ret->container = value + 10;
		return 0;
	}
	if (text_starts(value, "ns:/")) {
		ret->mode = RUN_SPACE_PATH;
		ret->path = value + 3;
		return 0;
	}
	return error_set(error, -EINVAL,
			 "--%s=%s is not supported; there is: host container:NAME ns:PATH %s",
			 option, value, others);
}

int run_network_mode(const struct run_options *options, enum run_network *ret, const char **ret_of,
		     struct error *error)
{
	const struct words *networks = &options->networks;

	*ret = RUN_NETWORK_OTHER;
	*ret_of = NULL;
	for (size_t i = 0; i < networks->count; i++) {
		const char *value = networks->at[i];

		if (text_is_one_of("none host", value) || text_starts(value, "container:") ||
		    text_starts(value, "ns:"))
			*ret = *value == 'h'                      ? RUN_NETWORK_HOST
			       : *value == 'n' && value[1] == 'o' ? RUN_NETWORK_NONE
								  : RUN_NETWORK_JOIN;
		if (*ret == RUN_NETWORK_JOIN)
			*ret_of = value;
	}
	if (*ret != RUN_NETWORK_OTHER && networks->count > 1)
		return error_set(error, -EINVAL, "--network=%s goes with no other network",
				 *ret == RUN_NETWORK_HOST   ? "host"
				 : *ret == RUN_NETWORK_NONE ? "none"
							    : *ret_of);
	if ((*ret == RUN_NETWORK_HOST || *ret == RUN_NETWORK_JOIN) && options->publish.count > 0)
		return error_set(error, -EINVAL,
				 "--publish needs a network of the container's own");
	return 0;
}

int run_pod_network(const struct run_options *options, enum run_network *ret, struct error *error)
{
	const char *of;
	int r = run_network_mode(options, ret, &of, error);

	if (r == 0 && *ret == RUN_NETWORK_JOIN)
		r = error_set(error, -EOPNOTSUPP, "--network=%s is not supported for a pod", of);
	return r;
}

static int network(const struct run_options *options, struct run_plan *plan, struct error *error)
{
	enum run_network mode;
	const char *of;
	int r = run_network_mode(options, &mode, &of, error);

	if (r < 0)
		return r;
	if (mode == RUN_NETWORK_JOIN)
		return parse("network", of, "", &plan->spaces[RUN_NS_NETWORK], error);
	if (mode == RUN_NETWORK_HOST)
		plan->spaces[RUN_NS_NETWORK].mode = RUN_SPACE_HOST;
	return 0;
}

int run_plan_spaces(const struct run_options *options, struct run_plan *plan, struct error *error)
{
	const struct {
		const char *option, *value, *others;
		enum run_namespace space;
	} rows[] = {
		{ "pid", options->pid, "private", RUN_NS_PID },
		{ "ipc", options->ipc, "private shareable none", RUN_NS_IPC },
		{ "uts", options->uts, "private", RUN_NS_UTS },
		{ "cgroupns", options->cgroupns, "private", RUN_NS_CGROUP },
	};
	int r = 0;

	plan->spaces[RUN_NS_USER].mode = RUN_SPACE_HOST; /* but for who has made one: users.h */
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) && r == 0; i++)
		if (rows[i].value)
			r = parse(rows[i].option, rows[i].value, rows[i].others,
				  &plan->spaces[rows[i].space], error);
	if (r == 0 && options->pod && (options->networks.count > 0 || options->publish.count > 0))
		r = error_set(error, -EINVAL, "the network of a pod's container is the pod's");
	if (r == 0 && options->pod &&
	    (options->userns || options->uidmaps.count + options->gidmaps.count > 0 ||
	     options->subuid_name || options->subgid_name))
		r = error_set(error, -EINVAL,
			      "the users of a pod's container are the pod's; give the pod UserNS=");
	return r < 0 ? r : network(options, plan, error);
}
