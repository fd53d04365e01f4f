// SPDX-License-Identifier: Apache-2.0
/* One file's way to a service: what the handlers of keys work on. Within lib/quadlet only. */
#pragma once
#include "lib/quadlet/quadlet.h"

#define QUADLET_RUN "/usr/bin/keelson-run"
#define QUADLET_STATE "/var/lib/containers" /* images, volumes, networks: keelson-run's */

/* Of podman's options those that limit what a container may use: limits.c. */
enum quadlet_limit {
	QUADLET_MEMORY,
	QUADLET_MEMORY_RESERVATION,
	QUADLET_MEMORY_SWAP,
	QUADLET_PIDS,
	QUADLET_CPUS,
	QUADLET_CPU_PERIOD,
	QUADLET_CPU_QUOTA,
	QUADLET_CPU_SHARES,
	QUADLET_CPUSET_CPUS,
	QUADLET_CPUSET_MEMS,
	QUADLET_LIMITS,
};

struct conversion {
	struct quadlet *quadlet;
	struct arena *arena; /* quadlet's */
	struct quadlet_file *file;
	const struct unit *unit;  /* file's */
	const char *section;      /* "Container" */
	struct unit *service;     /* file's */
	struct words options;     /* of keelson-run */
	struct words operands;    /* behind them */
	struct quadlet_file *pod; /* that a container is in, or NULL */
	struct {
		const char *value; /* NULL: not given */
		const struct unit_line *line;
	} limits[QUADLET_LIMITS];
};

/* A row of table.c: what becomes of a key. apply is called once for each row, whether the key is
 * there or not; NULL: another row's handler reads the key, or the conversion of its kind. */
struct quadlet_key {
	const char *name;
	void (*apply)(struct conversion *c, const struct quadlet_key *key);
	const char *option; /* of keelson-run, without dashes */
	const char *prefix; /* of the option's value */
	const char *values; /* the only ones that are taken, with blanks between; NULL: any */
	const char *why;    /* it is refused */
};

struct quadlet_section {
	const char *name, *ending, *suffix; /* "Volume", ".volume", "-volume" */
	const struct quadlet_key *keys;
	const char *why; /* the whole kind is refused */
};

/* For each kind. */
extern const struct quadlet_section quadlet_sections[QUADLET_ALL_KINDS];
const struct quadlet_key *quadlet_find_key(enum quadlet_kind kind, const char *name);

/* A problem at a line of the file, or for NULL at the section of the kind, or else of the file. */
void quadlet_report(struct conversion *c, const struct unit_line *line, enum quadlet_class class,
		    bool warning, const char *format, ...) __attribute__((format(printf, 5, 6)));
#define quadlet_fail(c, line, class, ...) quadlet_report(c, line, class, false, __VA_ARGS__)
#define quadlet_warn(c, line, class, ...) quadlet_report(c, line, class, true, __VA_ARGS__)

/* The key's only value, NULL if it is not there or empty. ret_line (or NULL): where it stands. */
const char *quadlet_text(struct conversion *c, const char *key, const struct unit_line **ret_line);

/* 1, yes, true, on or their opposites; anything else is an error. */
bool quadlet_flag(struct conversion *c, const char *key, bool otherwise);

/* The words of a line; oddities become problems. */
void quadlet_words(struct conversion *c, const struct unit_line *line, enum words_style style,
		   struct words *ret);

/* The words of all lines of a key that count. */
struct words quadlet_all_words(struct conversion *c, const char *key, enum words_style style);

/* Whether systemd is to fill in something, so that the text can't be judged yet. */
bool quadlet_is_open(const char *text);

/* Options of keelson-run: --option=value, --option. */
void quadlet_option(struct conversion *c, const char *option, const char *value);
void quadlet_bare_option(struct conversion *c, const char *option);

/* A command line: each option has its own line, operands share the last one. */
const char *quadlet_command(struct arena *arena, const char *start, const struct words *options,
			    const struct words *operands);

/* Finds a file by its name. NULL if it isn't there, or switched off. */
struct quadlet_file *quadlet_find(const struct quadlet *quadlet, const char *name);

/* The file that a key refers to; dependency ("Requires") and After= are added for it. NULL: there
 * is none that can be used, which is an error. */
struct quadlet_file *quadlet_require(struct conversion *c, const struct unit_line *line,
				     const char *name, const char *dependency);

/* The service waits for what is mounted on the way to a path. */
void quadlet_require_mounts(struct conversion *c, const char *path);

/* A text that systemd is not to fill in: each % is doubled. */
const char *quadlet_percents(struct arena *arena, const char *text, size_t length);

/* A path as seen from the file's folder; % is doubled in what is added. */
const char *quadlet_absolute(struct conversion *c, const char *path);

/* names.c: fills service and resource. */
void quadlet_name(struct quadlet *quadlet, struct quadlet_file *file);
bool quadlet_is_unit_name(const char *name);
const char *quadlet_container_name(struct arena *arena, const struct quadlet_file *file);

/* dependencies.c: [Unit] of every kind. podmanargs.c: options that stand in PodmanArgs=. install.c:
 * the file's links. services.c: [Service], once the options are known. */
void quadlet_dependencies(struct conversion *c);
void quadlet_install(struct conversion *c);
void quadlet_service(struct conversion *c);

/* limits.c: takes an option that is a limit; false: it is none. Then all of them, to [Service]. */
bool quadlet_limit(struct conversion *c, const struct unit_line *line, const char *option,
		   const char *value);
void quadlet_limits(struct conversion *c);

/* healthunits.c: the timer of a container's checks, once the options are known. */
void quadlet_health(struct conversion *c);
