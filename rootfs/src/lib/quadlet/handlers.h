// SPDX-License-Identifier: Apache-2.0
/* What can become of a key: the handlers that table.c names. */
#pragma once
#include "lib/quadlet/conversion.h"

typedef void quadlet_handler(struct conversion *c, const struct quadlet_key *key);

/* simple.c */
quadlet_handler apply_text;          /* the last value */
quadlet_handler apply_text_or_first; /* the last value, or else the first that is taken */
quadlet_handler apply_text_if_set;   /* the last value, even if it is empty */
quadlet_handler apply_lines;         /* each value, taken whole */
quadlet_handler apply_words;         /* each word */
quadlet_handler apply_lower;         /* each word, in lower case */
quadlet_handler apply_args;          /* each word, C escapes resolved */
quadlet_handler apply_pairs;         /* each NAME=value, the last of a name */
quadlet_handler apply_flag;          /* --option, or --option=false */
quadlet_handler apply_prefix_if;     /* the prefix as value, if it is true */
quadlet_handler apply_ports;         /* each value: ports that are exposed */
quadlet_handler apply_paths;         /* each word: a path, from the file's folder on */
quadlet_handler refuse;

/* references.c */
quadlet_handler apply_image;
quadlet_handler apply_networks;
quadlet_handler apply_volumes;
quadlet_handler apply_mounts;
quadlet_handler apply_pod;

/* users.c */
quadlet_handler apply_user;
quadlet_handler apply_user_namespace;

/* kinds.c */
quadlet_handler apply_container_name;
quadlet_handler apply_pod_name;
quadlet_handler apply_notify;
quadlet_handler apply_exec;
quadlet_handler apply_volatile_tmp;
quadlet_handler apply_subnets;
quadlet_handler apply_driver_options;

/* limits.c */
quadlet_handler apply_limit;

/* podmanargs.c */
quadlet_handler apply_podman_args;
