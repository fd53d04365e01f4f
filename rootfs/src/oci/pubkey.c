// SPDX-License-Identifier: Apache-2.0
/* See pubkey.h. Must never take a key of another kind than those, however good it may be. */
#include "oci/pubkey.h"
#include "os/file.h"
#include <errno.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <string.h>

#define KEY_BYTES_MAX (64 << 10)

static bool is_taken(const EVP_PKEY *key)
{
	char group[64];
	int bits = EVP_PKEY_get_bits(key);

	switch (EVP_PKEY_get_base_id(key)) {
	case EVP_PKEY_EC:
		return EVP_PKEY_get_group_name(key, group, sizeof(group), NULL) == 1 &&
		       strcmp(group, "prime256v1") == 0;
	case EVP_PKEY_RSA:
		return bits >= 2048 && bits <= 8192;
	case EVP_PKEY_ED25519:
		return true;
	}
	return false;
}

int pubkey_read(const char *path, struct pubkey **ret, struct error *error)
{
	AUTO_FREE char *text = NULL;
	EVP_PKEY *key = NULL;
	size_t size;
	BIO *memory;
	int r = file_read_bytes(path, KEY_BYTES_MAX, &text, &size, error);

	if (r < 0)
		return error_wrap(error, "key");
	memory = BIO_new_mem_buf(text, (int)size);
	if (memory)
		key = PEM_read_bio_PUBKEY(memory, NULL, NULL, NULL);
	BIO_free(memory);
	if (!key || !is_taken(key)) {
		EVP_PKEY_free(key);
		return error_set(error, -EBADMSG,
				 "key %s: not a public key in PEM of ECDSA P-256, Ed25519 or RSA",
				 path);
	}
	*ret = (struct pubkey *)key;
	return 0;
}

bool pubkey_verify(const struct pubkey *key, const unsigned char *signature, size_t signature_size,
		   const char *text, size_t size)
{
	EVP_PKEY *pkey = (EVP_PKEY *)(uintptr_t)key;
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	const EVP_MD *hash = EVP_PKEY_get_base_id(pkey) == EVP_PKEY_ED25519 ? NULL : EVP_sha256();
	bool good = context && EVP_DigestVerifyInit(context, NULL, hash, NULL, pkey) == 1 &&
		    EVP_DigestVerify(context, signature, signature_size,
				     (const unsigned char *)text, size) == 1;

	EVP_MD_CTX_free(context);
	return good;
}

void pubkey_free(struct pubkey *key)
{
	EVP_PKEY_free((EVP_PKEY *)key);
}
