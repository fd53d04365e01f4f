// SPDX-License-Identifier: Apache-2.0
/* Certificate authorities into one bundle; see authorities.h. Must never lose one of the system's,
 * nor take what is no certificate for one. */
#include "fetch/authorities.h"
#include "fetch/fetch.h"
#include "os/file.h"
#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define SYSTEM_AUTHORITIES "/etc/ssl/certs/ca-certificates.crt"
#define SYSTEM_BYTES_MAX (8 << 20)
#define AUTHORITY_BYTES_MAX (1 << 20)
#define AUTHORITIES_MAX 1000

struct authority {
	char *source, *hash;
	char *text;
	size_t size;
};

/* How many certificates a text holds; -1 if one of them is damaged. */
static int count_certificates(const char *text, size_t size)
{
	BIO *bio = BIO_new_mem_buf(text, (int)size);
	unsigned long last;
	int count = 0;
	X509 *certificate;

	while (bio && (certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL) {
		X509_free(certificate);
		count++;
	}
	last = ERR_peek_last_error();
	ERR_clear_error();
	BIO_free(bio);
	/* The end of the text is an error like others. */
	return ERR_GET_REASON(last) == PEM_R_NO_START_LINE ? count : -1;
}

static bool is(const char *copy, const struct ign_text *text)
{
	return strlen(copy) == text->length &&
	       (text->length == 0 || memcmp(copy, text->at, text->length) == 0);
}

static const struct authority *find(const struct authorities *all,
				    const struct ign_resource *resource)
{
	for (size_t i = 0; i < all->fetched_count; i++)
		if (is(all->fetched[i].source, &resource->source) &&
		    is(all->fetched[i].hash, &resource->verification.hash))
			return &all->fetched[i];
	return NULL;
}

static void free_authority(struct authority *authority)
{
	free(authority->source);
	free(authority->hash);
	free(authority->text);
}

static char *copy(const struct ign_text *text)
{
	return strndup(text->at ? text->at : "", text->length);
}

/* Takes over what is fetched, unless it fails. */
static int keep(struct authorities *all, struct authority *authority, struct error *error)
{
	struct authority *grown =
		reallocarray(all->fetched, all->fetched_count + 1, sizeof(*grown));

	if (grown)
		all->fetched = grown;
	if (!grown || !authority->source || !authority->hash)
		return error_set(error, -ENOMEM, "out of memory");
	all->fetched[all->fetched_count++] = *authority;
	return 0;
}

static int get(struct authorities *all, struct fetcher *fetcher,
	       const struct ign_resource *resource, const struct authority **ret,
	       struct error *error)
{
	struct authority new = { 0 };
	int r;

	*ret = find(all, resource);
	if (*ret)
		return 0;
	r = fetch_to_memory(fetcher, resource, AUTHORITY_BYTES_MAX, &new.text, &new.size, error);
	if (r == 0 && count_certificates(new.text, new.size) < 1)
		r = error_set(error, -EBADMSG, "not a certificate in PEM");
	if (r == 0) {
		new.source = copy(&resource->source);
		new.hash = copy(&resource->verification.hash);
		r = keep(all, &new, error);
	}
	if (r < 0)
		free_authority(&new);
	else
		*ret = &all->fetched[all->fetched_count - 1];
	return r;
}

struct bundle {
	char *text;
	size_t size;
};

static int add(struct bundle *bundle, const char *text, size_t size, struct error *error)
{
	char *grown = realloc(bundle->text, bundle->size + size + 2);

	if (!grown)
		return error_set(error, -ENOMEM, "out of memory");
	memcpy(grown + bundle->size, text, size);
	bundle->text = grown;
	bundle->size += size;
	bundle->text[bundle->size++] = '\n';
	bundle->text[bundle->size] = '\0';
	return 0;
}

/* A system without any trusts those that the config names, and no others. */
static int add_system(struct bundle *bundle, struct error *error)
{
	AUTO_FREE char *text = NULL;
	size_t size;
	int r = file_read_bytes(SYSTEM_AUTHORITIES, SYSTEM_BYTES_MAX, &text, &size, error);

	if (r < 0)
		return r == -ENOENT ? 0 : r;
	return add(bundle, text, size, error);
}

static int build(struct authorities *all, struct fetcher *fetcher, const ign_resources *wanted,
		 struct bundle *bundle, struct error *error)
{
	int r = add_system(bundle, error);

	for (size_t i = 0; i < wanted->count && r == 0; i++) {
		const struct authority *authority;

		r = get(all, fetcher, &wanted->at[i], &authority, error);
		if (r < 0)
			return error_wrap(error, "certificate authority %zu", i);
		r = add(bundle, authority->text, authority->size, error);
	}
	return r;
}

int authorities_set(struct authorities *authorities, struct fetcher *fetcher,
		    const ign_resources *wanted, struct error *error)
{
	struct bundle bundle = { 0 };
	int r;

	if (wanted->count == 0)
		return 0;
	if (wanted->count > AUTHORITIES_MAX)
		return error_set(error, -E2BIG, "over %d certificate authorities", AUTHORITIES_MAX);
	r = build(authorities, fetcher, wanted, &bundle, error);
	if (r < 0) {
		free(bundle.text);
		return r;
	}
	free(authorities->bundle);
	authorities->bundle = bundle.text;
	authorities->bundle_size = bundle.size;
	return 0;
}

void authorities_free(struct authorities *authorities)
{
	for (size_t i = 0; i < authorities->fetched_count; i++)
		free_authority(&authorities->fetched[i]);
	free(authorities->fetched);
	free(authorities->bundle);
	*authorities = (struct authorities){ 0 };
}
