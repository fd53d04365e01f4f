// SPDX-License-Identifier: Apache-2.0
/*
 * keelson-ready: says on every console that the system is up, in one line for machines, and puts
 * the same into /run/keelson/ready.json. Run once by keelson-ready.service when
 * boot-complete.target holds.
 */
#include "lib/cmdline.h"
#include "lib/osrelease.h"
#include "lib/ready.h"
#include "os/file.h"
#include "os/manager.h"
#include "ready/consoles.h"
#include "ready/unconfigured.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define FOLDER "/run/keelson"
#define TIMEOUT_S 10

static const char usage[] =
	"usage: keelson-ready [--print]\n"
	"Writes the line KEELSON-READY to every console and the same as JSON to " FOLDER
	"/ready.json; before it, on a machine that nothing configures, what it waits for.\n"
	"--print: to standard output only.\n"
	"Exit codes: 0 done, 1 failed, 2 usage.\n";

static int read_release(struct ready *ret, struct error *error)
{
	AUTO_FREE char *text = NULL;
	int r = file_read("/usr/lib/os-release", 65536, &text, error);

	if (r < 0)
		return r;
	if (osrelease_value(text, "KEELSON_ARCH", ret->arch, sizeof(ret->arch)) < 0)
		return error_set(error, -ENOENT, "/usr/lib/os-release has no KEELSON_ARCH");
	if (osrelease_version(text, ret->version, sizeof(ret->version)) < 0)
		return error_set(error, -ENOENT,
				 "/usr/lib/os-release has neither IMAGE_VERSION nor VERSION_ID");
	return 0;
}

static int read_slot(char *ret, size_t room, struct error *error)
{
	AUTO_FREE char *text = NULL;
	int r = file_read("/proc/cmdline", 16384, &text, error);

	if (r == 0 && cmdline_value(text, "keelson.slot", ret, room) < 0)
		snprintf(ret, room, "unknown");
	return r;
}

static int gather(struct ready *ret, struct error *error)
{
	AUTO_MANAGER struct sd_bus *manager = NULL;
	struct manager_facts facts;
	struct timespec now;
	int r = manager_connect(TIMEOUT_S, &manager, error);

	if (r == 0)
		r = manager_ask(manager, &facts, error);
	if (r == 0)
		r = read_release(ret, error);
	if (r == 0)
		r = read_slot(ret->slot, sizeof(ret->slot), error);
	if (r < 0)
		return r;
	clock_gettime(CLOCK_MONOTONIC, &now);
	ret->failed_units = facts.failed_units;
	ret->userspace_ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000 -
			    facts.userspace_usec / 1000;
	ready_clean(ret->version);
	ready_clean(ret->arch);
	ready_clean(ret->slot);
	return 0;
}

/* The consoles show other text too: the line gets a line of its own. */
static int announce(const char *line, const char *json, struct error *error)
{
	char text[READY_BYTES + 8], more[2048] = "";
	int r = file_make_folder(FOLDER, error);

	if (r == 0)
		r = file_replace(FOLDER "/ready.json", json, error);
	if (r < 0)
		return r;
	if (unconfigured()) {
		unconfigured_text(more, sizeof(more));
		consoles_write(more);
	}
	snprintf(text, sizeof(text), "\r\n%s\r\n", line);
	return consoles_write(text) > 0 ? 0
					: error_set(error, -EIO, "no console could be written to");
}

int main(int argc, char *argv[])
{
	char line[READY_BYTES], json[READY_BYTES];
	struct error error = { 0 };
	struct ready ready = { 0 };
	int print = argc == 2 && strcmp(argv[1], "--print") == 0, r;

	if (argc > 1 && !print) {
		int asked = strcmp(argv[1], "--help") == 0;

		fputs(usage, asked ? stdout : stderr);
		return asked ? 0 : 2;
	}
	r = gather(&ready, &error);
	if (r == 0) {
		ready_line(&ready, line);
		ready_json(&ready, json);
		r = print ? puts(line) : announce(line, json, &error);
	}
	if (r < 0)
		fprintf(stderr, "keelson-ready: %s\n", error.text);
	return r < 0;
}
