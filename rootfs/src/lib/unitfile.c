// SPDX-License-Identifier: Apache-2.0
/*
 * See unitfile.h. The reader that the Go package uses holds at most 4096 bytes, and a line counts
 * as too long by what that has read ahead: so the buffer's two ends are part of the state here.
 */
#include "lib/unitfile.h"
#include "lib/utf8.h"
#include <stdint.h>
#include <string.h>

#define BUFFER_BYTES 4096
#define LINE_BYTES_MAX 2048

struct reader {
	const char *text;
	size_t size;
	size_t at;     /* the next byte */
	size_t filled; /* end of what was read ahead */
};

struct line {
	const char *at;
	size_t length;
	bool last; /* no newline at its end */
};

static void fill(struct reader *reader)
{
	size_t left = reader->size - reader->at;

	reader->filled = reader->at + (left < BUFFER_BYTES ? left : BUFFER_BYTES);
}

/* Moves behind the next delimiter; to the end and false if there is none. */
static bool read_until(struct reader *reader, char delimiter)
{
	size_t seen = reader->at;

	for (;;) {
		const char *found = memchr(reader->text + seen, delimiter, reader->filled - seen);

		if (found) {
			reader->at = (size_t)(found - reader->text) + 1;
			return true;
		}
		seen = reader->filled;
		if (reader->filled - reader->at >= BUFFER_BYTES)
			reader->at = reader->filled;
		if (reader->filled == reader->size) {
			reader->at = reader->size;
			return false;
		}
		fill(reader);
	}
}

/* The next code point, UINT32_MAX at the end. */
static uint32_t read_rune(struct reader *reader)
{
	uint32_t rune;

	if (reader->at == reader->size)
		return UINT32_MAX;
	if (reader->filled - reader->at < 4 &&
	    (reader->filled == reader->at || (unsigned char)reader->text[reader->at] >= 0x80))
		fill(reader);
	reader->at += utf8_decode(reader->text + reader->at, reader->size - reader->at, &rune);
	return rune;
}

static struct line read_line(struct reader *reader)
{
	struct line line = { .at = reader->text + reader->at };
	size_t from = reader->at;

	line.last = !read_until(reader, '\n');
	line.length = reader->at - from - !line.last;
	if (line.last && line.length > 0 && line.at[line.length - 1] == '\r')
		line.length--;
	return line;
}

static bool is_space(uint32_t rune)
{
	return (rune >= '\t' && rune <= '\r') || rune == ' ' || rune == 0x85 || rune == 0xa0 ||
	       rune == 0x1680 || (rune >= 0x2000 && rune <= 0x200a) || rune == 0x2028 ||
	       rune == 0x2029 || rune == 0x202f || rune == 0x205f || rune == 0x3000;
}

/* Without the blanks at both ends. */
static struct line trim(struct line line)
{
	size_t used = 0;
	uint32_t rune;

	while (line.length > 0) {
		size_t taken = utf8_decode(line.at, line.length, &rune);

		if (!is_space(rune))
			break;
		line.at += taken;
		line.length -= taken;
	}
	for (size_t i = 0; i < line.length;) {
		i += utf8_decode(line.at + i, line.length - i, &rune);
		if (!is_space(rune))
			used = i;
	}
	line.length = used;
	return line;
}

static bool continues(struct line line)
{
	return line.length > 0 && line.at[line.length - 1] == '\\';
}

/* A comment, with its continuations. */
static void skip_comment(struct reader *reader)
{
	struct line line;

	do {
		line = read_line(reader);
		if (line.length > 0 && line.at[line.length - 1] == ' ')
			line.length--;
	} while (continues(line));
}

/* The steps of the Go package's lexer; between two of them it looks for lines that are too long. */
enum step { OUTSIDE, SECTION_NAME, SECTION_END, INSIDE, OPTION_NAME, OPTION_VALUE, DONE };

struct lexer {
	struct reader reader;
	struct unitfile result;
	bool install; /* the section is [Install] */
};

static enum step fail(struct lexer *lexer, const char *problem)
{
	lexer->result.problem = problem;
	return DONE;
}

static enum step outside(struct lexer *lexer)
{
	uint32_t rune = read_rune(&lexer->reader);

	if (rune == '#' || rune == ';')
		skip_comment(&lexer->reader);
	return rune == UINT32_MAX ? DONE : rune == '[' ? SECTION_NAME : OUTSIDE;
}

static enum step section_name(struct lexer *lexer)
{
	const char *from = lexer->reader.text + lexer->reader.at;

	if (!read_until(&lexer->reader, ']'))
		return fail(lexer, "unable to find end of section");
	lexer->install = lexer->reader.text + lexer->reader.at - 1 - from == 7 &&
			 memcmp(from, "Install", 7) == 0;
	return SECTION_END;
}

static enum step section_end(struct lexer *lexer)
{
	struct line garbage = trim(read_line(&lexer->reader));

	if (garbage.length == 0)
		return INSIDE;
	lexer->result.garbage = garbage.at;
	lexer->result.garbage_length = garbage.length;
	return fail(lexer, "found garbage after section name");
}

static enum step inside(struct lexer *lexer)
{
	size_t before = lexer->reader.at;
	uint32_t rune = read_rune(&lexer->reader);

	if (rune == UINT32_MAX)
		return DONE;
	if (rune == '[')
		return SECTION_NAME;
	if (rune == '#' || rune == ';')
		skip_comment(&lexer->reader);
	else if (!is_space(rune)) {
		lexer->reader.at = before;
		return OPTION_NAME;
	}
	return INSIDE;
}

static enum step option_name(struct lexer *lexer)
{
	for (;;) {
		uint32_t rune = read_rune(&lexer->reader);

		if (rune == UINT32_MAX)
			return fail(lexer, "EOF");
		if (rune == '\n' || rune == '\r')
			return fail(lexer,
				    "unexpected newline encountered while parsing option name");
		if (rune == '=')
			return OPTION_VALUE;
	}
}

static enum step option_value(struct lexer *lexer)
{
	struct line line = read_line(&lexer->reader);

	if (trim(line).length > 0 && continues(line))
		return OPTION_VALUE;
	lexer->result.installs |= lexer->install;
	return INSIDE;
}

static bool line_too_long(const struct reader *reader)
{
	const char *at = reader->text + reader->at;

	return reader->filled - reader->at >= LINE_BYTES_MAX && !memchr(at, '\n', LINE_BYTES_MAX) &&
	       !memchr(at, '\r', LINE_BYTES_MAX);
}

struct unitfile unitfile_check(const char *text, size_t size)
{
	static enum step (*const steps[])(struct lexer *) = {
		[OUTSIDE] = outside, [SECTION_NAME] = section_name, [SECTION_END] = section_end,
		[INSIDE] = inside,   [OPTION_NAME] = option_name,   [OPTION_VALUE] = option_value,
	};
	struct lexer lexer = { .reader = { .text = text, .size = size } };

	for (enum step step = OUTSIDE; step != DONE;)
		step = line_too_long(&lexer.reader) ? fail(&lexer, "line too long (max 2048 bytes)")
						    : steps[step](&lexer);
	return lexer.result;
}
