// SPDX-License-Identifier: Apache-2.0
/* Tables of clouds; see platform.h. Must never take bare metal for a cloud: asking a service that
 * is not there costs a boot its time. */
#include "lib/platform.h"
#include "lib/text.h"
#include <errno.h>
#include <string.h>

#define LINK_LOCAL "http://169.254.169.254"

static const struct platform platforms[] = {
	{ "aws", LINK_LOCAL, "/2019-10-01/user-data", NULL, NULL, "/latest/api/token", false },
	{ "digitalocean", LINK_LOCAL, "/metadata/v1/user-data", NULL, NULL, NULL, false },
	{ "gcp", LINK_LOCAL, "/computeMetadata/v1/instance/attributes/user-data", "Metadata-Flavor",
	  "Google", NULL, false },
	{ "hetzner", LINK_LOCAL, "/hetzner/v1/userdata", NULL, NULL, NULL, false },
	{ "openstack", LINK_LOCAL, "/openstack/latest/user_data", NULL, NULL, NULL, true },
	/* Its service answers 406 to any other Accept. */
	{ "packet", "https://metadata.packet.net", "/userdata", "Accept", "*/*", NULL, false },
};

static const char *const without_service[] = { "metal", "qemu", "file" };

/* Other names that a platform goes by. */
static const struct {
	const char *name, *id;
} aliases[] = {
	{ "ec2", "aws" },
	{ "gce", "gcp" },
	{ "equinixmetal", "packet" },
};

/* Which field of the firmware's starts with what. OpenStack names itself in either of two. */
static const struct {
	size_t field;
	const char *prefix, *id;
} marks[] = {
	{ offsetof(struct dmi, vendor), "Amazon EC2", "aws" },
	{ offsetof(struct dmi, vendor), "DigitalOcean", "digitalocean" },
	{ offsetof(struct dmi, vendor), "Google", "gcp" },
	{ offsetof(struct dmi, product), "Google Compute Engine", "gcp" },
	{ offsetof(struct dmi, vendor), "Hetzner", "hetzner" },
	{ offsetof(struct dmi, product), "OpenStack Nova", "openstack" },
	{ offsetof(struct dmi, product), "OpenStack Compute", "openstack" },
	{ offsetof(struct dmi, vendor), "OpenStack Foundation", "openstack" },
	{ offsetof(struct dmi, chassis_tag), "OpenTelekomCloud", "openstack" },
	{ offsetof(struct dmi, chassis_tag), "SAP CCloud VM", "openstack" },
	{ offsetof(struct dmi, vendor), "Packet", "packet" },
	{ offsetof(struct dmi, board_vendor), "Packet", "packet" },
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const struct platform *find(const char *id)
{
	for (size_t i = 0; i < COUNT(platforms); i++)
		if (strcmp(platforms[i].id, id) == 0)
			return &platforms[i];
	return NULL;
}

int platform_named(const char *id, const struct platform **ret)
{
	const struct platform *platform = find(id);

	for (size_t i = 0; i < COUNT(aliases) && !platform; i++)
		if (strcmp(aliases[i].name, id) == 0)
			platform = find(aliases[i].id);
	for (size_t i = 0; i < COUNT(without_service); i++) {
		if (strcmp(without_service[i], id) == 0) {
			*ret = NULL;
			return 0;
		}
	}
	if (!platform)
		return -EINVAL;
	*ret = platform;
	return 0;
}

const struct platform *platform_detect(const struct dmi *dmi)
{
	for (size_t i = 0; i < COUNT(marks); i++)
		if (text_starts((const char *)dmi + marks[i].field, marks[i].prefix))
			return find(marks[i].id);
	return NULL;
}

const char *platform_not_a_config(const char *text, size_t size)
{
	static const char cloud[] = "#cloud-config";

	if (size == 0)
		return "is empty";
	if (size >= 2 && memcmp(text, "#!", 2) == 0)
		return "is a script";
	if (size >= strlen(cloud) && memcmp(text, cloud, strlen(cloud)) == 0)
		return "is a cloud-config";
	return NULL;
}
