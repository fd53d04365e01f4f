// SPDX-License-Identifier: Apache-2.0
/*
 * Ignition configs, spec 3.0.0 to 3.6.0 and 3.7.0-experimental: from text to a config and a report,
 * two configs into one, a config to text. Rules, warnings, order and positions are those of the
 * reference implementation (coreos/ignition v2); a text that it takes is taken, with the limits
 * below. Nothing here looks outside: the sources that a config names are not fetched.
 */
#pragma once
#include "lib/arena.h"
#include "lib/ignition/config.h"
#include "lib/ignition/report.h"

/* An empty object can become a structure of some hundred bytes: values are what memory goes by. */
#define IGN_BYTES_MAX (16 << 20)
#define IGN_VALUES_MAX (1 << 18)
#define IGN_PARTITIONS_MAX 1024 /* of one disk */

/* A config and what was said about it. Starts as all zeros, ends with ign_free. */
struct ign_parsed {
	struct arena arena; /* holds everything below */
	struct ign_config config;
	enum ign_version version;
	struct ign_report report;
};

/* Reads a text. Returns 0 if it can be used: decoded and, with validate, without an error; the
 * report may hold warnings. With validate, modes then have no set-user-id, set-group-id and sticky
 * bits before spec 3.6.0. Else -EBADMSG, and the report says why; -ENOMEM. */
int ign_parse(const char *text, size_t size, bool validate, struct ign_parsed *ret);

void ign_free(struct ign_parsed *parsed);

/* Merges child into parent, as a config that names another one in ignition.config.merge has it
 * done: both may be of any version; the result has the newer one. It holds on to the memory of
 * both, which have to outlive it. Valid configs can merge into one that is not. Returns 0 or
 * -ENOMEM. */
int ign_merge(const struct ign_parsed *parent, const struct ign_parsed *child,
	      struct ign_parsed *ret);

/* The rules, for a config that was merged: what is wrong goes to its report, without positions.
 * Returns 0, -EBADMSG if there is an error, or -ENOMEM. */
int ign_check_merged(struct ign_parsed *merged);

/* The config as JSON, compact. Takes the place of *ret, which the caller frees. Returns 0 or
 * -ENOMEM. */
int ign_encode(const struct ign_config *config, char **ret, size_t *ret_size);
