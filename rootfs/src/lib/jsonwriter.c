// SPDX-License-Identifier: Apache-2.0
/* See jsonwriter.h. */
#include "lib/jsonwriter.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void json_put(struct json_writer *writer, const char *text, size_t length)
{
	if (!writer->failed && writer->room - writer->used < length) {
		size_t room = (writer->used + length) * 2 + 256;
		char *grown = realloc(writer->text, room);

		writer->failed = !grown;
		if (grown) {
			writer->text = grown;
			writer->room = room;
		}
	}
	if (writer->failed || length == 0)
		return;
	memcpy(writer->text + writer->used, text, length);
	writer->used += length;
}

void json_put_text(struct json_writer *writer, const char *text)
{
	json_put(writer, text, strlen(text));
}

void json_put_format(struct json_writer *writer, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	json_put_text(writer, text);
}

static void put_escaped(struct json_writer *writer, unsigned char c)
{
	static const char from[] = "\b\f\n\r\t\"\\", to[] = "bfnrt\"\\";
	const char *found = c ? strchr(from, c) : NULL;

	if (found)
		json_put_format(writer, "\\%c", to[found - from]);
	else
		json_put_format(writer, "\\u%04x", c);
}

void json_put_string(struct json_writer *writer, const char *text, size_t length)
{
	size_t from = 0;

	json_put_text(writer, "\"");
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c >= ' ' && c != '"' && c != '\\')
			continue;
		json_put(writer, text + from, i - from);
		put_escaped(writer, c);
		from = i + 1;
	}
	json_put(writer, length > 0 ? text + from : "", length - from);
	json_put_text(writer, "\"");
}
