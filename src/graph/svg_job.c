/* One job as SVG: a box with a title and one row per step. The job's line runs down its left side; a
 * background step leaves it with a curve, has a lane of its own as long as it may run, and comes back with a
 * curve at the step that joins it. Size is linear in the number of steps. */
#include "graph/svg.h"

#include "base/utf8.h"
#include "graph/show.h"

enum {
	PADDING = 16,
	HEAD = 48,
	ROW = 28,
	LANE = 20,
	LANES_MAX = 16,
	NAME_CELLS = 44,
	NOTE_CELLS = 34,
	TITLE_CELLS = 40,
	DETAIL_CELLS = 64,
	CURVE = 12,
	DIGIT = 6,
	COLORS = 6,
	WIDTH_MIN = 220,
};

void svg_text(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		switch (s.p[i]) {
		case '&':
			buf_adds(out, "&amp;");
			break;
		case '<':
			buf_adds(out, "&lt;");
			break;
		case '>':
			buf_adds(out, "&gt;");
			break;
		case '"':
			buf_adds(out, "&quot;");
			break;
		default:
			buf_addc(out, s.p[i]);
		}
	}
}

uint32_t svg_text_width(struct str s)
{
	return (uint32_t)(show_cells(s) * 37 / 5); /* 7.4 pixels a cell at 13 px */
}

uint32_t svg_box_anchor_y(const struct svg_box *box)
{
	return box->y + HEAD / 2;
}

static uint32_t lane_x(const struct svg_box *b, uint32_t lane)
{
	return b->x + PADDING + 6 + lane * LANE;
}

static uint32_t row_y(const struct svg_box *b, size_t row)
{
	return b->y + HEAD + (uint32_t)row * ROW + ROW / 2;
}

static uint32_t label_x(const struct svg_box *b)
{
	return lane_x(b, b->lanes.n) - 2;
}

static struct str details_of(struct arena *a, const struct job *j)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	struct str name = show_job_name(a, j), matrix = show_matrix(a, j), on = show_runs_on(a, j);
	if (j->name)
		buf_addf(&b, "%.*s", STRF(name));
	if (j->is_call)
		buf_addf(&b, "%scalls %.*s", b.n ? " · " : "", STRF(j->uses));
	if (matrix.n)
		buf_addf(&b, "%smatrix %.*s", b.n ? " · " : "", STRF(matrix));
	if (on.n)
		buf_addf(&b, "%s%.*s", b.n ? " · " : "", STRF(on));
	return show_fit(a, show_clean(a, buf_str(&b)), DETAIL_CELLS);
}

static struct str step_label(struct arena *a, const struct gnode *n)
{
	return show_fit(a, show_step_name(a, n), NAME_CELLS);
}

static uint32_t row_width(struct arena *a, const struct job_graph *g, const struct gnode *n)
{
	struct str note = show_fit(a, show_step_note(a, g, n), NOTE_CELLS);
	return 40 + svg_text_width(step_label(a, n)) + (note.n ? 12 + svg_text_width(note) * 6 / 7 : 0);
}

void svg_box_measure(struct svg_box *out, struct arena *a, const struct job_graph *g)
{
	*out = (struct svg_box) { .graph = g };
	lanes_make(&out->lanes, a, g, LANES_MAX);
	out->title = show_fit(a, show_clean(a, g->job->id), TITLE_CELLS);
	out->details = details_of(a, g->job);
	uint32_t widest = 0, head = MAX(svg_text_width(out->title) * 8 / 7, svg_text_width(out->details) * 6 / 7);
	struct arena scratch = { 0 };
	for (size_t i = 0; i < g->n; i++) {
		widest = MAX(widest, row_width(&scratch, g, &g->nodes[i]));
		arena_clear(&scratch);
	}
	arena_done(&scratch);
	out->width = MAX(MAX(label_x(out) + widest, head + PADDING) + PADDING, (uint32_t)WIDTH_MIN);
	out->height = HEAD + (uint32_t)g->n * ROW + (g->n ? PADDING / 2 : 0);
}

static void frame(struct buf *out, const struct svg_box *b)
{
	buf_addf(out, "<rect class=\"job\" x=\"%u\" y=\"%u\" width=\"%u\" height=\"%u\" rx=\"10\"/>\n", b->x, b->y, b->width,
	         b->height);
	buf_addf(out, "<text class=\"t\" x=\"%u\" y=\"%u\">", b->x + PADDING, b->y + 21);
	svg_text(out, b->title);
	buf_addf(out, "</text><text class=\"m\" x=\"%u\" y=\"%u\">", b->x + PADDING, b->y + 38);
	svg_text(out, b->details);
	buf_adds(out, "</text>\n");
}

/* A tinted band behind the rows of each parallel group. */
static void groups(struct buf *out, const struct svg_box *b)
{
	const struct job_graph *g = b->graph;
	for (size_t i = 0; i < g->n; i++) {
		size_t first = i;
		if (g->nodes[i].group.n == 0)
			continue;
		while (g->nodes[i].background && i + 1 < g->n)
			i++;
		buf_addf(out, "<rect class=\"g\" x=\"%u\" y=\"%u\" width=\"%u\" height=\"%u\" rx=\"7\"/>\n", b->x + 6,
		         row_y(b, first) - ROW / 2 + 2, b->width - 12, (uint32_t)(i - first + 1) * ROW - 4);
	}
}

/* The job's own line, from its title to the last step on it. */
static void main_line(struct buf *out, const struct svg_box *b)
{
	size_t last = b->graph->n;
	while (last > 0 && b->graph->nodes[last - 1].background)
		last--;
	if (last)
		buf_addf(out, "<path class=\"l\" d=\"M%u %uV%u\"/>\n", lane_x(b, 0), b->y + HEAD - 4, row_y(b, last - 1));
}

/* Out of the line, down the lane, back into the line where the step is joined. */
static void lane_path(struct buf *out, const struct svg_box *b, uint32_t i)
{
	uint32_t x0 = lane_x(b, 0), x = lane_x(b, b->lanes.lane[i]), y = row_y(b, i), end = row_y(b, b->lanes.end[i]);
	buf_addf(out, "<path class=\"l c%u\" d=\"M%u %uQ%u %u %u %uH%u", (b->lanes.lane[i] - 1) % COLORS, x0, y - CURVE, x0, y,
	         x0 + CURVE, y, x);
	if (end > y)
		buf_addf(out, "V%uQ%u %u %u %uH%u", end - CURVE, x, end, x - CURVE, end, x0);
	buf_adds(out, "\"/>\n");
}

static void mark(struct buf *out, const struct gnode *n, uint32_t x, uint32_t y, uint32_t lane)
{
	if (n->kind == STEP_WAIT || n->kind == STEP_WAIT_ALL)
		buf_addf(out, "<path class=\"%s\" d=\"M%u %ul7 7l-7 7l-7 -7z\"/>", n->implicit ? "w i" : "w", x, y - 7);
	else if (n->kind == STEP_CANCEL)
		buf_addf(out, "<circle class=\"o\" cx=\"%u\" cy=\"%u\" r=\"8\"/><path class=\"x\" d=\"M%u %ul8 8m0 -8l-8 8\"/>",
		         x, y, x - 4, y - 4);
	else if (n->background)
		buf_addf(out, "<circle class=\"b c%u\" cx=\"%u\" cy=\"%u\" r=\"6\"/>", (lane - 1) % COLORS, x, y);
	else
		buf_addf(out, "<circle class=\"f\" cx=\"%u\" cy=\"%u\" r=\"5\"/>", x, y);
}

static void tooltip(struct buf *out, struct arena *a, const struct gnode *n)
{
	buf_addf(out, "<title>%u. ", n->index);
	svg_text(out, show_step_name(a, n));
	buf_addf(out, " (%s%s, id ", n->background ? "background " : "", step_kind_name(n->kind));
	svg_text(out, show_clean(a, n->id));
	buf_addf(out, ", line %u)</title>", n->line);
}

static size_t digits(size_t n)
{
	size_t count = 1;
	for (; n >= 10; n /= 10)
		count++;
	return count;
}

/* The step's number; short ones are moved right by the width of the digits they lack. */
static void number(struct buf *out, const struct svg_box *b, const struct gnode *n, uint32_t y)
{
	size_t missing = digits(b->graph->n) - digits(n->index);
	buf_addf(out, "<text x=\"%zu\" y=\"%u\"><tspan class=\"m\">%u</tspan> ", label_x(b) + missing * DIGIT, y, n->index);
}

static void row(struct buf *out, struct arena *a, const struct svg_box *b, uint32_t i)
{
	const struct gnode *n = &b->graph->nodes[i];
	struct str note = show_fit(a, show_step_note(a, b->graph, n), NOTE_CELLS);
	buf_adds(out, "<g>");
	tooltip(out, a, n);
	mark(out, n, lane_x(b, b->lanes.lane[i]), row_y(b, i), b->lanes.lane[i]);
	number(out, b, n, row_y(b, i) + 4);
	svg_text(out, step_label(a, n));
	if (note.n) {
		buf_adds(out, "<tspan class=\"m\" dx=\"10\">");
		svg_text(out, note);
		buf_adds(out, "</tspan>");
	}
	buf_adds(out, "</text></g>\n");
}

void svg_box_draw(struct buf *out, const struct svg_box *b)
{
	frame(out, b);
	groups(out, b);
	main_line(out, b);
	for (uint32_t i = 0; i < b->graph->n; i++)
		if (b->graph->nodes[i].background)
			lane_path(out, b, i);
	struct arena a = { 0 };
	for (uint32_t i = 0; i < b->graph->n; i++) {
		row(out, &a, b, i);
		arena_clear(&a);
	}
	arena_done(&a);
}
