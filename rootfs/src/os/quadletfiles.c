// SPDX-License-Identifier: Apache-2.0
/* See quadletfiles.h. */
#include "os/quadletfiles.h"
#include "lib/text.h"
#include "os/file.h"
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDERS_MAX 1000
#define DEPTH_MAX 32

struct search {
	struct quadlet *quadlet;
	struct arena *arena; /* quadlet's */
	const char *left_out;
	struct words folders; /* that were seen */
	struct words dropins; /* folders that hold some, in the order of the search */
	unsigned depth;
};

static void report(struct search *search, const char *path, const char *text)
{
	struct quadlet_problem problem = { .class = QUADLET_SYNTAX };

	problem.path = arena_format(search->arena, "%s", path);
	problem.text = arena_format(search->arena, "%s", text);
	quadlet_add_problem(search->quadlet, problem);
}

static bool read_text(struct search *search, const char *path, char **ret, size_t *ret_size)
{
	struct error error = { 0 };

	if (file_read_bytes(path, UNIT_BYTES_MAX, ret, ret_size, &error) == 0)
		return true;
	report(search, path, error.text);
	return false;
}

static void add_file(struct search *search, const char *path)
{
	AUTO_FREE char *text = NULL;
	size_t size;

	if (read_text(search, path, &text, &size))
		quadlet_add(search->quadlet, path, text, size);
}

static bool is_folder(const struct dirent *entry, const char *path)
{
	struct stat status;

	if (entry->d_type != DT_LNK && entry->d_type != DT_UNKNOWN)
		return entry->d_type == DT_DIR;
	return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static bool is_below(const char *path, const char *folder)
{
	size_t length = folder ? strlen(folder) : 0;

	return length > 0 && strncmp(path, folder, length) == 0 &&
	       (path[length] == '/' || path[length] == '\0');
}

static bool was_seen(const struct search *search, const char *path)
{
	for (size_t i = 0; i < search->folders.count; i++)
		if (strcmp(search->folders.at[i], path) == 0)
			return true;
	return false;
}

static void search_folder(struct search *search, const char *path, bool needed);

/* The folder's own files come before those of folders in it. */
static void search_entries(struct search *search, const char *folder, struct dirent **entries,
			   int count)
{
	for (int pass = 0; pass < 2; pass++) {
		for (int i = 0; i < count; i++) {
			const char *name = entries[i]->d_name, *path;
			enum quadlet_kind kind;
			bool inner;

			if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
				continue;
			path = arena_format(search->arena, "%s/%s", folder, name);
			inner = is_folder(entries[i], path);
			if (pass == 0 && !inner && quadlet_kind_of(name, &kind))
				add_file(search, path);
			if (pass == 1 && inner && text_ends(name, ".d"))
				words_add(&search->dropins, search->arena, path);
			else if (pass == 1 && inner)
				search_folder(search, path, false);
		}
	}
}

static void search_folder(struct search *search, const char *path, bool needed)
{
	char real[PATH_MAX];
	struct dirent **entries = NULL;
	const char *folder;
	int count;

	if (!realpath(path, real)) {
		if (needed)
			report(search, path, strerror(errno));
		return;
	}
	if (was_seen(search, real) || is_below(real, search->left_out))
		return;
	if (search->folders.count >= FOLDERS_MAX || search->depth >= DEPTH_MAX) {
		report(search, real, "too many folders: this one is not searched");
		return;
	}
	folder = arena_format(search->arena, "%s", real);
	words_add(&search->folders, search->arena, folder);
	count = scandir(real, &entries, NULL, alphasort);
	if (count < 0) {
		report(search, real, strerror(errno));
		return;
	}
	search->depth++;
	search_entries(search, folder, entries, count);
	search->depth--;
	for (int i = 0; i < count; i++)
		free(entries[i]);
	free(entries);
}

static const char *last_component(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool has_name(const struct words *paths, const char *name)
{
	for (size_t i = 0; i < paths->count; i++)
		if (strcmp(last_component(paths->at[i]), name) == 0)
			return true;
	return false;
}

/* The drop-ins of one folder that no earlier folder has. */
static void list_dropins(struct search *search, const char *folder, struct words *paths)
{
	struct dirent **entries = NULL;
	int count = scandir(folder, &entries, NULL, alphasort);

	for (int i = 0; i < count; i++) {
		const char *name = entries[i]->d_name;

		if (text_ends(name, ".conf") && name[0] != '.' && !has_name(paths, name))
			words_add(paths, search->arena,
				  arena_format(search->arena, "%s/%s", folder, name));
		free(entries[i]);
	}
	if (count < 0)
		report(search, folder, strerror(errno));
	free(entries);
}

static int by_last_component(const void *a, const void *b)
{
	const char *const *left = a, *const *right = b;

	return strcmp(last_component(*left), last_component(*right));
}

static void add_dropins(struct search *search, struct quadlet_file *file)
{
	struct words names = { 0 }, paths = { 0 };

	quadlet_dropin_folders(file->name, search->arena, &names);
	for (size_t n = 0; n < names.count; n++)
		for (size_t i = 0; i < search->dropins.count; i++)
			if (strcmp(last_component(search->dropins.at[i]), names.at[n]) == 0)
				list_dropins(search, search->dropins.at[i], &paths);
	if (paths.count > 0)
		qsort(paths.at, paths.count, sizeof(paths.at[0]), by_last_component);
	for (size_t i = 0; i < paths.count; i++) {
		AUTO_FREE char *text = NULL;
		size_t size;

		if (read_text(search, paths.at[i], &text, &size))
			quadlet_add_dropin(search->quadlet, file, paths.at[i], text, size);
	}
}

void quadlet_read(struct quadlet *quadlet, const struct words *folders, const char *left_out,
		  bool needed)
{
	struct search search = { .quadlet = quadlet, .arena = &quadlet->arena };
	AUTO_FREE char *real = left_out ? realpath(left_out, NULL) : NULL;

	search.left_out = real;
	for (size_t i = 0; i < folders->count; i++)
		search_folder(&search, folders->at[i], needed);
	for (struct quadlet_file *file = quadlet->files; file; file = file->next)
		if (!file->off)
			add_dropins(&search, file);
}

static int write_text(const char *path, const char *text, struct error *error)
{
	FILE *out = fopen(path, "we");
	bool whole;

	if (!out)
		return error_errno(error, "create %s", path);
	whole = fputs(text, out) >= 0;
	if (fclose(out) != 0 || !whole)
		return error_errno(error, "write %s", path);
	return 0;
}

static int make_parents(char *path, size_t from, struct error *error)
{
	for (char *slash = strchr(path + from, '/'); slash; slash = strchr(slash + 1, '/')) {
		int r;

		*slash = '\0';
		r = file_make_folder(path, error);
		*slash = '/';
		if (r < 0)
			return r;
	}
	return 0;
}

static int write_link(const char *folder, const struct quadlet_link *link, struct error *error)
{
	char path[PATH_MAX];
	int r;

	if (snprintf(path, sizeof(path), "%s/%s", folder, link->name) >= (int)sizeof(path))
		return error_set(error, -ENAMETOOLONG, "link %s: name is too long", link->name);
	r = make_parents(path, strlen(folder) + 1, error);
	if (r < 0)
		return r;
	unlink(path);
	if (symlink(link->target, path) < 0)
		return error_errno(error, "link %s to %s", path, link->target);
	return 0;
}

static int write_unit(struct quadlet *quadlet, const struct quadlet_file *file, const char *name,
		      const struct unit *unit, const char *folder, struct error *error)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int)sizeof(path))
		return error_set(error, -ENAMETOOLONG, "%s: name is too long", name);
	return write_text(path, quadlet_format(quadlet, file, unit), error);
}

int quadlet_write(struct quadlet *quadlet, const struct quadlet_file *file, const char *folder,
		  struct error *error)
{
	int r = write_unit(quadlet, file, file->service, &file->generated, folder, error);

	for (size_t i = 0; i < file->extra_count && r == 0; i++)
		r = write_unit(quadlet, file, file->extras[i].name, &file->extras[i].unit, folder,
			       error);
	for (size_t i = 0; i < file->link_count && r == 0; i++)
		r = write_link(folder, &file->links[i], error);
	return r;
}
