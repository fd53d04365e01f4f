// SPDX-License-Identifier: Apache-2.0
/* What is done to a resource's bytes on their way: decompressed, hashed, passed on. */
#pragma once
#include "lib/error.h"
#include "lib/ignition/config.h"

/* Takes the bytes that come out. A negative result ends the stream. */
typedef int stream_sink(void *context, const char *bytes, size_t size, struct error *error);

struct stream;

/* As the resource says; nothing of it is kept but sink and context. The caller frees it. */
int stream_new(const struct ign_resource *resource, stream_sink *sink, void *context,
	       struct stream **ret, struct error *error);

/* -EBADMSG: not what the resource's compression says. */
int stream_write(struct stream *stream, const char *bytes, size_t size, struct error *error);

/* Everything has been written. -EBADMSG: it ends too early, or has another hash. */
int stream_end(struct stream *stream, struct error *error);

/* Accepts NULL. */
void stream_free(struct stream *stream);
