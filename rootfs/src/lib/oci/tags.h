// SPDX-License-Identifier: Apache-2.0
/* The list of a repository's tags (OCI distribution spec 1.1, "Content Discovery"), which comes in
 * pages. */
#pragma once
#include "lib/arena.h"
#include "lib/error.h"
#include "lib/words.h"

#define OCI_TAGS_MAX 1000
#define OCI_PAGE_BYTES 512

/* Adds those of a page that are not in the list yet. -EBADMSG: it is no such page, or has what is
 * no tag; -E2BIG. */
int oci_tags_add(const char *text, size_t size, struct arena *arena, struct words *tags,
		 struct error *error);

/* The query of the page behind one, from its header Link (RFC 8288): where it leads beyond that is
 * not believed. Empty if there is none. -EBADMSG: one that cannot be sent. */
int oci_tags_next(const char *link, char ret[OCI_PAGE_BYTES], struct error *error);
