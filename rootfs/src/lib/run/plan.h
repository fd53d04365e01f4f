// SPDX-License-Identifier: Apache-2.0
/*
 * All that is known of a container when it is about to start, and what the runtime is told of it:
 * config.json of the OCI runtime spec 1.2. The parts are filled by plan*.c from options and the
 * image, by the program what only the machine knows (paths, devices, who a name is), and written by
 * config*.c.
 */
#pragma once
#include "lib/error.h"
#include "lib/jsonwriter.h"
#include "lib/run/identity.h"
#include "lib/run/mounts.h"
#include "lib/run/options.h"

enum run_namespace {
	RUN_NS_PID,
	RUN_NS_IPC,
	RUN_NS_UTS,
	RUN_NS_NETWORK,
	RUN_NS_CGROUP,
	RUN_NS_MOUNT,
	RUN_NS_USER,
	RUN_NAMESPACES,
};
extern const char *const run_namespace_types[RUN_NAMESPACES]; /* as config.json has them */
extern const char *const run_namespace_files[RUN_NAMESPACES]; /* as /proc/PID/ns has them */

struct run_space {
	enum { RUN_SPACE_NEW, RUN_SPACE_HOST, RUN_SPACE_PATH } mode;
	const char *path;
	const char *container; /* whose it is: --pid=container:NAME; path is to be filled in */
	bool of_others;        /* what shows it is not for the container's users to mount */
};

struct run_device {
	const char *path;
	bool block;
	unsigned major, minor;
	uint32_t mode, uid, gid;
};

enum run_filter { RUN_FILTER_OWN, RUN_FILTER_NONE, RUN_FILTER_FILE };

struct run_plan {
	struct words args, env;
	const char *workdir, *hostname;
	struct run_identity identity;
	uint64_t available; /* capabilities that we have to give: of all others only those that are
			       asked for by name are an error */
	uint64_t capabilities, ambient;
	bool no_new_privileges, privileged, read_only;
	const char *apparmor; /* a profile that is loaded; NULL: none */
	bool terminal;        /* one of its own, of this size */
	unsigned terminal_rows, terminal_columns;
	struct run_space spaces[RUN_NAMESPACES];
	struct run_mounts mounts; /* every source a path of the host, or none */
	struct run_device *devices;
	size_t device_count;
	struct words ulimits, sysctls, annotations, masked, read_only_paths;
	enum run_filter filter;
	const char *filter_path; /* of RUN_FILTER_FILE */
	const char *filter_text; /* what the file holds: the spec's "seccomp", or Docker's */
	uint64_t shm_bytes;
	const char *shm_path; /* of the host, to be seen as /dev/shm; NULL: one of its own */
	bool umask_given, oom_given;
	unsigned umask;
	int oom_score_adj;
	const char *machine; /* as uname(2) has it */
	const char *rootfs;  /* path of the root file system */
};

/* What the options and the image say: args, workdir, capabilities, namespaces, paths, limits.
 * image: NULL with --rootfs. identity has to be known. */
int run_plan(const struct run_options *options, const struct run_image *image, struct arena *arena,
	     struct run_plan *ret, struct error *error);

/* Parts of it. plan_process.c */
int run_plan_args(const struct run_options *options, const struct run_image *image,
		  struct arena *arena, struct words *ret, struct error *error);
void run_env_set(struct words *env, struct arena *arena, const char *assignment);
const char *run_env_find(const struct words *env, const char *name);

/* Lines NAME=value of a file; a NAME alone takes the value of environment. */
int run_env_file(const char *text, const char *const *environment, struct arena *arena,
		 struct words *env, struct error *error);

/* The order of env: the image's, ours as asked for, files (each text one), then --env. environment
 * is ours, ends with NULL. */
int run_plan_env(const struct run_options *options, const struct run_image *image,
		 const char *const *environment, const struct words *files, struct arena *arena,
		 struct run_plan *plan, struct error *error);

/* plan_security.c: --security-opt, capabilities, sysctls. */
int run_plan_security(const struct run_options *options, struct arena *arena, struct run_plan *plan,
		      struct error *error);

/* The sysctls alone, again: by what is known of the namespaces by then. */
int run_plan_sysctls(const struct run_options *options, struct arena *arena, struct run_plan *plan,
		     struct error *error);

/* plan_spaces.c: --pid, --ipc, --uts, --cgroupns, and --network as far as it is no network. */
int run_plan_spaces(const struct run_options *options, struct run_plan *plan, struct error *error);
enum run_network { RUN_NETWORK_NONE, RUN_NETWORK_HOST, RUN_NETWORK_OTHER, RUN_NETWORK_JOIN };
int run_network_mode(const struct run_options *options, enum run_network *ret, const char **ret_of,
		     struct error *error);
int run_pod_network(const struct run_options *options, enum run_network *ret, struct error *error);

/* config.json. writer is for the caller to free. */
int run_config(const struct run_plan *plan, struct json_writer *writer, struct error *error);

/* config_linux.c: the member "linux". */
int run_config_linux(const struct run_plan *plan, struct json_writer *writer, struct error *error);
