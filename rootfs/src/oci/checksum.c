// SPDX-License-Identifier: Apache-2.0
/* See checksum.h. What a cipher only authenticates goes in without coming out. */
#include "oci/checksum.h"
#include <errno.h>
#include <limits.h>

void checksum_start(struct checksum *checksum)
{
	static const unsigned char zeros[16];
	bool fresh = !checksum->cipher;

	if (fresh)
		checksum->cipher = EVP_CIPHER_CTX_new();
	checksum->failed = !checksum->cipher ||
			   EVP_EncryptInit_ex(checksum->cipher, fresh ? EVP_aes_128_gcm() : NULL,
					      NULL, fresh ? zeros : NULL, zeros) != 1;
}

void checksum_add(struct checksum *checksum, const void *bytes, size_t size)
{
	int none;

	checksum->failed = checksum->failed || size > INT_MAX ||
			   EVP_EncryptUpdate(checksum->cipher, NULL, &none, bytes, (int)size) != 1;
}

int checksum_end(struct checksum *checksum, uint8_t ret[CHECKSUM_BYTES])
{
	int none;

	if (checksum->failed || EVP_EncryptFinal_ex(checksum->cipher, ret, &none) != 1 ||
	    EVP_CIPHER_CTX_ctrl(checksum->cipher, EVP_CTRL_AEAD_GET_TAG, CHECKSUM_BYTES, ret) != 1)
		return -EIO;
	return 0;
}

void checksum_free(struct checksum *checksum)
{
	EVP_CIPHER_CTX_free(checksum->cipher);
	*checksum = (struct checksum){ 0 };
}
