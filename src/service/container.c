/* Artifacts, version 3: folders of files that are sent one by one, as actions of old and forges do it. The files stand below the
 * run's folder as they were named; those that the client has compressed stay so, with .gz behind the name. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

#include "base/beneath.h"
#include "base/file.h"
#include "base/path.h"
#include "service/artifact.h"
#include "service/server.h"
#include "service/upload.h"

#define CONTAINER_UPLOAD "container"

enum { PATH_BYTES_MAX = 4096, DEPTH_MAX = 64 };

/* ---- the list of artifacts ---- */

static struct str container_url(struct exchange *x)
{
	return arena_printf(&x->arena, "%.*s/_apis/container/%.*s", STRF(exchange_origin(x)), STRF(x->caller.run));
}

static void create(struct exchange *x)
{
	struct run_artifacts *r = artifacts_of(x);
	struct val request;
	struct err err = ERR_INIT;
	struct timespec ts;
	if (!exchange_json(x, &request))
		return;
	struct str name = member_text(request, "Name");
	if (!name.n)
		name = member_text(request, "name");
	if (!artifact_name_ok(x, name))
		return;
	struct artifact *f = artifact_named(r, name);
	if (f && f->digest.n) {
		reply_error(x, 400, "already_exists", "an artifact with this name already exists on the workflow run");
		return;
	}
	if (!f) {
		uint64_t id = ++x->server->last_id;
		struct str folder = artifact_file_name(r, name, "", id);
		if (file_mkdirs(path_join(&x->arena, r->dir, folder).p, 0700, &err) < 0) {
			reply_error(x, 500, "internal", "%s", err.text);
			return;
		}
		clock_gettime(CLOCK_REALTIME, &ts);
		f = vec_add(&r->arena, &r->list);
		*f = (struct artifact) { .id = id,
			                 .name = arena_str(&r->arena, name),
			                 .job = arena_str(&r->arena, x->caller.job),
			                 .file = folder,
			                 .created_ms = (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000 };
	}
	buf_addf(&x->reply, "{\"containerId\":%ju,\"size\":-1,", (uintmax_t)f->id);
	reply_member(x, "name", name);
	buf_addc(&x->reply, ',');
	reply_member(x, "fileContainerResourceUrl", container_url(x));
	buf_addc(&x->reply, '}');
	reply_json(x, 201);
}

/* The client has sent all files. */
static void finish(struct exchange *x)
{
	struct run_artifacts *r = artifacts_of(x);
	struct str name = exchange_query(x, "artifactName");
	struct artifact *f = artifact_named(r, name);
	struct err err = ERR_INIT;
	if (!f || f->digest.n) {
		reply_error(x, 404, "not_found", "the run has no artifact of this name");
		return;
	}
	f->size = 0;
	for (size_t i = 0; i < r->items.n; i++) {
		struct str path = r->items.v[i].path;
		if (str_starts(path, name) && path.n > name.n && path.p[name.n] == '/')
			f->size += r->items.v[i].content;
	}
	if (artifacts_write_list(r, &err) < 0) {
		reply_error(x, 500, "internal", "%s", err.text);
		return;
	}
	buf_adds(&x->reply, "{\"message\":\"success\"}");
	reply_json(x, 200);
}

static void list_artifacts(struct exchange *x)
{
	const struct run_artifacts *r = artifacts_of(x);
	size_t n = 0;
	buf_adds(&x->reply, "{\"value\":[");
	for (size_t i = 0; i < r->list.n; i++) {
		if (r->list.v[i].digest.n)
			continue; /* of version 4 */
		buf_adds(&x->reply, n++ ? ",{" : "{");
		reply_member(x, "name", r->list.v[i].name);
		buf_addf(&x->reply, ",\"containerId\":%ju,\"size\":%ju,", (uintmax_t)r->list.v[i].id,
		         (uintmax_t)r->list.v[i].size);
		reply_member(x, "fileContainerResourceUrl", container_url(x));
		buf_addc(&x->reply, '}');
	}
	buf_addf(&x->reply, "],\"count\":%zu}", n);
	reply_json(x, 200);
}

static void workflows_end(struct exchange *x)
{
	if (!caller_find(x, "token"))
		return;
	if (!str_ends(x->path, STR("/artifacts")))
		reply_error(x, 404, "bad_route", "nothing is served at this place");
	else if (str_is(x->method, "POST"))
		create(x);
	else if (str_is(x->method, "PATCH"))
		finish(x);
	else if (str_is(x->method, "GET"))
		list_artifacts(x);
	else
		reply_error(x, 405, "bad_route", "no such method");
}

/* ---- files ---- */

/* The path of a file with slashes only, in the arena; empty with an answer when it is none, or leads elsewhere. */
static struct str item_path(struct exchange *x)
{
	char *text = arena_cstr(&x->arena, exchange_query(x, "itemPath"));
	for (char *p = text; *p; p++)
		if (*p == '\\')
			*p = '/';
	struct str path = str_of(text);
	bool ok = path.n > 0 && path.n < PATH_BYTES_MAX;
	size_t depth = 0;
	for (size_t from = 0; ok && from <= path.n; depth++) {
		size_t to = MIN(str_find_c(path, '/', from), path.n);
		struct str part = str_n(path.p + from, to - from);
		ok = part.n > 0 && !str_is(part, ".") && !str_is(part, "..") && depth < DEPTH_MAX;
		from = to + 1;
	}
	if (ok)
		return path;
	reply_error(x, 400, "invalid_argument", "itemPath is no path of a file below an artifact");
	return STR_EMPTY;
}

/* The artifact whose name the path begins with. */
static struct artifact *artifact_of(struct run_artifacts *r, struct str path)
{
	struct artifact *f = artifact_named(r, str_to(path, MIN(str_find_c(path, '/', 0), path.n)));
	return f && !f->digest.n ? f : NULL;
}

static struct container_item *item_named(struct run_artifacts *r, struct str path)
{
	for (size_t i = 0; i < r->items.n; i++)
		if (str_eq(r->items.v[i].path, path))
			return &r->items.v[i];
	return NULL;
}

static struct upload *item_upload(struct exchange *x, struct run_artifacts *r, struct str path)
{
	struct err err = ERR_INIT;
	struct str folder = path_join(&x->arena, r->dir, STR(SERVICE_INCOMING));
	for (struct upload *u = x->server->uploads; u; u = u->next)
		if (strcmp(u->kind, CONTAINER_UPLOAD) == 0 && str_eq(u->run, x->caller.run) && str_eq(u->name, path))
			return u;
	struct upload *u = NULL;
	if (file_mkdirs(folder.p, 0700, &err) < 0 || !(u = upload_new(x->server, folder, CONTAINER_UPLOAD, false, &err))) {
		reply_error(x, err.errnum == ENOSPC ? 507 : 500, "internal", "%s", err.text);
		return NULL;
	}
	u->run = arena_str(&u->arena, x->caller.run);
	u->name = arena_str(&u->arena, path);
	return u;
}

struct piece {
	uint64_t from, to, total; /* to: behind the last byte */
	bool whole;               /* nothing was said of pieces */
};

/* "bytes 0-99/1000"; of an empty file "bytes 0--1/0". */
static bool read_piece(struct exchange *x, struct piece *out)
{
	char text[128];
	unsigned long long from, to, total;
	struct str s = exchange_header(x, "Content-Range");
	*out = (struct piece) { .whole = true };
	if (s.n == 0 || str_is(s, "bytes 0--1/0"))
		return true;
	snprintf(text, sizeof(text), "%.*s", STRF(str_to(s, sizeof(text) - 1)));
	if (sscanf(text, "bytes %19llu-%19llu/%19llu", &from, &to, &total) != 3 || to < from || total <= to)
		return false;
	*out = (struct piece) { from, to + 1, total, false };
	return true;
}

static void put_begin(struct exchange *x)
{
	struct piece piece;
	if (!caller_find(x, "token"))
		return;
	struct run_artifacts *r = artifacts_of(x);
	struct str path = item_path(x);
	if (!path.n)
		return;
	if (!artifact_of(r, path) || str_find_c(path, '/', 0) == SIZE_MAX) {
		reply_error(x, 404, "not_found", "the run has no artifact of this name");
		return;
	}
	if (!read_piece(x, &piece)) {
		reply_error(x, 400, "invalid_argument", "Content-Range is not understood");
		return;
	}
	struct upload *u = item_upload(x, r, path);
	if (u)
		upload_begin_range(x, u, piece.from, piece.whole ? UINT64_MAX : piece.to - piece.from);
}

/* Where the file goes: every part of its path in safe letters. */
static struct str item_file(struct exchange *x, struct run_artifacts *r, struct str path, bool gzip)
{
	_cleanup_buf_ struct buf out = BUF_INIT;
	buf_addstr(&out, artifact_of(r, path)->file);
	for (size_t from = str_find_c(path, '/', 0) + 1; from <= path.n;) {
		size_t to = MIN(str_find_c(path, '/', from), path.n);
		buf_addc(&out, '/');
		artifact_encode(&out, str_n(path.p + from, to - from), x->server->last_id);
		from = to + 1;
	}
	if (gzip)
		buf_adds(&out, ".gz");
	for (size_t i = 0; i < r->items.n; i++)
		if (str_eq(r->items.v[i].file, buf_str(&out)) && !str_eq(r->items.v[i].path, path)) {
			buf_addf(&out, "~%ju", (uintmax_t)++x->server->last_id);
			break;
		}
	return arena_str(&r->arena, buf_str(&out));
}

static int keep_item(struct exchange *x, struct run_artifacts *r, struct upload *u, struct str path, struct err *err)
{
	bool gzip = str_is_nocase(exchange_header(x, "Content-Encoding"), "gzip");
	uint64_t content = u->size;
	struct str file = item_file(x, r, path, gzip);
	_cleanup_close_ int root = open(r->dir.p, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_close_ int folder = root < 0 ? -1 : beneath_mkdirs(root, arena_cstr(&x->arena, path_dir(file)));
	if (folder < 0)
		return err_errno(err, "cannot make the folder of %.*s", STRF(file));
	if (upload_keep(u, path_join(&x->arena, r->dir, file).p, err) < 0)
		return -1;
	exchange_number(x, "x-tfs-filelength", &content);
	struct container_item *item = item_named(r, path);
	if (!item) {
		item = vec_add(&r->arena, &r->items);
		item->path = arena_str(&r->arena, path);
	} else if (!str_eq(item->file, file)) {
		unlink(path_join(&x->arena, r->dir, item->file).p);
	}
	*item = (struct container_item) { item->path, file, gzip, u->size, content };
	return 0;
}

static void put_end(struct exchange *x)
{
	struct upload *u = x->part.upload;
	struct piece piece;
	struct err err = ERR_INIT;
	if (!read_piece(x, &piece) || !upload_end_part(x))
		return;
	if (upload_commit_ranges(u, piece.whole ? x->part.n : piece.total) > 0) {
		reply_empty(x, 200); /* more is to come */
		return;
	}
	int rc = keep_item(x, artifacts_of(x), u, u->name, &err);
	upload_forget(x->server, u);
	if (rc < 0) {
		reply_error(x, 500, "internal", "%s", err.text);
		return;
	}
	buf_adds(&x->reply, "{\"message\":\"success\"}");
	reply_json(x, 201);
}

/* ---- fetching ---- */

static struct str percent_encoded(struct arena *a, struct str s)
{
	_cleanup_buf_ struct buf out = BUF_INIT;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c && strchr("-._~", c)))
			buf_addc(&out, (char)c);
		else
			buf_addf(&out, "%%%02X", c);
	}
	return arena_str(a, buf_str(&out));
}

static void list_items(struct exchange *x, struct run_artifacts *r, struct str path)
{
	size_t n = 0;
	buf_adds(&x->reply, "{\"value\":[");
	for (size_t i = 0; i < r->items.n; i++) {
		const struct container_item *item = &r->items.v[i];
		if (!str_starts(item->path, path) || (item->path.n > path.n && item->path.p[path.n] != '/'))
			continue;
		buf_adds(&x->reply, n++ ? ",{" : "{");
		reply_member(x, "path", item->path);
		buf_addf(&x->reply,
		         ",\"itemType\":\"file\",\"fileLength\":%ju,\"contentLocation\":\"%.*s/content?itemPath=%.*s\"}",
		         (uintmax_t)item->size, STRF(container_url(x)), STRF(percent_encoded(&x->arena, item->path)));
	}
	buf_addf(&x->reply, "],\"count\":%zu}", n);
	reply_json(x, 200);
}

static void send_item(struct exchange *x, struct run_artifacts *r, struct str path)
{
	const struct container_item *item = item_named(r, path);
	struct stat st;
	_cleanup_close_ int root = open(r->dir.p, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int fd = item && root >= 0 ? beneath_open_nolinks(root, item->file.p, O_RDONLY | O_NONBLOCK, 0) : -1;
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		if (fd >= 0)
			close(fd);
		reply_error(x, 404, "not_found", "no such file");
		return;
	}
	x->encoding = item->gzip ? STR("gzip") : STR_EMPTY;
	reply_file(x, fd, (uint64_t)st.st_size, "application/octet-stream");
}

static void get_end(struct exchange *x)
{
	if (!caller_find(x, "token"))
		return;
	struct run_artifacts *r = artifacts_of(x);
	struct str path = item_path(x);
	if (!path.n)
		return;
	if (str_ends(x->path, STR("/content")))
		send_item(x, r, path);
	else
		list_items(x, r, path);
}

const struct route container_routes[] = {
	{ NULL, "/_apis/pipelines/workflows/", NULL, workflows_end, false },
	{ "PUT", "/_apis/container/", put_begin, put_end, false },
	{ "GET", "/_apis/container/", NULL, get_end, false },
	{ 0 },
};
