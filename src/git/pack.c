/* Packs: many objects in one file, found through an index (version 2), whole or as deltas against others of the same pack. What a
 * chain of deltas was built from is kept for the next object, which often shares it. */
#include <dirent.h>

#include "base/path.h"
#include "base/vec.h"
#include "git/odb.h"

enum { OFS_DELTA = 6, REF_DELTA = 7, CHAIN_MAX = 8192, CACHE_SLOTS = 1024, CACHE_LARGEST = 1 << 18, TABLES = 8 + 256 * 4 };

struct pack {
	struct pack *next;
	struct str path; /* of the pack file */
	const unsigned char *idx, *data;
	size_t idx_n, data_n;
	uint32_t count;
	bool broken; /* the pack file cannot be read: said once, then ignored */
};

/* One slot for each hash of a place. */
struct delta_cache {
	struct {
		const struct pack *pack;
		uint64_t at;
		enum object_kind kind;
		struct buf text;
	} slots[CACHE_SLOTS];
};

/* --- opening --- */

static bool check_index(struct pack *p, size_t len)
{
	if (p->idx_n < TABLES || memcmp(p->idx, "\377tOc\0\0\0\2", 8) != 0)
		return false;
	p->count = big32(p->idx + TABLES - 4);
	for (size_t i = 1; i < 256; i++)
		if (big32(p->idx + 8 + 4 * i) < big32(p->idx + 4 + 4 * i))
			return false;
	return p->idx_n >= TABLES + (size_t)p->count * (len + 8) + 2 * len;
}

void packs_open(struct odb *o, struct str dir)
{
	struct str folder = arena_printf(&o->arena, "%.*s/pack", STRF(dir));
	_cleanup_closedir_ DIR *d = opendir(folder.p);
	struct dirent *e;
	while (d && (e = readdir(d))) {
		struct str name = str_of(e->d_name);
		if (!str_ends(name, STR(".idx")))
			continue;
		struct pack *p = arena_make(&o->arena, struct pack);
		if (!map_file(&p->idx, &p->idx_n, arena_printf(&o->arena, "%.*s/%s", STRF(folder), e->d_name).p))
			continue;
		if (!check_index(p, o->len)) {
			unmap_file(p->idx, p->idx_n);
			continue;
		}
		p->path = arena_printf(&o->arena, "%.*s/%.*s.pack", STRF(folder), (int)name.n - 4, name.p);
		p->next = o->packs;
		o->packs = p;
	}
}

void packs_close(struct odb *o)
{
	for (struct pack *p = o->packs; p; p = p->next) {
		unmap_file(p->idx, p->idx_n);
		unmap_file(p->data, p->data_n);
	}
	for (size_t i = 0; o->cache && i < CACHE_SLOTS; i++)
		buf_done(&o->cache->slots[i].text);
	free(o->cache);
}

static bool open_data(struct pack *p)
{
	if (!p->data && !p->broken)
		p->broken = !map_file(&p->data, &p->data_n, p->path.p) || p->data_n < 32 || memcmp(p->data, "PACK", 4) != 0;
	return !p->broken;
}

/* --- finding --- */

/* Behind the names come a checksum of 4 bytes and an offset of 4 bytes each; big offsets have a table of their own. */
static bool find_offset(const struct pack *p, size_t len, const struct oid *id, uint64_t *offset)
{
	uint32_t pos;
	if (!oid_search(p->idx + 8, p->idx + TABLES, len, id, &pos))
		return false;
	size_t offsets = TABLES + (size_t)p->count * (len + 4);
	*offset = big32(p->idx + offsets + 4 * (size_t)pos);
	if (!(*offset & 0x80000000U))
		return true;
	size_t large = offsets + 4 * (size_t)p->count + 8 * (size_t)(*offset & 0x7FFFFFFFU);
	if (large + 8 + 2 * len > p->idx_n)
		return false;
	*offset = big64(p->idx + large);
	return true;
}

/* --- one entry --- */

struct entry {
	unsigned type;
	uint64_t size; /* unpacked */
	uint64_t data; /* where its zlib stream begins */
	uint64_t base; /* of a delta */
};

/* The offset of a base, counted backwards: 7 bits a byte, each continuation one more. */
static bool read_back_offset(const struct pack *p, uint64_t at, uint64_t *pos, uint64_t *base)
{
	uint64_t back = 0;
	for (unsigned i = 0;; i++) {
		if (*pos >= p->data_n || i > 8)
			return false;
		unsigned char c = p->data[(*pos)++];
		back = i ? ((back + 1) << 7) | (c & 0x7F) : c & 0x7F;
		if (!(c & 0x80))
			break;
	}
	*base = at - back;
	return back > 0 && back < at;
}

/* The kind and the size stand in front: 3 and 4 bits in the first byte, 7 more of the size in each that follows. */
static bool read_entry(struct entry *e, const struct pack *p, size_t len, uint64_t at)
{
	uint64_t pos = at;
	if (at < 12 || at >= p->data_n)
		return false;
	unsigned char c = p->data[pos++];
	e->type = c >> 4 & 7;
	e->size = c & 15;
	for (unsigned shift = 4; c & 0x80; shift += 7) {
		if (pos >= p->data_n || shift > 39)
			return false;
		c = p->data[pos++];
		e->size |= (uint64_t)(c & 0x7F) << shift;
	}
	if (e->type == OFS_DELTA && !read_back_offset(p, at, &pos, &e->base))
		return false;
	if (e->type == REF_DELTA) {
		struct oid id = { 0 };
		if (pos + len > p->data_n)
			return false;
		memcpy(id.b, p->data + pos, len);
		pos += len;
		if (!find_offset(p, len, &id, &e->base))
			return false;
	}
	e->data = pos;
	/* Nothing unpacks to more than some thousand times its size: what claims to is damaged. */
	return pos < p->data_n && e->size <= OBJECT_MAX && e->size / 1100 <= p->data_n - pos;
}

static bool unpack(struct buf *out, const struct pack *p, const struct entry *e)
{
	unsigned long n = e->size;
	buf_clear(out);
	buf_reserve(out, e->size + 1);
	if (inflate_load()((unsigned char *)out->p, &n, p->data + e->data, p->data_n - e->data) != 0 || n != e->size)
		return false;
	out->n = n;
	return true;
}

/* --- deltas --- */

static bool delta_size(const unsigned char **p, const unsigned char *end, uint64_t *size)
{
	*size = 0;
	for (unsigned shift = 0; *p < end && shift < 40; shift += 7) {
		unsigned char c = *(*p)++;
		*size |= (uint64_t)(c & 0x7F) << shift;
		if (!(c & 0x80))
			return true;
	}
	return false;
}

/* The low four bits tell which bytes of the offset follow, the next three which of the length. */
static bool delta_copy(unsigned char op, const unsigned char **p, const unsigned char *end, size_t *from, size_t *n)
{
	*from = *n = 0;
	for (unsigned i = 0; i < 7; i++) {
		if (!(op & 1U << i))
			continue;
		if (*p >= end)
			return false;
		size_t byte = *(*p)++;
		if (i < 4)
			*from |= byte << (8 * i);
		else
			*n |= byte << (8 * (i - 4));
	}
	if (*n == 0)
		*n = 0x10000;
	return true;
}

static bool apply_delta(struct buf *out, struct str base, struct str delta)
{
	const unsigned char *p = (const unsigned char *)delta.p, *end = p + delta.n;
	uint64_t base_n, size;
	if (!delta_size(&p, end, &base_n) || !delta_size(&p, end, &size) || base_n != base.n || size > OBJECT_MAX)
		return false;
	buf_clear(out);
	while (p < end) {
		unsigned char op = *p++;
		size_t from, n = op;
		if (op & 0x80) {
			if (!delta_copy(op, &p, end, &from, &n) || from > base.n || n > base.n - from || n > size - out->n)
				return false;
			buf_add(out, base.p + from, n);
		} else {
			if (n == 0 || n > (size_t)(end - p) || n > size - out->n)
				return false;
			buf_add(out, p, n);
			p += n;
		}
	}
	return out->n == size;
}

/* --- the cache of bases --- */

static size_t slot_of(const struct pack *p, uint64_t at)
{
	return (size_t)((at ^ (uintptr_t)p >> 6) * 0x9E3779B97F4A7C15U >> 54) % CACHE_SLOTS;
}

static bool cache_get(struct odb *o, const struct pack *p, uint64_t at, struct buf *out, enum object_kind *kind)
{
	size_t s = slot_of(p, at);
	if (!o->cache || o->cache->slots[s].pack != p || o->cache->slots[s].at != at)
		return false;
	buf_clear(out);
	buf_addstr(out, buf_str(&o->cache->slots[s].text));
	*kind = o->cache->slots[s].kind;
	return true;
}

static void cache_put(struct odb *o, const struct pack *p, uint64_t at, const struct buf *text, enum object_kind kind)
{
	size_t s = slot_of(p, at);
	if (text->n > CACHE_LARGEST)
		return;
	if (!o->cache)
		o->cache = xcalloc(1, sizeof(*o->cache));
	o->cache->slots[s].pack = p;
	o->cache->slots[s].at = at;
	o->cache->slots[s].kind = kind;
	buf_clear(&o->cache->slots[s].text);
	buf_addstr(&o->cache->slots[s].text, buf_str(text));
}

/* --- reading --- */

struct chain {
	VEC(uint64_t);
};

/* Down to the first object that is whole or remembered, then up again, delta by delta. */
static bool read_at(struct buf *out, enum object_kind *kind, struct odb *o, struct pack *p, uint64_t at)
{
	struct arena scratch = { 0 };
	struct chain chain = { 0 };
	struct entry e;
	_cleanup_buf_ struct buf delta = BUF_INIT;
	_cleanup_buf_ struct buf next = BUF_INIT;
	bool ok;
	while (!(ok = cache_get(o, p, at, out, kind)) && read_entry(&e, p, o->len, at)) {
		if (e.type >= OBJECT_COMMIT && e.type <= OBJECT_TAG) {
			*kind = (enum object_kind)e.type;
			ok = unpack(out, p, &e);
			break;
		}
		if ((e.type != OFS_DELTA && e.type != REF_DELTA) || chain.n >= CHAIN_MAX)
			break;
		*vec_add(&scratch, &chain) = at;
		at = e.base;
	}
	for (size_t i = chain.n; ok && i-- > 0;) {
		cache_put(o, p, at, out, *kind);
		at = chain.v[i];
		ok = read_entry(&e, p, o->len, at) && unpack(&delta, p, &e) && apply_delta(&next, buf_str(out), buf_str(&delta));
		struct buf swap = *out;
		*out = next;
		next = swap;
	}
	arena_done(&scratch);
	return ok;
}

static void move_to_front(struct odb *o, struct pack *p)
{
	for (struct pack **at = &o->packs; *at; at = &(*at)->next)
		if (*at == p) {
			*at = p->next;
			p->next = o->packs;
			o->packs = p;
			return;
		}
}

int packs_read(struct buf *out, enum object_kind *kind, struct odb *o, const struct oid *id, struct err *err)
{
	bool seen = false;
	for (struct pack *p = o->packs; p; p = p->next) {
		uint64_t at;
		if (!find_offset(p, o->len, id, &at) || !open_data(p))
			continue;
		if (read_at(out, kind, o, p, at)) {
			move_to_front(o, p);
			return 1;
		}
		seen = true; /* another copy may be whole */
	}
	if (!seen)
		return 0;
	struct arena a = { 0 };
	err_set(err, ERR_INVALID, "object %s is damaged", oid_text(&a, id, o->len).p);
	arena_done(&a);
	return -1;
}
