/* The live area of a terminal: running jobs and their steps, side by side ones behind a bar, as rows that fit
 * the screen. Only what it looks like; moving the cursor is tty.c's. */
#ifndef SIDESTEP_UI_FRAME_H
#define SIDESTEP_UI_FRAME_H

#include "ui/model.h"
#include "ui/style.h"

struct frame {
	struct buf text; /* rows, each with a line end */
	size_t n;
	size_t column; /* cells of the longest name so far, with what stands in front of it */
};

/* Replaces what is in f by at most max_rows rows, each at most look->width - 1 cells wide. Times stand in a column behind the
 * names, not at the edge of a wide screen: short rows do not wrap when it becomes narrower. */
void frame_build(struct frame *f, const struct ui_model *m, const struct look *look, size_t max_rows, uint64_t now);
void frame_done(struct frame *f);
/* Where names end, in cells: times follow. */
size_t frame_column(const struct frame *f, const struct look *look);

#endif
