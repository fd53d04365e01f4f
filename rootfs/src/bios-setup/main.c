// SPDX-License-Identifier: Apache-2.0
/*
 * keelson-bios-setup: makes a disk image (or a disk) boot by GRUB on machines with a BIOS: writes
 * core.img into the BIOS boot partition and boot.img into the first sector. A tool of the build and
 * of the installer, for disks with 512-byte sectors. Order: core.img is written, synced and read
 * back before boot.img; a crash in between leaves a disk whose first sector is as it was.
 */
#include "lib/bios.h"
#include "os/file.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
	"usage: keelson-bios-setup DISK BOOT.IMG CORE.IMG\n"
	"Installs GRUB's BIOS boot code on DISK, an image file or a block device with a GPT and a\n"
	"BIOS boot partition.\n"
	"Exit codes: 0 done, 1 failed, 2 usage.\n";

/* A whole file of at most room bytes. */
static int read_image(const char *path, uint8_t *ret, size_t room, size_t *ret_size,
		      struct error *error)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	off_t size = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);

	if (size < 0)
		return error_errno(error, "open %s", path);
	if ((uint64_t)size > room)
		return error_set(error, -EFBIG, "%s: larger than %zu bytes", path, room);
	int r = file_read_at(fd, 0, ret, (size_t)size, error);
	if (r < 0)
		return error_wrap(error, "%s", path);
	*ret_size = (size_t)size;
	return 0;
}

/* Writes, syncs, and compares with what is then read. */
static int write_verified(int disk, uint64_t offset_bytes, const uint8_t *bytes, size_t size,
			  struct error *error)
{
	uint8_t *back = malloc(size);
	int r = back ? file_write_at(disk, offset_bytes, bytes, size, error)
		     : error_set(error, -ENOMEM, "out of memory");

	if (r == 0 && fsync(disk) < 0)
		r = error_errno(error, "sync");
	if (r == 0)
		r = file_read_at(disk, offset_bytes, back, size, error);
	if (r == 0 && memcmp(back, bytes, size) != 0)
		r = error_set(error, -EIO, "reads back differently at byte %llu",
			      (unsigned long long)offset_bytes);
	free(back);
	return r;
}

static int install(int disk, uint8_t *boot, uint8_t *core, size_t core_size, struct error *error)
{
	uint8_t start[GPT_START_BYTES(SECTOR_BYTES)];
	uint64_t first_lba, sectors;
	off_t disk_bytes = lseek(disk, 0, SEEK_END);
	int r;

	if (disk_bytes < 0)
		return error_errno(error, "size");
	r = file_read_at(disk, 0, start, sizeof(start), error);
	if (r == 0)
		r = bios_find_partition(start, (uint64_t)disk_bytes / SECTOR_BYTES, &first_lba,
					&sectors, error);
	if (r == 0)
		r = bios_patch_core(core, core_size, first_lba, sectors, error);
	if (r == 0)
		r = bios_patch_boot(boot, start, first_lba, error);
	if (r == 0)
		r = write_verified(disk, first_lba * SECTOR_BYTES, core, core_size, error);
	if (r == 0)
		r = write_verified(disk, 0, boot, SECTOR_BYTES, error);
	return r;
}

static int run(const char *disk_path, const char *boot_path, const char *core_path, uint8_t *core,
	       struct error *error)
{
	uint8_t boot[SECTOR_BYTES];
	size_t boot_size, core_size;
	int r = read_image(boot_path, boot, sizeof(boot), &boot_size, error);

	if (r == 0 && boot_size != SECTOR_BYTES)
		r = error_set(error, -EBADMSG, "%s: not %d bytes", boot_path, SECTOR_BYTES);
	if (r == 0)
		r = read_image(core_path, core, BIOS_CORE_MAX_BYTES, &core_size, error);
	if (r < 0)
		return r;
	AUTO_CLOSE int disk = open(disk_path, O_RDWR | O_CLOEXEC);
	if (disk < 0)
		return error_errno(error, "open %s", disk_path);
	r = install(disk, boot, core, core_size, error);
	return r < 0 ? error_wrap(error, "%s", disk_path) : 0;
}

int main(int argc, char *argv[])
{
	struct error error = { 0 };
	int asked = argc == 2 && strcmp(argv[1], "--help") == 0;

	if (argc != 4) {
		fputs(usage, asked ? stdout : stderr);
		return asked ? 0 : 2;
	}
	uint8_t *core = malloc(BIOS_CORE_MAX_BYTES);
	int r = core ? run(argv[1], argv[2], argv[3], core, &error)
		     : error_set(&error, -ENOMEM, "out of memory");
	free(core);
	if (r < 0)
		fprintf(stderr, "keelson-bios-setup: %s\n", error.text);
	return r < 0;
}
