/* Caches, version 2: GitHub's CacheService, with content by signed addresses (blob.c). */
#include <errno.h>

#include "service/cache.h"
#include "service/server.h"
#include "service/twirp.h"
#include "service/upload.h"

static void reply_no(struct exchange *x, const char *message)
{
	buf_adds(&x->reply, "{\"ok\":false");
	if (message[0]) {
		buf_addc(&x->reply, ',');
		reply_member(x, "message", str_of(message));
	}
	buf_addc(&x->reply, '}');
	reply_json(x, 200);
}

static void create(struct exchange *x, struct val request)
{
	struct str key = member_text(request, "key"), version = member_text(request, "version");
	struct upload *u = NULL;
	struct err err = ERR_INIT;
	if (!cache_key_ok(x, key, version))
		return;
	if (!x->caller.write.n) {
		reply_no(x, CACHE_NO_SAVE);
		return;
	}
	int rc = cache_reserve(x, &u, key, version, &err);
	if (rc > 0) {
		reply_error(x, 409, "already_exists", "cache entry with the same key, version, and scope already exists");
	} else if (rc < 0) {
		reply_error(x, err.errnum == ENOSPC ? 507 : 500, "internal", "%s", err.text);
	} else {
		struct str path = signed_path(x, CACHE_UPLOAD, str_of(u->id), CACHE_UPLOAD_SECONDS);
		buf_addf(&x->reply, "{\"ok\":true,\"signed_upload_url\":\"%.*s%.*s\"}", STRF(exchange_origin(x)), STRF(path));
		reply_json(x, 200);
	}
}

static struct upload *pending(struct exchange *x, struct val request)
{
	struct str key = member_text(request, "key"), version = member_text(request, "version");
	for (struct upload *u = x->server->uploads; u; u = u->next)
		if (strcmp(u->kind, CACHE_UPLOAD) == 0 && str_eq(u->job, x->caller.job) && str_eq(u->caches, x->caller.caches) &&
		    str_eq(u->key, key) && str_eq(u->version, version))
			return u;
	return NULL;
}

static void finalize(struct exchange *x, struct val request)
{
	struct upload *u = pending(x, request);
	struct err err = ERR_INIT;
	uint64_t size;
	if (!u) {
		reply_error(x, 404, "not_found", "no cache entry of this key is being saved");
		return;
	}
	if (!u->committed && u->end > 0)
		upload_commit_ranges(u, u->end);
	if (!u->committed) {
		reply_no(x, "the content was not uploaded");
		return;
	}
	uint64_t id = u->number;
	if (member_number(request, "size_bytes", &size) && size != u->size) {
		reply_no(x, "the size is not that of what was uploaded");
	} else if (u->size > x->caller.cache_limit) {
		reply_no(x, "the entry is larger than all caches of a repository may be");
	} else {
		int rc = cache_commit(x, u, &err);
		if (rc > 0)
			reply_no(x, "another run has saved an entry of this key");
		else if (rc < 0)
			reply_error(x, err.errnum == ENOSPC ? 507 : 500, "internal", "%s", err.text);
		else
			buf_addf(&x->reply, "{\"ok\":true,\"entry_id\":\"%ju\"}", (uintmax_t)id), reply_json(x, 200);
	}
	upload_forget(x->server, u);
}

static void get_address(struct exchange *x, struct val request)
{
	struct str keys[CACHE_KEYS_MAX + 1], version = member_text(request, "version");
	struct val more = val_at(request, "restore_keys");
	struct cache_entry e;
	size_t n = 0;
	if (!cache_may_read(x))
		return;
	keys[n++] = member_text(request, "key");
	for (size_t i = 0; more.kind == VAL_ARRAY && i < more.a->n; i++) {
		if (more.a->v[i].kind != VAL_STRING || n > CACHE_KEYS_MAX) {
			reply_error(x, 400, "invalid_argument", "more than %d keys, or one that is no text", CACHE_KEYS_MAX);
			return;
		}
		keys[n++] = more.a->v[i].s;
	}
	for (size_t i = 0; i < n; i++)
		if (!cache_key_ok(x, keys[i], version))
			return;
	struct str address = cache_find(x, &e, keys, n, version) ? cache_address(x, &e) : STR_EMPTY;
	if (!address.n) {
		reply_no(x, "");
		return;
	}
	buf_addf(&x->reply, "{\"ok\":true,\"signed_download_url\":\"%.*s\",", STRF(address));
	reply_member(x, "matched_key", e.key);
	buf_addc(&x->reply, '}');
	reply_json(x, 200);
}

static const struct twirp_method methods[] = {
	{ "CreateCacheEntry", create },
	{ "FinalizeCacheEntryUpload", finalize },
	{ "GetCacheEntryDownloadURL", get_address },
};

static void cache_end(struct exchange *x)
{
	twirp_end(x, methods, ARRAY_LEN(methods));
}

const struct route cache_route = { NULL, "/twirp/github.actions.results.api.v1.CacheService/", NULL, cache_end, false };
