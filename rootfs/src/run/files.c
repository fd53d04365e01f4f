// SPDX-License-Identifier: Apache-2.0
/* Small files that a container gets of us, and what it has of our environment. */
#include "lib/run/plan.h"
#include "lib/text.h"
#include "run/notify.h"
#include "run/start.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECRET_BYTES_MAX (512 << 10) /* podman's */
#define ENV_FILE_BYTES_MAX (1 << 20)
#define SECRETS "/etc/keelson/secrets"
#define INIT_PATH "/run/keelson-init"

extern char **environ;

void start_bind(struct start *start, const char *source, const char *destination, bool read_only)
{
	struct run_mount mount = { .kind = RUN_MOUNT_BIND,
				   .source = source,
				   .destination = destination };

	words_add(&mount.options, start->places->arena, "bind");
	words_add(&mount.options, start->places->arena, "rprivate");
	if (read_only)
		words_add(&mount.options, start->places->arena, "ro");
	run_mounts_add(&start->plan.mounts, &mount, start->places->arena);
}

static int put(const char *path, const char *text, size_t size, mode_t mode, struct error *error)
{
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0 || file_append(fd, text, size) < 0 || fchmod(fd, mode) < 0)
		return error_errno(error, "write %s", path);
	return 0;
}

int start_put_file(struct start *start, const char *file, const char *text, const char *destination,
		   struct error *error)
{
	const char *path = place_of(start->places, "containers", start->name, file);
	int r = put(path, text, strlen(text), 0644, error);

	if (r == 0)
		r = users_give(&start->users, path, error);
	if (r == 0)
		start_bind(start, path, destination, false);
	return r;
}

/* What the unit was given (LoadCredential=, SetCredential=) comes before what the machine has. */
static int read_secret(struct start *start, const char *name, const char **ret, size_t *ret_size,
		       struct error *error)
{
	const char *given = getenv("CREDENTIALS_DIRECTORY");
	struct arena *arena = start->places->arena;
	const char *path = arena_format(arena, "%s" SECRETS "/%s", start->places->root, name);

	if (given && access(arena_format(arena, "%s/%s", given, name), F_OK) == 0)
		path = arena_format(arena, "%s/%s", given, name);
	if (place_read(start->places, path, SECRET_BYTES_MAX, ret, ret_size, error) < 0)
		return error_wrap(error, "secret %s (of the unit's credentials or " SECRETS ")",
				  name);
	return 0;
}

static int put_secret(struct start *start, const struct run_secret *secret, const char *text,
		      size_t size, struct error *error)
{
	struct arena *arena = start->places->arena;
	const char *place = secret->target[0] == '/'
				    ? secret->target
				    : arena_format(arena, "/run/secrets/%s", secret->target);
	const char *path =
		arena_format(arena, "%s/secrets/%zu", start->folder, start->plan.mounts.count);
	uint32_t uid = 0, gid = 0;
	int r = put(path, text, size, secret->mode, error);

	if (r == 0)
		r = users_find(&start->users.uids, secret->uid, &uid, error);
	if (r == 0)
		r = users_find(&start->users.gids, secret->gid, &gid, error);
	if (r == 0 && chown(path, uid, gid) < 0)
		r = error_errno(error, "chown %s", path);
	if (r == 0)
		start_bind(start, path, place, true);
	return r;
}

static int add_secret(struct start *start, const char *option, struct error *error)
{
	struct run_secret secret;
	const char *text = NULL;
	size_t size = 0;
	int r = run_secret_parse(option, start->places->arena, &secret, error);

	if (r == 0)
		r = read_secret(start, secret.name, &text, &size, error);
	if (r < 0)
		return r;
	if (!secret.env)
		return put_secret(start, &secret, text, size, error);
	if (memchr(text, '\0', size))
		return error_set(error, -EINVAL, "secret %s has zero bytes", secret.name);
	run_env_set(&start->plan.env, start->places->arena,
		    arena_format(start->places->arena, "%s=%s", secret.target, text));
	return 0;
}

static int set_timezone(struct start *start, struct error *error)
{
	const char *zone = start->options->timezone;
	char path[PATH_MAX];
	const char *file = "/etc/localtime";

	if (strcmp(zone, "local") != 0) {
		if (zone[0] == '/' || strstr(zone, ".."))
			return error_set(error, -EINVAL,
					 "--tz=%s is no time zone; one is Europe/Berlin", zone);
		file = arena_format(start->places->arena, "/usr/share/zoneinfo/%s", zone);
	}
	if (!realpath(file, path) && errno == ENOENT && strcmp(zone, "local") == 0)
		return 0; /* the machine's is UTC, as is that of an image that says nothing */
	if (!realpath(file, path))
		return error_errno(error, "--tz=%s: %s", zone, file);
	start_bind(start, arena_copy(start->places->arena, path, strlen(path)), "/etc/localtime",
		   true);
	return 0;
}

static int listen_for_ready(struct start *start, struct error *error)
{
	const char *folder = place_of(start->places, "containers", start->name, "notify");
	int r = notify_listen(folder, &start->notify, error);

	if (r == 0)
		start_bind(start, folder, "/run/notify", true);
	return r;
}

static bool waits_for_ready(const struct start *start)
{
	return start->options->sdnotify && strcmp(start->options->sdnotify, "container") == 0;
}

int start_files(struct start *start, struct error *error)
{
	const struct run_options *options = start->options;
	int r = 0;

	if (start->plan.hostname)
		r = start_put_file(start, "hostname",
				   arena_format(start->places->arena, "%s\n", start->plan.hostname),
				   "/etc/hostname", error);
	if (r == 0 && options->init) {
		start_bind(start, start->places->init, INIT_PATH, true);
		if (access(start->places->init, X_OK) < 0)
			r = error_errno(error, "--init: %s", start->places->init);
	}
	if (r == 0 && options->timezone)
		r = set_timezone(start, error);
	if (r == 0 && waits_for_ready(start))
		r = listen_for_ready(start, error);
	return r;
}

/* Sockets that the unit listens on are passed on by the runtime, from descriptor 3 on as we had
 * them; who is asked for is process 1 then. */
static void announce_sockets(struct start *start)
{
	const char *of = getenv("LISTEN_PID"), *names = getenv("LISTEN_FDNAMES");
	struct arena *arena = start->places->arena;
	uint64_t pid;

	if (!of || !getenv("LISTEN_FDS") || text_to_number(of, INT32_MAX, &pid) < 0 ||
	    pid != (uint64_t)getpid()) {
		unsetenv("LISTEN_FDS");
		return;
	}
	run_env_set(&start->plan.env, arena, "LISTEN_PID=1");
	run_env_set(&start->plan.env, arena,
		    arena_format(arena, "LISTEN_FDS=%s", getenv("LISTEN_FDS")));
	if (names)
		run_env_set(&start->plan.env, arena,
			    arena_format(arena, "LISTEN_FDNAMES=%s", names));
}

int start_env(struct start *start, struct error *error)
{
	const struct run_options *options = start->options;
	const struct run_image *image = start->has_image ? &start->image : NULL;
	struct words files = { 0 };
	const char *text;
	size_t size;
	int r = 0;

	for (size_t i = 0; i < options->env_files.count && r == 0; i++) {
		r = place_read(start->places, options->env_files.at[i], ENV_FILE_BYTES_MAX, &text,
			       &size, error);
		if (r == 0)
			words_add(&files, start->places->arena, text);
	}
	if (r == 0)
		r = run_plan_env(options, image, (const char *const *)environ, &files,
				 start->places->arena, &start->plan, error);
	for (size_t i = 0; i < options->secrets.count && r == 0; i++)
		r = add_secret(start, options->secrets.at[i], error);
	announce_sockets(start);
	if (waits_for_ready(start))
		run_env_set(&start->plan.env, start->places->arena,
			    "NOTIFY_SOCKET=/run/notify/notify.sock");
	return r;
}
