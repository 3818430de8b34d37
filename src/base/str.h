/* A string slice: bytes with a length, not owned, not necessarily NUL-terminated, may contain NUL.
 * Strings made by an arena have a NUL behind them all the same, so .p may go to libc then. */
#ifndef SIDESTEP_BASE_STR_H
#define SIDESTEP_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
	const char *p;
	size_t n;
};

#define STR(lit)  ((struct str) { (lit), sizeof(lit) - 1 })
#define STR_EMPTY ((struct str) { "", 0 })
/* For printf: printf("%.*s", STRF(s)) */
#define STRF(s) (int)(s).n, (s).p

static inline struct str str_of(const char *s)
{
	return (struct str) { s ? s : "", s ? strlen(s) : 0 };
}

static inline struct str str_n(const char *p, size_t n)
{
	return (struct str) { p, n };
}

static inline struct str str_from(struct str s, size_t from)
{
	if (from >= s.n)
		return (struct str) { s.n ? s.p + s.n : s.p, 0 }; /* s.p may be NULL */
	return (struct str) { s.p + from, s.n - from };
}

static inline struct str str_to(struct str s, size_t to)
{
	return (struct str) { s.p, to < s.n ? to : s.n };
}

static inline bool str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool str_is(struct str a, const char *lit)
{
	return str_eq(a, str_of(lit));
}

int str_cmp(struct str a, struct str b); /* byte order */
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
/* Offset of the first occurrence at or after from, or SIZE_MAX. */
size_t str_find(struct str s, struct str needle, size_t from);
size_t str_find_c(struct str s, char c, size_t from);
/* ASCII blanks: space, tab, CR, LF, VT, FF. */
struct str str_trim(struct str s);
/* ASCII letters without case; for keywords of ours and of GitHub's commands. Expression strings fold by
 * Unicode rules instead: value/fold.h. */
bool str_eq_nocase(struct str a, struct str b);
bool str_is_nocase(struct str a, const char *lit);
uint64_t str_hash(struct str s);
/* Cuts the next line off *rest, without its \n; false when nothing is left. A last line without \n counts. */
bool str_next_line(struct str *rest, struct str *line);
/* Edits that turn a into b, at most `limit` counted; for "did you mean". */
unsigned str_distance(struct str a, struct str b, unsigned limit);
/* The candidate nearest to `word` (a few edits, or only case apart), or NULL. */
const char *str_nearest(struct str word, const char *const *candidates, size_t n);

#endif
