/* Caches, version 1: what actions/cache before 4.2 speaks. */
#include <errno.h>

#include "event/event.h"
#include "service/cache.h"
#include "service/server.h"
#include "service/upload.h"

/* "bytes 0-1023/" followed by anything. */
static bool content_range(struct exchange *x, uint64_t *from, uint64_t *to)
{
	char text[128], *end;
	struct str s = exchange_header(x, "Content-Range");
	if (!str_starts(s, STR("bytes ")) || s.n >= sizeof(text))
		return false;
	snprintf(text, sizeof(text), "%.*s", STRF(str_from(s, 6)));
	if (text[0] < '0' || text[0] > '9')
		return false;
	errno = 0;
	*from = strtoull(text, &end, 10);
	if (*end != '-' || end[1] < '0' || end[1] > '9')
		return false;
	*to = strtoull(end + 1, &end, 10);
	return errno == 0 && *end == '/' && *to >= *from && *to < UINT64_C(1) << 62;
}

/* Of the caller's repository and job, by the number in the path. */
static struct upload *upload_asked_for(struct exchange *x)
{
	struct str id = str_from(exchange_rest(x), strlen("caches/"));
	struct upload *u = upload_by_number(x->server, CACHE_UPLOAD, strtoull(id.p, NULL, 10));
	if (u && str_eq(u->job, x->caller.job))
		return u;
	reply_error(x, 404, "not_found", "no such cache is being saved");
	return NULL;
}

static void reserve(struct exchange *x)
{
	struct val request;
	struct upload *u = NULL;
	struct err err = ERR_INIT;
	uint64_t size;
	if (!exchange_json(x, &request))
		return;
	struct str key = member_text(request, "key"), version = member_text(request, "version");
	if (!cache_key_ok(x, key, version))
		return;
	if (member_number(request, "cacheSize", &size) && size > x->caller.cache_limit) {
		reply_error(x, 400, "invalid_argument", "Cache size of %ju bytes is over the limit of %ju bytes", (uintmax_t)size,
		            (uintmax_t)x->caller.cache_limit);
		return;
	}
	if (!x->caller.write.n) {
		reply_error(x, 403, "permission_denied", CACHE_NO_SAVE);
		return;
	}
	int rc = cache_reserve(x, &u, key, version, &err);
	if (rc > 0) {
		reply_error(x, 409, "already_exists", "Cache already exists");
	} else if (rc < 0) {
		reply_error(x, err.errnum == ENOSPC ? 507 : 500, "internal", "%s", err.text);
	} else {
		buf_addf(&x->reply, "{\"cacheId\":%ju}", (uintmax_t)u->number);
		reply_json(x, 201);
	}
}

static void commit(struct exchange *x)
{
	struct val request;
	struct err err = ERR_INIT;
	uint64_t size;
	struct upload *u = upload_asked_for(x);
	if (!u || !exchange_json(x, &request))
		return;
	if (!member_number(request, "size", &size) || upload_commit_ranges(u, size) > 0) {
		reply_error(x, 400, "invalid_argument", "the pieces that were uploaded are not the size that was told");
		return;
	}
	int rc = u->size > x->caller.cache_limit ? 2 : cache_commit(x, u, &err);
	if (rc == 0)
		reply_empty(x, 204);
	else if (rc < 0)
		reply_error(x, err.errnum == ENOSPC ? 507 : 500, "internal", "%s", err.text);
	else
		reply_error(x, rc == 1 ? 409 : 400, "already_exists",
		            rc == 1 ? "Cache already exists" : "the cache is over the limit");
	upload_forget(x->server, u);
}

static void look_up(struct exchange *x)
{
	struct str keys[CACHE_KEYS_MAX], rest = arena_str(&x->arena, exchange_query(x, "keys"));
	struct str version = exchange_query(x, "version");
	struct cache_entry e;
	char when[25];
	size_t n = 0;
	if (!cache_may_read(x))
		return;
	while (rest.n > 0) {
		size_t comma = MIN(str_find_c(rest, ',', 0), rest.n);
		if (n == CACHE_KEYS_MAX || !cache_key_ok(x, str_to(rest, comma), version)) {
			if (!x->status)
				reply_error(x, 400, "invalid_argument", "more than %d keys", CACHE_KEYS_MAX);
			return;
		}
		keys[n++] = str_to(rest, comma);
		rest = str_from(rest, comma + 1);
	}
	struct str address = cache_find(x, &e, keys, n, version) ? cache_address(x, &e) : STR_EMPTY;
	if (!address.n) {
		reply_empty(x, 204);
		return;
	}
	event_time_text(when, e.created_ms);
	buf_adds(&x->reply, "{\"result\":\"hit\",");
	reply_member(x, "cacheKey", e.key);
	buf_addf(&x->reply, ",\"archiveLocation\":\"%.*s\",", STRF(address));
	reply_member(x, "scope", e.scope);
	buf_addf(&x->reply, ",\"creationTime\":\"%s\"}", when);
	reply_json(x, 200);
}

static void list(struct exchange *x)
{
	size_t n, found = 0;
	struct str key = exchange_query(x, "key");
	const struct cache_entry *all = cache_read_all(&x->arena, x->caller.caches, &n);
	buf_adds(&x->reply, "{\"artifactCaches\":[");
	for (size_t i = 0; i < n; i++) {
		if (!str_starts(all[i].key, key))
			continue;
		buf_adds(&x->reply, found++ ? ",{" : "{");
		reply_member(x, "cacheKey", all[i].key);
		buf_addc(&x->reply, ',');
		reply_member(x, "scope", all[i].scope);
		buf_addc(&x->reply, ',');
		reply_member(x, "cacheVersion", all[i].version);
		buf_addc(&x->reply, '}');
	}
	buf_addf(&x->reply, "],\"totalCount\":%zu}", found);
	reply_json(x, 200);
}

/* Pieces of content. The old clients never read this answer, and live as long as its connection does. */
static void v1_begin(struct exchange *x)
{
	uint64_t from, to;
	if (!caller_find(x, "token") || !str_is(x->method, "PATCH"))
		return;
	x->close = true;
	struct upload *u = str_starts(exchange_rest(x), STR("caches/")) ? upload_asked_for(x) : NULL;
	if (!u)
		return;
	if (content_range(x, &from, &to))
		upload_begin_range(x, u, from, to - from + 1);
	else
		reply_error(x, 400, "invalid_argument", "a piece needs a Content-Range");
}

static void v1_end(struct exchange *x)
{
	struct str what = exchange_rest(x);
	bool post = str_is(x->method, "POST"), get = str_is(x->method, "GET");
	uint64_t from, to;
	if (x->part.upload) {
		if (content_range(x, &from, &to) && x->part.n != to - from + 1 && !x->part.errnum)
			reply_error(x, 400, "invalid_argument", "the piece is not as long as its Content-Range");
		else if (upload_end_part(x))
			reply_empty(x, 204);
	} else if (post && str_is(what, "caches"))
		reserve(x);
	else if (post && str_starts(what, STR("caches/")))
		commit(x);
	else if (get && str_is(what, "cache"))
		look_up(x);
	else if (get && str_is(what, "caches"))
		list(x);
	else if (post && str_is(what, "clean"))
		reply_empty(x, 204);
	else
		reply_error(x, 404, "bad_route", "nothing is served at this place");
}

const struct route cache_v1_route = { NULL, "/_apis/artifactcache/", v1_begin, v1_end, false };
