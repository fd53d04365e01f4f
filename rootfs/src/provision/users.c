// SPDX-License-Identifier: Apache-2.0
/* Users and groups on disk; see filestage.h. What becomes of them is lib/accounts.h's. */
#include "os/file.h"
#include "provision/filestage.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define KEYS_FOLDER ".ssh/authorized_keys.d"

static const struct tree_owner root_owner = { 0, 0 };

/* A missing file is an empty one. Returns whether it is there, or an error. */
static int read_table(const struct tree *tree, const char *path, unsigned fields,
		      struct arena *arena, struct user_table *ret, struct error *error)
{
	AUTO_FREE char *text = NULL;
	AUTO_CLOSE int fd = -1;
	struct stat status;
	int r = tree_open_file(tree, path, &fd, error);

	if (r == -ENOENT)
		return user_table_parse("", 0, fields, arena, ret);
	if (r < 0)
		return r;
	if (fstat(fd, &status) < 0)
		return error_errno(error, "look at %s", path);
	if (!S_ISREG(status.st_mode) || status.st_size > USERTABLE_BYTES_MAX)
		return error_set(error, -EFBIG, "%s: no file, or larger than 4 MiB", path);
	text = malloc((size_t)status.st_size + 1);
	if (!text)
		return error_set(error, -ENOMEM, "out of memory");
	r = file_read_at(fd, 0, text, (size_t)status.st_size, error);
	if (r == 0)
		r = user_table_parse(text, (size_t)status.st_size, fields, arena, ret);
	return r < 0 ? error_set(error, r, "%s: holds zero bytes, or out of memory", path) : 1;
}

int users_read(const struct tree *tree, struct accounts *ret, struct error *error)
{
	int r = read_table(tree, "/etc/passwd", PASSWD_FIELDS, &ret->arena, &ret->passwd, error);

	if (r >= 0)
		r = read_table(tree, "/etc/shadow", SHADOW_FIELDS, &ret->arena, &ret->shadow,
			       error);
	if (r >= 0)
		r = read_table(tree, "/etc/group", GROUP_FIELDS, &ret->arena, &ret->group, error);
	if (r >= 0)
		r = read_table(tree, "/etc/gshadow", GSHADOW_FIELDS, &ret->arena, &ret->gshadow,
			       error);
	ret->has_gshadow = r > 0;
	return r < 0 ? r : 0;
}

/* A clock that was never set would make the password expire in 1970. */
static unsigned today_days(void)
{
	time_t days = time(NULL) / 86400;

	return days > 18262 ? (unsigned)days : 0; /* 2020-01-01 */
}

static void plan_users(struct file_stage *stage, struct problems *problems)
{
	const struct ign_passwd *passwd = &stage->config->passwd;
	struct error error = { 0 };

	for (size_t i = 0; i < passwd->groups.count; i++)
		if (accounts_ensure_group(&stage->accounts, &passwd->groups.at[i], &error) < 0)
			problems_add(problems, "%s", error.text);
	for (size_t i = 0; i < passwd->users.count; i++)
		if (accounts_ensure_user(&stage->accounts, &passwd->users.at[i], today_days(),
					 &stage->changes[i], &error) < 0)
			problems_add(problems, "%s", error.text);
}

int file_stage_open(struct file_stage *stage, struct problems *problems, struct error *error)
{
	int r = tree_open(stage->root, &stage->tree, error);

	if (r == 0)
		r = users_read(&stage->tree, &stage->accounts, error);
	if (r < 0)
		return r;
	r = tree_read_only(&stage->tree, "/", &stage->read_only);
	if (r < 0)
		return error_set(error, r, "%s: %s", stage->root, strerror(-r));
	stage->changes = calloc(stage->config->passwd.users.count + 1, sizeof(*stage->changes));
	if (!stage->changes)
		return error_set(error, -ENOMEM, "out of memory");
	plan_users(stage, problems);
	return 0;
}

void file_stage_close(struct file_stage *stage)
{
	tree_close(&stage->tree);
	accounts_free(&stage->accounts);
	free(stage->changes);
	stage->changes = NULL;
}

/* Mode and owner stay those of the file that is there. */
static int write_table(const struct tree *tree, const char *path, const struct user_table *table,
		       mode_t mode, struct error *error)
{
	struct tree_owner owner = root_owner;
	AUTO_FREE char *text = NULL;
	struct stat status;

	if (!table->changed)
		return 0;
	if (tree_stat(tree, path, &status) == 0) {
		mode = status.st_mode & 07777;
		owner = (struct tree_owner){ status.st_uid, status.st_gid };
	}
	if (user_table_format(table, &text) < 0)
		return error_set(error, -ENOMEM, "out of memory");
	return file_put(tree, path, text, strlen(text), mode, &owner, error);
}

static int write_tables(const struct file_stage *stage, struct error *error)
{
	const struct accounts *accounts = &stage->accounts;
	int r = write_table(&stage->tree, "/etc/group", &accounts->group, 0644, error);

	if (r == 0)
		r = write_table(&stage->tree, "/etc/gshadow", &accounts->gshadow, 0600, error);
	if (r == 0)
		r = write_table(&stage->tree, "/etc/shadow", &accounts->shadow, 0600, error);
	if (r == 0)
		r = write_table(&stage->tree, "/etc/passwd", &accounts->passwd, 0644, error);
	return r;
}

static int open_parent_of(const struct tree *tree, const char *path, struct error *error)
{
	AUTO_CLOSE int folder = -1;
	char parent[PATH_MAX];
	const char *slash = strrchr(path, '/');

	if (!slash || (size_t)(slash - path) + 2 > sizeof(parent))
		return error_set(error, -EINVAL, "%.200s: no path of a home", path);
	snprintf(parent, sizeof(parent), "%.*s/", (int)(slash - path), path);
	return tree_open_folder(tree, parent, 0755, &root_owner, &folder, error);
}

/* File systems that the config mounts within a new home were mounted before there was a user: what
 * root made on the way to them becomes the user's. */
static int adopt_mounts(const struct file_stage *stage, const struct account_change *change,
			const char *mount, struct error *error)
{
	struct tree_owner owner = { change->uid, change->gid };
	char path[PATH_MAX];
	struct stat status;

	if (!node_is_below(mount, change->home) || strlen(mount) >= sizeof(path))
		return 0;
	for (size_t end = strlen(change->home); end <= strlen(mount); end++) {
		int r = 0;

		if (mount[end] != '/' && mount[end] != '\0')
			continue;
		snprintf(path, sizeof(path), "%.*s", (int)end, mount);
		if (tree_stat(&stage->tree, path, &status) == 0 && S_ISDIR(status.st_mode) &&
		    status.st_uid == 0 && status.st_gid == 0)
			r = tree_adjust(&stage->tree, path, 0700, &owner, error);
		if (r < 0)
			return r;
	}
	return 0;
}

static int make_home(const struct file_stage *stage, const struct account_change *change,
		     struct error *error)
{
	struct tree_owner owner = { change->uid, change->gid };
	char path[PATH_MAX];
	struct stat status;
	int r = open_parent_of(&stage->tree, change->home, error);

	if (r == 0)
		r = tree_resolve(&stage->tree, change->home, path, error);
	if (r == 0 && tree_stat(&stage->tree, path, &status) == -ENOENT)
		r = tree_make_folder(&stage->tree, path, 0700, &owner, error);
	for (size_t i = 0; r == 0 && i < stage->config->storage.filesystems.count; i++) {
		const struct ign_text *mount = &stage->config->storage.filesystems.at[i].path;

		if (mount->length > 0)
			r = adopt_mounts(stage, change, mount->at, error);
	}
	return r;
}

static int move_home(const struct file_stage *stage, const struct account_change *change,
		     struct error *error)
{
	struct stat status;
	int r;

	if (tree_stat(&stage->tree, change->old_home, &status) < 0 || !S_ISDIR(status.st_mode) ||
	    tree_stat(&stage->tree, change->home, &status) == 0)
		return 0;
	r = open_parent_of(&stage->tree, change->home, error);
	return r < 0 ? r : tree_move(&stage->tree, change->old_home, change->home, error);
}

/* A home that is another's, or that somebody else's is in, stays. */
static int remove_home(const struct file_stage *stage, const struct account_change *change,
		       struct error *error)
{
	const struct user_table *passwd = &stage->accounts.passwd;
	struct stat status;

	if (change->home[0] != '/' || node_depth(change->home) == 0 ||
	    tree_stat(&stage->tree, change->home, &status) < 0 || status.st_uid != change->uid)
		return 0;
	for (size_t i = 0; i < passwd->count; i++)
		if (passwd->rows[i].fields[PASSWD_HOME] &&
		    node_is_below(passwd->rows[i].fields[PASSWD_HOME], change->home))
			return 0;
	return tree_remove(&stage->tree, change->home, error);
}

/* As the reference writes them: one under the other, a newline at the end of the last. */
static int write_keys(const struct file_stage *stage, const struct ign_user *user,
		      const struct account_change *change, struct error *error)
{
	struct tree_owner owner = { change->uid, change->gid };
	AUTO_CLOSE int folder = -1;
	AUTO_FREE char *text = NULL;
	char path[PATH_MAX];
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	int r;

	for (size_t i = 0; out && i < user->ssh_keys.count; i++)
		fprintf(out, "%s%s", i > 0 ? "\n" : "", user->ssh_keys.at[i].at);
	if (!out || fclose(out) != 0)
		return error_set(error, -ENOMEM, "out of memory");
	if (snprintf(path, sizeof(path), "%s/" KEYS_FOLDER, change->home) >= (int)sizeof(path) - 10)
		return error_set(error, -ENAMETOOLONG, "the home's path is too long");
	/* the newline takes the terminator's place: the size is what counts */
	if (size == 0 || text[size - 1] != '\n')
		text[size++] = '\n';
	r = open_parent_of(&stage->tree, change->home, error);
	if (r == 0)
		r = tree_open_folder(&stage->tree, path, 0700, &owner, &folder, error);
	strcat(path, "/ignition");
	return r < 0 ? r : file_put(&stage->tree, path, text, size, 0600, &owner, error);
}

static int settle_home(const struct file_stage *stage, size_t index, struct error *error)
{
	const struct ign_user *user = &stage->config->passwd.users.at[index];
	const struct account_change *change = &stage->changes[index];
	int r = 0;

	if (change->removed)
		r = remove_home(stage, change, error);
	else if (change->made && user->no_create_home != IGN_TRUE)
		r = make_home(stage, change, error);
	else if (change->old_home)
		r = move_home(stage, change, error);
	if (r < 0)
		error_wrap(error, "user %.40s", user->name.at);
	return r;
}

int users_apply(const struct file_stage *stage, struct error *error)
{
	const struct ign_passwd *passwd = &stage->config->passwd;
	int r = 0;

	for (size_t i = 0; r == 0 && i < passwd->users.count; i++)
		r = settle_home(stage, i, error);
	if (r == 0)
		r = write_tables(stage, error);
	for (size_t i = 0; r == 0 && i < passwd->users.count; i++) {
		const struct ign_user *user = &passwd->users.at[i];

		if (user->ssh_keys.count == 0 || user->wanted == IGN_FALSE)
			continue;
		r = write_keys(stage, user, &stage->changes[i], error);
		if (r < 0)
			error_wrap(error, "keys of user %.40s", user->name.at);
	}
	return r;
}
