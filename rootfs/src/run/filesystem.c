// SPDX-License-Identifier: Apache-2.0
/* A container's root file system, and where mounts come from. The image is nobody's friend: every
 * way into it is openat2's RESOLVE_IN_ROOT (os/tree.h). */
#include "lib/text.h"
#include "os/treecopy.h"
#include "run/rootfs.h"
#include "run/start.h"
#include "run/verbs.h"
#include "run/volumes.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* One that leaves all ids as they are needs no mounts for it. */
static struct mapping mapping_for(const struct start *start, const char *folder)
{
	const struct users *users = &start->users;
	bool same = users_is_identity(&users->uids) && users_is_identity(&users->gids);

	return (struct mapping){ .users = same ? -1 : users->fd,
				 .folder = place_of(start->places, "containers", start->name,
						    folder) };
}

/* FOLDER, or FOLDER:O for an overlay over it. */
static int mount_folder(struct start *start, const char *target, const struct mapping *mapping,
			struct error *error)
{
	const char *folder = start->options->operand;
	bool over = text_ends(folder, ":O");
	const char *path =
		arena_copy(start->places->arena, folder, strlen(folder) - (over ? 2 : 0));

	if (!path || path[0] != '/')
		return error_set(error, -EINVAL, "--rootfs: %s does not begin with /", folder);
	return over ? rootfs_mount(&path, 1, start->kept, mapping, target, error)
		    : rootfs_bind(path, target, false, mapping, error);
}

int start_mount_root(struct start *start, struct error *error)
{
	const struct places *places = start->places;
	const char *target = place_of(places, "containers", start->name, "rootfs");
	const struct mapping mapping = mapping_for(start, "mapped");
	int r = users_give(&start->users, place_kept(places, "containers", start->name, "upper"),
			   error);

	if (r < 0)
		return r;
	if (start->options->rootfs)
		r = mount_folder(start, target, &mapping, error);
	else
		r = rootfs_mount(start->hold.layers, start->hold.count, start->kept, &mapping,
				 target, error);
	return r < 0 ? r : tree_open(target, &start->rootfs, error);
}

static int chown_source(const struct run_mount *mount, const struct run_identity *identity,
			struct error *error)
{
	AUTO_CLOSE int folder = open(mount->source, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (folder >= 0)
		return treecopy_chown(folder, identity->uid, identity->gid, error);
	if (chown(mount->source, identity->uid, identity->gid) < 0)
		return error_errno(error, "chown %s", mount->source);
	return 0;
}

/* Read-only, at a folder of ours, from where it is shown. The folder is there before the hold: it
 * is how remove.c knows of that. */
static int mount_image(struct start *start, struct run_mount *mount, size_t number,
		       struct error *error)
{
	const struct places *places = start->places;
	const char *folder = arena_format(places->arena, "%s/images/%zu", start->folder, number);
	const char *holder = arena_format(places->arena, "%s/%zu", start->name, number);
	const struct mapping mapping =
		mapping_for(start, arena_format(places->arena, "mapped-%zu", number));
	struct run_options options = *start->options;
	struct hold hold = { 0 };
	int r;

	options.platform = options.arch = NULL;
	r = image_want(places, &options, mount->source, "missing", error);
	if (r == 0)
		r = place_make(folder, true, error);
	if (r == 0)
		r = hold_take(places->store, mount->source, holder, &hold, error);
	if (r == 0)
		r = rootfs_mount(hold.layers, hold.count, NULL, &mapping, folder, error);
	hold_free(&hold);
	mount->source = folder;
	return r;
}

static int find_source(struct start *start, struct run_mount *mount, size_t number,
		       struct error *error)
{
	const char *anonymous =
		arena_format(start->places->arena, "%s/volumes/%zu", start->kept, number);
	int r = 0;

	if (mount->kind == RUN_MOUNT_VOLUME || mount->kind == RUN_MOUNT_ANONYMOUS)
		r = volume_use(start->places, &start->rootfs, &start->outside_identity, anonymous,
			       mount, error);
	if (r == 0 && mount->kind == RUN_MOUNT_IMAGE)
		r = mount_image(start, mount, number, error);
	if (r == 0 && mount->kind == RUN_MOUNT_BIND && access(mount->source, F_OK) < 0)
		r = error_errno(error, "%s, to be mounted at %s", mount->source,
				mount->destination);
	if (r == 0 && mount->chown && mount->kind != RUN_MOUNT_OTHER)
		r = chown_source(mount, &start->outside_identity, error);
	return r;
}

/* As podman does: where there is none it is made for root. */
static int make_workdir(void *context, struct error *error)
{
	struct start *start = context;
	static const struct tree_owner root = { 0, 0 };
	int fd = -1,
	    r = tree_open_folder(&start->rootfs, start->plan.workdir, 0755, &root, &fd, error);

	close_fd(&fd);
	return r < 0 ? error_wrap(error, "working directory %s", start->plan.workdir) : 0;
}

int start_mounts(struct start *start, struct error *error)
{
	struct run_mounts *mounts = &start->plan.mounts;
	int r = 0;

	for (size_t i = 0; i < mounts->count && r == 0; i++)
		r = find_source(start, &mounts->at[i], i, error);
	return r < 0 ? r : users_as_root(&start->users, make_workdir, start, error);
}
