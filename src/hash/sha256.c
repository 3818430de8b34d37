/* libcrypto through dlopen: only hashFiles needs it, and loading it costs more than a step. It uses the processor's own
 * instructions for SHA-256. Its functions are declared here as they have been since OpenSSL 3.0, so that building needs no header
 * of it. */
#include "hash/sha256.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/library.h"

struct evp_md;
struct evp_md_ctx;

static struct {
	struct evp_md *(*md_fetch)(void *library, const char *name, const char *properties);
	void (*md_free)(struct evp_md *md);
	struct evp_md_ctx *(*ctx_new)(void);
	void (*ctx_free)(struct evp_md_ctx *ctx);
	int (*init)(struct evp_md_ctx *ctx, const struct evp_md *md, void *engine);
	int (*update)(struct evp_md_ctx *ctx, const void *p, size_t n);
	int (*final)(struct evp_md_ctx *ctx, unsigned char *sum, unsigned *n);
} lib;

static const struct library_symbol symbols[] = {
	{ "EVP_MD_fetch", offsetof(__typeof__(lib), md_fetch) },    { "EVP_MD_free", offsetof(__typeof__(lib), md_free) },
	{ "EVP_MD_CTX_new", offsetof(__typeof__(lib), ctx_new) },   { "EVP_MD_CTX_free", offsetof(__typeof__(lib), ctx_free) },
	{ "EVP_DigestInit_ex", offsetof(__typeof__(lib), init) },   { "EVP_DigestUpdate", offsetof(__typeof__(lib), update) },
	{ "EVP_DigestFinal_ex", offsetof(__typeof__(lib), final) },
};

struct sha256 {
	struct evp_md *md;
	struct evp_md_ctx *ctx;
};

static int load(struct err *err)
{
	static bool loaded;
	if (!loaded && library_load(&lib, "libcrypto.so.3", symbols, ARRAY_LEN(symbols), err) < 0)
		return err_wrap(err, "hashFiles needs OpenSSL 3");
	loaded = true;
	return 0;
}

int sha256_new(struct sha256 **out, struct err *err)
{
	if (load(err) < 0)
		return -1;
	struct sha256 *s = xcalloc(1, sizeof(*s));
	s->md = lib.md_fetch(NULL, "SHA256", NULL);
	s->ctx = lib.ctx_new();
	if (!s->md || !s->ctx) {
		sha256_free(s);
		return err_set(err, ERR_UNSUPPORTED, "libcrypto.so.3 has no SHA-256");
	}
	*out = s;
	return 0;
}

void sha256_free(struct sha256 *s)
{
	if (!s)
		return;
	lib.ctx_free(s->ctx);
	lib.md_free(s->md);
	free(s);
}

bool sha256_begin(struct sha256 *s)
{
	return lib.init(s->ctx, s->md, NULL) == 1;
}

bool sha256_add(struct sha256 *s, const void *p, size_t n)
{
	return lib.update(s->ctx, p, n) == 1;
}

bool sha256_end(struct sha256 *s, unsigned char sum[SHA256_SIZE])
{
	unsigned n = 0;
	return lib.final(s->ctx, sum, &n) == 1 && n == SHA256_SIZE;
}
