// SPDX-License-Identifier: Apache-2.0
/* Who a container's process is: by the files of users in its image, by the options, and outside. */
#include "lib/usertable.h"
#include "run/spaces.h"
#include "run/start.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

int start_users(struct start *start, struct error *error)
{
	const struct places *places = start->places;
	struct run_options *options = start->options;
	struct users_choice choice;
	int r;

	if (options->pod)
		return users_of_pod(places, options->pod, &start->users, error);
	r = users_open(places, arena_format(places->arena, "container:%s", start->name), options,
		       &start->users, error);
	if (r == 0 && users_choose(options, &choice, NULL) == 0 && choice.keeps_id &&
	    !options->user)
		options->user = arena_format(places->arena, "%u:%u", choice.uid, choice.gid);
	return r;
}

/* A file of the image, as far as it is one: anything else counts as none. */
static int read_file(struct start *start, const char *path, struct run_file *ret,
		     struct error *error)
{
	AUTO_CLOSE int fd = tree_at(&start->rootfs, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	struct stat status;
	char *text;
	int r;

	*ret = (struct run_file){ 0 };
	if (fd < 0 || fstat(fd, &status) < 0 || !S_ISREG(status.st_mode))
		return 0;
	if (status.st_size > USERTABLE_BYTES_MAX)
		return error_set(error, -EFBIG, "the image's %s is larger than %d bytes", path,
				 USERTABLE_BYTES_MAX);
	text = arena_get(start->places->arena, (size_t)status.st_size + 1, 1);
	if (!text)
		return error_set(error, -ENOMEM, "out of memory");
	r = file_read_at(fd, 0, text, (size_t)status.st_size, error);
	*ret = (struct run_file){ text, (size_t)status.st_size };
	return r;
}

static int find_outside(struct start *start, struct error *error)
{
	struct run_identity *outside = &start->outside_identity;
	int r;

	*outside = start->plan.identity;
	r = users_find(&start->users.uids, outside->uid, &outside->uid, error);
	return r < 0 ? r : users_find(&start->users.gids, outside->gid, &outside->gid, error);
}

int start_identify(struct start *start, struct error *error)
{
	const char *user = start->options->user ? start->options->user : start->image.user;
	struct run_file passwd, group;
	int r = read_file(start, "/etc/passwd", &passwd, error);

	if (r == 0)
		r = read_file(start, "/etc/group", &group, error);
	if (r == 0)
		r = run_identity(user ? user : "", &start->options->groups, &passwd, &group,
				 start->places->arena, &start->plan.identity, error);
	if (r == 0)
		r = find_outside(start, error);
	return r < 0 ? error_wrap(error, "user %s", user ? user : "0") : 0;
}
