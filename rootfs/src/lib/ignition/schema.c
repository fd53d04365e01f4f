// SPDX-License-Identifier: Apache-2.0
/* The tables; see schema.h. One row a field: key in JSON, kind, since, where, rules, type. */
#include "lib/ignition/schema.h"

/* Within a table, ROW names the structure that its rows lie in. */
#define FIELD(key_, kind_, since_, member, rules_, type_) \
	{ .key = key_,                                    \
	  .offset = offsetof(struct ROW, member),         \
	  .kind = IGN_##kind_,                            \
	  .since = IGN_##since_,                          \
	  .rules = rules_,                                \
	  .type = type_ }
#define KEY(member) offsetof(struct ROW, member)
#define NO_KEY 0 /* stands in no list */
#define TYPE(name, id_, table, key)                                \
	const struct ign_type name = { .id = IGN_ID_##id_,         \
				       .size = sizeof(struct ROW), \
				       .key_offset = key,          \
				       .fields = table,            \
				       .fields_count = sizeof(table) / sizeof((table)[0]) }

#define ROW ign_verification
static const struct ign_field verification_fields[] = {
	FIELD("hash", TEXT, 3_0, hash, 0, NULL),
};
static TYPE(verification_type, VERIFICATION, verification_fields, NO_KEY);
#undef ROW

#define ROW ign_header
static const struct ign_field header_fields[] = {
	FIELD("name", TEXT, 3_0, name, IGN_REQUIRED, NULL),
	FIELD("value", TEXT, 3_0, value, 0, NULL),
};
static TYPE(header_type, HEADER, header_fields, KEY(name));
#undef ROW

#define ROW ign_resource
static const struct ign_field resource_fields[] = {
	FIELD("compression", TEXT, 3_0, compression, 0, NULL),
	FIELD("httpHeaders", OBJECTS, 3_1, headers, IGN_UNSETS, &header_type),
	FIELD("source", TEXT, 3_0, source, 0, NULL),
	FIELD("verification", OBJECT, 3_0, verification, 0, &verification_type),
};
static TYPE(resource_type, RESOURCE, resource_fields, KEY(source));
#undef ROW

/* In 3.0.0 what is not a file's contents knows less. */
#define ROW ign_resource
static const struct ign_field reference_fields[] = {
	FIELD("compression", TEXT, 3_1, compression, 0, NULL),
	FIELD("httpHeaders", OBJECTS, 3_1, headers, IGN_UNSETS, &header_type),
	FIELD("source", TEXT, 3_0, source, 0, NULL),
	FIELD("verification", OBJECT, 3_0, verification, 0, &verification_type),
};
static TYPE(reference_type, REFERENCE, reference_fields, KEY(source));
static TYPE(authority_type, AUTHORITY, reference_fields, KEY(source));
#undef ROW

#define ROW ign_sources
static const struct ign_field sources_fields[] = {
	FIELD("merge", OBJECTS, 3_0, merge, 0, &reference_type),
	FIELD("replace", OBJECT, 3_0, replace, 0, &reference_type),
};
static TYPE(sources_type, SOURCES, sources_fields, NO_KEY);
#undef ROW

#define ROW ign_proxy
static const struct ign_field proxy_fields[] = {
	FIELD("httpProxy", TEXT, 3_0, http, 0, NULL),
	FIELD("httpsProxy", TEXT, 3_0, https, 0, NULL),
	FIELD("noProxy", TEXTS, 3_0, none, 0, NULL),
};
static TYPE(proxy_type, PROXY, proxy_fields, NO_KEY);
#undef ROW

#define ROW ign_tls
static const struct ign_field tls_fields[] = {
	FIELD("certificateAuthorities", OBJECTS, 3_0, authorities, 0, &authority_type),
};
static TYPE(tls_type, TLS, tls_fields, NO_KEY);
#undef ROW

#define ROW ign_security
static const struct ign_field security_fields[] = {
	FIELD("tls", OBJECT, 3_0, tls, 0, &tls_type),
};
static TYPE(security_type, PLAIN, security_fields, NO_KEY);
#undef ROW

#define ROW ign_timeouts
static const struct ign_field timeouts_fields[] = {
	FIELD("httpResponseHeaders", INTEGER, 3_0, response_headers_s, 0, NULL),
	FIELD("httpTotal", INTEGER, 3_0, total_s, 0, NULL),
};
static TYPE(timeouts_type, PLAIN, timeouts_fields, NO_KEY);
#undef ROW

#define ROW ign_ignition
static const struct ign_field ignition_fields[] = {
	FIELD("config", OBJECT, 3_0, config, 0, &sources_type),
	FIELD("proxy", OBJECT, 3_1, proxy, 0, &proxy_type),
	FIELD("security", OBJECT, 3_0, security, 0, &security_type),
	FIELD("timeouts", OBJECT, 3_0, timeouts, 0, &timeouts_type),
	FIELD("version", TEXT, 3_0, version, IGN_REQUIRED, NULL),
};
static TYPE(ignition_type, PLAIN, ignition_fields, NO_KEY);
#undef ROW

#define ROW ign_kernel_arguments
static const struct ign_field kernel_arguments_fields[] = {
	FIELD("shouldExist", TEXTS, 3_0, wanted, IGN_SHARED, NULL),
	FIELD("shouldNotExist", TEXTS, 3_0, unwanted, IGN_SHARED, NULL),
};
static TYPE(kernel_arguments_type, PLAIN, kernel_arguments_fields, NO_KEY);
#undef ROW

#define ROW ign_group
static const struct ign_field group_fields[] = {
	FIELD("gid", INTEGER, 3_0, gid, 0, NULL),
	FIELD("name", TEXT, 3_0, name, IGN_REQUIRED, NULL),
	FIELD("passwordHash", TEXT, 3_0, password_hash, 0, NULL),
	FIELD("shouldExist", FLAG, 3_2, wanted, 0, NULL),
	FIELD("system", FLAG, 3_0, system, 0, NULL),
};
static TYPE(group_type, PLAIN, group_fields, KEY(name));
#undef ROW

#define ROW ign_user
static const struct ign_field user_fields[] = {
	FIELD("gecos", TEXT, 3_0, gecos, 0, NULL),
	FIELD("groups", TEXTS, 3_0, groups, 0, NULL),
	FIELD("homeDir", TEXT, 3_0, home, 0, NULL),
	FIELD("name", TEXT, 3_0, name, IGN_REQUIRED, NULL),
	FIELD("noCreateHome", FLAG, 3_0, no_create_home, 0, NULL),
	FIELD("noLogInit", FLAG, 3_0, no_log_init, 0, NULL),
	FIELD("noUserGroup", FLAG, 3_0, no_user_group, 0, NULL),
	FIELD("passwordHash", TEXT, 3_0, password_hash, 0, NULL),
	FIELD("primaryGroup", TEXT, 3_0, primary_group, 0, NULL),
	FIELD("sshAuthorizedKeys", TEXTS, 3_0, ssh_keys, 0, NULL),
	FIELD("shell", TEXT, 3_0, shell, 0, NULL),
	FIELD("shouldExist", FLAG, 3_2, wanted, 0, NULL),
	FIELD("system", FLAG, 3_0, system, 0, NULL),
	FIELD("uid", INTEGER, 3_0, uid, 0, NULL),
};
static TYPE(user_type, PLAIN, user_fields, KEY(name));
#undef ROW

#define ROW ign_passwd
static const struct ign_field passwd_fields[] = {
	FIELD("groups", OBJECTS, 3_0, groups, 0, &group_type),
	FIELD("users", OBJECTS, 3_0, users, 0, &user_type),
};
static TYPE(passwd_type, PLAIN, passwd_fields, NO_KEY);
#undef ROW

#define ROW ign_owner
static const struct ign_field owner_fields[] = {
	FIELD("id", INTEGER, 3_0, id, 0, NULL),
	FIELD("name", TEXT, 3_0, name, 0, NULL),
};
static TYPE(owner_type, OWNER, owner_fields, NO_KEY);
#undef ROW

#define ROW ign_directory
static const struct ign_field directory_fields[] = {
	FIELD("group", OBJECT, 3_0, node.group, 0, &owner_type),
	FIELD("overwrite", FLAG, 3_0, node.overwrite, 0, NULL),
	FIELD("path", TEXT, 3_0, node.path, IGN_REQUIRED, NULL),
	FIELD("user", OBJECT, 3_0, node.user, 0, &owner_type),
	FIELD("mode", INTEGER, 3_0, mode, 0, NULL),
};
static TYPE(directory_type, DIRECTORY, directory_fields, KEY(node.path));
#undef ROW

#define ROW ign_file
static const struct ign_field file_fields[] = {
	FIELD("group", OBJECT, 3_0, node.group, 0, &owner_type),
	FIELD("overwrite", FLAG, 3_0, node.overwrite, 0, NULL),
	FIELD("path", TEXT, 3_0, node.path, IGN_REQUIRED, NULL),
	FIELD("user", OBJECT, 3_0, node.user, 0, &owner_type),
	FIELD("append", OBJECTS, 3_0, append, IGN_REPEATS, &resource_type),
	FIELD("contents", OBJECT, 3_0, contents, 0, &resource_type),
	FIELD("mode", INTEGER, 3_0, mode, 0, NULL),
};
static TYPE(file_type, FILE, file_fields, KEY(node.path));
#undef ROW

#define ROW ign_link
static const struct ign_field link_fields[] = {
	FIELD("group", OBJECT, 3_0, node.group, 0, &owner_type),
	FIELD("overwrite", FLAG, 3_0, node.overwrite, 0, NULL),
	FIELD("path", TEXT, 3_0, node.path, IGN_REQUIRED, NULL),
	FIELD("user", OBJECT, 3_0, node.user, 0, &owner_type),
	FIELD("hard", FLAG, 3_0, hard, 0, NULL),
	FIELD("target", TEXT, 3_0, target, 0, NULL),
};
static TYPE(link_type, LINK, link_fields, KEY(node.path));
#undef ROW

#define ROW ign_partition
static const struct ign_field partition_fields[] = {
	FIELD("guid", TEXT, 3_0, guid, 0, NULL),
	FIELD("label", TEXT, 3_0, label, 0, NULL),
	FIELD("number", INTEGER, 3_0, number, IGN_PLAIN, NULL),
	FIELD("resize", FLAG, 3_2, resize, 0, NULL),
	FIELD("shouldExist", FLAG, 3_0, wanted, 0, NULL),
	FIELD("sizeMiB", INTEGER, 3_0, size_mib, 0, NULL),
	FIELD("startMiB", INTEGER, 3_0, start_mib, 0, NULL),
	FIELD("typeGuid", TEXT, 3_0, type_guid, 0, NULL),
	FIELD("wipePartitionEntry", FLAG, 3_0, wipe, 0, NULL),
};
static TYPE(partition_type, PARTITION, partition_fields, NO_KEY);
#undef ROW

#define ROW ign_disk
static const struct ign_field disk_fields[] = {
	FIELD("device", TEXT, 3_0, device, IGN_REQUIRED, NULL),
	FIELD("partitions", OBJECTS, 3_0, partitions, 0, &partition_type),
	FIELD("wipeTable", FLAG, 3_0, wipe_table, 0, NULL),
};
static TYPE(disk_type, DISK, disk_fields, KEY(device));
#undef ROW

#define ROW ign_filesystem
static const struct ign_field filesystem_fields[] = {
	FIELD("device", TEXT, 3_0, device, IGN_REQUIRED, NULL),
	FIELD("format", TEXT, 3_0, format, 0, NULL),
	FIELD("label", TEXT, 3_0, label, 0, NULL),
	FIELD("mountOptions", TEXTS, 3_1, mount_options, IGN_REPEATS, NULL),
	FIELD("options", TEXTS, 3_0, options, IGN_REPEATS, NULL),
	FIELD("path", TEXT, 3_0, path, 0, NULL),
	FIELD("uuid", TEXT, 3_0, uuid, 0, NULL),
	FIELD("wipeFilesystem", FLAG, 3_0, wipe, 0, NULL),
};
static TYPE(filesystem_type, FILESYSTEM, filesystem_fields, KEY(device));
#undef ROW

#define ROW ign_cex
static const struct ign_field cex_fields[] = {
	FIELD("enabled", FLAG, 3_0, enabled, 0, NULL),
};
static TYPE(cex_type, PLAIN, cex_fields, NO_KEY);
#undef ROW

#define ROW ign_custom
static const struct ign_field custom_fields[] = {
	FIELD("config", TEXT, 3_0, config, 0, NULL),
	FIELD("needsNetwork", FLAG, 3_0, needs_network, 0, NULL),
	FIELD("pin", TEXT, 3_0, pin, 0, NULL),
};
static TYPE(custom_type, CUSTOM, custom_fields, NO_KEY);
#undef ROW

#define ROW ign_tang
static const struct ign_field tang_fields[] = {
	FIELD("advertisement", TEXT, 3_4, advertisement, 0, NULL),
	FIELD("thumbprint", TEXT, 3_0, thumbprint, 0, NULL),
	FIELD("url", TEXT, 3_0, url, IGN_PLAIN, NULL),
};
static TYPE(tang_type, TANG, tang_fields, KEY(url));
#undef ROW

#define ROW ign_clevis
static const struct ign_field clevis_fields[] = {
	FIELD("custom", OBJECT, 3_0, custom, 0, &custom_type),
	FIELD("tang", OBJECTS, 3_0, tang, 0, &tang_type),
	FIELD("threshold", INTEGER, 3_0, threshold, 0, NULL),
	FIELD("tpm2", FLAG, 3_0, tpm2, 0, NULL),
};
static TYPE(clevis_type, PLAIN, clevis_fields, NO_KEY);
#undef ROW

#define ROW ign_luks
static const struct ign_field luks_fields[] = {
	FIELD("cex", OBJECT, 3_5, cex, 0, &cex_type),
	FIELD("clevis", OBJECT, 3_0, clevis, 0, &clevis_type),
	FIELD("device", TEXT, 3_0, device, 0, NULL),
	FIELD("discard", FLAG, 3_4, discard, 0, NULL),
	FIELD("keyFile", OBJECT, 3_0, key_file, 0, &resource_type),
	FIELD("label", TEXT, 3_0, label, 0, NULL),
	FIELD("name", TEXT, 3_0, name, IGN_REQUIRED, NULL),
	FIELD("openOptions", TEXTS, 3_4, open_options, 0, NULL),
	FIELD("options", TEXTS, 3_0, options, IGN_REPEATS, NULL),
	FIELD("uuid", TEXT, 3_0, uuid, 0, NULL),
	FIELD("wipeVolume", FLAG, 3_0, wipe, 0, NULL),
};
static TYPE(luks_type, LUKS, luks_fields, KEY(name));
#undef ROW

#define ROW ign_raid
static const struct ign_field raid_fields[] = {
	FIELD("devices", TEXTS, 3_0, devices, 0, NULL),
	FIELD("level", TEXT, 3_0, level, 0, NULL),
	FIELD("name", TEXT, 3_0, name, IGN_REQUIRED, NULL),
	FIELD("options", TEXTS, 3_0, options, IGN_REPEATS, NULL),
	FIELD("spares", INTEGER, 3_0, spares, 0, NULL),
};
static TYPE(raid_type, RAID, raid_fields, KEY(name));
#undef ROW

#define ROW ign_storage
static const struct ign_field storage_fields[] = {
	FIELD("directories", OBJECTS, 3_0, directories, IGN_SHARED, &directory_type),
	FIELD("disks", OBJECTS, 3_0, disks, 0, &disk_type),
	FIELD("files", OBJECTS, 3_0, files, IGN_SHARED, &file_type),
	FIELD("filesystems", OBJECTS, 3_0, filesystems, 0, &filesystem_type),
	FIELD("links", OBJECTS, 3_0, links, IGN_SHARED, &link_type),
	FIELD("luks", OBJECTS, 3_2, luks, 0, &luks_type),
	FIELD("raid", OBJECTS, 3_0, raid, 0, &raid_type),
};
static TYPE(storage_type, STORAGE, storage_fields, NO_KEY);
#undef ROW

#define ROW ign_dropin
static const struct ign_field dropin_fields[] = {
	FIELD("contents", TEXT, 3_0, contents, 0, NULL),
	FIELD("name", TEXT, 3_0, name, IGN_REQUIRED, NULL),
};
static TYPE(dropin_type, DROPIN, dropin_fields, KEY(name));
#undef ROW

#define ROW ign_unit
static const struct ign_field unit_fields[] = {
	FIELD("contents", TEXT, 3_0, contents, 0, NULL),
	FIELD("dropins", OBJECTS, 3_0, dropins, 0, &dropin_type),
	FIELD("enabled", FLAG, 3_0, enabled, 0, NULL),
	FIELD("mask", FLAG, 3_0, mask, 0, NULL),
	FIELD("name", TEXT, 3_0, name, IGN_REQUIRED, NULL),
};
static TYPE(unit_type, UNIT, unit_fields, KEY(name));
#undef ROW

#define ROW ign_systemd
static const struct ign_field systemd_fields[] = {
	FIELD("units", OBJECTS, 3_0, units, 0, &unit_type),
};
static TYPE(systemd_type, SYSTEMD, systemd_fields, NO_KEY);
#undef ROW

#define ROW ign_config
static const struct ign_field config_fields[] = {
	FIELD("ignition", OBJECT, 3_0, ignition, 0, &ignition_type),
	FIELD("kernelArguments", OBJECT, 3_3, kernel_arguments, 0, &kernel_arguments_type),
	FIELD("passwd", OBJECT, 3_0, passwd, 0, &passwd_type),
	FIELD("storage", OBJECT, 3_0, storage, 0, &storage_type),
	FIELD("systemd", OBJECT, 3_0, systemd, 0, &systemd_type),
};
TYPE(ign_config_type, CONFIG, config_fields, NO_KEY);
#undef ROW

#define ROW ign_ignition
static const struct ign_field version_fields[] = {
	FIELD("version", TEXT, 3_0, version, IGN_REQUIRED, NULL),
};
static TYPE(version_type, PLAIN, version_fields, NO_KEY);
#undef ROW

#define ROW ign_config
static const struct ign_field version_only_fields[] = {
	FIELD("ignition", OBJECT, 3_0, ignition, 0, &version_type),
};
TYPE(ign_version_type, PLAIN, version_only_fields, NO_KEY);
#undef ROW
