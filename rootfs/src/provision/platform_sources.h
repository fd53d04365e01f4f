// SPDX-License-Identifier: Apache-2.0
/* The places outside the system where a first config can be. */
#pragma once
#include "provision/acquire.h"

struct found {
	FILE *report; /* is told what was there and was no config */
	char *text;   /* the caller frees it; NULL: nothing */
	size_t size;
	char source[512];
};

/* One kind of source. Leaves found alone if it has none, which is no error. */
typedef int platform_source(const struct platform_environment *environment, struct fetcher *fetcher,
			    struct found *found, struct error *error);

platform_source platform_find; /* all of the following, until one has something */

platform_source source_fw_cfg, source_smbios; /* platform_firmware.c */
platform_source source_cmdline;               /* platform_cmdline.c */
platform_source source_netboot;               /* platform_netboot.c */
platform_source source_partition;             /* platform_partition.c */
platform_source source_cloud;                 /* platform_cloud.c */

/* platform_partition.c: a file from the first file system that has it and has this label, or lies
 * in the partition of this name (not its label; NULL: none). An absent file system or file leaves
 * found alone; that is no error. */
struct labelled {
	const char *label, *partition, *path;
	bool folded;      /* the case of both does not matter */
	unsigned wait_ms; /* for the file system to appear */
};
int read_labelled(const struct platform_environment *environment, const struct labelled *wanted,
		  struct found *found, struct error *error);

/* The value of KEY= on the kernel's command line; "" without it. */
int command_line_value(const struct platform_environment *environment, const char *key, char *ret,
		       size_t room, struct error *error);

/* Two minutes for all tries: there is no config yet that could say so. */
#define FIRST_TOTAL_S 120

/* What is at a URL, within FIRST_TOTAL_S. */
int fetch_found(const char *url, struct fetcher *fetcher, struct found *found, struct error *error);

/* One of the firmware's words about the machine (sysfs' class/dmi/id); out stays as it is without
 * it. */
void read_dmi_field(const struct platform_environment *environment, const char *name, char *out,
		    size_t room);

/* Lets go of a text that was not meant to be a config, with a line to the report. */
void drop_if_no_config(struct found *found);
