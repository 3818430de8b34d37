/* Colours and marks; see style.h. */
#include "ui/style.h"

void paint(struct buf *out, const struct look *look, enum paint p)
{
	static const char *const codes[] = {
		[PAINT_RESET] = "\x1b[0m",  [PAINT_BOLD] = "\x1b[1m",    [PAINT_DIM] = "\x1b[2m",   [PAINT_RED] = "\x1b[31m",
		[PAINT_GREEN] = "\x1b[32m", [PAINT_YELLOW] = "\x1b[33m", [PAINT_CYAN] = "\x1b[36m",
	};
	if (look->color)
		buf_adds(out, codes[p]);
}

void paint_text(struct buf *out, const struct look *look, enum paint p, struct str s)
{
	paint(out, look, p);
	buf_addstr(out, s);
	paint(out, look, PAINT_RESET);
}

enum paint result_paint(enum result r, bool forgiven)
{
	static const enum paint paints[] = {
		[RESULT_NONE] = PAINT_DIM,         [RESULT_SUCCESS] = PAINT_GREEN, [RESULT_FAILURE] = PAINT_RED,
		[RESULT_CANCELLED] = PAINT_YELLOW, [RESULT_SKIPPED] = PAINT_DIM,
	};
	return forgiven ? PAINT_YELLOW : paints[r];
}

const char *result_mark(enum result r, bool forgiven)
{
	static const char *const marks[] = {
		[RESULT_NONE] = "·",      [RESULT_SUCCESS] = "✓", [RESULT_FAILURE] = "✗",
		[RESULT_CANCELLED] = "■", [RESULT_SKIPPED] = "○",
	};
	return forgiven ? "!" : marks[r];
}

void add_count(struct buf *out, size_t n, const char *noun)
{
	buf_addf(out, "%zu %s%s", n, noun, n == 1 ? "" : "s");
}
