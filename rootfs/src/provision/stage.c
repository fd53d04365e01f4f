// SPDX-License-Identifier: Apache-2.0
/*
 * See stage.h. A stage is a process of its own: what it leaves for the next one stands in
 * /run/keelson/provision, which is gone after a restart, so a first boot that was cut begins with
 * the first stage again.
 */
#include "provision/stage.h"
#include "fetch/network.h"
#include "lib/text.h"
#include "os/file.h"
#include "os/kmsg.h"
#include "os/modload.h"
#include "provision/acquire.h"
#include "provision/stages.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define ROOT "/"
#define FOLDER "/run/keelson/provision"
#define CONFIG FOLDER "/config.json"
#define RESULT FOLDER "/result.json"
#define REPORT FOLDER "/report"
#define KEPT_REPORT "/var/lib/keelson/provision-report"

/* What a stage works with; the config is NULL when the platform has none. */
struct work {
	const struct ign_config *config;
	struct fetcher *fetcher;
	FILE *report;
};

static int make_folders(struct error *error)
{
	int r = file_make_folder("/run/keelson", error);

	if (r == 0)
		r = file_make_folder(FOLDER, error);
	return r;
}

/* In memory only, so nothing is synced and nothing renamed. */
static int write_private(const char *path, const char *bytes, size_t size, struct error *error)
{
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0)
		return error_errno(error, "write %s", path);
	return file_write_at(fd, 0, bytes, size, error);
}

static int keep_config(const struct ign_config *config, struct error *error)
{
	AUTO_FREE char *text = NULL;
	size_t size;

	if (ign_encode(config, &text, &size) < 0)
		return error_set(error, -ENOMEM, "out of memory");
	return write_private(CONFIG, text, size, error);
}

/* The source is an URL at worst, without its query: made fit for a JSON string all the same. */
static int keep_result(const struct acquired *acquired, struct error *error)
{
	char source[sizeof(acquired->source)], text[1024];
	int length;

	memcpy(source, acquired->source, sizeof(source));
	text_clean(source);
	length = snprintf(text, sizeof(text),
			  "{\"config\":%s,\"source\":\"%s\",\"time_s\":%" PRId64 "}\n",
			  acquired->found ? "true" : "false", source, (int64_t)time(NULL));
	return write_private(RESULT, text, (size_t)length, error);
}

static int keep(const struct acquired *acquired, struct work *work, struct error *error)
{
	const struct ign_config *config = acquired_config(acquired);
	int r = make_folders(error);

	if (r == 0)
		r = keep_result(acquired, error);
	if (r < 0 || !config)
		return r;
	kmsg_print(KMSG_NOTICE, "the config is from %s", acquired->source);
	r = files_check(config, ROOT, work->report, error);
	return r < 0 ? r : keep_config(config, error);
}

static int fetch(struct work *work, struct error *error)
{
	struct platform_environment here = platform_environment();
	struct acquired acquired = { 0 };
	int r = acquire_platform(&here, work->fetcher, work->report, &acquired, error);

	if (r == 0)
		r = keep(&acquired, work, error);
	acquired_free(&acquired);
	return r;
}

static bool wants_devices(const struct ign_storage *storage)
{
	return storage->disks.count > 0 || storage->raid.count > 0 || storage->luks.count > 0 ||
	       storage->filesystems.count > 0;
}

/* So far only the drivers that the root needed are loaded. */
static int disks(struct work *work, struct error *error)
{
	if (wants_devices(&work->config->storage))
		modload_all();
	return disks_apply(work->config, work->fetcher, error);
}

static int mount_all(struct work *work, struct error *error)
{
	return disks_mount(work->config, ROOT, error);
}

static int files(struct work *work, struct error *error)
{
	return files_apply(work->config, ROOT, work->fetcher, error);
}

static int umount_all(struct work *work, struct error *error)
{
	return disks_umount(work->config, ROOT, error);
}

/* As the reference implementation's result file, for what reads it. */
static int write_reference_result(bool given, struct error *error)
{
	char text[256], date[64];
	time_t now = time(NULL);
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%SZ", &tm);
	snprintf(text, sizeof(text),
		 "{\n  \"provisioningDate\": \"%s\",\n  \"userConfigProvided\": %s\n}\n", date,
		 given ? "true" : "false");
	return file_replace("/etc/.ignition-result.json", text, error);
}

/* The config may hold secrets, and is of no more use. */
static int finish(struct work *work, struct error *error)
{
	AUTO_FREE char *result = NULL;
	int r = file_read(RESULT, 4096, &result, error);

	network_down();
	if (r == 0 && work->config)
		r = disks_finish(work->config, error);
	if (r == 0)
		r = file_replace("/var/lib/keelson/provision.json", result, error);
	if (r == 0)
		r = file_replace("/run/keelson/provision.json", result, error);
	if (r == 0)
		r = write_reference_result(work->config != NULL, error);
	unlink(KEPT_REPORT);
	unlink(CONFIG);
	return r;
}

static const struct stage {
	const char *name;
	int (*run)(struct work *work, struct error *error);
	bool first, always, fetches;
} stages[] = {
	{ .name = "fetch", .run = fetch, .first = true, .always = true },
	{ .name = "disks", .run = disks, .fetches = true },
	{ .name = "mount", .run = mount_all },
	{ .name = "files", .run = files, .fetches = true },
	{ .name = "umount", .run = umount_all },
	{ .name = "finish", .run = finish, .always = true },
};
#define STAGES (sizeof(stages) / sizeof(stages[0]))

static const struct stage *find(const char *name)
{
	for (size_t i = 0; i < STAGES; i++)
		if (strcmp(stages[i].name, name) == 0)
			return &stages[i];
	return NULL;
}

/* It was valid when it was kept, and all that it merges is in it. */
static int read_kept(struct ign_parsed *ret, struct error *error)
{
	AUTO_FREE char *text = NULL;
	size_t size;
	int r = file_read_bytes(CONFIG, 4 * IGN_BYTES_MAX, &text, &size, error);

	if (r == 0 && ign_parse(text, size, false, ret) < 0)
		r = error_set(error, -EBADMSG, CONFIG ": cannot be read again");
	return r;
}

static int run_on_kept(const struct stage *stage, struct work *work, struct error *error)
{
	struct ign_parsed kept = { 0 };
	int r = 0;

	if (access(CONFIG, F_OK) == 0) {
		r = read_kept(&kept, error);
		work->config = &kept.config;
	}
	if (r == 0 && work->config && stage->fetches) /* which may fetch certificates */
		r = fetcher_configure(work->fetcher, &work->config->ignition, error);
	if (r == 0 && (work->config || stage->always))
		r = stage->run(work, error);
	ign_free(&kept);
	return r;
}

static void log_report(const char *text, bool failed)
{
	AUTO_FREE char *copy = strdup(text);
	char *rest = copy;

	for (char *line; rest && (line = strsep(&rest, "\n"));)
		if (*line)
			kmsg_print(failed ? KMSG_ERROR : KMSG_WARNING, "%s", line);
}

/* The state partition has a copy as soon as there is one, for the operator and the next boot. */
static void keep_report(const char *text, const char *stage, const struct error *error)
{
	AUTO_FREE char *whole = NULL;

	if (asprintf(&whole, "%sstage %s: %s\n", text, stage, error->text) < 0)
		return;
	make_folders(NULL);
	write_private(REPORT, whole, strlen(whole), NULL);
	if (access("/var/lib/keelson", W_OK) == 0)
		file_replace(KEPT_REPORT, whole, NULL);
}

/* As an error, for the console to show it: a server that does not answer is asked without an end.
 */
static void log_line(void *context, const char *line)
{
	(void)context;
	kmsg_print(KMSG_ERROR, "%s", line);
}

static int run(const struct stage *stage, struct work *work, struct error *error)
{
	int r = fetcher_new(&work->fetcher, error);

	if (r == 0)
		fetcher_log_to(work->fetcher, log_line, NULL);
	if (r == 0)
		r = stage->first ? stage->run(work, error) : run_on_kept(stage, work, error);
	fetcher_free(work->fetcher);
	return r;
}

bool stage_exists(const char *name)
{
	return find(name) != NULL;
}

int stage_run(const char *name, struct error *error)
{
	const struct stage *stage = find(name);
	struct work work = { 0 };
	AUTO_FREE char *text = NULL;
	size_t size;
	int r;

	work.report = open_memstream(&text, &size);
	if (!work.report)
		return error_set(error, -ENOMEM, "out of memory");
	r = run(stage, &work, error);
	fclose(work.report);
	log_report(text, r < 0);
	if (r < 0)
		keep_report(text, name, error);
	return r < 0 ? error_wrap(error, "%s", name) : 0;
}
