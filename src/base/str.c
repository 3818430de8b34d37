/* String slices; see str.h. */
#include "base/str.h"

#include <stdlib.h>

int str_cmp(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n ? memcmp(a.p, b.p, n) : 0;
	return c ? c : (a.n > b.n) - (a.n < b.n);
}

bool str_starts(struct str s, struct str prefix)
{
	return s.n >= prefix.n && str_eq(str_to(s, prefix.n), prefix);
}

bool str_ends(struct str s, struct str suffix)
{
	return s.n >= suffix.n && str_eq(str_from(s, s.n - suffix.n), suffix);
}

size_t str_find(struct str s, struct str needle, size_t from)
{
	if (from > s.n || s.n - from < needle.n)
		return SIZE_MAX;
	if (needle.n == 0)
		return from;
	const char *p = memmem(s.p + from, s.n - from, needle.p, needle.n);
	return p ? (size_t)(p - s.p) : SIZE_MAX;
}

size_t str_find_c(struct str s, char c, size_t from)
{
	if (from >= s.n)
		return SIZE_MAX;
	const char *p = memchr(s.p + from, c, s.n - from);
	return p ? (size_t)(p - s.p) : SIZE_MAX;
}

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str str_trim(struct str s)
{
	while (s.n && is_blank(s.p[0]))
		s = str_from(s, 1);
	while (s.n && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

static unsigned char lower(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

bool str_eq_nocase(struct str a, struct str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (lower(a.p[i]) != lower(b.p[i]))
			return false;
	return true;
}

bool str_is_nocase(struct str a, const char *lit)
{
	return str_eq_nocase(a, str_of(lit));
}

uint64_t str_hash(struct str s)
{
	uint64_t h = 0xcbf29ce484222325u; /* FNV-1a */
	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * 0x100000001b3u;
	return h ^ (h >> 29);
}

bool str_next_line(struct str *rest, struct str *line)
{
	if (rest->n == 0)
		return false;
	size_t at = str_find_c(*rest, '\n', 0);
	*line = str_to(*rest, at == SIZE_MAX ? rest->n : at);
	*rest = at == SIZE_MAX ? str_from(*rest, rest->n) : str_from(*rest, at + 1);
	return true;
}

enum { DISTANCE_MAX = 63 };

unsigned str_distance(struct str a, struct str b, unsigned limit)
{
	if (a.n > DISTANCE_MAX || b.n > DISTANCE_MAX)
		return limit + 1;
	unsigned row[DISTANCE_MAX + 1];
	for (size_t j = 0; j <= b.n; j++)
		row[j] = (unsigned)j;
	for (size_t i = 1; i <= a.n; i++) {
		unsigned diagonal = row[0];
		row[0] = (unsigned)i;
		for (size_t j = 1; j <= b.n; j++) {
			unsigned up = row[j];
			unsigned best = diagonal + (a.p[i - 1] != b.p[j - 1]);
			if (up + 1 < best)
				best = up + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			diagonal = up;
			row[j] = best;
		}
	}
	return row[b.n] > limit ? limit + 1 : row[b.n];
}

const char *str_nearest(struct str word, const char *const *candidates, size_t n)
{
	unsigned limit = word.n <= 3 ? 1 : word.n <= 7 ? 2 : 3;
	const char *best = NULL;
	unsigned best_distance = limit + 1;
	for (size_t i = 0; i < n; i++) {
		struct str c = str_of(candidates[i]);
		if (str_eq_nocase(word, c))
			return candidates[i];
		unsigned d = str_distance(word, c, limit);
		if (d < best_distance) {
			best_distance = d;
			best = candidates[i];
		}
	}
	return best;
}
