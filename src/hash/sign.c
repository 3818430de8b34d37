/* HMAC and RSA by libcrypto, through dlopen for the reason that sha256.c gives. */
#include "hash/sign.h"

#include <stdlib.h>

#include "base/library.h"

struct evp_md;
struct evp_md_ctx;
struct evp_pkey;
struct bignum;

static struct {
	const struct evp_md *(*sha256)(void);
	unsigned char *(*hmac)(const struct evp_md *md, const void *key, int nkey, const unsigned char *text, size_t n,
	                       unsigned char *out, unsigned *nout);
	struct evp_pkey *(*keygen)(void *library, const char *properties, const char *type, ...);
	void (*key_free)(struct evp_pkey *key);
	struct evp_md_ctx *(*ctx_new)(void);
	void (*ctx_free)(struct evp_md_ctx *ctx);
	int (*sign_init)(struct evp_md_ctx *ctx, void *key_ctx, const struct evp_md *md, void *engine, struct evp_pkey *key);
	int (*sign)(struct evp_md_ctx *ctx, unsigned char *out, size_t *nout, const unsigned char *text, size_t n);
	int (*get_number)(const struct evp_pkey *key, const char *name, struct bignum **out);
	int (*number_bits)(const struct bignum *n);
	int (*number_bytes)(const struct bignum *n, unsigned char *out);
	void (*number_free)(struct bignum *n);
} lib;

static const struct library_symbol symbols[] = {
	{ "EVP_sha256", offsetof(__typeof__(lib), sha256) },
	{ "HMAC", offsetof(__typeof__(lib), hmac) },
	{ "EVP_PKEY_Q_keygen", offsetof(__typeof__(lib), keygen) },
	{ "EVP_PKEY_free", offsetof(__typeof__(lib), key_free) },
	{ "EVP_MD_CTX_new", offsetof(__typeof__(lib), ctx_new) },
	{ "EVP_MD_CTX_free", offsetof(__typeof__(lib), ctx_free) },
	{ "EVP_DigestSignInit", offsetof(__typeof__(lib), sign_init) },
	{ "EVP_DigestSign", offsetof(__typeof__(lib), sign) },
	{ "EVP_PKEY_get_bn_param", offsetof(__typeof__(lib), get_number) },
	{ "BN_num_bits", offsetof(__typeof__(lib), number_bits) },
	{ "BN_bn2bin", offsetof(__typeof__(lib), number_bytes) },
	{ "BN_free", offsetof(__typeof__(lib), number_free) },
};

static int load(struct err *err)
{
	static bool loaded;
	if (!loaded && library_load(&lib, "libcrypto.so.3", symbols, ARRAY_LEN(symbols), err) < 0)
		return -1;
	loaded = true;
	return 0;
}

int sign_hmac(unsigned char out[static SHA256_SIZE], struct str key, struct str text, struct err *err)
{
	unsigned n = 0;
	if (load(err) < 0)
		return -1;
	if (!lib.hmac(lib.sha256(), key.p, (int)key.n, (const unsigned char *)text.p, text.n, out, &n) || n != SHA256_SIZE)
		return err_set(err, ERR_UNSUPPORTED, "libcrypto.so.3 refuses HMAC-SHA256");
	return 0;
}

/* ---- RSA ---- */

enum { KEY_BITS = 2048 };

int sign_key_new(struct sign_key **out, struct err *err)
{
	if (load(err) < 0)
		return -1;
	struct evp_pkey *key = lib.keygen(NULL, NULL, "RSA", (size_t)KEY_BITS);
	if (!key)
		return err_set(err, ERR_UNSUPPORTED, "libcrypto.so.3 makes no RSA key");
	*out = (struct sign_key *)key;
	return 0;
}

void sign_key_free(struct sign_key *k)
{
	if (k)
		lib.key_free((struct evp_pkey *)k);
}

static struct evp_pkey *pkey_of(const struct sign_key *k)
{
	return (struct evp_pkey *)k;
}

int sign_with(struct buf *out, const struct sign_key *k, struct str text, struct err *err)
{
	unsigned char signature[KEY_BITS / 8];
	size_t n = sizeof(signature);
	struct evp_md_ctx *ctx = lib.ctx_new();
	bool ok = ctx && lib.sign_init(ctx, NULL, lib.sha256(), NULL, pkey_of(k)) == 1 &&
	          lib.sign(ctx, signature, &n, (const unsigned char *)text.p, text.n) == 1;
	lib.ctx_free(ctx);
	if (!ok)
		return err_set(err, ERR_UNSUPPORTED, "libcrypto.so.3 refuses to sign");
	buf_add(out, signature, n);
	return 0;
}

static int add_number(struct buf *out, const struct sign_key *k, const char *name, struct err *err)
{
	struct bignum *number = NULL;
	if (lib.get_number(pkey_of(k), name, &number) != 1)
		return err_set(err, ERR_UNSUPPORTED, "libcrypto.so.3 does not tell its RSA key");
	size_t n = ((size_t)lib.number_bits(number) + 7) / 8;
	if (buf_reserve(out, n)) {
		lib.number_bytes(number, (unsigned char *)out->p + out->n);
		out->n += n;
	}
	lib.number_free(number);
	return 0;
}

int sign_key_public(struct buf *modulus, struct buf *exponent, const struct sign_key *k, struct err *err)
{
	return add_number(modulus, k, "n", err) < 0 || add_number(exponent, k, "e", err) < 0 ? -1 : 0;
}
