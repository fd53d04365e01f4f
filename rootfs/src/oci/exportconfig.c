// SPDX-License-Identifier: Apache-2.0
/* See exportconfig.h. Volumes are not mounts here: their folders are in the tree already. */
#include "oci/exportconfig.h"
#include "lib/oci/fields.h"
#include "lib/run/capabilities.h"
#include "lib/run/imageconfig.h"
#include "lib/run/plan.h"
#include "lib/usertable.h"
#include "os/file.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/utsname.h>

#define ANNOTATION "org.opencontainers.image."

/* What is no file counts as none. */
static int read_table(const struct tree *root, const char *path, struct arena *arena,
		      struct run_file *ret, struct error *error)
{
	AUTO_CLOSE int fd = tree_at(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	struct stat status;
	char *text;

	*ret = (struct run_file){ 0 };
	if (fd < 0 || fstat(fd, &status) < 0 || !S_ISREG(status.st_mode))
		return 0;
	if (status.st_size > USERTABLE_BYTES_MAX)
		return error_set(error, -EFBIG, "%s is larger than %d bytes", path,
				 USERTABLE_BYTES_MAX);
	text = arena_get(arena, (size_t)status.st_size + 1, 1);
	if (!text)
		return error_set(error, -ENOMEM, "out of memory");
	*ret = (struct run_file){ text, (size_t)status.st_size };
	return file_read_at(fd, 0, text, ret->size, error);
}

static int identify(const struct tree *root, const char *user, struct arena *arena,
		    struct run_identity *ret, struct error *error)
{
	static const struct words none;
	struct run_file passwd, group;
	int r = read_table(root, "/etc/passwd", arena, &passwd, error);

	if (r == 0)
		r = read_table(root, "/etc/group", arena, &group, error);
	if (r == 0)
		r = run_identity(user ? user : "", &none, &passwd, &group, arena, ret, error);
	return r < 0 ? error_wrap(error, "user %s", user ? user : "0") : 0;
}

static void annotate(struct words *ret, struct arena *arena, const struct json *json, uint32_t node,
		     const char *name)
{
	const struct json_node *at = &json->nodes[node];
	size_t size = at->end - at->start;
	char *value = arena_get(arena, size + 1, 1);

	if (!node || at->type != JSON_STRING || !value)
		return;
	value[json_unquote(json->text + at->start, size, value, size)] = '\0';
	words_add(ret, arena, arena_format(arena, "%s=%s", name, value));
}

/* The last of one name counts, so what the image is comes behind its labels. A label with a "=" in
 * its name is left out. */
static int put_annotations(const struct hold *hold, struct arena *arena, struct words *ret,
			   struct error *error)
{
	static const char *const members[] = { "os", "architecture", "variant", "author",
					       "created" };
	struct json json;
	int r = oci_parse_object(hold->config, hold->config_size, &json, error);
	uint32_t config = r == 0 ? json_member(&json, 0, "config") : 0;
	uint32_t labels = config ? json_member(&json, config, "Labels") : 0;

	if (r < 0)
		return r;
	for (uint32_t at = labels && json.nodes[labels].type == JSON_OBJECT
				   ? json_first(&json, labels)
				   : 0;
	     at; at = json.nodes[at].next) {
		const struct json_node *label = &json.nodes[at];
		size_t size = label->key_end - label->key_start;
		char *name = arena_get(arena, size + 1, 1);

		if (!name)
			break;
		name[json_unquote(json.text + label->key_start, size, name, size)] = '\0';
		if (!strchr(name, '='))
			annotate(ret, arena, &json, at, name);
	}
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		annotate(ret, arena, &json, json_member(&json, 0, members[i]),
			 arena_format(arena, ANNOTATION "%s", members[i]));
	annotate(ret, arena, &json, config ? json_member(&json, config, "StopSignal") : 0,
		 ANNOTATION "stopSignal");
	json_free(&json);
	return 0;
}

static int make_plan(const struct run_image *image, const struct tree *root, struct arena *arena,
		     struct run_plan *plan, struct error *error)
{
	static const char *const no_environment[] = { NULL };
	static const struct words none;
	static struct utsname names;
	const struct words annotations = plan->annotations;
	struct run_options options = { .name = "bundle" };
	int r = identify(root, image->user, arena, &plan->identity, error);

	for (int i = 0; i < CAPABILITIES; i++)
		plan->available |= prctl(PR_CAPBSET_READ, i) == 1 ? UINT64_C(1) << i : 0;
	if (r == 0)
		r = run_plan(&options, image, arena, plan, error);
	if (r == 0)
		r = run_plan_env(&options, image, no_environment, &none, arena, plan, error);
	uname(&names);
	plan->annotations = annotations;
	plan->machine = names.machine;
	plan->rootfs = "rootfs";
	return r;
}

int export_config(const struct hold *hold, const struct tree *root, struct arena *arena,
		  struct json_writer *writer, struct error *error)
{
	struct run_plan plan = { 0 };
	struct run_image image;
	int r = run_image_parse(hold->config, hold->config_size, arena, &image, error);

	if (r < 0)
		return r;
	image.volumes = (struct words){ 0 };
	r = put_annotations(hold, arena, &plan.annotations, error);
	if (r == 0)
		r = make_plan(&image, root, arena, &plan, error);
	if (r == 0 && arena->exhausted)
		r = error_set(error, -ENOMEM, "out of memory");
	return r == 0 ? run_config(&plan, writer, error) : r;
}
