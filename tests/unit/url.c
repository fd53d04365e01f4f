// SPDX-License-Identifier: Apache-2.0
/* URLs and paths as Go sees them. */
#include "lib/url.h"
#include "check.h"
#include "lib/path.h"
#include <string.h>

/* scheme: NULL for what is no URL. */
static const struct {
	const char *text, *scheme;
} urls[] = {
	{ "", "" },
	{ "http://example.com/a?b#c", "http" },
	{ "HTTP://x", "http" },
	{ "data:,a", "data" },
	{ "a/b:c", "" },
	{ "a:b", "a" },
	{ "1a:b", NULL },
	{ "1a/b:c", "" },
	{ ":a", NULL },
	{ "http://[::1]:80/", "http" },
	{ "http://[::1]a", NULL },
	{ "http://[::1", NULL },
	{ "http://[fe80::1%25en0]/", "http" },
	{ "http://[fe80::1%en0]/", NULL },
	{ "http://a:80b/", NULL },
	{ "http://a:/", "http" },
	{ "http://a b/", NULL },
	{ "http://{{ .x }}", NULL },
	{ "https://$IP", "https" },
	{ "http://%41/", NULL },
	{ "http://%c3%a9/", "http" },
	{ "http://u:p@h/", "http" },
	{ "http://u{:p@h/", NULL },
	{ "http://h/%zz", NULL },
	{ "http://h/a b", "http" },
	{ "http://h/#%zz", NULL },
	{ "http://h/?%zz", "http" },
	{ "mailto:%zz", "mailto" },
	{ "http://h/\x7f", NULL },
	{ "a-very-long-scheme-of-no-use://h", "" },
	{ "*", "" },
};

static const struct {
	const char *text;
	int want; /* -1: no such parameter, else whether it is empty */
} queries[] = {
	{ "s3://b/k", -1 },
	{ "s3://b/k?versionId=", 1 },
	{ "s3://b/k?versionId", 1 },
	{ "s3://b/k?versionId=a", 0 },
	{ "s3://b/k?a=b&version%49d=", 1 },
	{ "s3://b/k?versionId=%zz&versionId=a", 0 },
	{ "s3://b/k?versionId=;&versionId=a", 0 },
	{ "s3://b/k?versionid=", -1 },
};

static const struct {
	const char *text, *want;
} data[] = {
	{ "data:,", NULL },
	{ "data:,a%20b", NULL },
	{ "data:", "missing comma before data" },
	{ "data:abc", "missing media type slash" },
	{ "data:abc/d,e", "invalid media type" },
	{ "data:x-a/d,e", NULL },
	{ "data:text/plain;charset=utf-8,a", NULL },
	{ "data:text/plain;charset=\"a\\\"b\",a", NULL },
	{ "data:text/plain;charset,a", "expected base64" },
	{ "data:;base64,YQ==", NULL },
	{ "data:;base64,YQ", "illegal base64 data" },
	{ "data:;base64,Y=Q=", "illegal base64 data" },
	{ "data:;base64,****", "invalid data character" },
	{ "data:,a b", "invalid data character" },
	{ "data:,%4", "rfc2396: unexpected end of unescape sequence" },
	{ "data:,%4x", "rfc2396: invalid char 0x25 in unescape sequence" },
	{ "data:;,a", "unterminated parameter sequence" },
};

static const struct {
	const char *path, *want;
} paths[] = {
	{ "", "." },
	{ "/", "/" },
	{ "//", "/" },
	{ "/a/", "/a" },
	{ "/a/./b", "/a/b" },
	{ "/a/../b", "/b" },
	{ "/..", "/" },
	{ "a/../..", ".." },
	{ "../../a", "../../a" },
	{ "a/..", "." },
	{ ".", "." },
	{ "/a..b", "/a..b" },
	{ "/...", "/..." },
	{ "/a/b/../../c", "/c" },
	{ "a//b", "a/b" },
	{ "/../..", "/" },
};

static void check_paths(void)
{
	for (size_t i = 0; i < ROWS(paths); i++) {
		const char *path = paths[i].path;
		char got[64];

		CHECK_NUMBER(path, path_clean(path, strlen(path), got), strlen(paths[i].want));
		CHECK_TEXT(path, got, paths[i].want);
		CHECK(path, path_is_clean(path, strlen(path)) == (strcmp(path, got) == 0));
	}
	size_t size;
	CHECK_TEXT("an extension", path_extension("/a.b/c.d", 8, &size), ".d");
	path_extension("/a.b/c", 6, &size);
	CHECK_NUMBER("not of a folder", size, 0);
}

SUITE(url)
{
	struct url url;

	for (size_t i = 0; i < ROWS(urls); i++) {
		int r = url_parse(urls[i].text, strlen(urls[i].text), &url);

		CHECK(urls[i].text, (r == 0) == (urls[i].scheme != NULL));
		if (r == 0 && urls[i].scheme)
			CHECK_TEXT(urls[i].text, url.scheme, urls[i].scheme);
	}
	for (size_t i = 0; i < ROWS(queries); i++) {
		bool empty = false, there;

		CHECK(queries[i].text,
		      url_parse(queries[i].text, strlen(queries[i].text), &url) == 0);
		there = url_query(&url, "versionId", &empty);
		CHECK_NUMBER(queries[i].text, there ? empty : -1, queries[i].want);
	}
	for (size_t i = 0; i < ROWS(data); i++) {
		const char *got = url_check_data(data[i].text, strlen(data[i].text));

		CHECK_TEXT(data[i].text, got ? got : "(none)",
			   data[i].want ? data[i].want : "(none)");
	}
	check_paths();
}
