// SPDX-License-Identifier: Apache-2.0
/* Whom to ask for an image and how: registries.conf, logins, certificates. */
#pragma once
#include "oci/proxies.h"
#include "oci/pull.h"
#include "oci/verbs.h"

struct reach {
	struct pull pull;
	struct proxies proxies;
	char *bundle; /* certificates */
};

/* By the settings below options->etc. Ends with reach_free, also after an error. */
int reach_set_up(const struct options *options, const struct oci_reference *reference,
		 struct reach *reach, struct error *error);
void reach_free(struct reach *reach);
