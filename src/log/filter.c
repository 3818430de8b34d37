/* Bit tables and nibble filter; see filter.h. Verification is the caller's. */
#include "log/filter.h"

#include "base/macros.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

static inline uint32_t triple_hash(const char *p)
{
	uint32_t v = (uint32_t)(unsigned char)p[0] | (uint32_t)(unsigned char)p[1] << 8 | (uint32_t)(unsigned char)p[2] << 16;
	return (v * 0x9E3779B1u) >> 14;
}

static inline uint32_t pair_of(const char *p)
{
	return (uint32_t)(unsigned char)p[0] | (uint32_t)(unsigned char)p[1] << 8;
}

static inline bool bit(const uint64_t *table, uint32_t i)
{
	return table[i >> 6] >> (i & 63) & 1;
}

static inline void set_bit(uint64_t *table, uint32_t i)
{
	table[i >> 6] |= UINT64_C(1) << (i & 63);
}

void filter_add(struct filter *f, struct str pattern)
{
	if (pattern.n >= 3) {
		set_bit(f->triples, triple_hash(pattern.p));
		return;
	}
	f->shorts = true;
	if (pattern.n == 2) {
		set_bit(f->pairs, pair_of(pattern.p));
		return;
	}
	unsigned char c = (unsigned char)pattern.p[0];
	set_bit(f->singles, c);
	for (uint32_t second = 0; second < 256; second++)
		set_bit(f->pairs, c | second << 8);
}

/* Whether a pattern may begin at i, with at least three bytes there. */
static inline bool may_begin(const struct filter *f, const char *p)
{
	return bit(f->triples, triple_hash(p)) || (f->shorts && bit(f->pairs, pair_of(p)));
}

static size_t next_scalar(const struct filter *f, struct str text, size_t i)
{
	for (; i + 3 <= text.n; i++)
		if (may_begin(f, text.p + i))
			return i;
	if (!f->shorts)
		return text.n;
	if (i + 2 == text.n) {
		if (bit(f->pairs, pair_of(text.p + i)))
			return i;
		i++;
	}
	return i < text.n && bit(f->singles, (unsigned char)text.p[i]) ? i : text.n;
}

#if defined(__x86_64__)

static bool can_use_nibbles(void)
{
	return __builtin_cpu_supports("avx2");
}

/* Bit k of byte j of the result: a pattern of bucket k of this group may begin at place j. */
__attribute__((target("avx2"))) static inline __m256i group_places(const struct filter *f, unsigned group, const __m256i *low,
                                                                   const __m256i *high)
{
	__m256i all = _mm256_set1_epi8(-1);
	for (unsigned d = 0; d < FILTER_DEPTH; d++) {
		__m256i lo = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)f->lo[group][d]));
		__m256i hi = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)f->hi[group][d]));
		all = _mm256_and_si256(all, _mm256_and_si256(_mm256_shuffle_epi8(lo, low[d]), _mm256_shuffle_epi8(hi, high[d])));
	}
	return all;
}

__attribute__((target("avx2"))) static inline size_t next_nibbles_in(const struct filter *f, struct str text, size_t i,
                                                                     unsigned groups)
{
	const __m256i nibble = _mm256_set1_epi8(15);
	for (; i + 32 + FILTER_DEPTH - 1 <= text.n; i += 32) {
		__m256i low[FILTER_DEPTH], high[FILTER_DEPTH];
		for (unsigned d = 0; d < FILTER_DEPTH; d++) {
			__m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)(text.p + i + d));
			low[d] = _mm256_and_si256(bytes, nibble);
			high[d] = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), nibble);
		}
		__m256i any = group_places(f, 0, low, high);
		for (unsigned g = 1; g < groups; g++)
			any = _mm256_or_si256(any, group_places(f, g, low, high));
		uint32_t places = ~(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(any, _mm256_setzero_si256()));
		for (; places; places &= places - 1) {
			size_t at = i + (size_t)__builtin_ctz(places);
			if (may_begin(f, text.p + at))
				return at;
		}
	}
	return next_scalar(f, text, i);
}

/* One copy for each number of groups, so that the compiler unrolls the loops over them. */
__attribute__((target("avx2"))) static size_t next_nibbles(const struct filter *f, struct str text, size_t i)
{
	switch (f->groups) {
	case 1:
		return next_nibbles_in(f, text, i, 1);
	case 2:
		return next_nibbles_in(f, text, i, 2);
	default:
		return next_nibbles_in(f, text, i, 4);
	}
}

#else

static bool can_use_nibbles(void)
{
	return false;
}

static size_t next_nibbles(const struct filter *f, struct str text, size_t i)
{
	return next_scalar(f, text, i);
}

#endif

static void enter_bucket(struct filter *f, unsigned bucket, struct str pattern)
{
	unsigned group = bucket / 8;
	uint8_t mark = (uint8_t)(1u << bucket % 8);
	for (unsigned d = 0; d < FILTER_DEPTH; d++) {
		for (unsigned v = 0; v < 16; v++) {
			unsigned char c = d < pattern.n ? (unsigned char)pattern.p[d] : 0;
			if (d >= pattern.n || v == (c & 15u))
				f->lo[group][d][v] |= mark;
			if (d >= pattern.n || v == c >> 4)
				f->hi[group][d][v] |= mark;
		}
	}
}

void filter_group(struct filter *f, const struct str *sorted, size_t n)
{
	memset(f->lo, 0, sizeof(f->lo));
	memset(f->hi, 0, sizeof(f->hi));
	f->nibbles = n > 0 && n <= FILTER_GROUPED_MAX && can_use_nibbles();
	if (!f->nibbles)
		return;
	f->groups = n <= 12 ? 1 : n <= 32 ? 2 : 4;
	size_t buckets = 8u * f->groups;
	for (size_t i = 0; i < n; i++)
		enter_bucket(f, (unsigned)(i * buckets / n), sorted[i]);
}

size_t filter_next(const struct filter *f, struct str text, size_t from)
{
	if (from >= text.n)
		return text.n;
	return f->nibbles ? next_nibbles(f, text, from) : next_scalar(f, text, from);
}
