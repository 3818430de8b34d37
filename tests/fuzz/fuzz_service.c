/* Requests to the services of a run, with any bytes: what libmicrohttpd would hand over is made up here, everything behind it is
 * the helper's own. An input is a list of requests, "\n--\n" between them: "METHOD PATH", then lines "Name: value" (headers) and
 * "name=value" (the query, behind a "?"), an empty line, and the body. The path "@" is the one that was signed last, with its
 * signature; the requests come from a job with a card. Whatever they are, there is an answer, JSON is JSON, and nothing is
 * written but below the job's folders. */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/base64.h"
#include "base/file.h"
#include "base/path.h"
#include "base/remove.h"
#include "service/lib.h"
#include "service/request.h"
#include "service/server.h"
#include "service/upload.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PAIRS = 24, REQUESTS = 24 };

static struct {
	struct arena arena;
	char dir[64];
	struct str token;
	struct server *server;
	struct str signed_path, signed_query; /* of the last answer that had one */
} w;

/* ---- one request, as libmicrohttpd tells it ---- */

struct pair {
	enum MHD_ValueKind kind;
	struct str name, value;
};

struct request {
	struct str method, path, body;
	struct pair pairs[PAIRS];
	size_t n;
};

static const char *look_up(struct MHD_Connection *c, enum MHD_ValueKind kind, const char *name)
{
	const struct request *r = (const struct request *)(void *)c;
	for (size_t i = 0; i < r->n; i++)
		if (r->pairs[i].kind == kind &&
		    (kind == MHD_HEADER_KIND ? str_is_nocase(r->pairs[i].name, name) : str_is(r->pairs[i].name, name)))
			return r->pairs[i].value.p;
	return NULL;
}

/* As a server reads it: texts have no NUL. */
static struct str text_of(struct str s)
{
	return arena_str(&w.arena, str_to(s, str_find_c(s, '\0', 0)));
}

static void add_pair(struct request *r, enum MHD_ValueKind kind, struct str name, struct str value)
{
	if (r->n < PAIRS)
		r->pairs[r->n++] = (struct pair) { kind, text_of(name), text_of(value) };
}

static void add_query(struct request *r, struct str query)
{
	while (query.n) {
		size_t end = MIN(str_find_c(query, '&', 0), query.n), equals = MIN(str_find_c(query, '=', 0), end);
		add_pair(r, MHD_GET_ARGUMENT_KIND, str_to(query, equals),
		         equals < end ? str_n(query.p + equals + 1, end - equals - 1) : STR_EMPTY);
		query = str_from(query, end + 1);
	}
}

static void read_request(struct request *r, struct str text)
{
	struct str line;
	*r = (struct request) { .method = STR("GET"), .path = STR("/") };
	if (str_next_line(&text, &line)) {
		size_t space = MIN(str_find_c(line, ' ', 0), line.n);
		r->method = text_of(str_to(line, space));
		r->path = text_of(str_from(line, space + 1));
	}
	if (str_is(r->path, "@")) {
		r->path = w.signed_path.n ? w.signed_path : STR("/");
		add_query(r, w.signed_query);
	}
	while (str_next_line(&text, &line) && line.n) {
		size_t colon = str_find_c(line, ':', 0);
		if (line.p[0] == '?')
			add_query(r, str_from(line, 1));
		else if (colon != SIZE_MAX)
			add_pair(r, MHD_HEADER_KIND, str_to(line, colon), str_trim(str_from(line, colon + 1)));
	}
	if (!look_up((struct MHD_Connection *)r, MHD_HEADER_KIND, "Authorization"))
		add_pair(r, MHD_HEADER_KIND, STR("Authorization"), w.token);
	r->body = text;
}

/* ---- its answer ---- */

static void remember_address(struct str reply)
{
	size_t at = str_find(reply, STR("/blob/"), 0);
	if (at == SIZE_MAX)
		return;
	struct str rest = str_from(reply, at);
	rest = str_to(rest, str_find_c(rest, '"', 0));
	size_t mark = MIN(str_find_c(rest, '?', 0), rest.n);
	w.signed_path = arena_str(&w.arena, str_to(rest, mark));
	w.signed_query = arena_str(&w.arena, str_from(rest, mark + 1));
}

static void check_answer(const struct exchange *x)
{
	struct arena a = { 0 };
	struct val v;
	if (x->status < 200 || x->status > 599)
		abort();
	if (x->fd < 0 && x->reply.n && x->type && strcmp(x->type, "application/json") == 0 &&
	    val_from_json(&v, &a, buf_str(&x->reply), NULL) < 0)
		abort();
	arena_done(&a);
	remember_address(buf_str(&x->reply));
}

static void handle(struct str text)
{
	struct request r;
	read_request(&r, text);
	struct exchange *x = request_begins(w.server, &r, r.method.p, r.path.p);
	size_t half = r.body.n / 2;
	if (half)
		request_body(x, r.body.p, half);
	if (r.body.n)
		request_body(x, r.body.p + half, r.body.n - half);
	request_ends(x);
	check_answer(x);
	request_free(x);
}

/* ---- the world around ---- */

static void put_card(const char *dir)
{
	_cleanup_buf_ struct buf claims = BUF_INIT, token = BUF_INIT, card = BUF_INIT;
	static const char job[] = "0a0a0a0a-0000-4000-8000-000000000001";
	buf_addf(&claims, "{\"scp\":\"Actions.Results:run:%s\"}", job);
	buf_adds(&token, "Bearer x.");
	base64_append_url(&token, buf_str(&claims));
	buf_adds(&token, ".y");
	w.token = arena_str(&w.arena, buf_str(&token));
	buf_addf(&card,
	         "{\"run\":\"run\",\"token\":\"%.*s\",\"id_token\":\"\",\"expires\":4000000000,\"artifacts\":\"%s/artifacts\","
	         "\"caches\":\"%s/caches\",\"cache_limit\":100000,\"write\":\"refs/heads/main\",\"read\":[\"refs/heads/"
	         "main\"],\"claims\":null}",
	         STRF(str_from(w.token, 7)), dir, dir);
	struct str path = arena_printf(&w.arena, "%s/cards/%s.json", dir, job);
	if (file_mkdirs(arena_printf(&w.arena, "%s/cards", dir).p, 0700, NULL) < 0 ||
	    file_write(path.p, buf_str(&card), 0600, NULL) < 0)
		abort();
}

static void open_world(void)
{
	snprintf(w.dir, sizeof(w.dir), "%s/fuzz-service-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (!mkdtemp(w.dir))
		abort();
	put_card(w.dir);
	http_lib.MHD_lookup_connection_value = look_up;
	w.server = server_new();
	w.server->port = 1;
	w.server->cards = open(arena_printf(&w.arena, "%s/cards", w.dir).p, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* Nothing but what the job may write is there. */
static void close_world(void)
{
	DIR *d = opendir(w.dir);
	for (struct dirent *e; d && (e = readdir(d)) != NULL;)
		if (e->d_name[0] != '.' && strcmp(e->d_name, "cards") != 0 && strcmp(e->d_name, "artifacts") != 0 &&
		    strcmp(e->d_name, "caches") != 0)
			abort();
	if (d)
		closedir(d);
	close(w.server->cards);
	server_free(w.server);
	remove_some(w.dir, SIZE_MAX, NULL);
	arena_done(&w.arena);
	w.signed_path = w.signed_query = STR_EMPTY;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = str_n((const char *)data, size);
	open_world();
	for (int i = 0; i < REQUESTS && rest.n; i++) {
		size_t end = MIN(str_find(rest, STR("\n--\n"), 0), rest.n);
		handle(str_to(rest, end));
		rest = str_from(rest, end + 4);
	}
	close_world();
	return 0;
}
