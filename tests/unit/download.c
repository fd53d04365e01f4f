// SPDX-License-Identifier: Apache-2.0
/* How resources are downloaded: statuses, waits, hashes, headers, and who needs no proxy. */
#include "lib/download.h"
#include "check.h"
#include "lib/noproxy.h"
#include <string.h>

static const struct {
	const char *name;
	long status;
	enum http_verdict want;
} statuses[] = {
	{ "ok", 200, HTTP_TAKEN },
	{ "no content", 204, HTTP_TAKEN },
	{ "created", 201, HTTP_REFUSED },
	{ "partial", 206, HTTP_REFUSED },
	{ "moved", 301, HTTP_MOVED },
	{ "found", 302, HTTP_MOVED },
	{ "see other", 303, HTTP_MOVED },
	{ "not modified", 304, HTTP_REFUSED },
	{ "temporary", 307, HTTP_MOVED },
	{ "permanent", 308, HTTP_MOVED },
	{ "unauthorized", 401, HTTP_REFUSED },
	{ "absent", 404, HTTP_ABSENT },
	{ "gone", 410, HTTP_REFUSED },
	{ "too many", 429, HTTP_REFUSED },
	{ "below 500", 499, HTTP_REFUSED },
	{ "error", 500, HTTP_AGAIN },
	{ "above", 600, HTTP_AGAIN },
	{ "none", 0, HTTP_REFUSED },
};

#define HEX32 "0123456789abcdef0123456789ABCDEF"
#define HEX64 HEX32 HEX32

static const struct {
	const char *text;
	size_t want; /* bytes; 0: refused */
} hashes[] = {
	{ "sha256-" HEX64, 32 },
	{ "sha512-" HEX64 HEX64, 64 },
	{ "sha512-" HEX64, 0 },
	{ "sha256-" HEX64 HEX64, 0 },
	{ "sha256-" HEX32 HEX32 "0", 0 },
	{ "sha256-x" HEX32 "0123456789abcdef0123456789ABCDE", 0 },
	{ "sha1-" HEX32 "01234567", 0 },
	{ "sha256", 0 },
	{ "", 0 },
};

static const struct {
	const char *name, *value;
	bool want;
} headers[] = {
	{ "X-Token", "a b\tc", true },
	{ "a", "\xc3\xa9", true },
	{ "", "a", false },
	{ "a", "", false },
	{ "a b", "c", false },
	{ "a:", "b", false },
	{ "a\r\nb", "c", false },
	{ "a", "b\r\nc: d", false },
	{ "a", "b\nc", false },
	{ "a", "b\x7f", false },
	{ "\xc3", "a", false },
};

static const struct {
	const char *host;
	unsigned port;
	const char *none[3];
	bool want;
} bypasses[] = {
	{ "localhost", 80, { NULL }, true },
	{ "LOCALHOST", 80, { NULL }, true },
	{ "127.1.2.3", 80, { NULL }, true },
	{ "::1", 80, { NULL }, true },
	{ "::ffff:127.0.0.1", 80, { NULL }, true },
	{ "128.0.0.1", 80, { NULL }, false },
	{ "a.test", 80, { NULL }, false },
	{ "a.test", 80, { "*" }, true },
	{ "a.test", 80, { "test" }, true },
	{ "A.TEST", 80, { "tEst" }, true },
	{ "atest", 80, { "test" }, false },
	{ "test", 80, { "test" }, true },
	{ "test", 80, { ".test" }, false },
	{ "test", 80, { "*.test" }, false },
	{ "a.test", 80, { "*.test" }, true },
	{ "a.b.test", 80, { ".test" }, true },
	{ "a.test", 80, { "test:80" }, true },
	{ "a.test", 81, { "test:80" }, false },
	{ "a.test", 80, { "b.test", "a.test" }, true },
	{ "a.test", 80, { "b.test, a.test" }, true },
	{ "a.test", 80, { "b.test,,  ," }, false },
	{ "10.1.2.3", 80, { "10.1.2.3" }, true },
	{ "10.1.2.3", 80, { "10.1.2.3:80" }, true },
	{ "10.1.2.3", 80, { "10.1.2.3:81" }, false },
	{ "10.1.2.3", 80, { "10.1.2.0/24" }, true },
	{ "10.1.3.3", 80, { "10.1.2.0/23" }, true },
	{ "10.1.4.3", 80, { "10.1.2.0/23" }, false },
	{ "10.1.2.3", 80, { "0.0.0.0/0" }, true },
	{ "10.1.2.3", 80, { "10.1.2.0/33" }, false },
	{ "10.1.2.3", 80, { "10.1.2.0/" }, false },
	{ "10.1.2.3", 80, { "/24" }, false },
	{ "a.test", 80, { "0.0.0.0/0" }, false },
	{ "2001:db8::1", 80, { "2001:db8::/32" }, true },
	{ "2001:db9::1", 80, { "2001:db8::/32" }, false },
	{ "2001:db8::1", 80, { "::/0" }, true },
	{ "2001:db8::1", 80, { "0.0.0.0/0" }, false },
	{ "2001:db8::1", 80, { "2001:db8:0::1" }, true },
	{ "2001:db8::1", 80, { "[2001:db8::1]:80" }, true },
	{ "2001:db8::1", 80, { "[2001:db8::1]:81" }, false },
	{ "2001:db8::1", 80, { "[2001:db8::1]" }, true },
	{ "10.1.2.3", 80, { "::ffff:10.1.2.3" }, true },
};

static void check_bypasses(void)
{
	for (size_t i = 0; i < ROWS(bypasses); i++) {
		struct ign_text entries[3];
		ign_texts none = { entries, 0 };

		for (; none.count < 3 && bypasses[i].none[none.count]; none.count++)
			entries[none.count] =
				(struct ign_text){ bypasses[i].none[none.count],
						   strlen(bypasses[i].none[none.count]) };
		CHECK(none.count > 0 ? entries[none.count - 1].at : bypasses[i].host,
		      proxy_bypassed(bypasses[i].host, bypasses[i].port, &none) ==
			      bypasses[i].want);
	}
}

SUITE(download)
{
	static const unsigned waits_ms[] = { 200, 400, 800, 1600, 3200, 5000, 5000 };

	for (size_t i = 0; i < ROWS(statuses); i++)
		CHECK_NUMBER(statuses[i].name, http_judge(statuses[i].status), statuses[i].want);
	for (unsigned i = 0; i < ROWS(waits_ms); i++)
		CHECK_NUMBER("waits", download_wait_ms(i + 1, DOWNLOAD_FIRST_WAIT_MS), waits_ms[i]);
	CHECK_NUMBER("no wait", download_wait_ms(4000000000, 0), 0);
	CHECK_NUMBER("a long first one", download_wait_ms(1, 600000), 5000);
	for (size_t i = 0; i < ROWS(hashes); i++) {
		struct ign_text text = { hashes[i].text, strlen(hashes[i].text) };
		struct download_hash hash = { 0 };
		int r = download_hash_parse(&text, &hash);

		CHECK_NUMBER(hashes[i].text, r == 0 ? hash.size : 0, hashes[i].want);
		CHECK(hashes[i].text, r < 0 || (hash.bytes[0] == 0x01 && hash.bytes[15] == 0xef &&
						hash.sha512 == (hash.size == 64)));
	}
	for (size_t i = 0; i < ROWS(headers); i++) {
		struct ign_header header = { { headers[i].name, strlen(headers[i].name) },
					     { headers[i].value, strlen(headers[i].value) } };

		CHECK(headers[i].name, download_header_valid(&header) == headers[i].want);
	}
	check_bypasses();
}
