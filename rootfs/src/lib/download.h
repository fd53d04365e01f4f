// SPDX-License-Identifier: Apache-2.0
/*
 * The rules by which a resource is downloaded: what an HTTP status means, how long to wait before
 * the next try, what a hash in a config says (Ignition's operator notes, "HTTP backoff and retry",
 * and its specification, verification.hash).
 */
#pragma once
#include "lib/ignition/config.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DOWNLOAD_REDIRECTS_MAX 10
#define DOWNLOAD_FIRST_WAIT_MS 200
#define DOWNLOAD_LONGEST_WAIT_MS 5000

enum http_verdict {
	HTTP_TAKEN,   /* the body is the resource */
	HTTP_ABSENT,  /* there is none */
	HTTP_MOVED,   /* it is elsewhere */
	HTTP_AGAIN,   /* the server's trouble, which may pass */
	HTTP_REFUSED, /* asking again does not help */
};

enum http_verdict http_judge(long status);

/* Milliseconds between try number tries (from 1) and the next: doubles from first_ms on. */
unsigned download_wait_ms(unsigned tries, unsigned first_ms);

struct download_hash {
	bool sha512; /* else SHA-256 */
	uint8_t bytes[64];
	size_t size;
};

/* From "sha256-HEX" or "sha512-HEX". Returns 0 or -EINVAL. */
int download_hash_parse(const struct ign_text *text, struct download_hash *ret);

/* Can the header be sent as it is? A token (RFC 9110, section 5.6.2) and a value that is not empty
 * and ends no line. */
bool download_header_valid(const struct ign_header *header);
