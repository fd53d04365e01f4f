// SPDX-License-Identifier: Apache-2.0
/* See modload.h. */
#include "os/modload.h"
#include "lib/modules.h"
#include "lib/text.h"
#include "os/file.h"
#include "os/kmsg.h"
#include "os/uevents.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#define LIST_MAX_BYTES (8 << 20)
#define TRIED_MAX 512
#define COMPRESSED_FILE 4 /* MODULE_INIT_COMPRESSED_FILE, linux/module.h */
#define ALL_ROUNDS 20
#define ALL_WAIT_MS 250

struct modload {
	char folder[PATH_MAX];
	char *aliases;
	char *dependencies;
	size_t tried_count;
	char tried[TRIED_MAX][MODULE_NAME_BYTES];
};

static char *read_list(const char *folder, const char *name)
{
	char path[PATH_MAX + 32];
	char *text = NULL;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return file_read(path, LIST_MAX_BYTES, &text, NULL) == 0 ? text : NULL;
}

struct modload *modload_open(void)
{
	struct modload *modload = calloc(1, sizeof(*modload));
	struct utsname name;

	if (!modload)
		return NULL;
	uname(&name);
	snprintf(modload->folder, sizeof(modload->folder), "/lib/modules/%s", name.release);
	modload->aliases = read_list(modload->folder, "modules.alias");
	modload->dependencies = read_list(modload->folder, "modules.dep");
	return modload;
}

void modload_free(struct modload *modload)
{
	if (!modload)
		return;
	free(modload->aliases);
	free(modload->dependencies);
	free(modload);
}

/* Remembers the name. Returns false if it was there already (or can't be remembered). */
static bool first_try(struct modload *modload, const char *name)
{
	for (size_t i = 0; i < modload->tried_count; i++)
		if (strcmp(modload->tried[i], name) == 0)
			return false;
	return modload->tried_count < TRIED_MAX &&
	       text_copy(modload->tried[modload->tried_count++], MODULE_NAME_BYTES, name,
			 strlen(name)) == 0;
}

/* Returns 1 if it was loaded, 0 if it was there, -ENOENT if the initramfs has no such file. */
static int load_file(const char *folder, const char *path)
{
	char full[PATH_MAX + MODULE_PATH_BYTES + 1];
	int flags = text_ends(path, ".ko") ? 0 : COMPRESSED_FILE;

	snprintf(full, sizeof(full), "%s/%s", folder, path);
	AUTO_CLOSE int fd = open(full, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (syscall(SYS_finit_module, fd, "", flags) == 0)
		return 1;
	return errno == EEXIST ? 0 : -errno;
}

static size_t load_module(struct modload *modload, const char *name)
{
	struct module_paths order;
	size_t loaded = 0;

	if (modules_load_order(modload->dependencies, name, &order) < 0)
		return 0;
	for (size_t i = 0; i < order.count; i++) {
		int r = load_file(modload->folder, order.paths[i]);

		if (r < 0 && r != -ENOENT)
			kmsg_print(KMSG_WARNING, "load %s: %s", order.paths[i], strerror(-r));
		if (r < 0)
			return loaded;
		loaded += (size_t)r;
	}
	return loaded;
}

static size_t load_for_device(struct modload *modload, const char *bus, const char *device)
{
	char path[PATH_MAX];
	AUTO_FREE char *modalias = NULL;
	struct module_names names;
	size_t loaded = 0;

	snprintf(path, sizeof(path), "/sys/bus/%s/devices/%s/modalias", bus, device);
	if (file_read(path, 4096, &modalias, NULL) < 0)
		return 0;
	modalias[strcspn(modalias, "\n")] = '\0';
	modules_for_device(modload->aliases, modalias, &names);
	for (size_t i = 0; i < names.count; i++)
		if (first_try(modload, names.names[i]))
			loaded += load_module(modload, names.names[i]);
	return loaded;
}

static size_t load_for_bus(struct modload *modload, const char *bus)
{
	char path[PATH_MAX];
	struct dirent *entry;
	size_t loaded = 0;

	snprintf(path, sizeof(path), "/sys/bus/%s/devices", bus);
	DIR *folder = opendir(path);
	if (!folder)
		return 0;
	while ((entry = readdir(folder)))
		if (entry->d_name[0] != '.')
			loaded += load_for_device(modload, bus, entry->d_name);
	closedir(folder);
	return loaded;
}

size_t modload_coldplug(struct modload *modload)
{
	struct dirent *entry;
	size_t loaded = 0;

	if (!modload || !modload->aliases || !modload->dependencies)
		return 0;
	DIR *folder = opendir("/sys/bus");
	if (!folder)
		return 0;
	while ((entry = readdir(folder)))
		if (entry->d_name[0] != '.')
			loaded += load_for_bus(modload, entry->d_name);
	closedir(folder);
	return loaded;
}

void modload_all(void)
{
	struct modload *modload = modload_open();
	int events = uevents_open();

	for (unsigned round = 0; round < ALL_ROUNDS && modload_coldplug(modload) > 0; round++)
		uevents_wait(events, ALL_WAIT_MS);
	modload_free(modload);
	if (events >= 0)
		close(events);
}
