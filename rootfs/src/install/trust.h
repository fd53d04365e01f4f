// SPDX-License-Identifier: Apache-2.0
/* Whether a file is one that the image's maker signed: its signature (lib/pgpsig) by the key of a
 * certificate, over bytes as they come. */
#pragma once
#include "lib/error.h"
#include "lib/pgpsig.h"

struct trust;

/* certificate: path of a PEM file, of which the key counts and nothing else: as GRUB does, it asks
 * neither for a date nor for a name. The caller ends it with trust_free. */
int trust_new(const char *certificate, struct trust **ret, struct error *error);

/* Whose signature is to be found good; before any byte. */
void trust_expect(struct trust *trust, const struct pgpsig *signature);
int trust_add(struct trust *trust, const char *bytes, size_t size, struct error *error);

/* All bytes have come. -EBADMSG: the signature is not of them, or by another key. */
int trust_finish(struct trust *trust, struct error *error);

/* Accepts NULL. */
void trust_free(struct trust *trust);
