// SPDX-License-Identifier: Apache-2.0
/* See arena.h. Must never move what it has given. */
#include "lib/arena.h"
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALIGN 16
#define BLOCK_BYTES 65536

struct arena_block {
	struct arena_block *next;
	char pad[ALIGN - sizeof(void *)];
	char bytes[];
};

static int add_block(struct arena *arena, size_t bytes)
{
	size_t room = bytes > BLOCK_BYTES ? bytes : BLOCK_BYTES;
	struct arena_block *block = calloc(1, sizeof(*block) + room);

	if (!block)
		return -1;
	block->next = arena->blocks;
	arena->blocks = block;
	arena->at = block->bytes;
	arena->left = room;
	return 0;
}

void *arena_get(struct arena *arena, size_t count, size_t size)
{
	size_t bytes;
	void *ret;

	if (__builtin_mul_overflow(count, size, &bytes) ||
	    __builtin_add_overflow(bytes, (size_t)ALIGN, &bytes)) {
		arena->exhausted = true;
		return NULL;
	}
	bytes = bytes / ALIGN * ALIGN;
	if (bytes > arena->left && add_block(arena, bytes) < 0) {
		arena->exhausted = true;
		return NULL;
	}
	ret = arena->at;
	arena->at += bytes;
	arena->left -= bytes;
	return ret;
}

char *arena_copy(struct arena *arena, const char *text, size_t length)
{
	char *ret = length == SIZE_MAX ? NULL : arena_get(arena, length + 1, 1);

	if (ret && length > 0)
		memcpy(ret, text, length);
	return ret;
}

char *arena_vformat(struct arena *arena, const char *format, va_list args)
{
	va_list again;
	char *ret = NULL;
	int length;

	va_copy(again, args);
	length = vsnprintf(NULL, 0, format, args);
	if (length >= 0)
		ret = arena_get(arena, (size_t)length + 1, 1);
	if (ret)
		vsnprintf(ret, (size_t)length + 1, format, again);
	va_end(again);
	return ret;
}

const char *arena_format(struct arena *arena, const char *format, ...)
{
	va_list args;
	const char *ret;

	va_start(args, format);
	ret = arena_vformat(arena, format, args);
	va_end(args);
	return ret ? ret : "";
}

void arena_free(struct arena *arena)
{
	while (arena->blocks) {
		struct arena_block *next = arena->blocks->next;

		free(arena->blocks);
		arena->blocks = next;
	}
	*arena = (struct arena){ 0 };
}
