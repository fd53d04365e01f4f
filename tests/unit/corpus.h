// SPDX-License-Identifier: Apache-2.0
/* Files that other programs wrote, kept as seeds of the fuzz targets; CORPUS is set by the
 * Makefile. */
#pragma once
#include "check.h"
#include <stdint.h>
#include <stdio.h>

/* Reads the whole file; the buffer is left alone beyond it. Counts a row that fails if it is not
 * there. */
static inline size_t corpus_read(const char *path, uint8_t *ret, size_t room)
{
	FILE *file = fopen(path, "rb");
	size_t size = file ? fread(ret, 1, room, file) : 0;

	if (file)
		fclose(file);
	CHECK(path, size > 0);
	return size;
}
