/* Keyed sums (HMAC-SHA256) and signatures (RS256) by libcrypto, which is loaded at the first use. */
#ifndef SIDESTEP_HASH_SIGN_H
#define SIDESTEP_HASH_SIGN_H

#include "base/buf.h"
#include "base/err.h"
#include "hash/sha256.h"

struct sign_key; /* an RSA key pair of 2048 bits */

/* HMAC-SHA256. ERR_MISSING: libcrypto is not installed. */
int sign_hmac(unsigned char out[static SHA256_SIZE], struct str key, struct str text, struct err *err);
/* A new key pair; takes a tenth of a second. */
int sign_key_new(struct sign_key **out, struct err *err);
/* Takes NULL as well. */
void sign_key_free(struct sign_key *k);
/* Appends the signature of text (RSASSA-PKCS1-v1_5 with SHA-256). */
int sign_with(struct buf *out, const struct sign_key *k, struct str text, struct err *err);
/* Appends modulus and exponent, big-endian, without leading zeroes. */
int sign_key_public(struct buf *modulus, struct buf *exponent, const struct sign_key *k, struct err *err);

#endif
