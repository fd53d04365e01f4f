// SPDX-License-Identifier: Apache-2.0
/* zstd (RFC 8878), streamed: what comes compressed goes on as it is unpacked. */
#pragma once
#include "fetch/transport.h"

struct unpack;

int unpack_new(transport_sink *sink, void *context, struct unpack **ret, struct error *error);

/* -EBADMSG: damaged, or wants a window of over 128 MiB. */
int unpack_add(struct unpack *unpack, const char *bytes, size_t size, struct error *error);

/* -EBADMSG: it ends too early. */
int unpack_finish(const struct unpack *unpack, struct error *error);

/* Accepts NULL. */
void unpack_free(struct unpack *unpack);
