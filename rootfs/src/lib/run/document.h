// SPDX-License-Identifier: Apache-2.0
/* JSON documents put together by members: commas are set where they belong. A NULL name: an item
 * of an array, or the document itself. */
#pragma once
#include "lib/jsonwriter.h"
#include "lib/words.h"
#include <stdint.h>

void document_open(struct json_writer *writer, const char *name, char bracket);
void document_close(struct json_writer *writer, char bracket);
void document_text(struct json_writer *writer, const char *name, const char *value);
void document_number(struct json_writer *writer, const char *name, uint64_t value);
void document_signed(struct json_writer *writer, const char *name, int64_t value);
void document_flag(struct json_writer *writer, const char *name, bool value);
void document_texts(struct json_writer *writer, const char *name, const struct words *values);

/* An object of "NAME=value" texts. */
void document_pairs(struct json_writer *writer, const char *name, const struct words *pairs);
