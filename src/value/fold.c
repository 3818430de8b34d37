/* Case folding: every code point through Unicode's simple upper-case mapping, one to one; the results
 * compare as UTF-16 units. No normalisation, no locale, no mapping to several characters. */
#include <stdlib.h>

#include "base/utf8.h"
#include "value/internal.h"

struct upper_range {
	uint32_t first, last;
	int32_t delta;
	uint32_t step;
};

#include "value/upper_table.h"

static uint32_t upper_wide(uint32_t cp)
{
	size_t lo = 0, hi = ARRAY_LEN(upper_ranges);
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		if (upper_ranges[mid].last < cp)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == ARRAY_LEN(upper_ranges))
		return cp;
	const struct upper_range *r = &upper_ranges[lo];
	if (cp < r->first || (cp - r->first) % r->step != 0)
		return cp;
	return (uint32_t)((int32_t)cp + r->delta);
}

static inline unsigned char upper_ascii(unsigned char c)
{
	return c >= 'a' && c <= 'z' ? (unsigned char)(c - 32) : c;
}

/* The folded code point at s.p[*i]; moves *i behind it. */
static inline uint32_t fold_next(struct str s, size_t *i)
{
	unsigned char c = (unsigned char)s.p[*i];
	if (c < 0x80) {
		++*i;
		return upper_ascii(c);
	}
	uint32_t cp;
	*i += utf8_decode(s, *i, &cp);
	return upper_wide(cp);
}

/* Rank of a code point in UTF-16 order: supplementary ones (surrogates) stand below U+E000. */
static uint32_t utf16_rank(uint32_t cp)
{
	return cp >= 0xE000 && cp < 0x10000 ? cp + 0x200000 : cp;
}

/* Compares up to the end of the shorter one; *i and *j tell how far each was read. */
static int compare_common(struct str a, struct str b, size_t *i, size_t *j)
{
	while (*i < a.n && *j < b.n) {
		uint32_t x = fold_next(a, i), y = fold_next(b, j);
		if (x != y)
			return utf16_rank(x) < utf16_rank(y) ? -1 : 1;
	}
	return 0;
}

bool fold_equal(struct str a, struct str b)
{
	size_t i = 0, j = 0;
	return compare_common(a, b, &i, &j) == 0 && i == a.n && j == b.n;
}

int fold_compare(struct str a, struct str b)
{
	size_t i = 0, j = 0;
	int order = compare_common(a, b, &i, &j);
	return order ? order : (i < a.n) - (j < b.n);
}

bool fold_starts(struct str s, struct str prefix)
{
	size_t i = 0, j = 0;
	return compare_common(s, prefix, &i, &j) == 0 && j == prefix.n;
}

uint64_t fold_hash(struct str s)
{
	uint64_t h = 0xcbf29ce484222325u;
	for (size_t i = 0; i < s.n;)
		h = (h ^ fold_next(s, &i)) * 0x100000001b3u;
	return h ^ (h >> 32);
}

void fold_text(struct buf *out, struct str s)
{
	buf_reserve(out, s.n);
	for (size_t i = 0; i < s.n;) {
		unsigned char c = (unsigned char)s.p[i];
		if (c < 0x80 && out->cap - out->n > 1) {
			out->p[out->n++] = (char)upper_ascii(c);
			i++;
		} else {
			utf8_append(out, fold_next(s, &i));
		}
	}
}

/* Where in s the folded text reaches the given length. */
static size_t unfold_offset(struct str s, size_t folded)
{
	size_t i = 0;
	while (i < s.n && folded > 0) {
		uint32_t cp = fold_next(s, &i);
		size_t n = cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
		folded -= MIN(n, folded);
	}
	return i;
}

/* Folds both, then lets memmem search, which is linear whatever the texts. */
size_t fold_find(struct str haystack, struct str needle)
{
	if (needle.n == 0)
		return 0;
	_cleanup_buf_ struct buf h = BUF_INIT, n = BUF_INIT;
	fold_text(&h, haystack);
	fold_text(&n, needle);
	if (h.n < n.n)
		return SIZE_MAX;
	const char *at = memmem(h.p, h.n, n.p, n.n);
	return at ? unfold_offset(haystack, (size_t)(at - h.p)) : SIZE_MAX;
}

/* Bytes from the end back to the start of the last character. */
static size_t last_char(struct str s)
{
	size_t n = 1;
	while (n < 4 && n < s.n && ((unsigned char)s.p[s.n - n] & 0xC0) == 0x80)
		n++;
	return n;
}

bool fold_ends(struct str s, struct str suffix)
{
	while (suffix.n) {
		if (s.n == 0)
			return false;
		struct str x = str_from(s, s.n - last_char(s)), y = str_from(suffix, suffix.n - last_char(suffix));
		if (!fold_equal(x, y))
			return false;
		s.n -= x.n;
		suffix.n -= y.n;
	}
	return true;
}
