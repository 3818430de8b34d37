/* A tiny terminal: enough of one to see what a live renderer leaves on the screen. */
#ifndef TESTS_UI_VT_H
#define TESTS_UI_VT_H

#include "base/buf.h"

struct vt_cell {
	char text[24]; /* a character with its marks; empty: blank, or the right half of a wide one */
	bool right_half;
};

struct vt {
	size_t rows, cols;
	struct vt_cell *cells;
	size_t row, col, saved_row, saved_col;
	bool wrap, wrap_pending, cursor_shown;
	size_t unknown;      /* sequences and control bytes that are not understood */
	struct buf scrolled; /* rows that have left at the top */
};

void vt_init(struct vt *v, size_t rows, size_t cols);
void vt_done(struct vt *v);
void vt_feed(struct vt *v, struct str bytes);
/* The screen's rows down to the last that is not blank, without trailing blanks. */
void vt_screen(struct buf *out, const struct vt *v);

#endif
