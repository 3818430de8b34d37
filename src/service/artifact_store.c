/* The artifacts of runs: which there are, what their files are called, the list beside them, sending one. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/path.h"
#include "base/utf8.h"
#include "event/event.h"
#include "service/artifact.h"
#include "service/server.h"

enum { FILE_NAME_MAX = 180, ARTIFACT_NAME_MAX = 1024 };

struct run_artifacts *artifacts_of(struct exchange *x)
{
	const struct caller *c = &x->caller;
	struct run_artifacts *r = x->server->runs;
	while (r && !str_eq(r->run, c->run))
		r = r->next;
	if (!r) {
		r = xcalloc(1, sizeof(*r));
		r->run = arena_str(&r->arena, c->run);
		r->dir = arena_str(&r->arena, c->artifacts);
		r->next = x->server->runs;
		x->server->runs = r;
	}
	return r;
}

bool artifact_name_ok(struct exchange *x, struct str name)
{
	static const char forbidden[] = "\":<>|*?\r\n\\/";
	bool ok = name.n > 0 && name.n <= ARTIFACT_NAME_MAX && !memchr(name.p, '\0', name.n);
	for (size_t i = 0; ok && i < name.n; i++)
		ok = !strchr(forbidden, name.p[i]);
	if (!ok)
		reply_error(x, 400, "invalid_argument",
		            "the artifact's name is empty, too long, or has one of \" : < > | * ? \\ / or a line break");
	return ok;
}

struct artifact *artifact_named(struct run_artifacts *r, struct str name)
{
	for (size_t i = r->list.n; i > 0; i--)
		if (str_eq(r->list.v[i - 1].name, name))
			return &r->list.v[i - 1];
	return NULL;
}

static bool plain_byte(unsigned char c, bool utf8)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (utf8 && c >= 0x80) ||
	       (c && strchr("._-+=@,() ", c));
}

void artifact_encode(struct buf *out, struct str name, uint64_t id)
{
	bool utf8 = utf8_valid(name), cut = false;
	size_t begin = out->n;
	for (size_t i = 0; i < name.n && !cut; i++) {
		unsigned char c = (unsigned char)name.p[i];
		if (plain_byte(c, utf8) && (c != '.' || i > 0))
			buf_addc(out, (char)c);
		else
			buf_addf(out, "%%%02X", c);
		cut = out->n - begin > FILE_NAME_MAX &&
		      (!utf8 || i + 1 >= name.n || ((unsigned char)name.p[i + 1] & 0xC0) != 0x80);
	}
	if (cut)
		buf_addf(out, "~%ju", (uintmax_t)id);
}

struct str artifact_file_name(struct run_artifacts *r, struct str name, const char *suffix, uint64_t id)
{
	_cleanup_buf_ struct buf out = BUF_INIT;
	artifact_encode(&out, name, id);
	if (!str_ends(buf_str(&out), str_of(suffix)))
		buf_adds(&out, suffix);
	for (size_t i = 0; i < r->list.n; i++)
		if (str_eq(r->list.v[i].file, buf_str(&out))) {
			buf_addf(&out, "~%ju", (uintmax_t)id);
			break;
		}
	return arena_str(&r->arena, buf_str(&out));
}

int artifacts_write_list(struct run_artifacts *r, struct err *err)
{
	_cleanup_buf_ struct buf json = BUF_INIT;
	struct arena scratch = { 0 };
	struct val list = val_array(&scratch);
	for (size_t i = 0; i < r->list.n; i++) {
		const struct artifact *f = &r->list.v[i];
		struct val v = val_object(&scratch);
		char when[25];
		event_time_text(when, f->created_ms);
		val_set_str(&scratch, v, "name", f->name);
		val_set_str(&scratch, v, "file", f->file);
		val_set(&scratch, v, STR("size"), val_num((double)f->size));
		val_set_str(&scratch, v, "digest", f->digest);
		val_set_str(&scratch, v, "type", f->type);
		val_set_str(&scratch, v, "created_at", arena_str(&scratch, str_of(when)));
		val_push(&scratch, list, v);
	}
	val_to_json(&json, list, JSON_PRETTY);
	buf_adds(&json, "\n");
	struct str path = path_join(&scratch, r->dir, STR(ARTIFACT_LIST)),
		   draft = path_join(&scratch, r->dir, STR(ARTIFACT_LIST ".new"));
	int rc = file_write(draft.p, buf_str(&json), 0600, err);
	if (rc == 0 && rename(draft.p, path.p) < 0)
		rc = err_errno(err, "cannot rename %s", draft.p);
	arena_done(&scratch);
	return rc;
}

/* ---- sending ---- */

static const struct artifact *find_by_id(struct server *s, uint64_t id, struct run_artifacts **run)
{
	for (struct run_artifacts *r = s->runs; r; r = r->next)
		for (size_t i = 0; i < r->list.n; i++)
			if (r->list.v[i].id == id) {
				*run = r;
				return &r->list.v[i];
			}
	return NULL;
}

/* As older clients name it, and as others expect to read it. */
static bool is_zip(struct str type)
{
	return type.n == 0 || str_is_nocase(type, "zip") || str_is_nocase(type, "application/zip");
}

static struct str disposition(struct exchange *x, const struct artifact *f)
{
	_cleanup_buf_ struct buf out = BUF_INIT;
	bool add = is_zip(f->type) && !str_ends(f->name, STR(".zip"));
	buf_adds(&out, "attachment; filename=\"");
	for (size_t i = 0; i < f->name.n; i++) {
		unsigned char c = (unsigned char)f->name.p[i];
		buf_addc(&out, c < 0x20 || c >= 0x7F || c == '"' || c == '\\' ? '_' : (char)c);
	}
	buf_addf(&out, "%s\"; filename*=UTF-8''", add ? ".zip" : "");
	for (size_t i = 0; i < f->name.n; i++) {
		unsigned char c = (unsigned char)f->name.p[i];
		bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' || c == '-' ||
		             c == '_';
		if (plain)
			buf_addc(&out, (char)c);
		else
			buf_addf(&out, "%%%02X", c);
	}
	buf_adds(&out, add ? ".zip" : "");
	return arena_str(&x->arena, buf_str(&out));
}

/* A type as a header may have it. */
static const char *type_of(struct exchange *x, const struct artifact *f)
{
	if (is_zip(f->type))
		return "application/zip";
	for (size_t i = 0; i < f->type.n; i++)
		if (f->type.p[i] < 0x20 || f->type.p[i] >= 0x7F)
			return "application/octet-stream";
	return arena_cstr(&x->arena, f->type);
}

void artifact_send(struct exchange *x, struct str id)
{
	struct run_artifacts *r = NULL;
	const struct artifact *f = find_by_id(x->server, strtoull(id.p, NULL, 10), &r);
	struct stat st;
	if (!f) {
		reply_error(x, 404, "BlobNotFound", "the artifact was deleted");
		return;
	}
	int fd = open(path_join(&x->arena, r->dir, f->file).p, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		if (fd >= 0)
			close(fd);
		reply_error(x, 404, "BlobNotFound", "the artifact's file is gone");
		return;
	}
	x->disposition = disposition(x, f);
	reply_file(x, fd, (uint64_t)st.st_size, type_of(x, f));
}
