// SPDX-License-Identifier: Apache-2.0
/* Reads names of file systems; see fslabel.h. Must never look beyond what it was given. */
#include "lib/fslabel.h"
#include <errno.h>
#include <stdbool.h>
#include <string.h>

/* Where the mark of a file system stands and where its name. */
static const struct form {
	const char *type, *mark;
	size_t mark_at, label_at, label_size;
} forms[] = {
	{ "ext4", "\x53\xef", 1024 + 56, 1024 + 120, 16 },
	{ "vfat", "FAT32   ", 82, 71, 11 },
	{ "vfat", "FAT16   ", 54, 43, 11 },
	{ "vfat", "FAT12   ", 54, 43, 11 },
	{ "iso9660",
	  "\x01"
	  "CD001",
	  32768, 32768 + 40, 32 },
};

static bool has(const struct form *form, const char *start, size_t size)
{
	size_t length = strlen(form->mark);

	return form->mark_at + length <= size && form->label_at + form->label_size <= size &&
	       memcmp(start + form->mark_at, form->mark, length) == 0;
}

int fslabel_read(const char *start, size_t size, struct fslabel *ret)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		size_t length;

		if (!has(&forms[i], start, size))
			continue;
		length = strnlen(start + forms[i].label_at, forms[i].label_size);
		while (length > 0 && start[forms[i].label_at + length - 1] == ' ')
			length--;
		ret->type = forms[i].type;
		memcpy(ret->label, start + forms[i].label_at, length);
		ret->label[length] = '\0';
		return 0;
	}
	return -ENOENT;
}
