// SPDX-License-Identifier: Apache-2.0
/* Checks of a file's bytes against a descriptor. */
#pragma once
#include "lib/error.h"
#include "lib/oci/manifest.h"
#include <openssl/evp.h>

/* Adds a file's first bytes to a hash; -EIO if it ends before. */
int blobfile_hash(int fd, uint64_t size_bytes, EVP_MD_CTX *hash, struct error *error);

/* Ends the hash. -EBADMSG: it is not the descriptor's. */
int blobfile_judge(EVP_MD_CTX *hash, const struct oci_descriptor *descriptor, struct error *error);

/* What a descriptor of a whole file says: its digest and size. */
int blobfile_describe(int fd, struct oci_descriptor *ret, struct error *error);

/* Both for a whole file. */
int blobfile_check(int fd, const struct oci_descriptor *descriptor, struct error *error);
