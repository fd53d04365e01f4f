// SPDX-License-Identifier: Apache-2.0
/* The verbs of keelson-run. Each returns 0 or a negative errno with the error said; those that run
 * something return its exit status in *ret_status. */
#pragma once
#include "lib/run/options.h"
#include "lib/run/state.h"
#include "run/places.h"

int verb_container(const struct places *places, const struct run_options *options, int *ret_status,
		   struct error *error);
int verb_pod(const struct places *places, const struct run_options *options, struct error *error);
int verb_volume(const struct places *places, const struct run_options *options,
		struct error *error);
int verb_network(const struct places *places, const struct run_options *options,
		 struct error *error);
int verb_image(const struct places *places, const struct run_options *options, struct error *error);

/* Sends the stop signal, waits, sends SIGKILL. timeout: NULL for the container's own. Nothing there
 * is fine. */
int verb_stop(const struct places *places, const char *kind, const char *name, const char *timeout,
	      struct error *error);
int verb_kill(const struct places *places, const char *name, const char *signal,
	      struct error *error);
int verb_exec(const struct places *places, const char *name, char *const args[], size_t count,
	      int *ret_status, struct error *error);

/* What is left of it; nothing there is fine. kind: "container", "pod", "volume", "network". */
int verb_remove(const struct places *places, const char *kind, const char *name,
		struct error *error);

/* One check. *ret_status: 0 if it was good, 1 if not. unit: what is restarted or stopped when the
 * container has become unhealthy and is to be, or NULL. */
int verb_health(const struct places *places, const char *name, const char *unit, int *ret_status,
		struct error *error);
int verb_list(const struct places *places, bool json, struct error *error);

/* control.c: state.json and health.json of a container. -ENOENT. */
int state_load(const struct places *places, const char *name, struct run_state *ret,
	       struct error *error);
int state_save(const struct places *places, const char *kind, const struct run_state *state,
	       struct error *error);

/* Opens a container's (or pod's) process. -ESRCH: it has ended. */
int state_open(const struct places *places, const char *kind, const char *name,
	       struct run_state *ret, int *ret_process, struct error *error);

/* check.c: runs the check of a container once and keeps the result. */
int health_once(const struct places *places, const struct run_state *state,
		struct health_state *ret, bool *ret_good, bool *ret_act, struct error *error);

/* remove.c: the caller has the lock. */
int remove_container(const struct places *places, const char *name, struct error *error);

/* image.c: the image is in the store after this. pull: "missing" and so on, or NULL. */
int image_want(const struct places *places, const struct run_options *options, const char *image,
	       const char *pull, struct error *error);

/* Members of pods: an empty file each, by which the pod sees them come and go. */
int pod_add(const struct places *places, const char *pod, const char *container,
	    struct error *error);
/* Adds the pod's volumes to the container's options. */
int pod_inherit(const struct places *places, struct run_options *options, struct error *error);
void pod_forget(const struct places *places, const char *container);
