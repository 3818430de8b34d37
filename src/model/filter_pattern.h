/* Filter patterns of `on`: branches, tags, paths and their -ignore forms. The whole text must match, with case.
 *
 *	*     any run without '/'          ?   the character before it, or nothing
 *	**    any run                      +   the character before it, once or more
 *	[…]   one of a set; ranges of letters or digits
 *	!     first: takes away what the patterns before it selected
 *	\     before one of * ? + [ ] ! \: that character
 *
 * Matching costs at most the length of the pattern times that of the text, whatever they are. */
#ifndef SIDESTEP_MODEL_FILTER_PATTERN_H
#define SIDESTEP_MODEL_FILTER_PATTERN_H

#include "base/arena.h"
#include "expr/template.h"

enum { FILTER_PATTERN_MAX = 4096 };

struct filter_element;

/* One compiled pattern. */
struct filter_pattern {
	struct str text; /* as written, with its `!` */
	bool negative;
	struct filter_element *v;
	size_t n, least; /* characters that a matching text has at least */
};

/* Where and why a pattern is none. */
struct filter_fault {
	size_t from, to; /* bytes of the pattern */
	const char *why; /* "'+' has nothing in front of it to repeat" */
};

/* Reads a pattern; -1 and the fault when it is none. */
int filter_pattern_compile(struct filter_pattern *out, struct arena *a, struct str text, struct filter_fault *fault);
/* Whether the pattern, its `!` left aside, is the whole text. Adds what it did to *steps (may be NULL). */
bool filter_pattern_matches(const struct filter_pattern *p, struct str text, uint64_t *steps);

/* A filter: patterns in order; the last one that matches decides. */
struct filter_list {
	struct filter_pattern *v;
	size_t n;
	uint64_t steps; /* done so far */
};

/* Compiles the patterns of a filter's token (a text or a list of them); those that are none are left out, NULL is empty. */
void filter_list_compile(struct filter_list *out, struct arena *a, const struct token *t);
/* Whether the list selects the text. */
bool filter_list_selects(struct filter_list *l, struct str text);

#endif
