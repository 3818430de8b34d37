/* Colours and marks: the one place that decides how a result looks. */
#ifndef SIDESTEP_UI_STYLE_H
#define SIDESTEP_UI_STYLE_H

#include "event/event.h"

enum paint { PAINT_RESET, PAINT_BOLD, PAINT_DIM, PAINT_RED, PAINT_GREEN, PAINT_YELLOW, PAINT_CYAN };

enum { LOOK_UNBOUNDED = 1 << 20 };

/* How a sink's text looks. */
struct look {
	bool color;
	bool marks;   /* ✓ ✗ ○ and lines, for terminals, and what is too long is cut; else ASCII words do, and nothing is */
	bool tags;    /* what failed says of which workflow it is, among several */
	size_t width; /* columns; of a pipe without bounds, unless they were asked for */
};

/* Appends the sequence, nothing without colour. */
void paint(struct buf *out, const struct look *look, enum paint p);
/* A text between its colour and the reset. */
void paint_text(struct buf *out, const struct look *look, enum paint p, struct str s);
/* The colour of a result; `forgiven`: it failed and was allowed to. */
enum paint result_paint(enum result r, bool forgiven);
/* "✓" and so on: one cell. */
const char *result_mark(enum result r, bool forgiven);
/* "1 job", "2 jobs". */
void add_count(struct buf *out, size_t n, const char *noun);

#endif
