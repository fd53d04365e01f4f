// SPDX-License-Identifier: Apache-2.0
/* See words.h. The rules are those of systemd's extract_first_word(), as the reference has them. */
#include "lib/words.h"
#include "lib/text.h"
#include "lib/utf8.h"
#include <stdbool.h>
#include <string.h>

#define BLANKS " \t\n\r"
#define RUNE_MAX 0x10ffff

void words_add(struct words *words, struct arena *arena, const char *word)
{
	if (words->count == words->room) {
		size_t room = words->room == 0 ? 16 : 2 * words->room;
		const char **at = arena_get(arena, room, sizeof(*at));

		if (!at)
			return;
		if (words->count > 0)
			memcpy(at, words->at, words->count * sizeof(*at));
		words->at = at;
		words->room = room;
	}
	words->at[words->count++] = word;
}

struct words words_fields(const char *text, struct arena *arena)
{
	char *out = arena_get(arena, strlen(text) + 1, 1);
	struct words fields = { 0 };
	bool quoted = false, more = out != NULL;

	while (more) {
		words_add(&fields, arena, out);
		for (; *text != '\0' && (quoted || *text != ','); text++) {
			if (*text == '"' && quoted && text[1] == '"')
				*out++ = *text++;
			else if (*text == '"')
				quoted = !quoted;
			else
				*out++ = *text;
		}
		*out++ = '\0';
		more = *text == ',';
		text += more;
	}
	return fields;
}

const char *words_join(const struct words *words, const char *separator, struct arena *arena)
{
	size_t length = 1, gap = strlen(separator);
	char *text, *end;

	for (size_t i = 0; i < words->count; i++)
		length += strlen(words->at[i]) + gap;
	text = end = arena_get(arena, length, 1);
	for (size_t i = 0; text && i < words->count; i++)
		end = stpcpy(stpcpy(end, i > 0 ? separator : ""), words->at[i]);
	return text ? text : "";
}

/* A number of exactly so many digits, 0 if it is none. */
static uint32_t number(const char *at, size_t digits, unsigned base)
{
	uint32_t value = 0;

	for (size_t i = 0; i < digits; i++) {
		int digit = text_digit(at[i]);

		if (digit < 0 || (unsigned)digit >= base)
			return 0;
		value = value * base + (uint32_t)digit;
	}
	return value;
}

static const struct {
	char letter;
	uint8_t digits;
} numeric[] = { { 'x', 2 }, { 'u', 4 }, { 'U', 8 } };

size_t words_unescape(const char *at, uint32_t *ret)
{
	static const char letters[] = "abfnrtv\\\"'s", meanings[] = "\a\b\f\n\r\t\v\\\"' ";
	const char *letter = *at == '\0' ? NULL : strchr(letters, *at);
	size_t taken = 0;

	if (letter) {
		*ret = (uint32_t)meanings[letter - letters];
		return 1;
	}
	*ret = 0;
	for (size_t i = 0; i < sizeof(numeric) / sizeof(numeric[0]); i++) {
		if (*at == numeric[i].letter) {
			*ret = number(at + 1, numeric[i].digits, 16);
			taken = numeric[i].digits + UINT32_C(1);
		}
	}
	if (taken == 0) {
		*ret = number(at, 3, 8);
		taken = 3;
	}
	if (*ret == 0 || *ret > (taken == 3 ? 255 : RUNE_MAX) || (*ret >= 0xd800 && *ret < 0xe000))
		return 0;
	return taken;
}

struct splitter {
	const char *at;
	char *out;
	enum words_style style;
	unsigned odd;
};

/* An escape is never shorter than what it stands for. */
static void take_escape(struct splitter *splitter)
{
	uint32_t rune;
	size_t taken = words_unescape(splitter->at + 1, &rune);

	if (taken > 0) {
		splitter->out += utf8_encode(rune, splitter->out);
		splitter->at += 1 + taken;
		return;
	}
	splitter->odd |= WORDS_ODD_ESCAPE;
	*splitter->out++ = *splitter->at++;
	if (*splitter->at != '\0')
		*splitter->out++ = *splitter->at++;
}

static void take_word(struct splitter *splitter)
{
	char quote = '\0';

	while (*splitter->at != '\0' && (quote != '\0' || !strchr(BLANKS, *splitter->at))) {
		char c = *splitter->at;

		if (c == '\\' && splitter->style == WORDS_ARGS) {
			take_escape(splitter);
		} else if (quote != '\0' ? c == quote : c == '"' || c == '\'') {
			quote = quote != '\0' ? '\0' : c;
			splitter->at++;
		} else {
			*splitter->out++ = c;
			splitter->at++;
		}
	}
	*splitter->out++ = '\0';
	if (quote != '\0')
		splitter->odd |= WORDS_OPEN_QUOTE;
}

unsigned words_split(const char *text, enum words_style style, struct arena *arena,
		     struct words *words)
{
	struct splitter splitter = { .at = text + strspn(text, BLANKS), .style = style };

	splitter.out = arena_get(arena, strlen(text) + 1, 1);
	if (!splitter.out)
		return 0;
	while (*splitter.at != '\0') {
		if (words->count >= WORDS_MAX)
			return splitter.odd | WORDS_TOO_MANY;
		words_add(words, arena, splitter.out);
		take_word(&splitter);
		splitter.at += strspn(splitter.at, BLANKS);
	}
	return splitter.odd;
}

/* A lone ; would end the command, and a line that begins with # or ; would be a comment. */
static bool needs_quotes(const char *word)
{
	if (*word == '\0' || *word == ';' || *word == '#')
		return true;
	for (; *word != '\0'; word++)
		if ((unsigned char)*word <= ' ' || *word == '\x7f' || strchr("\"'\\", *word))
			return true;
	return false;
}

void words_quote(FILE *out, const char *word)
{
	bool quotes = needs_quotes(word);

	if (quotes)
		fputc('"', out);
	for (; *word != '\0'; word++) {
		unsigned char c = (unsigned char)*word;

		if (c == '"' || c == '\\')
			fprintf(out, "\\%c", c);
		else if (c == '\n')
			fputs("\\n", out);
		else if (c == '\t')
			fputs("\\t", out);
		else if (c < ' ' || c == 0x7f)
			fprintf(out, "\\x%02x", c);
		else
			fputc(c, out);
	}
	if (quotes)
		fputc('"', out);
}
