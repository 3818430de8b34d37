/* Applying fixes; see fix.h. The text is copied from its beginning with the edits in their order, so that every span means
 * a place of the old text and nothing has to be shifted. */
#include "source/fix.h"

#include "base/vec.h"

struct fix *fix_new(struct arena *a, enum fix_safety safety, struct str title)
{
	struct fix *f = arena_make(a, struct fix);
	f->safety = safety;
	f->title = arena_str(a, title);
	return f;
}

void fix_edit(struct arena *a, struct fix *f, struct span at, struct str replacement)
{
	f->edits = arena_grow(a, f->edits, f->n * sizeof(*f->edits), (f->n + 1) * sizeof(*f->edits));
	f->edits[f->n++] = (struct edit) { at, arena_str(a, replacement) };
}

/* An edit that was taken, and of which fix. */
struct taken_edit {
	const struct edit *edit;
	size_t fix;
};

/* In the order of the text; they do not overlap, so their ends are in order, too. */
struct taken_edits {
	VEC(struct taken_edit);
	struct arena scratch;
};

static bool splits_character(struct str text, uint32_t at)
{
	return at > 0 && at < text.n && ((unsigned char)text.p[at] & 0xC0) == 0x80 && ((unsigned char)text.p[at - 1] & 0x80);
}

static bool is_place_in(const struct source *src, struct span at)
{
	uint32_t begin = source_begin(src);
	return at.file == src->id && at.from >= begin && at.from <= at.to && at.to <= src->text.n &&
	       !splits_character(src->text, at.from) && !splits_character(src->text, at.to);
}

/* Whether two edits of different fixes cannot both be: they share a byte, one inserts inside of the other, or both insert
 * at the same place, where nobody knows which comes first. */
static bool edits_clash(struct span a, struct span b)
{
	if (a.from == a.to && b.from == b.to)
		return a.from == b.from;
	return a.from < b.to && b.from < a.to;
}

/* How many edits end before the offset. */
static size_t edits_before(const struct taken_edits *all, uint32_t offset)
{
	size_t low = 0, high = all->n;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (all->v[mid].edit->at.to < offset)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* Puts the edit in its place, behind what the same fix inserts there; false when something is in its way. */
static bool take_edit(struct taken_edits *all, const struct edit *e, size_t fix)
{
	size_t at = edits_before(all, e->at.from);
	for (; at < all->n && all->v[at].edit->at.from <= e->at.from; at++) {
		struct span other = all->v[at].edit->at;
		bool both_insert = other.from == other.to && e->at.from == e->at.to;
		if (edits_clash(other, e->at) && !(both_insert && all->v[at].fix == fix))
			return false;
		if (other.from == e->at.from && other.to > e->at.to)
			break; /* an insertion goes in front of what is replaced there */
	}
	if (at < all->n && edits_clash(all->v[at].edit->at, e->at))
		return false;
	*vec_add(&all->scratch, all) = (struct taken_edit) { 0 };
	memmove(&all->v[at + 1], &all->v[at], (all->n - 1 - at) * sizeof(*all->v));
	all->v[at] = (struct taken_edit) { e, fix };
	return true;
}

static void give_back(struct taken_edits *all, size_t fix)
{
	size_t kept = 0;
	for (size_t i = 0; i < all->n; i++)
		if (all->v[i].fix != fix)
			all->v[kept++] = all->v[i];
	all->n = kept;
}

static enum fix_result take_fix(struct taken_edits *all, const struct source *src, const struct fix *f, size_t number)
{
	for (size_t i = 0; i < f->n; i++)
		if (!is_place_in(src, f->edits[i].at))
			return FIX_OUTSIDE;
	for (size_t i = 0; i < f->n; i++) {
		if (take_edit(all, &f->edits[i], number))
			continue;
		if (i > 0)
			give_back(all, number);
		return FIX_OVERLAPS;
	}
	return FIX_APPLIED;
}

/* Most line ends of the text decide. */
static bool has_crlf(struct str text)
{
	size_t lf = 0, crlf = 0;
	for (size_t at = 0; (at = str_find_c(text, '\n', at)) != SIZE_MAX; at++) {
		lf++;
		crlf += at > 0 && text.p[at - 1] == '\r';
	}
	return crlf > lf / 2;
}

static void put_replacement(struct buf *out, struct str s, bool crlf)
{
	for (size_t i = 0; i < s.n; i++) {
		if (crlf && s.p[i] == '\n' && (i == 0 || s.p[i - 1] != '\r'))
			buf_addc(out, '\r');
		buf_addc(out, s.p[i]);
	}
}

size_t fixes_apply(struct buf *out, const struct source *src, const struct fix *const *fixes, size_t n, enum fix_result *results)
{
	struct taken_edits all = { 0 };
	size_t applied = 0, at = 0;
	bool crlf = has_crlf(src->text);
	for (size_t i = 0; i < n; i++) {
		results[i] = take_fix(&all, src, fixes[i], i);
		applied += results[i] == FIX_APPLIED;
	}
	for (size_t i = 0; i < all.n; i++) {
		const struct edit *e = all.v[i].edit;
		buf_addstr(out, str_n(src->text.p + at, e->at.from - at));
		put_replacement(out, e->replacement, crlf);
		at = e->at.to;
	}
	buf_addstr(out, str_from(src->text, at));
	arena_done(&all.scratch);
	return applied;
}
