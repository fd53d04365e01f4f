// SPDX-License-Identifier: Apache-2.0
/* See conffiles.h. Must never pass over a file that it cannot read: a rule may stand in it. */
#include "oci/conffiles.h"
#include "lib/text.h"
#include "os/file.h"
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int conffile_read(const char *path, conffile_visit *visit, void *context, struct error *error)
{
	AUTO_FREE char *text = NULL;
	struct error why = { 0 };
	size_t size;
	int r = file_read_bytes(path, CONFFILE_BYTES_MAX, &text, &size, &why);

	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return error_set(error, r, "%s", why.text);
	if (strlen(text) != size)
		return error_set(error, -EBADMSG, "%s: has zero bytes", path);
	r = visit(context, text, error);
	return r < 0 ? error_wrap(error, "%s", path) : 0;
}

static int is_conf(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && text_ends(entry->d_name, ".conf");
}

int conffiles_each(const char *folder, conffile_visit *visit, void *context, struct error *error)
{
	struct dirent **entries;
	char path[PATH_MAX];
	int count = scandir(folder, &entries, is_conf, alphasort), r = 0;

	if (count < 0)
		return errno == ENOENT ? 0 : error_errno(error, "read folder %s", folder);
	for (int i = 0; i < count; i++) {
		if (r == 0 && (size_t)snprintf(path, sizeof(path), "%s/%s", folder,
					       entries[i]->d_name) >= sizeof(path))
			r = error_set(error, -ENAMETOOLONG, "%s: the path is too long", folder);
		if (r == 0)
			r = conffile_read(path, visit, context, error);
		free(entries[i]);
	}
	free(entries);
	return r;
}
