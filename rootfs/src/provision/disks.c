// SPDX-License-Identifier: Apache-2.0
/*
 * The disks stage: tables, then arrays, then encrypted volumes, then file systems, as each may lie
 * on the ones before. Must never write before everything that the config asks for is known to be
 * something that this system can do, nor to a device that the config does not name.
 *
 * A run that is cut is done again from the start: what it had finished is found as it should be and
 * kept, or, where the config says that it may be wiped, made once more.
 */
#include "provision/disks.h"
#include "lib/fsplan.h"
#include "lib/luksplan.h"
#include "os/file.h"
#include "os/kmsg.h"
#include "provision/stages.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define WAIT_MS 60000
#define WAIT_STEP_MS 200
#define ERASE_CHUNK_BYTES 65536

int disks_find(const struct ign_text *device, struct disks_device *ret, struct error *error)
{
	int r;

	if (!device->at || strlen(device->at) != device->length)
		return error_set(error, -EINVAL, "the device has no name that can be one");
	r = devices_find(device->at, ret->name, error);
	if (r == 0)
		snprintf(ret->path, sizeof(ret->path), "/dev/%s", ret->name);
	return r;
}

int disks_wait(const struct ign_text *device, struct disks_device *ret, struct error *error)
{
	const struct timespec step = { .tv_nsec = WAIT_STEP_MS * 1000000L };
	int r = disks_find(device, ret, error);

	if (r == -ENOENT)
		kmsg_print(KMSG_INFO, "waiting for %s", device->at);
	for (int waited_ms = 0; r == -ENOENT && waited_ms < WAIT_MS; waited_ms += WAIT_STEP_MS) {
		nanosleep(&step, NULL);
		r = disks_find(device, ret, error);
	}
	return r == -ENOENT ? error_set(error, -ETIMEDOUT, "%s has not appeared within %d s",
					device->at, WAIT_MS / 1000)
			    : r;
}

int disks_run(const char *program, struct argv *argv, struct error *error)
{
	char path[SPAWN_PATH_BYTES];
	int r = spawn_find(program, path, error);

	if (r < 0)
		return r;
	if (argv->overflowed)
		return error_set(error, -E2BIG, "%s: too many options", program);
	argv->at[0] = path;
	return spawn(argv->at, 0, error);
}

static int write_zeros(int fd, uint64_t from_bytes, uint64_t to_bytes, struct error *error)
{
	AUTO_FREE char *zeros = calloc(1, ERASE_CHUNK_BYTES);
	int r = zeros ? 0 : error_set(error, -ENOMEM, "out of memory");

	while (from_bytes < to_bytes && r == 0) {
		uint64_t left = to_bytes - from_bytes;
		size_t size = left < ERASE_CHUNK_BYTES ? (size_t)left : ERASE_CHUNK_BYTES;

		r = file_write_at(fd, from_bytes, zeros, size, error);
		from_bytes += size;
	}
	return r;
}

int disks_erase(const struct disks_device *device, uint64_t head_bytes, uint64_t tail_bytes,
		struct error *error)
{
	/* O_EXCL: nobody has mounted it or made another device of it. */
	AUTO_CLOSE int fd = open(device->path, O_WRONLY | O_CLOEXEC | O_EXCL);
	off_t end;
	int r;

	if (fd < 0)
		return error_errno(error, "open %s", device->path);
	end = lseek(fd, 0, SEEK_END);
	if (end < 0)
		return error_errno(error, "size of %s", device->path);
	uint64_t size = (uint64_t)end;
	r = write_zeros(fd, 0, head_bytes < size ? head_bytes : size, error);
	if (r == 0)
		r = write_zeros(fd, tail_bytes < size ? size - tail_bytes : 0, size, error);
	if (r == 0 && fsync(fd) < 0)
		r = error_errno(error, "sync");
	return r < 0 ? error_wrap(error, "erase %s", device->path) : 0;
}

/* Before anything is written. */
static int check(const struct ign_storage *storage, struct error *error)
{
	for (size_t i = 0; i < storage->filesystems.count; i++)
		if (fsplan_check(&storage->filesystems.at[i], error) < 0)
			return error_wrap(error, "file system on %s",
					  storage->filesystems.at[i].device.at);
	for (size_t i = 0; i < storage->luks.count; i++)
		if (luksplan_check(&storage->luks.at[i], error) < 0)
			return error_wrap(error, "LUKS volume %s", storage->luks.at[i].name.at);
	return 0;
}

static int make_tables_and_arrays(const struct ign_storage *storage, struct error *error)
{
	for (size_t i = 0; i < storage->disks.count; i++)
		if (disks_partition(&storage->disks.at[i], error) < 0)
			return error_wrap(error, "disk %s", storage->disks.at[i].device.at);
	for (size_t i = 0; i < storage->raid.count; i++)
		if (disks_make_raid(&storage->raid.at[i], error) < 0)
			return error_wrap(error, "array %s", storage->raid.at[i].name.at);
	return 0;
}

static int make_volumes(const struct ign_storage *storage, struct fetcher *fetcher,
			struct error *error)
{
	for (size_t i = 0; i < storage->luks.count; i++)
		if (disks_make_luks(&storage->luks.at[i], fetcher, error) < 0)
			return error_wrap(error, "LUKS volume %s", storage->luks.at[i].name.at);
	for (size_t i = 0; i < storage->filesystems.count; i++)
		if (disks_make_filesystem(&storage->filesystems.at[i], error) < 0)
			return error_wrap(error, "file system on %s",
					  storage->filesystems.at[i].device.at);
	return 0;
}

int disks_apply(const struct ign_config *config, struct fetcher *fetcher, struct error *error)
{
	int r = check(&config->storage, error);

	if (r == 0)
		r = make_tables_and_arrays(&config->storage, error);
	if (r == 0)
		r = make_volumes(&config->storage, fetcher, error);
	return r;
}

int disks_finish(const struct ign_config *config, struct error *error)
{
	const struct ign_storage *storage = &config->storage;

	for (size_t i = 0; i < storage->luks.count; i++)
		if (disks_finish_luks(&storage->luks.at[i], error) < 0)
			return error_wrap(error, "LUKS volume %s", storage->luks.at[i].name.at);
	return 0;
}
