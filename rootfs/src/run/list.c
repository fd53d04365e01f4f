// SPDX-License-Identifier: Apache-2.0
/* The verb list: containers that were started, and how they are. */
#include "lib/run/document.h"
#include "run/process.h"
#include "run/verbs.h"
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static const char *health_of(const struct places *places, const struct run_state *state)
{
	const char *path = place_of(places, "containers", state->name, "health.json"), *text;
	struct health_state health;
	size_t size;

	if (state->health.command.count == 0)
		return "none";
	if (place_read(places, path, RUN_STATE_BYTES_MAX, &text, &size, NULL) < 0 ||
	    run_health_parse(text, size, &health, NULL) < 0)
		return health_status_name(HEALTH_STARTING);
	return health_status_name(health.status);
}

static void show(const struct places *places, const char *name, struct json_writer *json)
{
	struct run_state state;
	AUTO_CLOSE int process = -1;
	int r = state_open(places, "containers", name, &state, &process, NULL);
	const char *status = r == 0 ? "running" : r == -ESRCH ? "ended" : "unfinished";

	if (r < 0 && r != -ESRCH)
		state = (struct run_state){ .name = name, .image = "" };
	if (!json) {
		printf("%-24s %-10s %8" PRIu64 " %-9s %s\n", name, status, r == 0 ? state.pid : 0,
		       health_of(places, &state), state.image);
		return;
	}
	document_open(json, NULL, '{');
	document_text(json, "name", name);
	document_text(json, "status", status);
	document_number(json, "pid", r == 0 ? state.pid : 0);
	document_text(json, "health", health_of(places, &state));
	document_text(json, "image", state.image);
	if (state.pod)
		document_text(json, "pod", state.pod);
	document_texts(json, "labels", &state.labels);
	document_close(json, '}');
}

int verb_list(const struct places *places, bool json, struct error *error)
{
	DIR *folder = opendir(place_of(places, "containers", NULL, NULL));
	struct json_writer writer = { 0 };
	struct dirent *entry;
	int r = 0;

	document_open(&writer, NULL, '[');
	while (folder && (entry = readdir(folder)))
		if (run_is_name(entry->d_name))
			show(places, entry->d_name, json ? &writer : NULL);
	document_close(&writer, ']');
	if (folder)
		closedir(folder);
	if (json &&
	    (fwrite(writer.text, 1, writer.used, stdout) != writer.used || putchar('\n') < 0))
		r = error_errno(error, "write");
	free(writer.text);
	return r;
}
