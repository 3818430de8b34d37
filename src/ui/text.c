/* Cells, cuts and times; see text.h. */
#include "ui/text.h"

#include <inttypes.h>

enum { ESC = 0x1B, MARKS_MAX = 8 };

struct str text_cut(struct str s, size_t max)
{
	if (s.n <= max)
		return s;
	while (max && ((unsigned char)s.p[max] & 0xC0) == 0x80)
		max--;
	return str_to(s, max);
}

struct str text_clean_copy(struct arena *a, struct str s, size_t max)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	bool cut = s.n > max;
	clean_line(&b, text_cut(s, max), CLEAN_TABS);
	if (cut)
		buf_adds(&b, "…");
	return arena_str(a, buf_str(&b));
}

size_t text_cells(struct str clean)
{
	size_t total = 0;
	for (size_t i = 0; i < clean.n;) {
		size_t cells;
		i += clean_next(clean, i, &cells);
		total += cells;
	}
	return total;
}

size_t text_fit(struct buf *out, struct str clean, size_t cells)
{
	size_t used = 0, room_end = out->n, room_used = 0, marks = 0; /* where "…" would still fit */
	bool colored = false, cut = false;
	for (size_t i = 0; i < clean.n && !cut;) {
		size_t wide, n = clean_next(clean, i, &wide);
		colored = colored || clean.p[i] == ESC;
		marks = wide ? 0 : marks + 1;
		if (used + wide > cells) {
			cut = true;
		} else if (marks <= MARKS_MAX) { /* no towers of combining marks */
			buf_add(out, clean.p + i, n);
			used += wide;
			if (used + 1 <= cells) {
				room_end = out->n;
				room_used = used;
			}
		}
		i += n;
	}
	if (cut && cells) {
		out->n = room_end;
		buf_adds(out, "…");
		used = room_used + 1;
	}
	if (colored)
		buf_adds(out, "\x1b[0m");
	return used;
}

void text_blanks(struct buf *out, size_t n)
{
	static const char blanks[] = "                                ";
	for (; n > sizeof(blanks) - 1; n -= sizeof(blanks) - 1)
		buf_add(out, blanks, sizeof(blanks) - 1);
	buf_add(out, blanks, n);
}

void text_column(struct buf *out, struct str clean, size_t cells)
{
	text_blanks(out, cells - text_fit(out, clean, cells));
}

void text_pad(struct buf *out, struct str clean, size_t cells)
{
	size_t used = text_cells(clean);
	buf_addstr(out, clean);
	text_blanks(out, cells > used ? cells - used : 0);
}

/* Bytes of clean that go into one line, at a blank when there is one. */
static size_t line_length(struct str clean, size_t cells)
{
	size_t used = 0, i = 0, blank = 0;
	while (i < clean.n) {
		size_t wide, n = clean_next(clean, i, &wide);
		if (used + wide > cells && i)
			return blank ? blank : i;
		if (clean.p[i] == ' ')
			blank = i;
		used += wide;
		i += n;
	}
	return i;
}

void text_wrap(struct buf *out, struct str clean, size_t indent, size_t cells)
{
	while (clean.n) {
		size_t n = line_length(clean, cells), end = n;
		while (end && clean.p[end - 1] == ' ')
			end--;
		text_blanks(out, indent);
		buf_add(out, clean.p, end);
		buf_addc(out, '\n');
		while (n < clean.n && clean.p[n] == ' ')
			n++;
		clean = str_from(clean, n);
	}
}

void text_duration(struct buf *out, int64_t ms)
{
	int64_t s = (ms + 500) / 1000;
	if (ms < 100)
		buf_addf(out, "%" PRId64 " ms", ms < 0 ? 0 : ms);
	else if (ms < 59950)
		buf_addf(out, "%" PRId64 ".%" PRId64 " s", (ms + 50) / 1000, (ms + 50) / 100 % 10);
	else if (s < 3600)
		buf_addf(out, "%" PRId64 "m %02" PRId64 "s", s / 60, s % 60);
	else
		buf_addf(out, "%" PRId64 "h %02" PRId64 "m", s / 3600, s / 60 % 60);
}
