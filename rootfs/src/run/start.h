// SPDX-License-Identifier: Apache-2.0
/* A container on its way to be started: what container.c, filesystem.c and launch.c share. */
#pragma once
#include "lib/run/plan.h"
#include "lib/run/state.h"
#include "oci/hold.h"
#include "os/tree.h"
#include "run/console.h"
#include "run/places.h"
#include "run/rootfs.h"
#include "run/users.h"

/* An output of ours that is a pipe now: its other end, and what it was. */
struct pending_output {
	int pipe, stream; /* -1: it is none */
	bool errors_too;  /* both of ours are this one */
};

struct start {
	const struct places *places;
	struct run_options *options; /* with the volumes of its pod */
	const char *name;
	const char *folder; /* ROOT/run/keelson/containers/NAME */
	const char *kept;   /* the same in the store */
	struct users users; /* whose its users are outside */
	struct hold hold;
	struct run_image image;
	bool has_image;
	struct tree rootfs;
	struct run_plan plan;
	struct run_identity outside_identity; /* plan.identity by the machine's ids */
	struct run_state state;
	int lock, signals;
	struct pending_output outputs[2];
	int notify; /* the container's socket, or -1 */
	struct console console;
	bool ready, ended; /* it counts as started; it has ended since */
	struct outside outside;
};

/* identity.c: the user namespace, if it has one. */
int start_users(struct start *start, struct error *error);
int start_identify(struct start *start, struct error *error);

/* filesystem.c: mounts the root file system. */
int start_mount_root(struct start *start, struct error *error);

/* Sources of volumes and images, the working directory. */
int start_mounts(struct start *start, struct error *error);

/* files.c: hosts, resolv.conf, hostname, secrets, the init, the time zone, the notify socket. */
int start_files(struct start *start, struct error *error);
int start_env(struct start *start, struct error *error);

/* A small file of ours, seen by the container at destination. */
int start_put_file(struct start *start, const char *file, const char *text, const char *destination,
		   struct error *error);
void start_bind(struct start *start, const char *source, const char *destination, bool read_only);

/* devices.c */
int start_devices(struct start *start, struct error *error);

/* network.c: the namespace (before rootfs_unshare), then what is in it. */
int start_network_space(struct start *start, struct error *error);
int start_network(struct start *start, struct error *error);

/* output.c: what we and the container write goes into pipes; start_move_output moves what has come
 * to where it went before. In the end the pipes are passed on to keelson-output (the container's
 * process is known), or what we write goes where it went before. */
int start_output(struct start *start, struct error *error);
void start_move_output(const struct start *start);
int start_pass_output(struct start *start, struct error *error);
void start_drop_output(struct start *start);

/* launch.c: writes config.json, runs the runtime. */
int start_launch(struct start *start, struct error *error);

/* follow.c: waits until the container is ready, or until it has ended. Signals are the container's.
 */
int start_follow(struct start *start, int *ret_status, struct error *error);
