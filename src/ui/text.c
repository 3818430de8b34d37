/* Control bytes, cells and times; see text.h. */
#include "ui/text.h"

#include <inttypes.h>

#include "base/utf8.h"

enum { ESC = 0x1B, BEL = 0x07, SGR_MAX = 64, MARKS_MAX = 8 };

/* Length of the escape sequence at s.p[i] (an ESC), 0 when it is none that ends on this line. */
static size_t escape_length(struct str s, size_t i, bool *sgr)
{
	*sgr = false;
	if (i + 1 >= s.n)
		return 0;
	unsigned char kind = (unsigned char)s.p[i + 1];
	size_t at = i + 2;
	if (kind == '[') {
		while (at < s.n && s.p[at] >= 0x20 && s.p[at] <= 0x3F)
			at++;
		if (at >= s.n || s.p[at] < 0x40 || s.p[at] > 0x7E)
			return 0;
		*sgr = s.p[at] == 'm' && at - i < SGR_MAX;
		for (size_t k = i + 2; k < at; k++)
			*sgr = *sgr && s.p[k] <= ';' && s.p[k] >= '0';
		return at + 1 - i;
	}
	if (kind == ']' || kind == 'P' || kind == '_' || kind == '^' || kind == 'X') { /* strings: up to BEL or ESC \ */
		for (; at < s.n; at++) {
			if (s.p[at] == BEL)
				return at + 1 - i;
			if (s.p[at] == ESC)
				return at + 1 < s.n && s.p[at + 1] == '\\' ? at + 2 - i : 0;
		}
		return 0;
	}
	while (at - 1 < s.n && s.p[at - 1] >= 0x20 && s.p[at - 1] <= 0x2F) /* ESC ( B and the like */
		at++;
	return at - 1 < s.n && s.p[at - 1] >= 0x30 && s.p[at - 1] <= 0x7E ? at - i : 0;
}

static void show_control(struct buf *out, unsigned char c)
{
	buf_addc(out, '^');
	buf_addc(out, (char)(c ^ 0x40)); /* 0x7F: ^? */
}

/* One control byte or escape sequence at s.p[i]; returns its length. */
static size_t clean_control(struct buf *out, struct str s, size_t i, unsigned flags, bool *colored)
{
	unsigned char c = (unsigned char)s.p[i];
	if (c == ESC) {
		bool sgr;
		size_t n = escape_length(s, i, &sgr);
		if (sgr && (flags & TEXT_SGR)) {
			buf_add(out, s.p + i, n);
			*colored = true;
		}
		if (n)
			return n;
	}
	if (c == '\n' || c == '\r')
		buf_addc(out, ' ');
	else if (c == '\t' && !(flags & TEXT_TABS))
		buf_addc(out, '\t');
	else
		show_control(out, c);
	return 1;
}

/* Characters that change the order or the place of others, so that a text looks like another one: embeddings, overrides and
 * isolates of writing directions, line and paragraph separators, tags. Marks that only hint at a direction stay. */
static bool is_deceiving(uint32_t cp)
{
	return (cp >= 0x2028 && cp <= 0x202E) || (cp >= 0x2066 && cp <= 0x2069) || (cp >= 0xE0000 && cp <= 0xE007F);
}

/* A sequence outside ASCII. C1 controls would start escape sequences on some terminals. */
static size_t clean_wide(struct buf *out, struct str s, size_t i)
{
	uint32_t cp;
	unsigned n = utf8_decode(s, i, &cp);
	if (is_deceiving(cp))
		buf_addf(out, "<U+%04X>", (unsigned)cp);
	else
		utf8_append(out, cp < 0xA0 ? 0xFFFD : cp);
	return n;
}

static void expand_tab(struct buf *out, size_t start)
{
	size_t cells = text_cells(str_n(out->p + start, out->n - start));
	text_blanks(out, 8 - cells % 8);
}

void text_clean(struct buf *out, struct str s, unsigned flags)
{
	size_t segment = out->n; /* after the last tab: at a multiple of 8 */
	bool colored = false;
	for (size_t i = 0; i < s.n;) {
		size_t from = i;
		while (i < s.n && s.p[i] >= 0x20 && s.p[i] < 0x7F)
			i++;
		buf_add(out, s.p + from, i - from);
		if (i == s.n)
			break;
		if (s.p[i] == '\t' && (flags & TEXT_TABS)) {
			expand_tab(out, segment);
			segment = out->n;
			i++;
		} else if ((unsigned char)s.p[i] >= 0x80) {
			i += clean_wide(out, s, i);
		} else {
			i += clean_control(out, s, i, flags, &colored);
		}
	}
	if (colored)
		buf_adds(out, "\x1b[0m");
}

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
	text_clean(&b, text_cut(s, max), TEXT_TABS);
	if (cut)
		buf_adds(&b, "…");
	return arena_str(a, buf_str(&b));
}

/* One step through a clean text: its length in bytes, its cells. */
static size_t next_cell(struct str s, size_t i, size_t *cells)
{
	*cells = 0;
	if (s.p[i] == ESC) {
		bool sgr;
		size_t n = escape_length(s, i, &sgr);
		return n ? n : 1;
	}
	if (s.p[i] >= 0x20 && s.p[i] < 0x7F) {
		*cells = 1;
		return 1;
	}
	uint32_t cp;
	unsigned n = utf8_decode(s, i, &cp);
	*cells = (size_t)utf8_width(cp);
	return n;
}

size_t text_cells(struct str clean)
{
	size_t total = 0;
	for (size_t i = 0; i < clean.n;) {
		size_t cells;
		i += next_cell(clean, i, &cells);
		total += cells;
	}
	return total;
}

size_t text_fit(struct buf *out, struct str clean, size_t cells)
{
	size_t used = 0, room_end = out->n, room_used = 0, marks = 0; /* where "…" would still fit */
	bool colored = false, cut = false;
	for (size_t i = 0; i < clean.n && !cut;) {
		size_t wide, n = next_cell(clean, i, &wide);
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
		size_t wide, n = next_cell(clean, i, &wide);
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
