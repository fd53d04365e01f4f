// SPDX-License-Identifier: Apache-2.0
/*
 * keelson-run's command lines: podman's options by name and meaning, of each verb those that
 * keelson-quadlet writes. options.c has a row for each; one that has no row is an error.
 */
#pragma once
#include "lib/error.h"
#include "lib/words.h"
#include <stdbool.h>
#include <stddef.h>

enum run_verb {
	RUN_CONTAINER = 1,
	RUN_POD = 2,
	RUN_VOLUME = 4,
	RUN_NETWORK = 8,
	RUN_IMAGE = 16,
};

/* Values as they were given; NULL, empty or false: not given. Checked where they are used, but for
 * those that can only be one of some words. */
struct run_options {
	const char *name, *pod, *sdnotify, *cgroups, *log_driver, *pull;
	const char *ip, *ip6, *mac_address, *hostname;
	const char *user, *userns, *pid, *ipc, *uts, *cgroupns, *umask, *oom_score_adj;
	const char *shm_size, *timezone, *stop_signal, *stop_timeout, *workdir, *entrypoint;
	const char *health_command, *health_interval, *health_timeout, *health_retries;
	const char *health_start_period, *health_on_failure;
	const char *startup_command, *startup_interval, *startup_timeout, *startup_retries;
	const char *startup_success;
	const char *exit_policy;
	const char *driver, *interface_name, *ipam_driver, *uid, *gid;
	const char *policy, *arch, *os, *variant, *platform, *authfile, *cert_dir, *credentials;
	const char *retry, *retry_delay;
	bool rootfs, privileged, tty, interactive, no_hosts, init;
	bool read_only, read_only_tmpfs, http_proxy, env_host;
	bool internal, ipv6, disable_dns, tls_verify, quiet, all_tags;
	struct words networks, network_aliases, publish, add_hosts, dns, dns_options, dns_search;
	struct words uidmaps, gidmaps;
	const char *subuid_name, *subgid_name;
	struct words groups, security, cap_add, cap_drop, sysctls, ulimits;
	struct words tmpfs, volumes, mounts, devices, secrets;
	struct words env, env_files, labels, annotations;
	struct words driver_options;
	struct words subnets, gateways, ranges; /* those at the same place go together */

	const char *operand; /* IMAGE, FOLDER or NAME; NULL: there was none */
	struct words args;   /* behind it */
};

/* Fills ret from the words behind the verb; texts stay the caller's, lists are the arena's. What a
 * container or pod needs is there after 0: a name; an operand where the verb has one. -EINVAL;
 * -EOPNOTSUPP: there is such an option, and the reason why not here. */
int run_options_parse(enum run_verb verb, char *const words[], size_t count, struct arena *arena,
		      struct run_options *ret, struct error *error);

/* Names of containers, pods, volumes and networks: they become names of files. */
bool run_is_name(const char *text);
