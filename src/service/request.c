/* The life of one request, from its head to its answer, and of the server that it comes to; see request.h. */
#include "service/request.h"

#include "service/artifact.h"
#include "service/cache.h"
#include "service/server.h"
#include "service/upload.h"

static const struct route *route_find(struct str method, struct str path)
{
	const struct route *singles[] = { &artifact_route, &cache_route, &cache_v1_route, &blob_route };
	for (size_t i = 0; i < ARRAY_LEN(singles); i++)
		if (str_starts(path, str_of(singles[i]->prefix)))
			return singles[i];
	const struct route *tables[] = { container_routes, oidc_routes };
	for (size_t t = 0; t < ARRAY_LEN(tables); t++)
		for (const struct route *r = tables[t]; r->prefix; r++)
			if (str_starts(path, str_of(r->prefix)) && (!r->method || str_is(method, r->method)))
				return r;
	return NULL;
}

struct exchange *request_begins(struct server *server, void *connection, const char *method, const char *path)
{
	struct exchange *x = xcalloc(1, sizeof(*x));
	x->server = server;
	x->connection = connection;
	x->fd = -1;
	x->body.max = BODY_MAX;
	x->method = arena_str(&x->arena, str_of(strcmp(method, "HEAD") == 0 ? "GET" : method));
	x->path = arena_str(&x->arena, str_of(path));
	x->route = route_find(x->method, x->path);
	if (!x->route)
		reply_error(x, 404, "bad_route", "nothing is served at this place");
	else if (x->route->begin)
		x->route->begin(x);
	return x;
}

void request_body(struct exchange *x, const char *p, size_t n)
{
	if (x->discard || x->status)
		return;
	if (x->part.upload)
		upload_take(x, p, n);
	else
		buf_add(&x->body, p, n);
}

void request_ends(struct exchange *x)
{
	if (x->status)
		return; /* answered by its head */
	if (x->body.overflow)
		reply_error(x, 413, "resource_exhausted", "the request is too long");
	else
		x->route->end(x);
	if (!x->status)
		reply_error(x, 500, "internal", "no answer");
}

void request_free(struct exchange *x)
{
	upload_drop_part(x);
	if (x->fd >= 0)
		close(x->fd);
	buf_done(&x->body);
	buf_done(&x->reply);
	arena_done(&x->arena);
	free(x);
}

/* ---- the server ---- */

struct server *server_new(void)
{
	return xcalloc(1, sizeof(struct server));
}

void server_free(struct server *s)
{
	while (s->uploads)
		upload_forget(s, s->uploads);
	for (struct run_artifacts *r = s->runs, *next; r; r = next) {
		struct arena arena = r->arena;
		next = r->next;
		arena_done(&arena);
		free(r);
	}
	for (struct cache_folder *f = s->folders, *next; f; f = next) {
		next = f->next;
		free(f->dir);
		free(f);
	}
	sign_key_free(s->identity);
	free(s);
}
