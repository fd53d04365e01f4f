// SPDX-License-Identifier: Apache-2.0
/* The state of the machine as one screen and one document, of what its parts say of themselves. */
#pragma once
#include "lib/jsonwriter.h"
#include "lib/words.h"
#include <stddef.h>

enum overview_source { SOURCE_READY, SOURCE_SLOT, SOURCE_HEALTH, SOURCE_PROVISION, SOURCES };
extern const char *const overview_source_names[SOURCES];

/* What one part says: a JSON object, or why there is none. */
struct overview_part {
	const char *text; /* NULL: see why */
	const char *why;
};

struct overview_machine {
	struct overview_part parts[SOURCES];
	const char *manager_why;                      /* why PID 1 has not answered; NULL: it has */
	struct words failed;                          /* units */
	size_t running, ended, unfinished, unhealthy; /* containers */
};

/* Takes a text for a part if it is a JSON object; else why is set. */
void overview_set_part(struct overview_part *part, const char *text, size_t size,
		       struct arena *arena);

/* What is not as it should be, a line each. */
struct words overview_problems(const struct overview_machine *machine, struct arena *arena);

void overview_put_machine(struct json_writer *writer, const struct overview_machine *machine,
			  struct arena *arena);
void overview_print_machine(struct json_writer *out, const struct overview_machine *machine,
			    struct arena *arena);
