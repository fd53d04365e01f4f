// SPDX-License-Identifier: Apache-2.0
/* Checks of disks, partitions, file systems, RAID and LUKS. */
#include "lib/ignition/check.h"
#include <errno.h>
#include <stdlib.h>

static const char *guid_problem(const struct ign_text *guid)
{
	static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
	bool fits = guid->length == strlen(form);

	for (size_t i = 0; i < guid->length && fits; i++) {
		char c = guid->at[i];
		bool digit = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');

		fits = form[i] == 'x' ? digit : c == '-';
	}
	return fits || ign_empty(guid)
		       ? NULL
		       : "doesn't match the form \"01234567-89AB-CDEF-EDCB-A98765432101\"";
}

static const char *partition_label_problem(const struct ign_text *label)
{
	if (label->length > 36)
		return "partition labels may not exceed 36 characters";
	if (label->length > 0 && memchr(label->at, ':', label->length))
		return "partition label will be truncated to text before the colon";
	return NULL;
}

int ign_check_partition(struct check *check, const struct ign_place *place, const void *object)
{
	const struct ign_partition *partition = object;

	if (partition->wanted == IGN_FALSE &&
	    (partition->label.at || !ign_empty(&partition->type_guid) ||
	     !ign_empty(&partition->guid) || partition->start_mib.given ||
	     partition->size_mib.given))
		ign_error(check, place,
			  "shouldExist specified false with other options also specified");
	if (partition->number.value == 0 && !partition->label.at)
		ign_error(check, place, "a partition number >= 1 or a label must be specified");
	ign_error_at(check, place, "label", partition_label_problem(&partition->label));
	ign_error_at(check, place, "guid", guid_problem(&partition->guid));
	ign_error_at(check, place, "typeGuid", guid_problem(&partition->type_guid));
	return 0;
}

static bool same_label(const struct ign_partition *a, const struct ign_partition *b)
{
	return a->label.at && b->label.at && a->label.length == b->label.length &&
	       memcmp(a->label.at, b->label.at, a->label.length) == 0;
}

static bool same_number(const struct ign_partition *a, const struct ign_partition *b)
{
	return a->number.value != 0 && a->number.value == b->number.value;
}

/* Partitions whose place is left to the partitioner, or not fully said, do not count. */
static bool overlap(const struct ign_partition *a, const struct ign_partition *b)
{
	int64_t a_start = a->start_mib.value, b_start = b->start_mib.value, a_end, b_end;

	if (!a->size_mib.given || !b->size_mib.given || a_start == 0 || b_start == 0)
		return false;
	/* Sums that are too large wrap, as they do in the reference implementation. */
	a_end = (int64_t)((uint64_t)a_start + (uint64_t)a->size_mib.value) -
		(a->size_mib.value != 0);
	b_end = (int64_t)((uint64_t)b_start + (uint64_t)b->size_mib.value) -
		(b->size_mib.value != 0);
	return (a_start >= b_start && a_start <= b_end) || (a_end >= b_start && a_end <= b_end) ||
	       (a_start < b_start && a_end > b_end);
}

/* The first partition that is in relation with one before it; 0 for none. */
static size_t find_later(const struct ign_disk *disk, bool (*related)(const struct ign_partition *,
								      const struct ign_partition *))
{
	for (size_t later = 1; later < disk->partitions.count; later++)
		for (size_t i = 0; i < later; i++)
			if (related(&disk->partitions.at[i], &disk->partitions.at[later]))
				return later;
	return 0;
}

/* The first one that overlaps the first one that is overlapped. */
static bool find_overlap(const struct ign_disk *disk, size_t *ret)
{
	const struct ign_partition *at = disk->partitions.at;

	for (size_t i = 0; i < disk->partitions.count; i++)
		for (size_t n = 0; n < disk->partitions.count; n++)
			if (n != i && overlap(&at[i], &at[n])) {
				*ret = n;
				return true;
			}
	return false;
}

static void check_partitions(struct check *check, const struct ign_place *place,
			     const struct ign_disk *disk)
{
	size_t index = find_later(disk, same_number);

	if (index > 0)
		ign_error_in(check, place, "partitions", index, NULL, "partition numbers collide");
	if (find_overlap(disk, &index))
		ign_error_in(check, place, "partitions", index, NULL, "partitions overlap");
	index = find_later(disk, same_label);
	if (index > 0)
		ign_error_in(check, place, "partitions", index, NULL,
			     "cannot use the same partition label twice");
}

int ign_check_disk(struct check *check, const struct ign_place *place, const void *object)
{
	const struct ign_disk *disk = object;

	if (ign_empty(&disk->device)) {
		ign_error_at(check, place, "device", "disk device is required");
		return 0;
	}
	ign_error_at(check, place, "device", ign_path_problem(&disk->device));
	/* All are compared with all. */
	if (disk->partitions.count > IGN_PARTITIONS_MAX)
		ign_error_at(check, place, "partitions", "more than 1024 partitions");
	else
		check_partitions(check, place, disk);
	return 0;
}

/* Of those with the same device the last one counts: it is sorted to the front. */
static int by_device(const void *a, const void *b)
{
	const struct ign_disk *const *left = a, *const *right = b;
	int r = ign_text_compare(&(*left)->device, &(*right)->device);

	return r != 0 ? r : *left > *right ? -1 : *left < *right;
}

static const struct ign_disk *find_disk(const struct ign_disk *const *disks, size_t count,
					const struct ign_text *device)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (ign_text_compare(&disks[middle]->device, device) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && ign_text_compare(&disks[low]->device, device) == 0 ? disks[low]
										 : NULL;
}

static const char *overwritten_warning(const struct ign_disk *disk,
				       const struct ign_filesystem *filesystem)
{
	if (disk->partitions.count > 0)
		return "filesystem overwrites partitioned device";
	if (filesystem->wipe != IGN_TRUE && disk->wipe_table == IGN_TRUE)
		return "device matches disk with wipeTable enabled; filesystem will be wiped";
	return NULL;
}

int ign_check_overwritten(struct check *check, const struct ign_place *place,
			  const struct ign_storage *storage)
{
	const struct ign_disk **disks =
		arena_get(check->report->arena, storage->disks.count, sizeof(struct ign_disk *));

	if (!disks)
		return -ENOMEM;
	for (size_t i = 0; i < storage->disks.count; i++)
		disks[i] = &storage->disks.at[i];
	if (storage->disks.count > 1)
		qsort(disks, storage->disks.count, sizeof(struct ign_disk *), by_device);
	for (size_t i = 0; i < storage->filesystems.count; i++) {
		const struct ign_filesystem *filesystem = &storage->filesystems.at[i];
		const struct ign_disk *disk =
			find_disk(disks, storage->disks.count, &filesystem->device);

		if (disk)
			ign_warning_in(check, place, "filesystems", i, "device",
				       overwritten_warning(disk, filesystem));
	}
	return 0;
}

/* What a format allows. */
static const struct format {
	const char *name;
	enum ign_version since;
	size_t label_max;
	const char *label_too_long;
} formats[] = {
	{ "ext4", IGN_3_0, 16,
	  "filesystem labels cannot be longer than 16 characters when using ext4" },
	{ "btrfs", IGN_3_0, 256,
	  "filesystem labels cannot be longer than 256 characters when using btrfs" },
	{ "xfs", IGN_3_0, 12,
	  "filesystem labels cannot be longer than 12 characters when using xfs" },
	{ "swap", IGN_3_0, 15,
	  "filesystem labels cannot be longer than 15 characters when using swap" },
	{ "vfat", IGN_3_0, 11,
	  "filesystem labels cannot be longer than 11 characters when using vfat" },
	{ "none", IGN_3_3, SIZE_MAX, NULL },
	{ "virtiofs", IGN_3_7_EXPERIMENTAL, 0,
	  "filesystem labels cannot be set when using virtiofs" },
};

/* NULL: not a known one. A format that is too new for the config still limits labels. */
static const struct format *format_of(const struct ign_filesystem *filesystem)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (ign_is(&filesystem->format, formats[i].name))
			return &formats[i];
	return NULL;
}

static bool is_virtiofs(const struct check *check, const struct ign_filesystem *filesystem)
{
	return check->version >= IGN_3_7_EXPERIMENTAL && ign_is(&filesystem->format, "virtiofs");
}

/* A virtiofs's device is a tag that the hypervisor knows, no path. */
static const char *device_problem(const struct check *check,
				  const struct ign_filesystem *filesystem)
{
	if (!is_virtiofs(check, filesystem))
		return ign_path_problem(&filesystem->device);
	if (ign_empty(&filesystem->device))
		return "device not specified";
	return filesystem->device.length > 36 ? "virtiofs device tag cannot be longer than 36 bytes"
					      : NULL;
}

static const char *format_problem(const struct check *check,
				  const struct ign_filesystem *filesystem)
{
	const struct format *format = format_of(filesystem);

	if (!ign_empty(&filesystem->format))
		return format && format->since <= check->version ? NULL
								 : "invalid filesystem format";
	if (ign_empty(&filesystem->path) && ign_empty(&filesystem->label) &&
	    ign_empty(&filesystem->uuid) && filesystem->wipe != IGN_TRUE &&
	    filesystem->mount_options.count == 0 && filesystem->options.count == 0)
		return NULL;
	return "format cannot be empty when path, label, uuid, wipeFilesystem, options, or "
	       "mountOptions is specified";
}

static const char *label_problem(const struct check *check, const struct ign_filesystem *filesystem)
{
	const struct format *format = format_of(filesystem);

	if (ign_empty(&filesystem->label))
		return NULL;
	if (ign_empty(&filesystem->format))
		return "filesystem must specify format if label is specified";
	if (!format || format->since > check->version ||
	    filesystem->label.length <= format->label_max)
		return NULL;
	return format->label_too_long;
}

int ign_check_filesystem(struct check *check, const struct ign_place *place, const void *object)
{
	const struct ign_filesystem *filesystem = object;

	if (!ign_empty(&filesystem->path))
		ign_error_at(check, place, "path", ign_path_problem(&filesystem->path));
	ign_error_at(check, place, "device", device_problem(check, filesystem));
	ign_error_at(check, place, "format", format_problem(check, filesystem));
	ign_error_at(check, place, "label", label_problem(check, filesystem));
	if (!is_virtiofs(check, filesystem))
		return 0;
	if (!ign_empty(&filesystem->uuid))
		ign_error_at(check, place, "uuid",
			     "filesystem uuid cannot be set for non-block-device filesystems");
	if (filesystem->wipe == IGN_TRUE)
		ign_error_at(check, place, "wipeFilesystem",
			     "wipeFilesystem cannot be set for non-block-device filesystems");
	if (filesystem->options.count > 0)
		ign_error_at(check, place, "options",
			     "filesystem options (mkfs) cannot be set for non-block-device "
			     "filesystems");
	return 0;
}

static const char *level_problem(const struct check *check, const struct ign_raid *raid)
{
	static const char *const without_spares[] = { "linear", "raid0", "0", "stripe", NULL };
	static const char *const with_spares[] = { "raid1", "1",      "mirror", "raid4",
						   "4",     "raid5",  "5",      "raid6",
						   "6",     "raid10", "10",     NULL };

	if (ign_empty(&raid->level) && check->version >= IGN_3_3)
		return "raid level is required";
	if (ign_is_one_of(&raid->level, without_spares))
		return raid->spares.value != 0 ? "spares unsupported for linear and raid0 arrays"
					       : NULL;
	return ign_is_one_of(&raid->level, with_spares) ? NULL : "unrecognized raid level";
}

int ign_check_raid(struct check *check, const struct ign_place *place, const void *object)
{
	const struct ign_raid *raid = object;
	struct ign_place devices = ign_place_member(check->json, place, "devices");
	uint32_t node = devices.node == IGN_NO_NODE ? 0 : json_first(check->json, devices.node);

	ign_error_at(check, place, "level", level_problem(check, raid));
	if (raid->devices.count == 0)
		ign_error_at(check, place, "devices", "raid devices required");
	for (size_t i = 0; i < raid->devices.count; i++) {
		struct ign_place entry = ign_place_entry(&devices, i, node ? node : IGN_NO_NODE);

		ign_error(check, &entry, ign_path_problem(&raid->devices.at[i]));
		node = node ? check->json->nodes[node].next : 0;
	}
	return 0;
}
