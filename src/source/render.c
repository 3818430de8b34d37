/* One diagnostic for a person: place and text, the line, a caret under the span, notes, help. */
#include "base/clean.h"
#include "base/utf8.h"
#include "source/diag.h"

enum { TAB = 4, MARGIN = 7 };

struct ink {
	const char *bold, *red, *yellow, *blue, *dim, *off;
};

static struct ink ink_for(bool color)
{
	return color ? (struct ink) { "\033[1m", "\033[1;31m", "\033[1;33m", "\033[1;34m", "\033[2m", "\033[0m" }
	             : (struct ink) { "", "", "", "", "", "" };
}

/* A code point as it may stand on a screen; *cells is what it takes. */
static void put_char(struct buf *out, struct str s, size_t at, unsigned len, uint32_t cp, int *cells)
{
	if (cp == '\t') {
		buf_add(out, "    ", TAB);
		*cells = TAB;
	} else if (cp < 0x20 || cp == 0x7F) {
		utf8_append(out, cp == 0x7F ? 0x2421 : 0x2400 + cp); /* control pictures */
		*cells = 1;
	} else if (clean_is_deceiving(cp)) {
		*cells = clean_put_code(out, cp);
	} else if (clean_is_control(cp) || cp == 0xFFFD) {
		utf8_append(out, 0xFFFD);
		*cells = 1;
	} else {
		buf_add(out, s.p + at, len);
		*cells = utf8_width(cp);
	}
}

/* The part of a line that is shown: from byte `from`, at most `room` cells. Where the span starts and how many
 * cells it takes is measured on the way. */
struct excerpt {
	struct buf text;
	int caret, width; /* cells before the caret, cells of the span */
	bool cut_left, cut_right;
};

static int cells_between(struct str line, size_t from, size_t to)
{
	int sum = 0;
	struct buf scratch = BUF_INIT;
	for (size_t i = from; i < to && i < line.n;) {
		uint32_t cp;
		unsigned len = utf8_decode(line, i, &cp);
		int cells;
		put_char(&scratch, line, i, len, cp, &cells);
		sum += cells;
		i += len;
	}
	buf_done(&scratch);
	return sum;
}

static void cut(struct excerpt *x, struct str line, size_t from, size_t to, int room)
{
	size_t start = 0;
	if (cells_between(line, 0, from) > room * 2 / 3) { /* the place would be out of sight */
		size_t back = from;
		for (int cells = 0; back > 0 && cells < room / 3; cells++)
			do
				back--;
			while (back > 0 && ((unsigned char)line.p[back] & 0xC0) == 0x80);
		start = back;
		x->cut_left = start > 0;
	}
	int used = 0;
	x->caret = -1;
	for (size_t i = start; i < line.n;) {
		uint32_t cp;
		unsigned len = utf8_decode(line, i, &cp);
		if (i >= from && x->caret < 0)
			x->caret = used;
		if (used >= room) {
			x->cut_right = true;
			break;
		}
		int cells;
		put_char(&x->text, line, i, len, cp, &cells);
		if (i >= from && i < to)
			x->width += cells;
		used += cells;
		i += len;
	}
	if (x->caret < 0)
		x->caret = used;
	if (x->width < 1)
		x->width = 1;
}

static void put_place(struct buf *out, const struct source *src, struct span at, const struct ink *c)
{
	struct pos p = source_pos(src, at.from);
	buf_adds(out, c->bold);
	clean_append(out, src->path);
	buf_addf(out, ":%u:%u:%s ", p.line, p.col, c->off);
}

static void put_excerpt(struct buf *out, const struct source *src, struct span at, const struct ink *c, const char *mark,
                        int width)
{
	struct pos p = source_pos(src, at.from);
	struct str line = source_line(src, p.line);
	size_t start = (size_t)(line.p - src->text.p);
	size_t from = at.from > start ? at.from - start : 0;
	if (from > line.n)
		from = line.n;
	size_t to = at.to > at.from ? at.to - start : from + 1;
	if (to > line.n)
		to = line.n; /* a span over several lines is marked to the end of its first */
	struct excerpt x = { .text = BUF_INIT };
	int room = width > MARGIN + 22 ? width - MARGIN - 2 : 20;
	cut(&x, line, from, to, room);
	buf_addf(out, "%s%5u |%s %s%.*s%s\n", c->dim, p.line, c->off, x.cut_left ? "…" : "", STRF(buf_str(&x.text)),
	         x.cut_right ? "…" : "");
	buf_addf(out, "%s      |%s %*s%s^", c->dim, c->off, x.caret + (x.cut_left ? 1 : 0), "", mark);
	for (int i = 1; i < x.width; i++)
		buf_addc(out, '~');
	buf_addf(out, "%s\n", c->off);
	buf_done(&x.text);
}

static void put_label(struct buf *out, const struct ink *c, const char *label, struct str text)
{
	buf_addf(out, "%s%s%s ", c->blue, label, c->off);
	clean_append(out, text);
	buf_addc(out, '\n');
}

void diag_render(struct buf *out, const struct diag_list *l, const struct diag *d, bool color, int width)
{
	struct ink c = ink_for(color);
	const char *mark = d->severity == SEVERITY_ERROR ? c.red : d->severity == SEVERITY_WARNING ? c.yellow : c.blue;
	const struct source *src = source_get(l->sources, d->at.file);
	if (src)
		put_place(out, src, d->at, &c);
	buf_addf(out, "%s%s:%s ", mark, severity_name(d->severity), c.off);
	clean_append(out, d->text);
	buf_addf(out, " %s[%s]%s\n", c.dim, rule_id(d->rule), c.off);
	if (src)
		put_excerpt(out, src, d->at, &c, mark, width);
	for (const struct diag_note *n = d->notes; n; n = n->next) {
		const struct source *where = source_get(l->sources, n->at.file);
		if (where) {
			put_place(out, where, n->at, &c);
			put_label(out, &c, "note:", n->text);
			put_excerpt(out, where, n->at, &c, c.blue, width);
		} else {
			put_label(out, &c, "note:", n->text);
		}
	}
	if (d->help.n) {
		buf_adds(out, "      ");
		put_label(out, &c, "= help:", d->help);
	}
}
