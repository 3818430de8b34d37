/* The store of caches: finding, making and sending entries; see cache.h. */
#include "service/cache.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

#include "base/file.h"
#include "base/hex.h"
#include "base/path.h"
#include "base/vec.h"
#include "service/server.h"
#include "service/upload.h"

enum { CARD_MAX = 64 << 10, ABANDONED_SECONDS = 300, KEY_MAX = 512, VERSION_MAX = 512 };

bool cache_key_ok(struct exchange *x, struct str key, struct str version)
{
	if (key.n == 0 || key.n > KEY_MAX * 4 || memchr(key.p, ',', key.n) || memchr(key.p, '\0', key.n))
		reply_error(x, 400, "invalid_argument", "the key is empty, longer than %d characters, or has a comma", KEY_MAX);
	else if (version.n == 0 || version.n > VERSION_MAX)
		reply_error(x, 400, "invalid_argument", "the version is missing or too long");
	else
		return true;
	return false;
}

/* ---- what the job may do ---- */

bool cache_may_read(struct exchange *x)
{
	if (!x->caller.nread)
		reply_error(x, 403, "permission_denied", CACHE_NO_RESTORE);
	return x->caller.nread > 0;
}

/* ---- reading ---- */

static bool read_card(struct arena *a, int dir, const char *file, struct cache_entry *out)
{
	_cleanup_close_ int fd = openat(dir, file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct val v;
	uint64_t created = 0;
	if (fd < 0 || file_read_fd(&text, fd, CARD_MAX, NULL) < 0 ||
	    val_from_json(&v, a, arena_str(a, buf_str(&text)), NULL) < 0 || !member_number(v, "created", &created))
		return false;
	*out = (struct cache_entry) { .name = arena_str(a, str_to(str_of(file), strlen(file) - strlen(".json"))),
		                      .key = member_text(v, "key"),
		                      .version = member_text(v, "version"),
		                      .scope = member_text(v, "scope"),
		                      .data = member_text(v, "data"),
		                      .created_ms = (int64_t)created };
	return member_number(v, "size", &out->size) && out->key.n && out->data.n && str_find_c(out->data, '/', 0) == SIZE_MAX;
}

struct cache_entry *cache_read_all(struct arena *a, struct str dir, size_t *n)
{
	struct {
		VEC(struct cache_entry);
	} all = { 0 };
	_cleanup_closedir_ DIR *d = opendir(dir.p);
	*n = 0;
	for (struct dirent *e; d && (e = readdir(d));) {
		struct cache_entry entry;
		if (e->d_name[0] != '.' && str_ends(str_of(e->d_name), STR(".json")) && read_card(a, dirfd(d), e->d_name, &entry))
			*vec_add(a, &all) = entry;
	}
	*n = all.n;
	return all.v;
}

/* Of the entries of a scope the one a key means. */
static const struct cache_entry *match(const struct cache_entry *all, size_t n, struct str scope, struct str key,
                                       struct str version)
{
	const struct cache_entry *best = NULL;
	for (size_t i = 0; i < n; i++) {
		const struct cache_entry *e = &all[i];
		if (!str_eq(e->scope, scope) || !str_eq(e->version, version) || !str_starts(e->key, key))
			continue;
		if (str_eq(e->key, key))
			return e;
		if (!best || e->created_ms > best->created_ms)
			best = e;
	}
	return best;
}

bool cache_find(struct exchange *x, struct cache_entry *out, const struct str *keys, size_t n, struct str version)
{
	const struct caller *c = &x->caller;
	size_t nall;
	const struct cache_entry *all = cache_read_all(&x->arena, c->caches, &nall);
	for (size_t s = 0; s < c->nread; s++)
		for (size_t k = 0; k < n; k++) {
			const struct cache_entry *e = match(all, nall, c->read[s], keys[k], version);
			if (e) {
				*out = *e;
				return true;
			}
		}
	return false;
}

/* ---- content ---- */

static unsigned folder_number(struct server *s, struct str dir)
{
	struct cache_folder *f = s->folders;
	while (f && !str_is(dir, f->dir))
		f = f->next;
	if (!f) {
		f = xcalloc(1, sizeof(*f));
		f->number = s->folders ? s->folders->number + 1 : 0;
		f->dir = xstrdup(dir.p);
		f->next = s->folders;
		s->folders = f;
	}
	return f->number;
}

struct str cache_address(struct exchange *x, const struct cache_entry *e)
{
	unsigned number = folder_number(x->server, x->caller.caches);
	struct str path =
		signed_path(x, CACHE_CONTENT, arena_printf(&x->arena, "%u-%.*s", number, STRF(e->name)), CACHE_DOWNLOAD_SECONDS);
	return path.n ? arena_printf(&x->arena, "%.*s%.*s", STRF(exchange_origin(x)), STRF(path)) : path;
}

void cache_send(struct exchange *x, struct str id)
{
	size_t dash = str_find_c(id, '-', 0);
	struct cache_folder *f = x->server->folders;
	struct cache_entry e;
	struct stat st;
	while (f && f->number != strtoul(id.p, NULL, 10))
		f = f->next;
	_cleanup_close_ int dir = f && dash != SIZE_MAX ? open(f->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	struct str card = arena_printf(&x->arena, "%.*s.json", dash == SIZE_MAX ? 0 : (int)(id.n - dash - 1), id.p + dash + 1);
	int fd = dir >= 0 && read_card(&x->arena, dir, card.p, &e)
	                 ? openat(dir, arena_cstr(&x->arena, e.data), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
	                 : -1;
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || (uint64_t)st.st_size != e.size) {
		if (fd >= 0)
			close(fd);
		reply_error(x, 404, "BlobNotFound", "the cache entry is gone");
		return;
	}
	utimensat(dir, card.p, NULL, AT_SYMLINK_NOFOLLOW); /* used now */
	reply_file(x, fd, (uint64_t)st.st_size, "application/octet-stream");
}

/* ---- making ---- */

/* Scope, key and version, as one name. */
static int entry_name(char out[static 65], struct str scope, struct str key, struct str version, struct err *err)
{
	struct sha256 *sum;
	unsigned char bytes[SHA256_SIZE];
	if (sha256_new(&sum, err) < 0)
		return -1;
	bool ok = sha256_begin(sum) && sha256_add(sum, scope.p, scope.n) && sha256_add(sum, "", 1) &&
	          sha256_add(sum, key.p, key.n) && sha256_add(sum, "", 1) && sha256_add(sum, version.p, version.n) &&
	          sha256_end(sum, bytes);
	sha256_free(sum);
	if (!ok)
		return err_set(err, ERR_UNSUPPORTED, "libcrypto refuses a sum");
	hex_text(out, bytes, sizeof(bytes));
	return 0;
}

static struct upload *same_reservation(struct exchange *x, struct str key, struct str version)
{
	const struct caller *c = &x->caller;
	for (struct upload *u = x->server->uploads; u; u = u->next)
		if (strcmp(u->kind, CACHE_UPLOAD) == 0 && str_eq(u->caches, c->caches) && str_eq(u->scope, c->write) &&
		    str_eq(u->key, key) && str_eq(u->version, version))
			return u;
	return NULL;
}

int cache_reserve(struct exchange *x, struct upload **out, struct str key, struct str version, struct err *err)
{
	const struct caller *c = &x->caller;
	char name[65];
	if (entry_name(name, c->write, key, version, err) < 0)
		return -1;
	if (file_exists(arena_printf(&x->arena, "%.*s/%s.json", STRF(c->caches), name).p))
		return 1;
	struct upload *u = same_reservation(x, key, version);
	if (u && time(NULL) - u->touched < ABANDONED_SECONDS)
		return 1;
	if (u)
		upload_forget(x->server, u);
	struct str folder = path_join(&x->arena, c->caches, STR("incoming"));
	if (file_mkdirs(folder.p, 0700, err) < 0 || !(u = upload_new(x->server, folder, CACHE_UPLOAD, false, err)))
		return -1;
	u->run = arena_str(&u->arena, c->run);
	u->job = arena_str(&u->arena, c->job);
	u->caches = arena_str(&u->arena, c->caches);
	u->scope = arena_str(&u->arena, c->write);
	u->key = arena_str(&u->arena, key);
	u->version = arena_str(&u->arena, version);
	*out = u;
	return 0;
}

static int write_card(struct arena *a, const struct upload *u, struct str data, struct str path, struct err *err)
{
	_cleanup_buf_ struct buf json = BUF_INIT;
	struct timespec ts;
	struct val v = val_object(a);
	clock_gettime(CLOCK_REALTIME, &ts);
	val_set_str(a, v, "key", u->key);
	val_set_str(a, v, "version", u->version);
	val_set_str(a, v, "scope", u->scope);
	val_set(a, v, STR("size"), val_num((double)u->size));
	val_set(a, v, STR("created"), val_num((double)ts.tv_sec * 1000 + (double)(ts.tv_nsec / 1000000)));
	val_set_str(a, v, "data", data);
	val_to_json(&json, v, JSON_COMPACT);
	return file_write(path.p, buf_str(&json), 0600, err);
}

int cache_commit(struct exchange *x, struct upload *u, struct err *err)
{
	struct arena *a = &x->arena;
	char name[65];
	if (entry_name(name, u->scope, u->key, u->version, err) < 0)
		return -1;
	struct str data = arena_printf(a, "%s-%s.data", name, u->id), content = path_join(a, u->caches, data);
	struct str draft = arena_printf(a, "%.*s/incoming/%s.card", STRF(u->caches), u->id);
	struct str card = arena_printf(a, "%.*s/%s.json", STRF(u->caches), name);
	int rc = write_card(a, u, data, draft, err);
	if (rc == 0)
		rc = upload_keep(u, content.p, err);
	if (rc == 0 && link(draft.p, card.p) < 0) {
		rc = errno == EEXIST ? 1 : err_errno(err, "cannot make %s", card.p);
		unlink(content.p);
	}
	unlink(draft.p);
	if (rc == 0)
		cache_sweep(u->caches, x->caller.cache_limit, str_of(name));
	return rc;
}
