/* What is wrong with a user's file, as data: collected, never fatal; shown by whoever owns a screen. */
#ifndef SIDESTEP_SOURCE_DIAG_H
#define SIDESTEP_SOURCE_DIAG_H

#include "base/buf.h"
#include "source/source.h"

enum severity { SEVERITY_ERROR, SEVERITY_WARNING, SEVERITY_INFO };

/* Another place that belongs to the message: "first defined here". */
struct diag_note {
	struct diag_note *next;
	struct span at;
	struct str text;
};

struct diag {
	const char *rule; /* stable id of validation.md: "key-unknown-job" */
	enum severity severity;
	struct span at;
	struct str text; /* one line, no trailing dot: GitHub's wording where it has one */
	struct str help; /* what to do, or empty: "did you mean 'steps'?" */
	struct str fix;  /* replacement of the span, when has_fix */
	bool has_fix;
	struct diag_note *notes;
};

struct diag_list {
	struct arena *arena;
	const struct source_set *sources;
	struct diag *v;
	size_t n, cap;
	size_t errors;
};

struct diag *diag_add(struct diag_list *l, const char *rule, enum severity sev, struct span at, const char *fmt, ...)
	PRINTF_LIKE(5, 6);
struct diag *diag_error(struct diag_list *l, const char *rule, struct span at, const char *fmt, ...) PRINTF_LIKE(4, 5);
void diag_help(struct diag_list *l, struct diag *d, const char *fmt, ...) PRINTF_LIKE(3, 4);
void diag_note(struct diag_list *l, struct diag *d, struct span at, const char *fmt, ...) PRINTF_LIKE(4, 5);
/* Sorts by file, position, severity; drops exact repeats. */
void diag_sort(struct diag_list *l);
/* `path:line:col: error: text [rule]`, the source line (cut to width around the place, tabs kept
 * aligned), a caret line, notes, help. */
void diag_render(struct buf *out, const struct diag_list *l, const struct diag *d, bool color, int width);
const char *severity_name(enum severity s);

#endif
