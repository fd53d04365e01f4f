// SPDX-License-Identifier: Apache-2.0
/*
 * See install.h. What stands on the disk after each step, if the power goes then:
 *  1. The image's first MiB is taken into memory and its table checked: the disk is as it was.
 *  2. target_wipe: the old system, or none. Nothing starts from the disk from here on.
 *  3. The image's partitions are written as they come, what is zero as zeros: no table names them.
 *  4. The signature is over all bytes that came; if it is not good, or the stream ended early, this
 *     is where it ends: no table.
 *  5. The partitions are on the disk, read back, and are what came: no table.
 *  6. The config's file system is on the disk, read back: no table.
 *  7. The backup table: kernel and firmware may take it for the first one, and find a whole system
 *     with its config.
 *  8. The first table; then the first sector, which BIOSes start. Both are read back.
 * So whatever starts is whole, was signed, and has its config. Whatever does not start is begun
 * again: the ends of the disk are zeros then, which counts as empty.
 */
#include "install/install.h"
#include "fetch/fetch.h"
#include "install/body.h"
#include "install/source.h"
#include "install/unpack.h"
#include "lib/imageplan.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* An image on its way. */
struct run {
	struct install *install;
	struct unpack *unpack;
	struct body *body;      /* NULL: the head is not whole yet */
	struct imageplan *plan; /* set with body */
	uint64_t came_bytes;    /* unpacked */
	bool wiped;             /* or was about to be */
	char head[IMAGE_HEAD_BYTES];
};

static int read_signature(struct install *install, struct error *error)
{
	char *bytes = NULL;
	size_t size;
	struct pgpsig signature;
	int r = source_read_signature(install->image, install->fetcher, PGPSIG_BYTES_MAX, &bytes,
				      &size, error);

	if (r == 0)
		r = pgpsig_decode((const uint8_t *)bytes, size, &signature, error);
	free(bytes);
	if (r < 0)
		return error_wrap(error, "the image's signature");
	trust_expect(install->trust, &signature);
	return 0;
}

int install_prepare(const struct install_wishes *wishes, struct fetcher *fetcher,
		    struct install *ret, struct error *error)
{
	int r;

	*ret = (struct install){ .image = wishes->image, .fetcher = fetcher, .target.fd = -1 };
	r = trust_new(wishes->certificate, &ret->trust, error);
	if (r == 0)
		r = target_open(wishes->disk, &ret->target, error);
	if (r == 0 && ret->target.holds && !wishes->wipe)
		r = error_set(error, -EEXIST,
			      "%s has contents: its first or last MiB is not zeros; remedy: "
			      "--wipe, with which all that is on it is lost",
			      wishes->disk);
	if (r == 0 && wishes->config)
		r = firstconfig_make(wishes->config, fetcher, &ret->config, error);
	return r < 0 ? r : read_signature(ret, error);
}

void install_end(struct install *install)
{
	trust_free(install->trust);
	firstconfig_free(&install->config);
	target_close(&install->target);
}

static int make_plan(struct run *run, struct error *error)
{
	uint8_t ids[GPT_ENTRIES_MAX + 1][GUID_BYTES];
	const struct target *target = &run->install->target;

	run->plan = malloc(sizeof(*run->plan));
	if (!run->plan)
		return error_set(error, -ENOMEM, "out of memory");
	for (size_t i = 0; i <= GPT_ENTRIES_MAX; i++) /* 256 bytes at once are sure to come */
		if (getrandom(ids[i], GUID_BYTES, 0) != GUID_BYTES)
			return error_errno(error, "random numbers");
	return imageplan_make((const uint8_t *)run->head, target->bytes, run->install->config.size,
			      (const uint8_t(*)[GUID_BYTES])ids, run->plan, error);
}

/* The image's head is here: steps 1 and 2. What lies behind its partitions may have labels of file
 * systems and arrays that were there before. */
static int begin_body(struct run *run, struct error *error)
{
	const struct target *target = &run->install->target;
	uint64_t end, zeros_end;
	int r = make_plan(run, error);

	if (r < 0)
		return r;
	run->wiped = true;
	r = target_wipe(target, error);
	if (r < 0)
		return r;
	end = run->plan->body_end_bytes;
	zeros_end = end + 8 * TARGET_END_BYTES;
	r = target_zero(target, end, zeros_end < target->bytes ? zeros_end : target->bytes, error);
	if (r == 0)
		r = body_new(target, IMAGE_HEAD_BYTES, end, &run->body, error);
	return r;
}

/* The image, unpacked. */
static int take_image(void *context, const char *bytes, size_t size, struct error *error)
{
	struct run *run = context;
	size_t part = 0;
	int r = 0;

	if (run->came_bytes < IMAGE_HEAD_BYTES) {
		part = IMAGE_HEAD_BYTES - (size_t)run->came_bytes;
		part = size < part ? size : part;
		memcpy(run->head + run->came_bytes, bytes, part);
	}
	run->came_bytes += size;
	if (!run->body && run->came_bytes >= IMAGE_HEAD_BYTES)
		r = begin_body(run, error);
	if (r < 0 || !run->body)
		return r;
	if (run->came_bytes > run->plan->image_bytes)
		return error_set(error, -EBADMSG, "the image is longer than its table says");
	return body_add(run->body, bytes + part, size - part, error);
}

/* The image as it comes. */
static int take(void *context, const char *bytes, size_t size, struct error *error)
{
	struct run *run = context;
	int r = trust_add(run->install->trust, bytes, size, error);

	return r < 0 ? r : unpack_add(run->unpack, bytes, size, error);
}

/* Steps 1 to 5. */
static int write_image(struct run *run, struct error *error)
{
	int r = unpack_new(take_image, run, &run->unpack, error);

	if (r == 0)
		r = source_stream(run->install->image, run->install->fetcher, take, run, error);
	if (r == 0)
		r = unpack_finish(run->unpack, error);
	if (r == 0)
		r = trust_finish(run->install->trust, error);
	if (r == 0 && (!run->body || run->came_bytes != run->plan->image_bytes))
		r = error_set(error, -EBADMSG, "the image has %" PRIu64 " bytes, too few",
			      run->came_bytes);
	return r < 0 ? r : body_finish(run->body, error);
}

/* On the disk, and proven to be. */
static int write_proven(const struct target *target, uint64_t offset_bytes, const void *bytes,
			size_t size, struct error *error)
{
	int r = target_write(target, offset_bytes, bytes, size, error);

	if (r == 0)
		r = target_sync(target, error);
	return r < 0 ? r : target_compare(target, offset_bytes, bytes, size, error);
}

/* Steps 7 and 8. */
static int write_tables(const struct run *run, struct error *error)
{
	const struct target *target = &run->install->target;
	const uint8_t *head = run->plan->head;
	uint8_t end[GPT_END_BYTES(SECTOR_BYTES)];
	int r;

	gpt_encode_backup(&run->plan->table, SECTOR_BYTES, end);
	r = write_proven(target, target->bytes / SECTOR_BYTES * SECTOR_BYTES - sizeof(end), end,
			 sizeof(end), error);
	if (r == 0)
		r = write_proven(target, SECTOR_BYTES, head + SECTOR_BYTES,
				 IMAGE_HEAD_BYTES - SECTOR_BYTES, error);
	return r < 0 ? r : write_proven(target, 0, head, SECTOR_BYTES, error);
}

static int run_steps(struct run *run, struct error *error)
{
	const struct firstconfig *config = &run->install->config;
	int r = write_image(run, error);

	if (r == 0 && config->bytes)
		r = write_proven(&run->install->target, run->plan->config_start_bytes,
				 config->bytes, config->size, error);
	if (r == 0)
		r = write_tables(run, error);
	if (r == 0 && target_show(&run->install->target, &run->plan->table, NULL) < 0)
		puts("the kernel does not take the new partitions; a restart helps");
	return r;
}

int install_run(struct install *install, struct error *error)
{
	struct run *run = calloc(1, sizeof(*run));
	int r;

	if (!run)
		return error_set(error, -ENOMEM, "out of memory");
	run->install = install;
	r = run_steps(run, error);
	if (r < 0)
		error_wrap(error, "%s%s", install->target.name,
			   run->wiped ? " has no partition table now and does not start"
				      : " is as it was");
	unpack_free(run->unpack);
	body_free(run->body);
	free(run->plan);
	free(run);
	return r;
}
