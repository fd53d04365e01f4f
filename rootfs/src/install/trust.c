// SPDX-License-Identifier: Apache-2.0
/* See trust.h. Must never find a signature good that it did not compare. */
#include "install/trust.h"
#include "lib/text.h"
#include <errno.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct trust {
	EVP_PKEY *key;
	EVP_MD_CTX *digest;
	struct pgpsig signature;
};

static EVP_PKEY *read_key(FILE *file)
{
	X509 *certificate = PEM_read_X509(file, NULL, NULL, NULL);
	EVP_PKEY *key = certificate ? X509_get_pubkey(certificate) : NULL;

	X509_free(certificate);
	return key;
}

static int load(const char *path, struct trust *trust, struct error *error)
{
	FILE *file = fopen(path, "re");

	if (!file)
		return error_errno(error, "certificate %s", path);
	trust->key = read_key(file);
	fclose(file);
	if (!trust->key || EVP_PKEY_get_base_id(trust->key) != EVP_PKEY_RSA)
		return error_set(error, -EBADMSG, "certificate %s: not one of an RSA key in PEM",
				 path);
	trust->digest = EVP_MD_CTX_new();
	if (!trust->digest || EVP_DigestInit_ex(trust->digest, EVP_sha256(), NULL) != 1)
		return error_set(error, -ENOMEM, "out of memory");
	return 0;
}

int trust_new(const char *certificate, struct trust **ret, struct error *error)
{
	struct trust *trust = calloc(1, sizeof(*trust));
	int r = trust ? load(certificate, trust, error)
		      : error_set(error, -ENOMEM, "out of memory");

	if (r < 0)
		trust_free(trust);
	else
		*ret = trust;
	return r;
}

void trust_expect(struct trust *trust, const struct pgpsig *signature)
{
	trust->signature = *signature;
}

int trust_add(struct trust *trust, const char *bytes, size_t size, struct error *error)
{
	return EVP_DigestUpdate(trust->digest, bytes, size) == 1 ? 0
								 : error_set(error, -EIO, "hash");
}

/* PKCS #1 v1.5, for which the number has to be as long as the key's. */
static bool is_good(const struct trust *trust, const uint8_t *digest, size_t size)
{
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(trust->key, NULL);
	size_t length = (size_t)EVP_PKEY_get_size(trust->key);
	uint8_t number[PGPSIG_NUMBER_BYTES_MAX] = { 0 };
	bool good = context && length <= sizeof(number) && trust->signature.number_bytes > 0 &&
		    trust->signature.number_bytes <= length;

	if (good)
		memcpy(number + length - trust->signature.number_bytes, trust->signature.number,
		       trust->signature.number_bytes);
	good = good && EVP_PKEY_verify_init(context) == 1 &&
	       EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1 &&
	       EVP_PKEY_CTX_set_signature_md(context, EVP_sha256()) == 1 &&
	       EVP_PKEY_verify(context, number, length, digest, size) == 1;
	EVP_PKEY_CTX_free(context);
	return good;
}

int trust_finish(struct trust *trust, struct error *error)
{
	uint8_t trailer[PGPSIG_TRAILER_BYTES], digest[EVP_MAX_MD_SIZE];
	char key_id[2 * sizeof(trust->signature.key_id) + 1];
	unsigned size = 0;

	pgpsig_trailer(&trust->signature, trailer);
	if (EVP_DigestUpdate(trust->digest, trailer, sizeof(trailer)) != 1 ||
	    EVP_DigestFinal_ex(trust->digest, digest, &size) != 1)
		return error_set(error, -EIO, "hash");
	if (is_good(trust, digest, size))
		return 0;
	bytes_to_text(trust->signature.key_id, sizeof(trust->signature.key_id), key_id);
	if (memcmp(digest, trust->signature.digest_start, sizeof(trust->signature.digest_start)))
		return error_set(error, -EBADMSG,
				 "the signature is of other bytes: the image is damaged, or was "
				 "replaced without its signature");
	return error_set(error, -EBADMSG, "the signature is not by our key, but says key %s",
			 key_id);
}

void trust_free(struct trust *trust)
{
	if (!trust)
		return;
	EVP_PKEY_free(trust->key);
	EVP_MD_CTX_free(trust->digest);
	free(trust);
}
