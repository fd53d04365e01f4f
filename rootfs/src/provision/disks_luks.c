// SPDX-License-Identifier: Apache-2.0
/*
 * An encrypted volume, by the decision of lib/luksplan. Must never write a key to a disk but below
 * the root that is being made, nor leave one that was only needed on the way.
 *
 * Order: signatures that may go, luksFormat, luksOpen, and for tpm2 the TPM's slot, then the slot
 * of a generated key is removed. A volume with a generated key is marked until all stages are done:
 * nobody else has the key, so whatever a crash leaves of it, the next run makes it anew.
 */
#include "lib/luksplan.h"
#include "lib/text.h"
#include "os/blockdev.h"
#include "os/file.h"
#include "provision/disks.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD_BYTES (UINT64_C(8) << 20) /* as for file systems */
#define TAIL_BYTES (UINT64_C(1) << 20)
#define KEY_MAX_BYTES (8 << 20) /* cryptsetup's own limit for a key file */
#define RANDOM_BYTES 4096
#define KEYS "/run/keelson/luks"
#define KEY_PATH_BYTES (sizeof(KEYS) + 128)

struct key {
	char *bytes;
	size_t size;
};

static void key_free(struct key *key)
{
	if (key->bytes)
		explicit_bzero(key->bytes, key->size);
	free(key->bytes);
	*key = (struct key){ 0 };
}
#define AUTO_KEY __attribute__((cleanup(key_free))) struct key

static void key_path(const struct ign_luks *wanted, char ret[KEY_PATH_BYTES])
{
	snprintf(ret, KEY_PATH_BYTES, KEYS "/%s", wanted->name.at);
}

static int generate(struct key *ret, struct error *error)
{
	uint8_t bytes[RANDOM_BYTES];

	for (size_t used = 0; used < sizeof(bytes);) {
		ssize_t n = getrandom(bytes + used, sizeof(bytes) - used, 0);

		if (n < 0 && errno != EINTR)
			return error_errno(error, "random bytes");
		used += n > 0 ? (size_t)n : 0;
	}
	ret->size = (size_t)2 * RANDOM_BYTES;
	ret->bytes = malloc(ret->size + 1);
	if (!ret->bytes)
		return error_set(error, -ENOMEM, "out of memory");
	bytes_to_text(bytes, sizeof(bytes), ret->bytes);
	explicit_bzero(bytes, sizeof(bytes));
	return 0;
}

/* Into a file that only root reads. Not there before; durable if the folder is synced too. */
static int write_key(int folder, const char *name, const struct key *key, struct error *error)
{
	AUTO_CLOSE int fd = -1;

	unlinkat(folder, name, 0);
	fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0400);
	if (fd < 0)
		return error_errno(error, "create key file %s", name);
	if (file_write_at(fd, 0, key->bytes, key->size, error) < 0)
		return error_wrap(error, "key file %s", name);
	if (fchmod(fd, 0400) < 0 || fsync(fd) < 0)
		return error_errno(error, "key file %s", name);
	return 0;
}

static int keep_key(const struct ign_luks *wanted, const struct key *key, struct error *error)
{
	int r = file_make_folder("/run/keelson", error);

	if (r < 0)
		return r;
	if (mkdir(KEYS, 0700) < 0 && errno != EEXIST)
		return error_errno(error, "make folder " KEYS);
	AUTO_CLOSE int folder = open(KEYS, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (folder < 0)
		return error_errno(error, "open " KEYS);
	return write_key(folder, wanted->name.at, key, error);
}

static int get_key(const struct ign_luks *wanted, struct fetcher *fetcher, struct error *error)
{
	AUTO_KEY key = { 0 };
	int r = luksplan_generates_key(wanted)
			? generate(&key, error)
			: fetch_to_memory(fetcher, &wanted->key_file, KEY_MAX_BYTES, &key.bytes,
					  &key.size, error);

	if (r == 0)
		r = keep_key(wanted, &key, error);
	return r < 0 ? error_wrap(error, "key") : 0;
}

static bool keep_slave(const char *device, void *context)
{
	snprintf(context, DEVICE_NAME_BYTES, "%s", device);
	return false;
}

/* A run before, in the time since the machine was started, may have opened it. */
static int close_volume(const struct ign_luks *wanted, const struct disks_device *device,
			struct error *error)
{
	char path[sizeof("/dev/mapper/") + 128], name[DEVICE_NAME_BYTES];
	char slave[DEVICE_NAME_BYTES] = "";
	struct argv argv = { .count = 1 };

	snprintf(path, sizeof(path), "/dev/mapper/%s", wanted->name.at);
	if (devices_find(path, name, NULL) < 0)
		return 0;
	blockdev_each_link(name, "slaves", keep_slave, slave);
	if (strcmp(slave, device->name) != 0)
		return error_set(error, -EEXIST, "%s is another volume, of %s", path, slave);
	argv_add(&argv, "close");
	argv_add(&argv, wanted->name.at);
	return disks_run("cryptsetup", &argv, error);
}

static int read_discards(const struct disks_device *device, bool *ret, struct error *error)
{
	char program[SPAWN_PATH_BYTES];
	const char *const argv[] = { program, "luksDump", "--dump-json-metadata", device->path,
				     NULL };
	struct spawn_io io = { 0 };
	int r = spawn_find("cryptsetup", program, error);

	if (r == 0)
		r = spawn_io(argv, 0, &io, error);
	if (r == 0)
		*ret = luksplan_has_flag(io.output, io.output_bytes, "allow-discards");
	free(io.output);
	return r;
}

static int decide(const struct ign_luks *wanted, const struct disks_device *device,
		  enum luksplan_action *ret, struct error *error)
{
	struct signature found = { 0 };
	bool discards = false;
	int r = 0;

	if (wanted->wipe != IGN_TRUE)
		r = devices_probe(device->name, NULL, &found, error);
	if (r == 0 && strcmp(found.type, "crypto_LUKS") == 0 && strcmp(found.version, "2") == 0)
		r = read_discards(device, &discards, error);
	return r < 0 ? r : luksplan_decide(wanted, &found, discards, ret, error);
}

static int format(const struct ign_luks *wanted, const struct disks_device *device,
		  enum luksplan_action action, const char *key_file, struct error *error)
{
	struct argv argv = { .count = 1 };
	/* With no bytes to erase this still says if somebody uses it. */
	int r = action == LUKSPLAN_ERASE_AND_FORMAT
			? disks_erase(device, HEAD_BYTES, TAIL_BYTES, error)
			: disks_erase(device, 0, 0, error);

	if (r < 0)
		return r;
	luksplan_format(wanted, device->path, key_file, &argv);
	return disks_run("cryptsetup", &argv, error);
}

/* Without PCRs, as the reference binds it: new firmware or keys of Secure Boot do not lock it. */
static int enroll_tpm2(const struct ign_luks *wanted, const struct disks_device *device,
		       const char *key_file, struct error *error)
{
	char unlock[sizeof("--unlock-key-file=") + KEY_PATH_BYTES];
	struct argv enroll = { .count = 1 }, removal = { .count = 1 };
	int r;

	snprintf(unlock, sizeof(unlock), "--unlock-key-file=%s", key_file);
	argv_add(&enroll, unlock);
	argv_add(&enroll, "--tpm2-device=auto");
	argv_add(&enroll, "--tpm2-pcrs=");
	argv_add(&enroll, device->path);
	r = disks_run("systemd-cryptenroll", &enroll, error);
	if (r < 0 || !luksplan_generates_key(wanted))
		return r;
	argv_add(&removal, "luksRemoveKey");
	argv_add(&removal, "--batch-mode");
	argv_add(&removal, device->path);
	argv_add(&removal, key_file);
	return disks_run("cryptsetup", &removal, error);
}

int disks_make_luks(const struct ign_luks *wanted, struct fetcher *fetcher, struct error *error)
{
	enum luksplan_action action = LUKSPLAN_OPEN;
	struct argv argv = { .count = 1 };
	char key_file[KEY_PATH_BYTES];
	struct disks_device device;
	int r = disks_wait(&wanted->device, &device, error);

	key_path(wanted, key_file);
	if (r == 0)
		r = get_key(wanted, fetcher, error);
	if (r == 0)
		r = close_volume(wanted, &device, error);
	if (r == 0)
		r = decide(wanted, &device, &action, error);
	if (r == 0 && action != LUKSPLAN_OPEN)
		r = format(wanted, &device, action, key_file, error);
	luksplan_open(wanted, device.path, key_file, &argv);
	if (r == 0)
		r = disks_run("cryptsetup", &argv, error);
	if (r == 0 && luksplan_tpm2(wanted))
		r = enroll_tpm2(wanted, &device, key_file, error);
	return r;
}

/* A folder below another one, made if need be; never through a link. */
static int open_folder(int parent, const char *name, mode_t mode, struct error *error)
{
	int fd;

	if (mkdirat(parent, name, mode) < 0 && errno != EEXIST)
		return error_errno(error, "make folder %s", name);
	fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	return fd < 0 ? error_errno(error, "open folder %s", name) : fd;
}

static int store_key(const struct ign_luks *wanted, int etc, struct error *error)
{
	AUTO_KEY key = { 0 };
	char path[KEY_PATH_BYTES];
	int r;

	key_path(wanted, path);
	r = file_read_bytes(path, KEY_MAX_BYTES, &key.bytes, &key.size, error);
	if (r < 0)
		return r;
	AUTO_CLOSE int folder = open_folder(etc, "luks", 0700, error);
	if (folder < 0)
		return folder;
	/* Under another name until it is whole: a crash leaves no half of a key in its place. */
	r = write_key(folder, ".new", &key, error);
	if (r == 0 && (renameat(folder, ".new", folder, wanted->name.at) < 0 || fsync(folder) < 0))
		r = error_errno(error, "store key");
	return r;
}

static int read_crypttab(int etc, char **ret, struct error *error)
{
	char path[64];
	AUTO_CLOSE int fd = openat(etc, "crypttab", O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0 && errno == ENOENT) {
		*ret = calloc(1, 1);
		return *ret ? 0 : error_set(error, -ENOMEM, "out of memory");
	}
	if (fd < 0)
		return error_errno(error, "open crypttab");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return file_read(path, 1 << 20, ret, error);
}

/* Written aside, synced, renamed, the folder synced. */
static int write_crypttab(int etc, const char *text, struct error *error)
{
	AUTO_CLOSE int fd = -1;

	unlinkat(etc, "crypttab.new", 0);
	fd = openat(etc, "crypttab.new", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return error_errno(error, "create crypttab");
	if (file_write_at(fd, 0, text, strlen(text), error) < 0)
		return error_wrap(error, "crypttab");
	if (fchmod(fd, 0600) < 0 || fsync(fd) < 0 ||
	    renameat(etc, "crypttab.new", etc, "crypttab") < 0 || fsync(etc) < 0)
		return error_errno(error, "crypttab");
	return 0;
}

static int store_line(const struct ign_luks *wanted, int etc, const char *uuid, struct error *error)
{
	AUTO_FREE char *before = NULL, *after = NULL;
	int r = read_crypttab(etc, &before, error);

	if (r < 0)
		return r;
	if (luksplan_crypttab(before, wanted, uuid, &after) < 0)
		return error_set(error, -ENOMEM, "out of memory");
	return write_crypttab(etc, after, error);
}

static int probe_volume(const struct ign_luks *wanted, struct disks_device *device,
			struct signature *ret, struct error *error)
{
	int r = disks_find(&wanted->device, device, error);

	if (r == 0)
		r = devices_probe(device->name, "crypto_LUKS", ret, error);
	if (r == 0 && ret->uuid[0] == '\0')
		r = error_set(error, -EIO, "%s holds no LUKS", device->path);
	return r;
}

int disks_store_luks(const struct ign_luks *wanted, const char *root, struct error *error)
{
	struct disks_device device;
	struct signature found = { 0 };
	int r = probe_volume(wanted, &device, &found, error);

	if (r < 0)
		return r;
	AUTO_CLOSE int top = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (top < 0)
		return error_errno(error, "open %s", root);
	AUTO_CLOSE int etc = open_folder(top, "etc", 0755, error);
	if (etc < 0)
		return etc;
	if (!luksplan_tpm2(wanted))
		r = store_key(wanted, etc, error);
	return r < 0 ? r : store_line(wanted, etc, found.uuid, error);
}

int disks_finish_luks(const struct ign_luks *wanted, struct error *error)
{
	struct disks_device device;
	struct signature found = { 0 };
	struct argv argv = { .count = 1 };
	char path[KEY_PATH_BYTES];
	int r = probe_volume(wanted, &device, &found, error);

	key_path(wanted, path);
	unlink(path);
	if (r < 0 || strcmp(found.subsystem, LUKSPLAN_UNFINISHED) != 0)
		return r;
	argv_add(&argv, "config");
	argv_add_option(&argv, "--subsystem", "");
	/* One that is not named goes too. */
	argv_add_option(&argv, "--label", found.label);
	argv_add(&argv, device.path);
	return disks_run("cryptsetup", &argv, error);
}
