// SPDX-License-Identifier: Apache-2.0
/* See toolbox.h. Must never name an image of its own accord. */
#include "lib/toolbox.h"
#include "lib/text.h"
#include <errno.h>
#include <string.h>

static int take_line(const char *line, unsigned number, const char **image, struct error *error)
{
	if (line[0] == '\0' || line[0] == '#')
		return 0;
	if (!text_starts(line, "image="))
		return error_set(error, -EBADMSG,
				 "line %u: %.40s is no setting; there is image=", number, line);
	if (*image)
		return error_set(error, -EBADMSG, "line %u: a second image=", number);
	if (line[6] == '\0' || line[6] == '-' || line[6 + strcspn(line + 6, " \t")] != '\0')
		return error_set(error, -EBADMSG, "line %u: image=%.40s is no name", number,
				 line + 6);
	*image = line + 6;
	return 0;
}

int toolbox_conf_parse(const char *text, struct arena *arena, const char **ret, struct error *error)
{
	const char *image = NULL;
	unsigned number = 0;
	int r = 0;

	for (const char *end; r == 0 && *text != '\0'; text = end) {
		const char *line;
		size_t size;

		end = text + strcspn(text, "\n");
		for (size = (size_t)(end - text); size > 0 && strchr(" \t\r", text[size - 1]);)
			size--;
		end += *end == '\n';
		line = arena_copy(arena, text, size);
		r = line ? take_line(line, ++number, &image, error)
			 : error_set(error, -ENOMEM, "out of memory");
	}
	if (r == 0)
		*ret = image;
	return r;
}

void toolbox_words(const char *name, const char *image, const char *term,
		   const struct words *command, struct arena *arena, struct words *ret)
{
	static const char *const host[] = {
		"--pull=never",
		"--privileged",
		"--pid=host",
		"--network=host",
		"--ipc=host",
		"--uts=host",
		"--cgroupns=host",
		"--label=keelson.debug=true",
		"--volume=/:/host:rw,rslave",
	};

	words_add(ret, arena, arena_format(arena, "--name=%s", name));
	for (size_t i = 0; i < sizeof(host) / sizeof(host[0]); i++)
		words_add(ret, arena, host[i]);
	if (term) {
		words_add(ret, arena, "--tty");
		words_add(ret, arena, "--interactive");
	}
	if (term && *term)
		words_add(ret, arena, arena_format(arena, "--env=TERM=%s", term));
	if (command->count > 0)
		words_add(ret, arena, "--entrypoint="); /* the command alone is what runs */
	words_add(ret, arena, image);
	for (size_t i = 0; i < command->count; i++)
		words_add(ret, arena, command->at[i]);
}
