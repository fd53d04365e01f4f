// SPDX-License-Identifier: Apache-2.0
/*
 * The harness of the unit tests: a suite registers itself, each row it checks is counted under its
 * own name, and the runner (check.c) prints a line for each failure and "N passed, N failed" at the
 * end.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct suite {
	const char *name;
	void (*run)(void);
	struct suite *next;
};

void suite_register(struct suite *suite);

/* Counts one row; when ok is false its name and place are printed. Returns ok, to guard what would
 * crash. */
bool check_row(bool ok, const char *row, const char *what, const char *file, int line);
bool check_text(const char *got, const char *want, const char *row, const char *file, int line);
bool check_number(long long got, long long want, const char *row, const char *what,
		  const char *file, int line);

#define SUITE(id)                                                                   \
	static void suite_##id(void);                                               \
	static struct suite suite_record_##id = { .name = #id, .run = suite_##id }; \
	__attribute__((constructor)) static void suite_register_##id(void)          \
	{                                                                           \
		suite_register(&suite_record_##id);                                 \
	}                                                                           \
	static void suite_##id(void)

#define CHECK(row, condition) check_row((condition), (row), #condition, __FILE__, __LINE__)
#define CHECK_TEXT(row, got, want) check_text((got), (want), (row), __FILE__, __LINE__)
#define CHECK_NUMBER(row, got, want) \
	check_number((long long)(got), (long long)(want), (row), #got, __FILE__, __LINE__)

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))
