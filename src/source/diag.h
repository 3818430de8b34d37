/* What is wrong with a user's file, as data: collected, never fatal; shown by whoever owns a screen. */
#ifndef SIDESTEP_SOURCE_DIAG_H
#define SIDESTEP_SOURCE_DIAG_H

#include "source/fix.h"
#include "source/rule.h"

/* Another place that belongs to the message: "first defined here". */
struct diag_note {
	struct diag_note *next;
	struct span at;
	struct str text;
};

/* Who is told. GitHub's reader says what it meets on its way, the same mistake twice at times; where another finding says it
 * better, each is for one of the two. */
enum diag_audience { DIAG_FOR_ALL, DIAG_FOR_READER, DIAG_FOR_PEOPLE };

struct diag {
	enum rule rule;
	enum diag_audience audience;
	enum severity severity; /* the rule's, unless who reported it knew better */
	struct span at;
	struct str text;       /* one line, no trailing dot: GitHub's wording where it has one */
	struct str help;       /* what to do, or empty: "did you mean 'steps'?" */
	const struct fix *fix; /* corrections, the best first, or NULL */
	struct diag_note *notes;
};

/* Findings in the order in which they were made. What GitHub says and what only lint says are counted apart: `errors` alone
 * decides whether a file is valid and may run. */
struct diag_list {
	struct arena *arena;
	const struct source_set *sources;
	struct diag *v;
	size_t n, cap;
	size_t errors;      /* by GitHub, or about our own configuration */
	size_t lint_errors; /* by lint alone: no reason not to run */
};

/* Adds a finding with its rule's severity, or with another. */
struct diag *diag_add(struct diag_list *l, enum rule rule, struct span at, const char *fmt, ...) PRINTF_LIKE(4, 5);
struct diag *diag_add_as(struct diag_list *l, enum rule rule, enum severity sev, struct span at, const char *fmt, ...)
	PRINTF_LIKE(5, 6);
/* Sets the help. */
void diag_help(struct diag_list *l, struct diag *d, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* Adds a note behind those that are there. */
void diag_note(struct diag_list *l, struct diag *d, struct span at, const char *fmt, ...) PRINTF_LIKE(4, 5);
/* Adds a correction that writes one text in place of the finding's span; safe when its rule says so. */
void diag_fix(struct diag_list *l, struct diag *d, struct str replacement);
/* Appends the findings of another list, but those that only GitHub's reader has. */
void diag_append(struct diag_list *l, const struct diag_list *more);
/* Sorts by file, position, severity; drops exact repeats. */
void diag_sort(struct diag_list *l);
/* Whether GitHub's reader says it, in these words. */
bool diag_is_official(const struct diag *d);
/* Whether lint alone says it. */
bool diag_is_lint(const struct diag *d);
/* `path:line:col: error: text [rule]`, the source line (cut to width around the place, tabs kept
 * aligned), a caret line, notes, help. */
void diag_render(struct buf *out, const struct diag_list *l, const struct diag *d, bool color, int width);

#endif
