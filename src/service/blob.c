/* Signed addresses, and what is sent to and fetched from them: the part of a blob store (block blobs) that GitHub's clients use.
 * What becomes of an upload is told by the call that comes afterwards (artifact.c, cache_v2.c). */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

#include "base/hex.h"
#include "base/vec.h"
#include "service/artifact.h"
#include "service/cache.h"
#include "service/server.h"
#include "service/upload.h"

/* ---- addresses ---- */

static bool signature_of(char out[static 65], struct exchange *x, const char *kind, struct str id, struct str expires)
{
	unsigned char sum[SHA256_SIZE];
	struct str text = arena_printf(&x->arena, "%s\n%.*s\n%.*s", kind, STRF(id), STRF(expires));
	struct str key = str_n((const char *)x->server->secret, sizeof(x->server->secret));
	if (sign_hmac(sum, key, text, NULL) < 0)
		return false;
	hex_text(out, sum, sizeof(sum));
	return true;
}

struct str signed_path(struct exchange *x, const char *kind, struct str id, unsigned seconds)
{
	char signature[65];
	struct str expires = arena_printf(&x->arena, "%jd", (intmax_t)time(NULL) + seconds);
	if (!signature_of(signature, x, kind, id, expires))
		return STR_EMPTY;
	return arena_printf(&x->arena, "/blob/%s/%.*s?se=%.*s&sig=%s", kind, STRF(id), STRF(expires), signature);
}

bool signature_holds(struct exchange *x, const char *kind, struct str id)
{
	char signature[65];
	struct str expires = exchange_query(x, "se"), given = exchange_query(x, "sig");
	unsigned char differ = 0;
	long long until = strtoll(expires.p, NULL, 10);
	if (given.n != 64 || !signature_of(signature, x, kind, id, expires))
		return false;
	for (size_t i = 0; i < 64; i++)
		differ |= (unsigned char)given.p[i] ^ (unsigned char)signature[i];
	return differ == 0 && until >= (long long)time(NULL);
}

/* ---- the list of blocks ---- */

struct ids {
	VEC(struct str);
};

/* <BlockList><Latest>id</Latest>…</BlockList>; what else may stand in XML is passed over. */
static struct ids read_block_list(struct exchange *x)
{
	static const char *const tags[] = { "<Latest>", "<Committed>", "<Uncommitted>" };
	struct ids out = { 0 };
	struct str text = buf_str(&x->body);
	for (size_t at = 0; (at = str_find_c(text, '<', at)) != SIZE_MAX; at++)
		for (size_t i = 0; i < ARRAY_LEN(tags); i++) {
			if (!str_starts(str_from(text, at), str_of(tags[i])))
				continue;
			size_t from = at + strlen(tags[i]), to = str_find_c(text, '<', from);
			if (to != SIZE_MAX)
				*vec_add(&x->arena, &out) = str_trim(str_n(text.p + from, to - from));
		}
	return out;
}

static void commit_blocks(struct exchange *x, struct upload *u)
{
	struct err err = ERR_INIT;
	struct ids ids = read_block_list(x);
	int rc = upload_commit(u, ids.v, ids.n, &err);
	if (rc > 0)
		reply_error(x, 400, "InvalidBlockList", "the list names a block that was not uploaded");
	else if (rc < 0)
		reply_error(x, err.errnum == ENOSPC ? 507 : 500, "InternalError", "%s", err.text);
	else
		reply_empty(x, 201);
}

/* ---- putting ---- */

static struct upload *upload_asked_for(struct exchange *x)
{
	struct str rest = exchange_rest(x);
	size_t slash = str_find_c(rest, '/', 0);
	struct str id = slash == SIZE_MAX ? STR_EMPTY : str_from(rest, slash + 1);
	const char *kind = str_starts(rest, STR("artifact/")) ? ARTIFACT_UPLOAD
	                   : str_starts(rest, STR("cache/"))  ? CACHE_UPLOAD
	                                                      : NULL;
	if (!kind || !signature_holds(x, kind, id)) {
		reply_error(x, 403, "AuthenticationFailed", "the signature of the address does not hold, or its time is over");
		return NULL;
	}
	struct upload *u = upload_by_id(x->server, kind, id);
	if (!u)
		reply_error(x, 404, "BlobNotFound", "nothing is uploaded to this address any more");
	return u;
}

/* A blank stands for the plus that a client forgot to encode. */
static struct str block_id(struct exchange *x)
{
	char *id = arena_cstr(&x->arena, exchange_query(x, "blockid"));
	for (char *p = id; *p; p++)
		if (*p == ' ')
			*p = '+';
	return str_of(id);
}

static void blob_put(struct exchange *x)
{
	struct upload *u = upload_asked_for(x);
	struct str comp = exchange_query(x, "comp"), type = exchange_header(x, "x-ms-blob-content-type");
	if (!u)
		return;
	if (type.n)
		u->type = arena_str(&u->arena, type);
	if (str_is_nocase(comp, "block")) {
		struct str id = block_id(x);
		if (id.n == 0 || id.n > 512)
			reply_error(x, 400, "InvalidQueryParameterValue", "blockid is missing or too long");
		else
			upload_begin_block(x, u, id);
	} else if (str_is_nocase(comp, "appendblock")) {
		upload_begin_append(x, u);
	} else if (comp.n == 0 && !str_is_nocase(exchange_header(x, "x-ms-blob-type"), "AppendBlob")) {
		upload_begin_range(x, u, 0, UINT64_MAX);
	} else if (comp.n > 0 && !str_is_nocase(comp, "blocklist")) {
		reply_error(x, 400, "InvalidQueryParameterValue", "comp names nothing that is done here");
	}
}

static void blob_put_end(struct exchange *x)
{
	struct upload *u = x->part.upload ? x->part.upload : upload_asked_for(x);
	struct str comp = exchange_query(x, "comp");
	if (!u || (x->part.upload && !upload_end_part(x)))
		return;
	if (str_is_nocase(comp, "blocklist")) {
		commit_blocks(x, u);
		return;
	}
	if (x->part.upload && comp.n == 0)
		upload_commit_ranges(u, x->part.n);
	reply_empty(x, 201);
}

/* ---- getting ---- */

static void blob_get(struct exchange *x)
{
	struct str rest = exchange_rest(x);
	bool cache = str_starts(rest, STR(CACHE_CONTENT "/"));
	const char *kind = cache ? CACHE_CONTENT : ARTIFACT_CONTENT;
	struct str id = str_starts(rest, str_of(kind)) ? str_from(rest, strlen(kind) + 1) : STR_EMPTY;
	if (id.n == 0 || !signature_holds(x, kind, id))
		reply_error(x, 403, "AuthenticationFailed", "the signature of the address does not hold, or its time is over");
	else if (cache)
		cache_send(x, id);
	else
		artifact_send(x, id);
}

static void blob_begin(struct exchange *x)
{
	if (str_is(x->method, "PUT"))
		blob_put(x);
	else if (str_is(x->method, "GET"))
		blob_get(x);
	else
		reply_error(x, 405, "UnsupportedHttpVerb", "PUT, GET and HEAD are what is done here");
}

const struct route blob_route = { NULL, "/blob/", blob_begin, blob_put_end, true };
