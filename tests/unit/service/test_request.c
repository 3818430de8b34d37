/* Requests without a wire: what time does to addresses. What clients see otherwise is in tests/real/services.py. */
#include <criterion/criterion.h>
#include <time.h>

#include "hash/sign.h"
#include "service/lib.h"
#include "service/request.h"
#include "service/server.h"

static struct {
	char se[32], sig[65];
} query;

static const char *look_up(struct MHD_Connection *c, enum MHD_ValueKind kind, const char *name)
{
	(void)c;
	if (kind != MHD_GET_ARGUMENT_KIND)
		return NULL;
	return strcmp(name, "se") == 0 ? query.se : strcmp(name, "sig") == 0 ? query.sig : NULL;
}

/* As the server signs, which has an empty secret. */
static void sign(const struct server *s, const char *kind, const char *id, time_t until)
{
	unsigned char sum[SHA256_SIZE];
	struct arena a = { 0 };
	snprintf(query.se, sizeof(query.se), "%lld", (long long)until);
	struct str text = arena_printf(&a, "%s\n%s\n%s", kind, id, query.se);
	cr_assert_eq(sign_hmac(sum, str_n((const char *)s->secret, sizeof(s->secret)), text, NULL), 0);
	for (size_t i = 0; i < sizeof(sum); i++)
		snprintf(query.sig + 2 * i, 3, "%02x", sum[i]);
	arena_done(&a);
}

static unsigned answer(struct server *s, const char *method, const char *path)
{
	struct exchange *x = request_begins(s, NULL, method, path);
	request_ends(x);
	unsigned status = x->status;
	request_free(x);
	return status;
}

Test(request, an_address_ends)
{
	struct server *s = server_new();
	time_t now = time(NULL);
	http_lib.MHD_lookup_connection_value = look_up;
	static const struct {
		const char *method, *kind;
	} cases[] = { { "GET", "artifact-content" }, { "GET", "cache-content" }, { "PUT", "artifact" }, { "PUT", "cache" } };
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char path[64];
		snprintf(path, sizeof(path), "/blob/%s/0-1", cases[i].kind);
		sign(s, cases[i].kind, "0-1", now + 600);
		cr_expect_eq(answer(s, cases[i].method, path), 404, "%s: the signature holds, and there is nothing",
		             cases[i].kind);
		sign(s, cases[i].kind, "0-1", now - 1);
		cr_expect_eq(answer(s, cases[i].method, path), 403, "%s: its time is over", cases[i].kind);
		sign(s, cases[i].kind, "0-2", now + 600);
		cr_expect_eq(answer(s, cases[i].method, path), 403, "%s: of another one", cases[i].kind);
	}
	server_free(s);
}
