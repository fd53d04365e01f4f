// SPDX-License-Identifier: Apache-2.0
/*
 * An Ignition config (https://coreos.github.io/ignition/specs/) as C structures, of whatever spec
 * version it was: a field that a version does not have is left unset. schema.c describes the same
 * structures as tables, which the decoder, the encoder, the merge and the checks go by; a new field
 * is added here and there.
 *
 * All zeros is an empty config. Everything that is pointed to belongs to the arena that the config
 * was made in. A text has a terminator, but may hold zero bytes before it ("\u0000"): whoever hands
 * one to the system compares its length first.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

enum ign_version {
	IGN_3_0,
	IGN_3_1,
	IGN_3_2,
	IGN_3_3,
	IGN_3_4,
	IGN_3_5,
	IGN_3_6, /* the newest stable one */
	IGN_3_7_EXPERIMENTAL,
	IGN_VERSIONS,
};

struct ign_text {
	const char *at; /* NULL: not given */
	size_t length;
};

struct ign_integer {
	int64_t value; /* 0 when not given */
	uint8_t given;
};

enum ign_flag { IGN_UNSET, IGN_FALSE, IGN_TRUE };

/* Any list, as the tables see it; the typed ones below have the same layout. */
struct ign_list {
	void *at;
	size_t count;
};

#define IGN_LIST(type)        \
	struct {              \
		type *at;     \
		size_t count; \
	}

typedef IGN_LIST(struct ign_text) ign_texts;

struct ign_verification {
	struct ign_text hash;
};

struct ign_header {
	struct ign_text name, value;
};

struct ign_resource {
	struct ign_text compression;
	IGN_LIST(struct ign_header) headers;
	struct ign_text source;
	struct ign_verification verification;
};

typedef IGN_LIST(struct ign_resource) ign_resources;

struct ign_ignition {
	struct ign_sources {
		ign_resources merge;
		struct ign_resource replace;
	} config;
	struct ign_proxy {
		struct ign_text http, https;
		ign_texts none;
	} proxy;
	struct ign_security {
		struct ign_tls {
			ign_resources authorities;
		} tls;
	} security;
	struct ign_timeouts {
		struct ign_integer response_headers_s, total_s;
	} timeouts;
	struct ign_text version;
};

struct ign_kernel_arguments {
	ign_texts wanted, unwanted;
};

struct ign_group {
	struct ign_integer gid;
	struct ign_text name, password_hash;
	enum ign_flag wanted, system;
};

struct ign_user {
	struct ign_text gecos;
	ign_texts groups;
	struct ign_text home, name;
	enum ign_flag no_create_home, no_log_init, no_user_group;
	struct ign_text password_hash, primary_group;
	ign_texts ssh_keys;
	struct ign_text shell;
	enum ign_flag wanted, system;
	struct ign_integer uid;
};

/* A user or a group that owns something: one of both is given, or none. */
struct ign_owner {
	struct ign_integer id;
	struct ign_text name;
};

/* What files, directories and links have in common; it is the first member of each. */
struct ign_node {
	struct ign_owner group;
	enum ign_flag overwrite;
	struct ign_text path;
	struct ign_owner user;
};

struct ign_directory {
	struct ign_node node;
	struct ign_integer mode;
};

struct ign_file {
	struct ign_node node;
	ign_resources append;
	struct ign_resource contents;
	struct ign_integer mode;
};

struct ign_link {
	struct ign_node node;
	enum ign_flag hard;
	struct ign_text target;
};

struct ign_partition {
	struct ign_text guid, label;
	struct ign_integer number; /* 0: the next free one */
	enum ign_flag resize, wanted;
	struct ign_integer size_mib, start_mib;
	struct ign_text type_guid;
	enum ign_flag wipe;
};

struct ign_disk {
	struct ign_text device;
	IGN_LIST(struct ign_partition) partitions;
	enum ign_flag wipe_table;
};

struct ign_filesystem {
	struct ign_text device, format, label;
	ign_texts mount_options, options;
	struct ign_text path, uuid;
	enum ign_flag wipe;
};

struct ign_tang {
	struct ign_text advertisement, thumbprint, url;
};

struct ign_luks {
	struct ign_cex {
		enum ign_flag enabled;
	} cex;
	struct ign_clevis {
		struct ign_custom {
			struct ign_text config;
			enum ign_flag needs_network;
			struct ign_text pin;
		} custom;
		IGN_LIST(struct ign_tang) tang;
		struct ign_integer threshold;
		enum ign_flag tpm2;
	} clevis;
	struct ign_text device;
	enum ign_flag discard;
	struct ign_resource key_file;
	struct ign_text label, name;
	ign_texts open_options, options;
	struct ign_text uuid;
	enum ign_flag wipe;
};

struct ign_raid {
	ign_texts devices;
	struct ign_text level, name;
	ign_texts options;
	struct ign_integer spares;
};

struct ign_storage {
	IGN_LIST(struct ign_directory) directories;
	IGN_LIST(struct ign_disk) disks;
	IGN_LIST(struct ign_file) files;
	IGN_LIST(struct ign_filesystem) filesystems;
	IGN_LIST(struct ign_link) links;
	IGN_LIST(struct ign_luks) luks;
	IGN_LIST(struct ign_raid) raid;
};

struct ign_dropin {
	struct ign_text contents, name;
};

struct ign_unit {
	struct ign_text contents;
	IGN_LIST(struct ign_dropin) dropins;
	enum ign_flag enabled, mask;
	struct ign_text name;
};

struct ign_systemd {
	IGN_LIST(struct ign_unit) units;
};

struct ign_config {
	struct ign_ignition ignition;
	struct ign_kernel_arguments kernel_arguments;
	struct ign_passwd {
		IGN_LIST(struct ign_group) groups;
		IGN_LIST(struct ign_user) users;
	} passwd;
	struct ign_storage storage;
	struct ign_systemd systemd;
};
