/* The live area of a terminal: running jobs and their steps, side by side ones behind a bar, as rows that fit
 * the screen. Only what it looks like; moving the cursor is tty.c's. */
#ifndef SIDESTEP_UI_FRAME_H
#define SIDESTEP_UI_FRAME_H

#include "ui/model.h"
#include "ui/style.h"

struct frame {
	struct buf text; /* rows, each with a line end */
	size_t *cells;   /* of each row: what a narrower screen makes of it depends on that; heap */
	size_t n, cap;
};

/* Replaces what is in f by at most max_rows rows, each at most look->width - 1 cells wide. */
void frame_build(struct frame *f, const struct ui_model *m, const struct look *look, size_t max_rows, uint64_t now);
void frame_done(struct frame *f);
/* Cells of a row: rows are not as wide as a wide screen, so that times stay near their names. */
size_t frame_width(const struct look *look);

#endif
