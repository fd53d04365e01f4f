// SPDX-License-Identifier: Apache-2.0
/* Namespaces by files: a network namespace of a container's own, and those of others. */
#pragma once
#include "lib/run/plan.h"
#include "run/places.h"

/* Enters a user namespace as who its root cannot look into (ptrace(2), "access mode checking"): we
 * have the machine's root folder still. 0, or -1 and errno. */
int spaces_enter_users(int users);

/* A process that is in namespaces and does nothing, for who wants to see or keep them. */
struct held {
	int pid;
	int leash;
};

/* users: the user namespace that it enters, or -1; what: CLONE_NEW… of those that it then makes. */
int spaces_hold(int users, int what, struct held *ret, struct error *error);
void spaces_let_go(struct held *held);

/* Makes a network namespace, which belongs to the user namespace users (or -1), and shows it at
 * path, a file that is made; we stay where we are. A crash leaves the file, and perhaps the
 * namespace, until spaces_release. */
int spaces_make_network(const char *path, int users, struct error *error);
void spaces_release(const char *path);

/* The namespace of a container or pod (kind: "containers", "pods") that runs. */
int spaces_open(const struct places *places, const char *kind, const char *name,
		enum run_namespace space, int *ret, struct error *error);

/* The path that a namespace has for the runtime, as long as we and fd are there. */
struct run_space spaces_path(const struct places *places, int fd);

/* Fills in the paths of namespaces that are another container's, or the pod's; those of the machine
 * get the mode that says so. What is opened for
 * that is open until we end. users: the container's user namespace, or -1; -EPERM: those may not
 * mount what shows another one's processes or queues. */
int spaces_resolve(const struct places *places, const struct run_options *options, int users,
		   struct run_plan *plan, struct error *error);
