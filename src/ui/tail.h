/* The last lines of a running step: what is shown when it fails. Bounded, and reused from step to step. */
#ifndef SIDESTEP_UI_TAIL_H
#define SIDESTEP_UI_TAIL_H

#include "event/event.h"

enum { TAIL_LINES = 10, TAIL_LINE_MAX = 2000 };

struct tail {
	struct buf line[TAIL_LINES];
	enum log_level level[TAIL_LINES];
	size_t total; /* lines taken; the newest is at (total - 1) % TAIL_LINES */
	struct tail *next_free;
};

/* Takes the last lines of a batch; marks of groups and debug lines are left out. */
void tail_add(struct tail *t, enum log_level level, const struct str *lines, size_t n);
/* Lines that are there, at most TAIL_LINES. */
size_t tail_count(const struct tail *t);
/* Line i of those, 0 is the oldest. */
struct str tail_line(const struct tail *t, size_t i, enum log_level *level);
/* NULL is fine. */
void tail_free(struct tail *t);

#endif
