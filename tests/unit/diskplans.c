// SPDX-License-Identifier: Apache-2.0
/* What devices hold, how they are called, and what is decided from that: file systems, LUKS, RAID.
 */
#include "check.h"
#include "lib/devlink.h"
#include "lib/fsplan.h"
#include "lib/luksplan.h"
#include "lib/mounts.h"
#include "lib/raidplan.h"
#include "lib/signature.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT(s) { (s), sizeof(s) - 1 }

static void check_signatures(void)
{
	struct signature found;
	struct raid_member member;

	signature_parse("DEVNAME=/dev/vda1\nLABEL=a\\ b\\\\\nUUID=12\nTYPE=crypto_LUKS\nVERSION=2\n"
			"SUBSYSTEM=s\nPTTYPE=dos\nPART_ENTRY_UUID=34\nno line\n=\nTYPE",
			&found);
	CHECK_TEXT("type", found.type, "crypto_LUKS");
	CHECK_TEXT("label", found.label, "a b\\");
	CHECK_TEXT("uuid", found.uuid, "12");
	CHECK_TEXT("version", found.version, "2");
	CHECK_TEXT("subsystem", found.subsystem, "s");
	CHECK_TEXT("table", found.table, "dos");
	signature_parse("TYPE=0123456789012345678901234567890123456789\n", &found);
	CHECK_TEXT("too long", found.type, "");
	CHECK("a member", raid_member_parse("MD_LEVEL=raid1\nMD_DEVICES=2\nMD_NAME=any:data\n"
					    "MD_UUID=1:2:3:4\n",
					    &member));
	CHECK_TEXT("name", member.name, "any:data");
	CHECK_NUMBER("devices", member.devices, 2);
	CHECK("no member", !raid_member_parse("", &member));
}

static const struct {
	const char *name;
	struct ign_filesystem wanted;
	struct signature found;
	int action; /* -1: an error */
} filesystems[] = {
	{ "blank", { .format = TEXT("ext4") }, { .type = "" }, FSPLAN_MAKE },
	{ "the same", { .format = TEXT("ext4") }, { "ext4", "l", "u", "", "", "" }, FSPLAN_KEEP },
	{ "the same, wiped",
	  { .format = TEXT("ext4"), .wipe = IGN_TRUE },
	  { .type = "ext4" },
	  FSPLAN_ERASE_AND_MAKE },
	{ "another", { .format = TEXT("xfs") }, { .type = "ext4" }, -1 },
	{ "another, wiped",
	  { .format = TEXT("xfs"), .wipe = IGN_TRUE },
	  { .type = "ext4" },
	  FSPLAN_ERASE_AND_MAKE },
	{ "label and UUID",
	  { .format = TEXT("xfs"), .label = TEXT("l"), .uuid = TEXT("ABC") },
	  { "xfs", "l", "abc", "", "", "" },
	  FSPLAN_KEEP },
	{ "another label",
	  { .format = TEXT("xfs"), .label = TEXT("m") },
	  { "xfs", "l", "abc", "", "", "" },
	  -1 },
	{ "no label wanted, one there",
	  { .format = TEXT("xfs"), .label = TEXT("") },
	  { "xfs", "l", "abc", "", "", "" },
	  -1 },
	{ "another UUID",
	  { .format = TEXT("xfs"), .uuid = TEXT("abd") },
	  { "xfs", "l", "abc", "", "", "" },
	  -1 },
	{ "FAT's dash",
	  { .format = TEXT("vfat"), .uuid = TEXT("2e24ec82") },
	  { "vfat", "", "2E24-EC82", "", "", "" },
	  FSPLAN_KEEP },
	{ "none on none", { .format = TEXT("none") }, { .type = "" }, FSPLAN_KEEP },
	{ "none on some", { .format = TEXT("none") }, { .type = "ext4" }, -1 },
	{ "none, wiped",
	  { .format = TEXT("none"), .wipe = IGN_TRUE },
	  { .type = "ext4" },
	  FSPLAN_ERASE },
	{ "no format", { 0 }, { .type = "ext4" }, FSPLAN_KEEP },
};

static void join(const struct argv *argv, char ret[512])
{
	size_t used = 0;

	ret[0] = '\0';
	for (size_t i = 0; i < argv->count; i++)
		used += (size_t)snprintf(ret + used, 512 - used, "%s%s", i ? " " : "", argv->at[i]);
}

static void check_filesystems(void)
{
	for (size_t i = 0; i < ROWS(filesystems); i++) {
		enum fsplan_action action = FSPLAN_KEEP;
		int r = fsplan_decide(&filesystems[i].wanted, &filesystems[i].found, &action, NULL);

		CHECK_NUMBER(filesystems[i].name, r < 0 ? -1 : (int)action, filesystems[i].action);
	}
}

static const struct {
	struct ign_filesystem wanted;
	const char *argv;
} mkfs[] = {
	{ { .format = TEXT("ext4"), .label = TEXT("l"), .uuid = TEXT("AB") }, "-F -U ab -L l D" },
	{ { .format = TEXT("xfs"), .label = TEXT("l"), .uuid = TEXT("AB") },
	  "-f -m uuid=ab -L l D" },
	{ { .format = TEXT("vfat"), .label = TEXT("l"), .uuid = TEXT("A1B2-C3D4") },
	  "-I -i a1b2c3d4 -n l D" },
	{ { .format = TEXT("swap") }, "-f D" },
};

static void check_mkfs(void)
{
	static struct ign_text options[300];
	struct ign_filesystem many = { .format = TEXT("ext4"), .options = { options, 300 } };
	char uuid[FSPLAN_UUID_BYTES], text[512];

	for (size_t i = 0; i < ROWS(mkfs); i++) {
		struct argv argv = { 0 };

		fsplan_arguments(&mkfs[i].wanted, "D", uuid, &argv);
		join(&argv, text);
		CHECK_TEXT(mkfs[i].wanted.format.at, text, mkfs[i].argv);
	}
	for (size_t i = 0; i < ROWS(options); i++)
		options[i] = (struct ign_text)TEXT("-q");
	struct argv argv = { 0 };
	fsplan_arguments(&many, "D", uuid, &argv);
	CHECK("more options than fit", argv.overflowed && argv.count == ARGV_MAX);
}

static void check_mounts(void)
{
	struct ign_filesystem all[] = {
		{ .format = TEXT("ext4"), .path = TEXT("/a/b/c") },
		{ .format = TEXT("swap"), .path = TEXT("/s") },
		{ .format = TEXT("none"), .path = TEXT("/n") },
		{ .format = TEXT("ext4") },
		{ .format = TEXT("xfs"), .path = TEXT("/a") },
		{ .format = TEXT("vfat"), .path = TEXT("/") },
		{ .format = TEXT("xfs"), .path = TEXT("/z") },
	};
	const struct ign_storage storage = { .filesystems = { all, ROWS(all) } };
	const struct ign_filesystem *list[ROWS(all)];

	CHECK_NUMBER("mounts", fsplan_mounts(&storage, list), 4);
	CHECK_TEXT("the root first", list[0]->path.at, "/");
	CHECK_TEXT("parents first", list[1]->path.at, "/a");
	CHECK_TEXT("in their order", list[2]->path.at, "/z");
	CHECK_TEXT("children last", list[3]->path.at, "/a/b/c");
	CHECK("mounted", mounts_have("1 2 8:1 / / rw - ext4 x rw\n3 4 8:12 / /8:2 rw\n", 8, 12));
	CHECK("a number that starts like it", !mounts_have("1 2 8:12 / / rw\n", 8, 1));
	CHECK("in another field", !mounts_have("1 8:1 9:1 8:1 8:1 rw\n", 8, 1));
	CHECK("cut", !mounts_have("8:1", 8, 1) && !mounts_have("1 2", 8, 1));
}

static const struct {
	const char *name;
	struct ign_luks wanted;
	struct signature found;
	bool discards;
	int action;
} volumes[] = {
	{ "blank", { 0 }, { .type = "" }, false, LUKSPLAN_FORMAT },
	{ "wiped", { .wipe = IGN_TRUE }, { .type = "ext4" }, false, LUKSPLAN_ERASE_AND_FORMAT },
	{ "something else", { 0 }, { .type = "ext4" }, false, -1 },
	{ "with its key",
	  { .key_file = { .source = TEXT("data:,k") } },
	  { "crypto_LUKS", "", "", "", "2", "" },
	  false,
	  LUKSPLAN_OPEN },
	{ "LUKS1",
	  { .key_file = { .source = TEXT("data:,k") } },
	  { "crypto_LUKS", "", "", "", "1", "" },
	  false,
	  -1 },
	{ "without its key", { 0 }, { "crypto_LUKS", "", "", "", "2", "" }, false, -1 },
	{ "bound to a TPM",
	  { .key_file = { .source = TEXT("data:,k") }, .clevis = { .tpm2 = IGN_TRUE } },
	  { "crypto_LUKS", "", "", "", "2", "" },
	  false,
	  -1 },
	{ "another label",
	  { .key_file = { .source = TEXT("data:,k") }, .label = TEXT("b") },
	  { "crypto_LUKS", "a", "", "", "2", "" },
	  false,
	  -1 },
	{ "another UUID",
	  { .key_file = { .source = TEXT("data:,k") }, .uuid = TEXT("b") },
	  { "crypto_LUKS", "a", "u", "", "2", "" },
	  false,
	  -1 },
	{ "discards that are not wanted",
	  { .key_file = { .source = TEXT("data:,k") } },
	  { "crypto_LUKS", "", "", "", "2", "" },
	  true,
	  -1 },
	{ "discards that are",
	  { .key_file = { .source = TEXT("data:,k") }, .discard = IGN_TRUE },
	  { "crypto_LUKS", "", "", "", "2", "" },
	  true,
	  LUKSPLAN_OPEN },
	{ "left by a run that was cut",
	  { 0 },
	  { "crypto_LUKS", "", "", LUKSPLAN_UNFINISHED, "2", "" },
	  false,
	  LUKSPLAN_ERASE_AND_FORMAT },
};

static void check_luks(void)
{
	static const char dump[] = "{\"config\":{\"flags\":[\"x\",\"allow-discards\"]}}";
	struct ign_luks wanted = { .name = TEXT("data") }, bound = { .name = TEXT("b") };
	struct ign_tang tang = { 0 };
	char *text = NULL;

	for (size_t i = 0; i < ROWS(volumes); i++) {
		enum luksplan_action action = LUKSPLAN_OPEN;
		int r = luksplan_decide(&volumes[i].wanted, &volumes[i].found, volumes[i].discards,
					&action, NULL);

		CHECK_NUMBER(volumes[i].name, r < 0 ? -1 : (int)action, volumes[i].action);
	}
	CHECK("a flag", luksplan_has_flag(dump, strlen(dump), "allow-discards"));
	CHECK("another flag", !luksplan_has_flag(dump, strlen(dump), "allow"));
	CHECK("no JSON", !luksplan_has_flag("{", 1, "x"));
	luksplan_crypttab("other a b\ndata old\ndatabase c\ndata again", &wanted, "U", &text);
	CHECK_TEXT("crypttab", text, "other a b\ndata UUID=U /etc/luks/data luks\ndatabase c\n");
	free(text);
	bound.clevis.tpm2 = IGN_TRUE;
	luksplan_crypttab("", &bound, "U", &text);
	CHECK_TEXT("crypttab of a TPM", text, "b UUID=U none luks,tpm2-device=auto\n");
	free(text);
	CHECK_NUMBER("a TPM", luksplan_check(&bound, NULL), 0);
	bound.clevis.threshold = (struct ign_integer){ 2, 1 };
	CHECK_NUMBER("a threshold", luksplan_check(&bound, NULL), -EOPNOTSUPP);
	wanted.clevis.tang.at = &tang;
	wanted.clevis.tang.count = 1;
	CHECK_NUMBER("tang", luksplan_check(&wanted, NULL), -EOPNOTSUPP);
	wanted = (struct ign_luks){ .name = TEXT("../x") };
	CHECK_NUMBER("a name that leads away", luksplan_check(&wanted, NULL), -EINVAL);
}

static void check_raid(void)
{
	struct ign_text devices[] = { TEXT("/dev/a"), TEXT("/dev/b"), TEXT("/dev/c") };
	struct ign_raid wanted = { .name = TEXT("/dev/md/data"),
				   .level = TEXT("mirror"),
				   .devices = { devices, 3 },
				   .spares = { 1, 1 } };
	struct raid_member members[] = { { "raid1", "any:data", "u", 2 },
					 { "raid1", "any:data", "u", 2 },
					 { "raid1", "any:data", "u", 2 } };
	static const char *const paths[] = { "A", "B", "C" };
	struct raidplan_numbers numbers;
	struct argv argv = { 0 };
	unsigned active = 0;
	char text[512];

	CHECK("active", raidplan_active(&wanted, &active, NULL) == 0 && active == 2);
	CHECK("the array", raidplan_is_array(&wanted, active, members));
	raidplan_create(&wanted, active, paths, &numbers, &argv);
	join(&argv, text);
	CHECK_TEXT("create", text,
		   "--create /dev/md/data --force --run --homehost any --level mirror "
		   "--raid-devices 2 --spare-devices 1 A B C");
	members[1].uuid[0] = 'v';
	CHECK("members of two", !raidplan_is_array(&wanted, active, members));
	members[1].uuid[0] = '\0';
	CHECK("no member", !raidplan_is_array(&wanted, active, members));
	members[1].uuid[0] = 'u';
	members[2].name[4] = 'x';
	CHECK("another name", !raidplan_is_array(&wanted, active, members));
	members[2].name[4] = 'd';
	members[0].level[4] = '5';
	CHECK("another level", !raidplan_is_array(&wanted, active, members));
	members[0].level[4] = '1';
	CHECK("another number", !raidplan_is_array(&wanted, 3, members));
	wanted.spares.value = 3;
	CHECK_NUMBER("only spares", raidplan_active(&wanted, &active, NULL), -EINVAL);
}

static const struct {
	const char *path;
	int kind; /* or the error */
	const char *value;
	unsigned partition;
} names[] = {
	{ "/dev/vda1", DEVLINK_NODE, "/dev/vda1", 0 },
	{ "/dev/disk/by-partlabel/a\\x20b", DEVLINK_PARTLABEL, "a b", 0 },
	{ "/dev/disk/by-partlabel/a\\x2", DEVLINK_PARTLABEL, "a\\x2", 0 },
	{ "/dev/disk/by-partlabel/a\\x00b", DEVLINK_PARTLABEL, "a\\x00b", 0 },
	{ "/dev/disk/by-partlabel/a-part1", DEVLINK_PARTLABEL, "a-part1", 0 },
	{ "/dev/disk/by-partuuid/u", DEVLINK_PARTUUID, "u", 0 },
	{ "/dev/disk/by-label/l", DEVLINK_LABEL, "l", 0 },
	{ "/dev/disk/by-uuid/u", DEVLINK_UUID, "u", 0 },
	{ "/dev/disk/by-id/virtio-x", DEVLINK_ID, "virtio-x", 0 },
	{ "/dev/disk/by-id/virtio-x-part12", DEVLINK_ID, "virtio-x", 12 },
	{ "/dev/disk/by-id/virtio-x-partx", DEVLINK_ID, "virtio-x-partx", 0 },
	{ "/dev/disk/by-id/coreos-boot-disk", DEVLINK_BOOT_DISK, "coreos-boot-disk", 0 },
	{ "/dev/disk/by-id/coreos-boot-disk-part4", DEVLINK_BOOT_DISK, "coreos-boot-disk", 4 },
	{ "/dev/mapper/m", DEVLINK_MAPPER, "m", 0 },
	{ "/dev/md/m", DEVLINK_RAID, "m", 0 },
	{ "/dev/disk/by-path/p", -EOPNOTSUPP, "", 0 },
	{ "/etc/passwd", -EINVAL, "", 0 },
};

static const struct {
	const char *id;
	struct devlink_disk disk;
	bool want;
} ids[] = {
	{ "virtio-serial 1", { "vda", "serial 1", "", "", "" }, false },
	{ "virtio-serial_1", { "vda", "serial 1", "", "", "" }, true },
	{ "virtio-", { "vda", "", "", "", "" }, false },
	{ "virtio-x", { "sda", "x", "", "", "" }, false },
	{ "nvme-QEMU_NVMe_Ctrl_abc", { "nvme0n1", " abc ", "QEMU NVMe  Ctrl", "", "" }, true },
	{ "nvme-eui.0011", { "nvme0n1", "", "", "eui.0011", "" }, true },
	{ "wwn-0x5000c500", { "sda", "", "", "naa.5000c500", "" }, true },
	{ "ata-QEMU_HARDDISK_QM00005",
	  { "sda", "", "", "t10.ATA     QEMU HARDDISK                           QM00005  ", "" },
	  true },
	{ "dm-name-data", { "dm-3", "", "", "", "data" }, true },
	{ "dm-name-dat", { "dm-3", "", "", "", "data" }, false },
};

static void check_names(void)
{
	for (size_t i = 0; i < ROWS(names); i++) {
		struct devlink link = { 0 };
		int r = devlink_parse(names[i].path, &link, NULL);

		CHECK_NUMBER(names[i].path, r < 0 ? r : (int)link.kind, names[i].kind);
		CHECK_TEXT(names[i].path, link.value, names[i].value);
		CHECK_NUMBER(names[i].path, link.partition, names[i].partition);
	}
	for (size_t i = 0; i < ROWS(ids); i++) {
		struct devlink link = { .kind = DEVLINK_ID };

		snprintf(link.value, sizeof(link.value), "%s", ids[i].id);
		CHECK(ids[i].id, devlink_is_id(&link, &ids[i].disk) == ids[i].want);
	}
}

SUITE(diskplans)
{
	check_signatures();
	check_filesystems();
	check_mkfs();
	check_mounts();
	check_luks();
	check_raid();
	check_names();
}
