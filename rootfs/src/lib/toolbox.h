// SPDX-License-Identifier: Apache-2.0
/* The container that an operator looks at the machine from: which image, and with what. */
#pragma once
#include "lib/error.h"
#include "lib/words.h"

#define TOOLBOX_CONF_BYTES_MAX 65536

/* Reads /etc/keelson/debug.conf: lines of image=NAME (one), comments (#), empty ones. ret: NULL if
 * there is none. -EBADMSG: the error names the line. */
int toolbox_conf_parse(const char *text, struct arena *arena, const char **ret,
		       struct error *error);

/* Adds what follows "keelson-run … container": everything of the host's, by name. term: the
 * terminal's type, perhaps empty, for one of its own; NULL: it gets none. No command: the image's
 * own. */
void toolbox_words(const char *name, const char *image, const char *term,
		   const struct words *command, struct arena *arena, struct words *ret);
