/* SHA-256 by libcrypto, which is loaded at the first use. */
#ifndef SIDESTEP_HASH_SHA256_H
#define SIDESTEP_HASH_SHA256_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum { SHA256_SIZE = 32 };

struct sha256;

/* A new sum, to be used again after each end. ERR_MISSING: the library is not installed. */
int sha256_new(struct sha256 **out, struct err *err);
/* Takes NULL as well. */
void sha256_free(struct sha256 *s);
/* Begins a sum; whatever was begun is dropped. False: the library refuses. */
bool sha256_begin(struct sha256 *s);
bool sha256_add(struct sha256 *s, const void *p, size_t n);
bool sha256_end(struct sha256 *s, unsigned char sum[SHA256_SIZE]);

#endif
