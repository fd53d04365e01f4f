// SPDX-License-Identifier: Apache-2.0
#include "lib/text.h"
#include "check.h"
#include "lib/error.h"
#include "lib/guid.h"
#include <errno.h>
#include <string.h>

static const struct {
	const char *name, *text;
	uint64_t max, want;
	int error;
} numbers[] = {
	{ "zero", "0", 10, 0, 0 },
	{ "the limit", "10", 10, 10, 0 },
	{ "over the limit", "11", 10, 99, -ERANGE },
	{ "leading zeros", "007", 10, 7, 0 },
	{ "the largest", "18446744073709551615", UINT64_MAX, UINT64_MAX, 0 },
	{ "one more", "18446744073709551616", UINT64_MAX, 99, -ERANGE },
	{ "ten times more", "184467440737095516150", UINT64_MAX, 99, -ERANGE },
	{ "limit 0", "1", 0, 99, -ERANGE },
	{ "empty", "", 10, 99, -EINVAL },
	{ "sign", "+1", 10, 99, -EINVAL },
	{ "blank", " 1", 10, 99, -EINVAL },
	{ "rubbish behind", "1x", 10, 99, -EINVAL },
};

static const struct {
	const char *name, *text;
	int error;
} guids[] = {
	{ "lower case", "c12a7328-f81f-11d2-ba4b-00a0c93ec93b", 0 },
	{ "upper case", "C12A7328-F81F-11D2-BA4B-00A0C93EC93B", 0 },
	{ "without dashes", "c12a7328f81f11d2ba4b00a0c93ec93b", -EINVAL },
	{ "too short", "c12a7328-f81f-11d2-ba4b-00a0c93ec93", -EINVAL },
	{ "too long", "c12a7328-f81f-11d2-ba4b-00a0c93ec93bb", -EINVAL },
	{ "dash in a wrong place", "c12a732-8f81f-11d2-ba4b-00a0c93ec93b", -EINVAL },
	{ "not hex", "g12a7328-f81f-11d2-ba4b-00a0c93ec93b", -EINVAL },
	{ "empty", "", -EINVAL },
};

static void check_guids(void)
{
	static const uint8_t esp[] = { 0x28, 0x73, 0x2a, 0xc1, 0x1f, 0xf8, 0xd2, 0x11,
				       0xba, 0x4b, 0x00, 0xa0, 0xc9, 0x3e, 0xc9, 0x3b };

	for (size_t i = 0; i < ROWS(guids); i++) {
		uint8_t guid[GUID_BYTES] = { 0 };
		char text[GUID_TEXT_BYTES];

		CHECK_NUMBER(guids[i].name, guid_parse(guids[i].text, guid), guids[i].error);
		if (guids[i].error < 0)
			continue;
		CHECK(guids[i].name, memcmp(guid, esp, sizeof(esp)) == 0);
		guid_format(guid, text);
		CHECK_TEXT(guids[i].name, text, guids[0].text);
	}
}

static void check_errors(void)
{
	struct error error = { 0 };
	char longer[600];

	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	errno = EACCES;
	CHECK_NUMBER("errno becomes the code", error_errno(&error, "open %s", "/dev/vda5"),
		     -EACCES);
	CHECK_NUMBER("a context keeps it", error_wrap(&error, "write slot %c", 'B'), -EACCES);
	CHECK_TEXT("the chain", error.text, "write slot B: open /dev/vda5: Permission denied");
	CHECK_NUMBER("nobody asked", error_set(NULL, -EIO, "x"), -EIO);
	error_wrap(&error, "%s", longer);
	CHECK_NUMBER("a chain too long loses its end", strlen(error.text), sizeof(error.text) - 1);
	CHECK_NUMBER("and not the code", error.code, -EACCES);
}

SUITE(text)
{
	uint8_t bytes[2] = { 7, 7 };
	char copy[4] = "abc";

	for (size_t i = 0; i < ROWS(numbers); i++) {
		uint64_t got = 99;

		CHECK_NUMBER(numbers[i].name, text_to_number(numbers[i].text, numbers[i].max, &got),
			     numbers[i].error);
		CHECK(numbers[i].name, got == numbers[i].want);
	}
	CHECK("hex", text_to_bytes("0aF9", bytes, 2) == 0 && bytes[0] == 0x0a && bytes[1] == 0xf9);
	CHECK("hex too short", text_to_bytes("0aF", bytes, 2) == -EINVAL && bytes[0] == 0x0a);
	CHECK("hex too long", text_to_bytes("0aF90", bytes, 2) == -EINVAL);
	CHECK_NUMBER("what fits is copied", text_copy(copy, sizeof(copy), "xyz!", 3), 0);
	CHECK_TEXT("with its end", copy, "xyz");
	CHECK_NUMBER("what does not fit is not", text_copy(copy, sizeof(copy), "1234", 4),
		     -ENAMETOOLONG);
	CHECK_TEXT("and nothing is changed", copy, "xyz");
	CHECK("ends",
	      text_ends("a.ko", ".ko") && !text_ends("ko", ".ko") && !text_ends("a.ko.zst", ".ko"));
	char dirty[] = "a \"b\" c\\d\n\x7f\xc3~";
	text_clean(dirty);
	CHECK_TEXT("cleaned", dirty, "a 'b' c/d___~");
	check_guids();
	check_errors();
}
