/* Pieces of content on their way to a file; see upload.h. */
#include "service/upload.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "base/base64.h"
#include "base/hex.h"
#include "base/path.h"
#include "base/vec.h"
#include "service/server.h"

enum {
	READ_AT_ONCE = 256 << 10,
	MAX_RANGES = 1 << 20,
};

struct block {
	bool odd;      /* in the second file */
	bool complete; /* all of it has come */
	uint64_t offset, n;
	uint64_t slot; /* of its place in the first file */
};

/* ---- its life ---- */

static void random_name(char out[static 33])
{
	unsigned char b[16];
	if (getrandom(b, sizeof(b), 0) != (ssize_t)sizeof(b))
		abort(); /* it has served the secret a moment ago */
	hex_text(out, b, sizeof(b));
}

struct upload *upload_new(struct server *s, struct str folder, const char *kind, bool digest, struct err *err)
{
	struct upload *u = xcalloc(1, sizeof(*u));
	random_name(u->id);
	u->kind = kind;
	u->number = ++s->last_id;
	u->odd_fd = -1;
	u->touched = time(NULL);
	u->path = path_join(&u->arena, folder, str_of(u->id));
	u->fd = open(u->path.p, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (u->fd < 0) {
		err_errno(err, "cannot make %s", u->path.p);
	} else if (!digest || (sha256_new(&u->sum, err) == 0 && sha256_begin(u->sum))) {
		u->refs = 1;
		u->next = s->uploads;
		s->uploads = u;
		return u;
	}
	if (u->fd >= 0) {
		close(u->fd);
		unlink(u->path.p);
	}
	sha256_free(u->sum);
	arena_done(&u->arena);
	free(u);
	return NULL;
}

static void upload_unref(struct upload *u)
{
	if (--u->refs > 0)
		return;
	close(u->fd);
	if (u->odd_fd >= 0)
		close(u->odd_fd);
	if (u->path.n)
		unlink(u->path.p);
	sha256_free(u->sum);
	arena_done(&u->arena);
	free(u);
}

struct upload *upload_by_id(struct server *s, const char *kind, struct str id)
{
	for (struct upload *u = s->uploads; u; u = u->next)
		if (strcmp(u->kind, kind) == 0 && str_is(id, u->id))
			return u;
	return NULL;
}

struct upload *upload_by_number(struct server *s, const char *kind, uint64_t number)
{
	for (struct upload *u = s->uploads; u; u = u->next)
		if (strcmp(u->kind, kind) == 0 && u->number == number)
			return u;
	return NULL;
}

void upload_forget(struct server *s, struct upload *u)
{
	for (struct upload **at = &s->uploads; *at; at = &(*at)->next)
		if (*at == u) {
			*at = u->next;
			upload_unref(u);
			return;
		}
}

/* ---- pieces ---- */

static void begin_part(struct exchange *x, struct upload *u, bool odd, uint64_t offset, uint64_t limit)
{
	u->refs++;
	u->touched = time(NULL);
	x->part = (struct part) { .upload = u, .odd = odd, .offset = offset, .limit = limit };
}

/* What was said to be the content stays it. */
static bool refuse_late(struct exchange *x, const struct upload *u)
{
	if (u->committed)
		reply_error(x, 409, "InvalidBlobOrBlock", "the content is complete already");
	return u->committed;
}

/* The number that ends a block id, decoded: where clients that count put the block. */
static bool counter_of(struct str id, uint64_t *out)
{
	_cleanup_buf_ struct buf plain = BUF_INIT;
	if (!base64_decode(&plain, id))
		return false;
	struct str s = buf_str(&plain);
	size_t from = s.n;
	while (from > 0 && s.n - from < 9 && s.p[from - 1] >= '0' && s.p[from - 1] <= '9')
		from--;
	*out = 0;
	for (size_t i = from; i < s.n; i++)
		*out = *out * 10 + (uint64_t)(s.p[i] - '0');
	return from < s.n && *out < 50000;
}

static struct str slot_name(struct upload *u, uint64_t slot)
{
	return arena_printf(&u->arena, "%ju", (uintmax_t)slot);
}

/* The size of places is that of the first block that comes: it is never the last one of many, as clients send them in order,
 * a few at a time. If it is, the others do not fit, and are odd. */
static void find_place(struct upload *u, struct block *b, struct str id, uint64_t n)
{
	uint64_t slot;
	struct str name;
	if (!u->block_size)
		u->block_size = n;
	if (n > 0 && n <= u->block_size && counter_of(id, &slot) && !map_has(&u->slots, (name = slot_name(u, slot)))) {
		b->offset = slot * u->block_size;
		b->slot = slot;
		map_put(&u->arena, &u->slots, name, b);
		return;
	}
	b->odd = true;
	b->offset = u->odd_end;
	u->odd_end += n;
}

static int open_odd_file(struct upload *u)
{
	if (u->odd_fd >= 0)
		return 0;
	struct str path = arena_printf(&u->arena, "%.*s.odd", STRF(u->path));
	u->odd_fd = open(path.p, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (u->odd_fd < 0)
		return -1;
	unlink(path.p); /* its descriptor is enough */
	return 0;
}

void upload_begin_block(struct exchange *x, struct upload *u, struct str id)
{
	uint64_t n;
	if (refuse_late(x, u))
		return;
	if (!exchange_number(x, "Content-Length", &n)) {
		reply_error(x, 411, "MissingContentLengthHeader", "a block needs a Content-Length");
		return;
	}
	struct block *b = map_get(&u->blocks, id);
	if (!b || n > b->n) { /* new, or again with more in it: never over a neighbour */
		b = arena_make(&u->arena, struct block);
		find_place(u, b, id, n);
		b->n = n;
		map_put(&u->arena, &u->blocks, arena_str(&u->arena, id), b);
	}
	if (!b->odd && b->offset < u->summed)
		u->summed = UINT64_MAX; /* what was summed up is written again: begin anew at the end */
	b->complete = false;
	b->n = n;
	if (b->odd && open_odd_file(u) < 0) {
		reply_errno(x, errno, "cannot keep a block");
		return;
	}
	begin_part(x, u, b->odd, b->offset, n);
	x->part.id = arena_str(&x->arena, id);
}

void upload_begin_range(struct exchange *x, struct upload *u, uint64_t from, uint64_t limit)
{
	if (!refuse_late(x, u))
		begin_part(x, u, false, from, limit);
}

void upload_begin_append(struct exchange *x, struct upload *u)
{
	uint64_t n;
	if (refuse_late(x, u))
		return;
	if (!exchange_number(x, "Content-Length", &n)) {
		reply_error(x, 411, "MissingContentLengthHeader", "a block needs a Content-Length");
		return;
	}
	begin_part(x, u, false, u->end, n);
	u->end += n;
}

void upload_take(struct exchange *x, const void *p, size_t n)
{
	struct part *t = &x->part;
	const char *from = p;
	int fd = t->odd ? t->upload->odd_fd : t->upload->fd;
	if (t->upload->committed)
		t->errnum = ECANCELED;
	if (t->n + n > t->limit)
		t->errnum = EMSGSIZE;
	while (n > 0 && !t->errnum) {
		ssize_t did = pwrite(fd, from, n, (off_t)(t->offset + t->n));
		if (did < 0 && errno != EINTR)
			t->errnum = errno;
		if (did <= 0)
			continue;
		from += did;
		n -= (size_t)did;
		t->n += (uint64_t)did;
	}
	t->upload->touched = time(NULL);
}

static int sum_file(struct upload *u, uint64_t until, struct err *err)
{
	static unsigned char chunk[READ_AT_ONCE];
	while (u->summed < until) {
		ssize_t n = pread(u->fd, chunk, (size_t)MIN(until - u->summed, (uint64_t)sizeof(chunk)), (off_t)u->summed);
		if (n < 0)
			return err_errno(err, "cannot read what was uploaded");
		if (n == 0)
			return err_set(err, ERR_INVALID, "what was uploaded has become shorter");
		if (!sha256_add(u->sum, chunk, (size_t)n))
			return err_set(err, ERR_UNSUPPORTED, "libcrypto refuses a sum");
		u->summed += (uint64_t)n;
	}
	return 0;
}

/* Goes on with the sum as far as blocks stand one after another, while they are still in memory. */
static void sum_ahead(struct upload *u)
{
	while (u->sum && u->summed != UINT64_MAX && u->block_size && u->summed % u->block_size == 0) {
		char name[24];
		snprintf(name, sizeof(name), "%ju", (uintmax_t)(u->summed / u->block_size));
		const struct block *b = map_get(&u->slots, str_of(name));
		if (!b || !b->complete || sum_file(u, u->summed + b->n, NULL) < 0)
			return;
	}
}

static bool add_range(struct upload *u, uint64_t from, uint64_t to)
{
	if (u->ranges.n > 0 && u->ranges.v[u->ranges.n - 1][1] == from) {
		u->ranges.v[u->ranges.n - 1][1] = to;
		return true;
	}
	if (u->ranges.n >= MAX_RANGES)
		return false;
	uint64_t(*r)[2] = vec_add(&u->arena, &u->ranges);
	(*r)[0] = from;
	(*r)[1] = to;
	return true;
}

bool upload_end_part(struct exchange *x)
{
	struct part *t = &x->part;
	struct upload *u = t->upload;
	uint64_t announced;
	if (exchange_number(x, "Content-Length", &announced) && announced != t->n && !t->errnum)
		t->errnum = EIO;
	if (t->errnum == EMSGSIZE) {
		reply_error(x, 413, "RequestBodyTooLarge", "more has come than was announced");
		return false;
	}
	if (t->errnum) {
		reply_errno(x, t->errnum, "cannot keep what was uploaded");
		return false;
	}
	struct block *b = t->id.n ? map_get(&u->blocks, t->id) : NULL;
	if (b && b->n == t->n && b->offset == t->offset) {
		b->complete = true;
		sum_ahead(u);
	} else if (!t->id.n && t->n > 0 && !add_range(u, t->offset, t->offset + t->n)) {
		reply_error(x, 400, "InvalidInput", "too many pieces");
		return false;
	}
	return true;
}

void upload_drop_part(struct exchange *x)
{
	if (x->part.upload)
		upload_unref(x->part.upload);
	x->part.upload = NULL;
}

/* ---- the whole ---- */

static int copy_piece(int to, uint64_t at, int from, uint64_t offset, uint64_t n, struct err *err)
{
	static unsigned char chunk[READ_AT_ONCE];
	off_t in = (off_t)offset, out = (off_t)at;
	while (n > 0) {
		ssize_t did = copy_file_range(from, &in, to, &out, (size_t)MIN(n, (uint64_t)1 << 30), 0);
		if (did <= 0) {
			did = pread(from, chunk, (size_t)MIN(n, (uint64_t)sizeof(chunk)), in);
			if (did > 0)
				did = pwrite(to, chunk, (size_t)did, out);
			if (did <= 0)
				return err_errno(err, "cannot put the blocks together");
			in += did;
			out += did;
		}
		n -= (uint64_t)did;
	}
	return 0;
}

/* Into a new file, in the order wanted. */
static int assemble(struct upload *u, const struct block *const *blocks, size_t n, struct err *err)
{
	struct str path = arena_printf(&u->arena, "%.*s.new", STRF(u->path));
	int fd = open(path.p, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	uint64_t at = 0;
	if (fd < 0)
		return err_errno(err, "cannot make %s", path.p);
	for (size_t i = 0; i < n; at += blocks[i++]->n)
		if (copy_piece(fd, at, blocks[i]->odd ? u->odd_fd : u->fd, blocks[i]->offset, blocks[i]->n, err) < 0) {
			close(fd);
			unlink(path.p);
			return -1;
		}
	if (rename(path.p, u->path.p) < 0) {
		err_errno(err, "cannot rename %s", path.p);
		close(fd);
		unlink(path.p);
		return -1;
	}
	close(u->fd);
	u->fd = fd;
	u->summed = UINT64_MAX;
	return 0;
}

int upload_commit(struct upload *u, const struct str *ids, size_t n, struct err *err)
{
	if (u->committed)
		return n == u->committed_blocks ? 0 : 1; /* the answer was lost, and it is asked again */
	_cleanup_free_ const struct block **blocks = xcalloc(n + 1, sizeof(*blocks));
	bool in_place = true;
	uint64_t size = 0;
	for (size_t i = 0; i < n; i++) {
		blocks[i] = map_get(&u->blocks, ids[i]);
		if (!blocks[i] || !blocks[i]->complete)
			return 1;
		in_place = in_place && !blocks[i]->odd && blocks[i]->offset == size;
		size += blocks[i]->n;
	}
	if (!in_place && assemble(u, blocks, n, err) < 0)
		return -1;
	if (ftruncate(u->fd, (off_t)size) < 0)
		return err_errno(err, "cannot keep what was uploaded");
	u->size = size;
	u->committed = true;
	u->committed_blocks = n;
	return 0;
}

static int by_begin(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;
	return x[0] < y[0] ? -1 : x[0] > y[0];
}

int upload_commit_ranges(struct upload *u, uint64_t size)
{
	uint64_t covered = 0;
	if (u->ranges.n > 0)
		qsort(u->ranges.v, u->ranges.n, sizeof(*u->ranges.v), by_begin);
	for (size_t i = 0; i < u->ranges.n && u->ranges.v[i][0] <= covered; i++)
		covered = MAX(covered, u->ranges.v[i][1]);
	if (covered < size || ftruncate(u->fd, (off_t)size) < 0)
		return 1;
	u->size = size;
	u->committed = true;
	return 0;
}

int upload_digest(char out[static 65], struct upload *u, struct err *err)
{
	unsigned char sum[SHA256_SIZE];
	if (u->summed > u->size) {
		u->summed = 0;
		if (!sha256_begin(u->sum))
			return err_set(err, ERR_UNSUPPORTED, "libcrypto refuses a sum");
	}
	if (sum_file(u, u->size, err) < 0)
		return -1;
	if (!sha256_end(u->sum, sum))
		return err_set(err, ERR_UNSUPPORTED, "libcrypto refuses a sum");
	u->summed = UINT64_MAX;
	hex_text(out, sum, sizeof(sum));
	return 0;
}

int upload_keep(struct upload *u, const char *path, struct err *err)
{
	if (rename(u->path.p, path) < 0)
		return err_errno(err, "cannot rename %s to %s", u->path.p, path);
	u->path = STR_EMPTY;
	return 0;
}
