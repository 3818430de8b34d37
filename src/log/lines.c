/* Byte scans, 16 bytes at a time where the processor has SSE2 (every x86-64 has); see lines.h. */
#include "log/lines.h"

#if defined(__SSE2__)
#include <emmintrin.h>

static inline unsigned break_mask(const char *p)
{
	__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
	__m128i hit = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('\n')), _mm_cmpeq_epi8(v, _mm_set1_epi8('\r')));
	return (unsigned)_mm_movemask_epi8(hit);
}

static inline unsigned marker_mask(const char *p)
{
	__m128i a = _mm_loadu_si128((const __m128i *)(const void *)p);
	__m128i b = _mm_loadu_si128((const __m128i *)(const void *)(p + 1));
	__m128i c = _mm_loadu_si128((const __m128i *)(const void *)(p + 2));
	__m128i colon = _mm_set1_epi8(':'), hash = _mm_set1_epi8('#');
	__m128i colons = _mm_and_si128(_mm_cmpeq_epi8(a, colon), _mm_cmpeq_epi8(b, colon));
	__m128i hashes = _mm_and_si128(_mm_cmpeq_epi8(a, hash), _mm_cmpeq_epi8(b, hash));
	hashes = _mm_and_si128(hashes, _mm_cmpeq_epi8(c, _mm_set1_epi8('[')));
	return (unsigned)_mm_movemask_epi8(_mm_or_si128(colons, hashes));
}

static inline size_t skip_to_break(struct str s, size_t i)
{
	for (; i + 16 <= s.n; i += 16) {
		unsigned mask = break_mask(s.p + i);
		if (mask)
			return i + (size_t)__builtin_ctz(mask);
	}
	return i;
}

static inline size_t skip_to_marker(struct str s, size_t i)
{
	for (; i + 18 <= s.n; i += 16) {
		unsigned mask = marker_mask(s.p + i);
		if (mask)
			return i + (size_t)__builtin_ctz(mask);
	}
	return i;
}

#else

static inline size_t skip_to_break(struct str s, size_t i)
{
	(void)s;
	return i;
}

static inline size_t skip_to_marker(struct str s, size_t i)
{
	(void)s;
	return i;
}

#endif

static inline bool is_break(char c)
{
	return c == '\n' || c == '\r';
}

size_t lines_end(struct str s, size_t from)
{
	size_t i = skip_to_break(s, from);
	while (i < s.n && !is_break(s.p[i]))
		i++;
	return i;
}

size_t lines_start(struct str s, size_t floor, size_t before)
{
	while (before > floor && !is_break(s.p[before - 1]))
		before--;
	return before;
}

size_t lines_whole(struct str s)
{
	return lines_start(s, 0, s.n);
}

size_t lines_next(struct str s, size_t end)
{
	if (end >= s.n)
		return s.n;
	return end + (s.p[end] == '\r' && end + 1 < s.n && s.p[end + 1] == '\n' ? 2 : 1);
}

size_t lines_cut(struct str *rest, struct str *lines, size_t max)
{
	struct str s = *rest;
	size_t n = 0, at = 0;
	while (n < max && at < s.n) {
		size_t end = lines_end(s, at);
		lines[n++] = str_n(s.p + at, end - at);
		at = lines_next(s, end);
	}
	*rest = str_from(s, at);
	return n;
}

static inline bool is_marker(struct str s, size_t i)
{
	if (s.n - i < 2 || s.p[i] != s.p[i + 1])
		return false;
	return s.p[i] == ':' || (s.p[i] == '#' && s.n - i > 2 && s.p[i + 2] == '[');
}

size_t lines_marker(struct str s, size_t from)
{
	size_t i = skip_to_marker(s, from);
	while (i < s.n && !is_marker(s, i))
		i++;
	return i;
}
