/* One object: from a pack, from a loose file, in the end from libgit2, which knows what is not read here. */
#include "git/odb.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/path.h"
#include "git/internal.h"
#include "git/lib.h"

enum { ALTERNATES_MAX = 1 << 16, LOOSE_HEAD = 4096, TAG_DEPTH = 8 };

inflate_fn *inflate_load(void)
{
	static inflate_fn *found;
	void *handle = found ? NULL : dlopen("libz.so.1", RTLD_LAZY | RTLD_LOCAL);
	void *symbol = handle ? dlsym(handle, "uncompress") : NULL;
	if (symbol)
		memcpy(&found, &symbol, sizeof(found));
	return found;
}

/* --- names --- */

static unsigned digit(char c)
{
	return (unsigned)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
}

bool oid_parse(struct oid *out, struct str hex)
{
	*out = (struct oid) { 0 };
	if (!git_is_object_name(hex))
		return false;
	for (size_t i = 0; i < hex.n / 2; i++)
		out->b[i] = (unsigned char)(digit(hex.p[2 * i]) << 4 | digit(hex.p[2 * i + 1]));
	return true;
}

struct str oid_text(struct arena *a, const struct oid *id, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	char *text = arena_alloc(a, 2 * len + 1);
	for (size_t i = 0; i < len; i++) {
		text[2 * i] = digits[id->b[i] >> 4];
		text[2 * i + 1] = digits[id->b[i] & 15];
	}
	text[2 * len] = '\0';
	return str_n(text, 2 * len);
}

bool oid_search(const unsigned char *fanout, const unsigned char *names, size_t len, const struct oid *id, uint32_t *pos)
{
	uint32_t lo = id->b[0] ? big32(fanout + 4 * (size_t)(id->b[0] - 1)) : 0, hi = big32(fanout + 4 * (size_t)id->b[0]);
	hi = MIN(hi, big32(fanout + 4 * 255));
	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		int c = memcmp(id->b, names + (size_t)mid * len, len);
		*pos = mid;
		if (c == 0)
			return true;
		if (c < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return false;
}

/* --- files --- */

bool map_file(const unsigned char **p, size_t *n, const char *path)
{
	struct stat st;
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size <= 0)
		return false;
	void *at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (at == MAP_FAILED)
		return false;
	*p = at;
	*n = (size_t)st.st_size;
	return true;
}

void unmap_file(const unsigned char *p, size_t n)
{
	if (p)
		munmap((void *)(uintptr_t)p, n);
}

static bool has_dir(const struct odb *o, struct str dir)
{
	for (size_t i = 0; i < o->ndirs; i++)
		if (str_eq(o->dirs[i], dir))
			return true;
	return false;
}

/* The list grows while it is read: alternates may have alternates. */
static void add_alternates(struct odb *o, struct str dir)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct str path = arena_printf(&o->arena, "%.*s/info/alternates", STRF(dir)), line;
	if (file_read(&text, path.p, ALTERNATES_MAX, NULL) < 0)
		return;
	struct str rest = buf_str(&text);
	while (str_next_line(&rest, &line)) {
		if (!line.n || line.p[0] == '#')
			continue;
		struct str to = path_normal(&o->arena, path_join(&o->arena, dir, line));
		if (o->ndirs < ARRAY_LEN(o->dirs) && !has_dir(o, to))
			o->dirs[o->ndirs++] = arena_str(&o->arena, to);
	}
}

struct odb *odb_open(struct git_repo *r, size_t len)
{
	struct odb *o = xcalloc(1, sizeof(*o));
	o->repo = r;
	o->len = len;
	o->dirs[o->ndirs++] = arena_printf(&o->arena, "%.*s/objects", STRF(r->common_dir));
	for (size_t i = 0; i < o->ndirs; i++)
		add_alternates(o, o->dirs[i]);
	for (size_t i = 0; i < o->ndirs; i++)
		packs_open(o, o->dirs[i]);
	return o;
}

void odb_close(struct odb *o)
{
	if (!o)
		return;
	packs_close(o);
	graph_close(o);
	arena_done(&o->arena);
	free(o);
}

/* --- loose --- */

static int damaged(const struct odb *o, const struct oid *id, struct err *err)
{
	struct arena a = { 0 };
	err_set(err, ERR_INVALID, "object %s is damaged", oid_text(&a, id, o->len).p);
	arena_done(&a);
	return -1;
}

/* "commit 217\0": the length of that, 0 when it is none. */
static size_t loose_head(const char *p, size_t n, enum object_kind *kind, size_t *size)
{
	static const char *const names[] = { "", "commit ", "tree ", "blob ", "tag " };
	struct str head = str_to(str_n(p, n), MIN(str_find_c(str_n(p, n), '\0', 0), 32));
	for (unsigned k = OBJECT_COMMIT; k <= OBJECT_TAG; k++) {
		struct str digits = str_from(head, strlen(names[k]));
		if (!str_starts(head, str_of(names[k])) || !digits.n || digits.n > 10 || head.n >= n || p[head.n] != '\0')
			continue;
		*kind = k;
		*size = 0;
		for (size_t i = 0; i < digits.n; i++) {
			if (digits.p[i] < '0' || digits.p[i] > '9')
				return 0;
			*size = *size * 10 + (size_t)(digits.p[i] - '0');
		}
		return head.n + 1;
	}
	return 0;
}

static bool unpack_loose(struct buf *out, enum object_kind *kind, const struct buf *packed)
{
	inflate_fn *inflate = inflate_load();
	unsigned long n = LOOSE_HEAD;
	size_t size, head;
	buf_clear(out);
	buf_reserve(out, LOOSE_HEAD);
	int rc = inflate((unsigned char *)out->p, &n, (const unsigned char *)packed->p, packed->n);
	if ((rc != 0 && (rc != INFLATE_SHORT || n < LOOSE_HEAD)) || !(head = loose_head(out->p, n, kind, &size)) ||
	    size > OBJECT_MAX)
		return false;
	if (rc != 0) {
		n = head + size;
		buf_reserve(out, n);
		rc = inflate((unsigned char *)out->p, &n, (const unsigned char *)packed->p, packed->n);
	}
	if (rc != 0 || n != head + size)
		return false;
	out->n = n;
	buf_shift(out, head);
	return true;
}

/* 1: read, 0: not here, -1: damaged. */
static int read_loose(struct buf *out, enum object_kind *kind, struct odb *o, const struct oid *id, struct err *err)
{
	_cleanup_buf_ struct buf packed = BUF_INIT;
	char hex[2 * OID_MAX + 1];
	for (size_t i = 0; i < o->len; i++)
		snprintf(hex + 2 * i, 3, "%02x", id->b[i]);
	for (size_t i = 0; i < o->ndirs; i++) {
		char path[4096];
		if (snprintf(path, sizeof(path), "%.*s/%.2s/%s", STRF(o->dirs[i]), hex, hex + 2) >= (int)sizeof(path))
			continue;
		buf_clear(&packed);
		if (file_read(&packed, path, OBJECT_MAX, NULL) == 0)
			return unpack_loose(out, kind, &packed) ? 1 : damaged(o, id, err);
	}
	return 0;
}

/* --- any --- */

static int absent(struct odb *o, const struct oid *id, struct err *err)
{
	struct arena a = { 0 };
	struct str name = oid_text(&a, id, o->len), shallow;
	bool cut = git_read_line(&shallow, &a, o->repo->common_dir, "shallow");
	err_set(err, ERR_MISSING, "object %s is not in %.*s%s", name.p, STRF(o->repo->common_dir),
	        cut ? ", which is a shallow clone" : "");
	arena_done(&a);
	return -1;
}

/* libgit2 may know a form that is not read here, and sees packs that came after this one was opened. */
static int read_by_library(struct buf *out, enum object_kind *kind, struct odb *o, const struct oid *id, struct err *err)
{
	int number;
	struct err why = ERR_INIT;
	if (o->own_only || o->len != 20 ||
	    lib_object_read(out, &number, arena_cstr(&o->arena, o->repo->git_dir), id->b, &why) < 0) {
		if (why.kind == ERR_MISSING && !inflate_load())
			return err_set(err, ERR_MISSING, "neither zlib nor libgit2 is installed (needed to read commits)");
		return absent(o, id, err);
	}
	*kind = number >= OBJECT_COMMIT && number <= OBJECT_TAG ? (enum object_kind)number : OBJECT_NONE;
	return 0;
}

int odb_read(struct buf *out, enum object_kind *kind, struct odb *o, const struct oid *id, struct err *err)
{
	int rc = 0;
	if (inflate_load()) {
		rc = packs_read(out, kind, o, id, err);
		if (rc == 0)
			rc = read_loose(out, kind, o, id, err);
	}
	if (rc)
		return rc < 0 ? -1 : 0;
	return read_by_library(out, kind, o, id, err);
}

int odb_read_kind(struct buf *out, struct odb *o, struct oid *id, enum object_kind want, struct err *err)
{
	static const char *const names[] = { "object", "commit", "tree", "blob", "tag" };
	enum object_kind kind;
	for (int depth = 0; depth < TAG_DEPTH; depth++) {
		if (odb_read(out, &kind, o, id, err) < 0)
			return -1;
		if (kind == want)
			return 0;
		struct str text = buf_str(out), line;
		if (kind != OBJECT_TAG || !str_next_line(&text, &line) || !str_starts(line, STR("object ")) ||
		    line.n != 7 + 2 * o->len || !oid_parse(id, str_from(line, 7)))
			break;
	}
	struct arena a = { 0 };
	err_set(err, ERR_INVALID, "object %s is no %s", oid_text(&a, id, o->len).p, names[want]);
	arena_done(&a);
	return -1;
}
