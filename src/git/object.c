/* Commit objects from the files: loose ones, and those that stand whole in a pack, found through its index (version 2).
 * zlib is loaded with dlopen, which costs a tenth of what libgit2 does; everything unusual is left to that. */
#include "git/object.h"

#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

#include "base/file.h"

enum { OBJECT_MAX = 16 << 20, ID_MAX = 32, PACK_COMMIT = 1, IDX_TABLES = 8 + 256 * 4 };

/* zlib's uncompress(): 0 is success, -5 a target too small. */
typedef int inflate_fn(unsigned char *to, unsigned long *to_len, const unsigned char *from, unsigned long from_len);

static inflate_fn *load_inflate(void)
{
	static inflate_fn *found;
	void *handle = found ? NULL : dlopen("libz.so.1", RTLD_LAZY | RTLD_LOCAL);
	void *symbol = handle ? dlsym(handle, "uncompress") : NULL;
	if (symbol)
		memcpy(&found, &symbol, sizeof(found));
	return found;
}

/* --- loose --- */

/* "commit 217\0" and the text. */
static bool take_loose(struct buf *out, struct str object)
{
	size_t end = str_find_c(object, '\0', 0);
	if (end == SIZE_MAX || !str_starts(object, STR("commit ")))
		return false;
	buf_addstr(out, str_from(object, end + 1));
	return true;
}

static int damaged(struct str sha, struct err *err)
{
	return err_set(err, ERR_INVALID, "object %.*s is no readable commit", STRF(sha));
}

static int read_loose(struct buf *out, struct git_repo *r, struct str sha, inflate_fn *inflate, struct err *err)
{
	_cleanup_buf_ struct buf packed = BUF_INIT;
	_cleanup_buf_ struct buf object = BUF_INIT;
	struct str path = arena_printf(r->arena, "%.*s/objects/%.2s/%.*s", STRF(r->common_dir), sha.p, (int)sha.n - 2, sha.p + 2);
	if (file_read(&packed, path.p, OBJECT_MAX, NULL) < 0)
		return 0;
	for (size_t room = 4096; room <= OBJECT_MAX; room *= 8) {
		unsigned long n = room;
		buf_clear(&object);
		buf_reserve(&object, room);
		int rc = inflate((unsigned char *)object.p, &n, (const unsigned char *)packed.p, packed.n);
		if (rc == 0)
			return take_loose(out, str_n(object.p, n)) ? 1 : damaged(sha, err);
		if (rc != -5 || n < room)
			break;
	}
	return damaged(sha, err);
}

/* --- packs --- */

static bool read_at(int fd, void *to, size_t n, uint64_t at)
{
	return pread(fd, to, n, (off_t)at) == (ssize_t)n;
}

static uint32_t big32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* The position of an object in the index; false when it is not there. */
static bool find_position(int idx, const unsigned char *id, size_t len, uint32_t *count, uint32_t *pos)
{
	unsigned char head[IDX_TABLES], other[ID_MAX];
	if (!read_at(idx, head, sizeof(head), 0) || memcmp(head, "\377tOc\0\0\0\2", 8) != 0)
		return false;
	uint32_t lo = id[0] ? big32(head + 8 + 4 * (id[0] - 1)) : 0, hi = big32(head + 8 + 4 * id[0]);
	*count = big32(head + 8 + 4 * 255);
	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		if (!read_at(idx, other, len, IDX_TABLES + (uint64_t)mid * len))
			return false;
		int c = memcmp(id, other, len);
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

/* Behind the names come a checksum of 4 bytes and an offset of 4 bytes each; big offsets have a table of their own. */
static bool find_offset(int idx, uint32_t count, uint32_t pos, size_t len, uint64_t *offset)
{
	unsigned char b[8];
	uint64_t offsets = IDX_TABLES + (uint64_t)count * (len + 4);
	if (!read_at(idx, b, 4, offsets + 4 * (uint64_t)pos))
		return false;
	uint32_t small = big32(b);
	*offset = small;
	if (!(small & 0x80000000U))
		return true;
	if (!read_at(idx, b, 8, offsets + 4 * (uint64_t)count + 8 * (uint64_t)(small & 0x7FFFFFFFU)))
		return false;
	*offset = (uint64_t)big32(b) << 32 | big32(b + 4);
	return true;
}

/* The kind and the size stand in front: 3 and 4 bits in the first byte, 7 more of the size in each that follows. Returns
 * the length of that, 0 when it is no whole commit. */
static size_t read_head(int pack, uint64_t offset, uint64_t *size)
{
	unsigned char head[10];
	ssize_t got = pread(pack, head, sizeof(head), (off_t)offset);
	if (got < 2 || (head[0] >> 4 & 7) != PACK_COMMIT)
		return 0;
	size_t n = 1;
	*size = head[0] & 15;
	for (unsigned shift = 4; head[n - 1] & 0x80; shift += 7, n++) {
		if ((ssize_t)n >= got || shift > 32)
			return 0;
		*size |= (uint64_t)(head[n] & 0x7F) << shift;
	}
	return *size <= OBJECT_MAX ? n : 0;
}

static bool read_packed(struct buf *out, int pack, uint64_t at, uint64_t size, inflate_fn *inflate)
{
	_cleanup_buf_ struct buf packed = BUF_INIT;
	size_t most = size + size / 100 + 1024; /* what does not compress grows a little */
	unsigned long room = size;
	buf_reserve(&packed, most);
	buf_reserve(out, size + 1);
	ssize_t got = pread(pack, packed.p, most, (off_t)at);
	if (got <= 0 || inflate((unsigned char *)out->p + out->n, &room, (unsigned char *)packed.p, (unsigned long)got) != 0 ||
	    room != size)
		return false;
	out->n += size;
	return true;
}

struct wanted {
	struct str sha;
	unsigned char id[ID_MAX];
	size_t len;
	inflate_fn *inflate;
};

/* name: of the index. 1: read, 0: not there or no whole commit, -1: damaged. */
static int read_from_pack(struct buf *out, int dir, const char *name, const struct wanted *w, struct err *err)
{
	uint32_t count, pos;
	uint64_t offset, size;
	char pack_name[NAME_MAX + 8];
	_cleanup_close_ int idx = openat(dir, name, O_RDONLY | O_CLOEXEC);
	if (idx < 0 || !find_position(idx, w->id, w->len, &count, &pos) || !find_offset(idx, count, pos, w->len, &offset))
		return 0;
	snprintf(pack_name, sizeof(pack_name), "%.*s.pack", (int)strlen(name) - 4, name);
	_cleanup_close_ int pack = openat(dir, pack_name, O_RDONLY | O_CLOEXEC);
	size_t head = pack < 0 ? 0 : read_head(pack, offset, &size);
	if (head == 0)
		return 0;
	return read_packed(out, pack, offset + head, size, w->inflate) ? 1 : damaged(w->sha, err);
}

static unsigned digit(char c)
{
	return (unsigned)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
}

static int read_packs(struct buf *out, struct git_repo *r, struct str sha, inflate_fn *inflate, struct err *err)
{
	struct wanted w = { .sha = sha, .len = sha.n / 2, .inflate = inflate };
	for (size_t i = 0; i < w.len; i++)
		w.id[i] = (unsigned char)(digit(sha.p[2 * i]) << 4 | digit(sha.p[2 * i + 1]));
	_cleanup_closedir_ DIR *d = opendir(arena_printf(r->arena, "%.*s/objects/pack", STRF(r->common_dir)).p);
	struct dirent *e;
	int rc = 0;
	while (rc == 0 && d && (e = readdir(d)))
		if (str_ends(str_of(e->d_name), STR(".idx")))
			rc = read_from_pack(out, dirfd(d), e->d_name, &w, err);
	return rc;
}

int git_object_commit(struct buf *out, struct git_repo *r, struct str sha, struct err *err)
{
	inflate_fn *inflate = git_is_object_name(sha) ? load_inflate() : NULL;
	if (!inflate)
		return 0;
	int rc = read_loose(out, r, sha, inflate, err);
	return rc ? rc : read_packs(out, r, sha, inflate, err);
}
