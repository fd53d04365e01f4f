// SPDX-License-Identifier: Apache-2.0
/* Strict conversions between text and values: the whole text must fit the form, or the result is
 * left alone. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Decimal digits only, at most max. Returns 0, -EINVAL or -ERANGE. */
int text_to_number(const char *text, uint64_t max, uint64_t *ret);

/* The value of a hex digit of either case, or -1. */
int text_digit(char c);

/* Exactly 2 * size hex digits of either case. Returns 0 or -EINVAL. */
int text_to_bytes(const char *text, uint8_t *ret, size_t size);

/* Lower-case hex; out has room for 2 * size + 1 characters. */
void bytes_to_text(const uint8_t *bytes, size_t size, char *out);

/* Copies with the terminator. Returns 0, or -ENAMETOOLONG with out untouched. */
int text_copy(char *out, size_t room, const char *text, size_t length);

/* Makes the text fit for one line of a console and for a JSON string without escapes: " becomes ',
 * a backslash /, and what is not printable ASCII _. */
void text_clean(char *text);

bool text_starts(const char *text, const char *prefix);
bool text_ends(const char *text, const char *suffix);

/* Whether it is one of the values, which have blanks between. */
bool text_is_one_of(const char *values, const char *text);
