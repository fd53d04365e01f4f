// SPDX-License-Identifier: Apache-2.0
/* URLs of resources: decoding agrees with the check, what is shown fits, a bypass ends. */
#include "lib/base64.h"
#include "lib/download.h"
#include "lib/noproxy.h"
#include "lib/url.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	const char *text = (const char *)bytes;
	struct ign_text entry = { text, size };
	ign_texts none = { &entry, 1 };
	struct download_hash hash;
	char shown[URL_SHOWN_BYTES], *room = malloc(BASE64_ROOM(size)), *out = NULL;
	size_t length = 0;

	url_shown(text, size, shown);
	if (strlen(shown) >= sizeof(shown) || strpbrk(shown, "?#"))
		__builtin_trap();
	if ((url_decode_data(text, size, &out, &length) == 0) ==
		    (url_check_data(text, size) != NULL) ||
	    length > size)
		__builtin_trap();
	if (base64_decode(text, size, room, &length) == 0 && length > BASE64_ROOM(size))
		__builtin_trap();
	if (!proxy_bypassed("127.0.0.1", 1, &none) || download_hash_parse(&entry, &hash) > 0)
		__builtin_trap();
	proxy_bypassed("2001:db8::1", 80, &none);
	proxy_bypassed("a.example", 80, &none);
	free(out);
	free(room);
	return 0;
}
