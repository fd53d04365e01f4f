// SPDX-License-Identifier: Apache-2.0
/* What each verb does. Results go to standard output, notes to standard error. */
#pragma once
#include "lib/oci/platform.h"
#include "oci/store.h"

struct options {
	const char *store;       /* its path */
	const char *etc;         /* settings are below it */
	const char *auth_file;   /* NULL: where others look */
	const char *authorities; /* a file of certificates; NULL: those that the system trusts */
	const char *name;        /* for load */
	const char *holder;      /* for hold */
	struct oci_platform platform;
	bool plain_http, json, quiet, all_tags;
	unsigned tries, retry_ms, stall_s, threads;
};

int verb_pull(const struct options *options, const char *name, struct error *error);
int verb_load(const struct options *options, const char *path, struct error *error);
int verb_images(const struct options *options, struct error *error);
int verb_inspect(const struct options *options, const char *name, struct error *error);
int verb_remove(const struct options *options, const char *name, struct error *error);

/* As hold_take; prints the layers' folders. As hold_drop. */
int verb_hold(const struct options *options, const char *name, struct error *error);
int verb_drop(const struct options *options, const char *holder, struct error *error);

/* Removes blobs and layers that no name needs, and what is in tmp/. Layers in use stay. */
int verb_gc(const struct options *options, struct error *error);

/* Reads all of it; every finding is a line. -EBADMSG: there is one. */
int verb_verify(const struct options *options, struct error *error);

/* A bundle of the OCI runtime spec in a folder that is not there yet: whole or not at all. -EEXIST.
 */
int verb_export_bundle(const struct options *options, const char *name, const char *path,
		       struct error *error);
