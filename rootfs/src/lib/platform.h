// SPDX-License-Identifier: Apache-2.0
/* Clouds: which one a machine is in, and where its metadata service keeps the user's data. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct platform {
	const char *id;             /* as ignition.platform.id= names it */
	const char *base;           /* of the metadata service, without a slash at the end */
	const char *path;           /* of the user's data there */
	const char *header, *value; /* to be sent with it; or NULL */
	const char *token_path;     /* where a token is to be got first (PUT); or NULL */
	bool config_drive;          /* a file system labelled config-2 may have the data, too */
};

/* What the firmware says of the machine: sysfs' class/dmi/id, without line ends; "" if unknown. */
struct dmi {
	char vendor[128], product[128], chassis_tag[128], board_vendor[128];
};

/* By name. Returns 0 with *ret NULL for a platform that has no metadata service (metal, qemu,
 * file); -EINVAL for one that is not known here. */
int platform_named(const char *id, const struct platform **ret);

/* By what the firmware says; NULL: none that is known. */
const struct platform *platform_detect(const struct dmi *dmi);

/* Why a text that a platform handed out is no Ignition config and was not meant to be one: empty, a
 * script, a cloud-config. NULL: it may be one. */
const char *platform_not_a_config(const char *text, size_t size);
