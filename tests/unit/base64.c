// SPDX-License-Identifier: Apache-2.0
#include "lib/base64.h"
#include "check.h"
#include "lib/url.h"
#include <stdlib.h>
#include <string.h>

/* want: NULL for what is refused. */
static const struct {
	const char *text, *want;
} rows[] = {
	{ "", "" },
	{ "YQ==", "a" },
	{ "YWI=", "ab" },
	{ "YWJj", "abc" },
	{ "YWJjZA==", "abcd" },
	{ "Y W\nJ\tj\r\n", "abc" },
	{ "/+9f", "\xff\xef\x5f" },
	{ "YQ=\n=", "a" },
	{ "Y", NULL },
	{ "YQ", NULL },
	{ "YQ=", NULL },
	{ "YQ===", NULL },
	{ "=", NULL },
	{ "====", NULL },
	{ "Y=Q=", NULL },
	{ "YQ==YQ==", NULL },
	{ "YW-_", NULL },
	{ "YWJj!", NULL },
};

static const struct {
	const char *text, *want;
	size_t size;
} data[] = {
	{ "data:,", "", 0 },
	{ "data:,a%20b%2c", "a b,", 4 },
	{ "data:,a%00b", "a\0b", 3 },
	{ "data:text/plain;charset=utf-8,a+b", "a+b", 3 },
	{ "data:;base64,YQBi", "a\0b", 3 },
	{ "data:text/plain;a=\"b,c\";base64,YQ==", "a", 1 },
	{ "data:,%4", NULL, 0 },
	{ "data:;base64,YQ", NULL, 0 },
	{ "data:a,b", NULL, 0 },
	{ "http://a/,b", NULL, 0 },
};

static const struct {
	const char *text, *want;
} shown[] = {
	{ "http://host/path", "http://host/path" },
	{ "https://user:pass@host:1/path?a=b#c", "https://host:1/path" },
	{ "https://user:p@ss@host/p", "https://host/p" },
	{ "https://host/p@q", "https://host/p@q" },
	{ "https://host?user@pass", "https://host" },
	{ "https://u#ser@host/p", "https://u" },
	{ "tftp://host/p", "tftp://host/p" },
	{ "arn:aws:s3:::bucket/key?versionId=x", "arn:aws:s3:::bucket/key" },
	{ "data:,secret", "data:" },
	{ "DATA:;base64,c2VjcmV0", "DATA:" },
	{ "//user:pass@host/p", "//host/p" },
	{ "user@host", "host" },
	{ "http://host/\x1b[2J\"", "http://host/_[2J'" },
	{ "", "" },
	{ "?a", "" },
	{ "a?b:c", "a" },
};

static void check_shown(void)
{
	char out[URL_SHOWN_BYTES], text[1000];

	for (size_t i = 0; i < ROWS(shown); i++) {
		url_shown(shown[i].text, strlen(shown[i].text), out);
		CHECK_TEXT(shown[i].text, out, shown[i].want);
	}
	memset(text, 'a', sizeof(text));
	memcpy(text, "http://", 7);
	url_shown(text, sizeof(text), out);
	CHECK_NUMBER("a long one is cut", strlen(out), URL_SHOWN_BYTES - 1);
	CHECK_TEXT("a long one is cut", out + URL_SHOWN_BYTES - 4, "...");
}

SUITE(base64)
{
	for (size_t i = 0; i < ROWS(rows); i++) {
		char out[64];
		size_t size = 0;
		int r = base64_decode(rows[i].text, strlen(rows[i].text), out, &size);

		CHECK(rows[i].text, (r == 0) == (rows[i].want != NULL));
		CHECK(rows[i].text, !rows[i].want || (size == strlen(rows[i].want) &&
						      memcmp(out, rows[i].want, size) == 0));
	}
	for (size_t i = 0; i < ROWS(data); i++) {
		char *out = NULL;
		size_t size = 0;
		int r = url_decode_data(data[i].text, strlen(data[i].text), &out, &size);

		CHECK(data[i].text, (r == 0) == (data[i].want != NULL));
		if (r == 0 && data[i].want) {
			CHECK_NUMBER(data[i].text, size, data[i].size);
			CHECK(data[i].text, memcmp(out, data[i].want, size + 1) == 0);
		}
		free(out);
	}
	check_shown();
}
