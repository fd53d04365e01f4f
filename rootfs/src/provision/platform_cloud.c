// SPDX-License-Identifier: Apache-2.0
/* The user's data of a cloud, from its metadata service or its config drive. Must never ask a
 * service on a machine that is in no cloud that is known. */
#include "lib/platform.h"
#include "os/file.h"
#include "provision/platform_sources.h"
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define TOKEN_BYTES_MAX 4096

static const struct platform *detect(const struct platform_environment *environment)
{
	struct dmi dmi = { 0 };

	read_dmi_field(environment, "sys_vendor", dmi.vendor, sizeof(dmi.vendor));
	read_dmi_field(environment, "product_name", dmi.product, sizeof(dmi.product));
	read_dmi_field(environment, "chassis_asset_tag", dmi.chassis_tag, sizeof(dmi.chassis_tag));
	read_dmi_field(environment, "board_vendor", dmi.board_vendor, sizeof(dmi.board_vendor));
	return platform_detect(&dmi);
}

/* The kernel command line's word counts before the firmware's. */
static int choose(const struct platform_environment *environment, const struct platform **ret,
		  struct error *error)
{
	char id[64];
	int r = command_line_value(environment, "ignition.platform.id", id, sizeof(id), error);

	if (r < 0)
		return r;
	if (id[0] == '\0') {
		*ret = detect(environment);
		return 0;
	}
	if (platform_named(id, ret) < 0)
		return error_set(error, -EINVAL,
				 "ignition.platform.id=: a platform that is not "
				 "known here; remedy: give ignition.config.url=");
	return 0;
}

/* Text to be freed; NULL without memory. */
static char *join(const struct platform_environment *environment, const struct platform *platform,
		  const char *path)
{
	char *url;

	return asprintf(&url, "%s%s",
			environment->metadata ? environment->metadata : platform->base, path) < 0
		       ? NULL
		       : url;
}

static struct ign_text text_of(const char *text)
{
	return (struct ign_text){ text, strlen(text) };
}

static int ask(struct fetcher *fetcher, const char *method, const char *url,
	       struct ign_header *header, size_t max_bytes, char **ret, size_t *ret_size,
	       struct error *error)
{
	struct ign_resource resource = { 0 };

	if (!url)
		return error_set(error, -ENOMEM, "out of memory");
	resource.source = text_of(url);
	if (header && header->name.at) {
		resource.headers.at = header;
		resource.headers.count = 1;
	}
	return fetch_answer(fetcher, method, &resource, max_bytes, ret, ret_size, error);
}

/* A session token (EC2, "IMDSv2"); services that look like EC2's and have none refuse the request,
 * then it goes on without. */
static int get_token(const struct platform_environment *environment, struct fetcher *fetcher,
		     const struct platform *platform, char **ret, struct error *error)
{
	struct ign_header lifetime = { text_of("X-aws-ec2-metadata-token-ttl-seconds"),
				       text_of("300") };
	AUTO_FREE char *url = join(environment, platform, platform->token_path);
	size_t size;
	int r = ask(fetcher, "PUT", url, &lifetime, TOKEN_BYTES_MAX, ret, &size, error);

	return r == -ENOENT || r == -EREMOTEIO ? 0 : r;
}

static int ask_service(const struct platform_environment *environment, struct fetcher *fetcher,
		       const struct platform *platform, struct found *found, struct error *error)
{
	AUTO_FREE char *url = join(environment, platform, platform->path);
	AUTO_FREE char *token = NULL;
	struct ign_header header = { 0 };
	int r = 0;

	if (platform->token_path)
		r = get_token(environment, fetcher, platform, &token, error);
	if (token && *token)
		header = (struct ign_header){ text_of("X-aws-ec2-metadata-token"), text_of(token) };
	else if (platform->header)
		header = (struct ign_header){ text_of(platform->header), text_of(platform->value) };
	if (r == 0)
		r = ask(fetcher, "GET", url, &header, IGN_BYTES_MAX, &found->text, &found->size,
			error);
	snprintf(found->source, sizeof(found->source), "%s user data", platform->id);
	return r == -ENOENT ? 0 : r;
}

static int read_config_drive(const struct platform_environment *environment, struct found *found,
			     struct error *error)
{
	struct labelled wanted = { .label = "config-2",
				   .path = "openstack/latest/user_data",
				   .folded = true };

	return read_labelled(environment, &wanted, found, error);
}

int source_cloud(const struct platform_environment *environment, struct fetcher *fetcher,
		 struct found *found, struct error *error)
{
	struct ign_ignition settings = { .timeouts.total_s = { FIRST_TOTAL_S, 1 } };
	const struct platform *platform = NULL;
	int r = choose(environment, &platform, error);

	if (r < 0 || !platform)
		return r;
	if (platform->config_drive)
		r = read_config_drive(environment, found, error);
	if (r < 0 || found->text)
		return r;
	r = fetcher_configure(fetcher, &settings, error);
	if (r == 0)
		r = ask_service(environment, fetcher, platform, found, error);
	return r < 0 ? error_wrap(error, "platform %s", platform->id) : 0;
}
