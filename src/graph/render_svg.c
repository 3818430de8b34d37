/* The graph as one self-contained SVG: a column per stage, a box per job, curves for needs, workflows one
 * below the other. Colours follow the reader's light or dark setting. */
#include "graph/internal.h"
#include "graph/show.h"
#include "graph/stages.h"
#include "graph/svg.h"

enum { MARGIN = 24, COLUMN_GAP = 72, BOX_GAP = 24, WORKFLOW_HEAD = 44, WORKFLOW_GAP = 32 };

static const char style[] =
	"<style>\n"
	"svg{color-scheme:light "
        "dark;--bg:#fff;--box:#f6f8fa;--edge:#d0d7de;--ink:#1f2328;--mute:#59636e;--line:#59636e;--tint:#0969da14;"
	"--c0:#0969da;--c1:#bc4c00;--c2:#8250df;--c3:#1a7f37;--c4:#bf3989;--c5:#9a6700}\n"
	"@media(prefers-color-scheme:dark){svg{--bg:#0d1117;--box:#151b23;--edge:#3d444d;--ink:#f0f6fc;--mute:#9198a1;--line:#"
        "9198a1;"
	"--tint:#4493f81c;--c0:#4493f8;--c1:#f0883e;--c2:#ab7df8;--c3:#3fb950;--c4:#db61a2;--c5:#d29922}}\n"
	"text{font:13px system-ui,-apple-system,\"Segoe UI\",\"Liberation Sans\",sans-serif;fill:var(--ink);white-space:pre}\n"
	".t{font-weight:600;font-size:14px}.h{font-weight:600;font-size:16px}.m{fill:var(--mute);font-size:11px}\n"
	".bg{fill:var(--bg)}.job{fill:var(--box);stroke:var(--edge)}.g{fill:var(--tint)}\n"
	".l{fill:none;stroke:var(--line);stroke-width:2;stroke-linecap:round}.n{fill:none;stroke:var(--line);stroke-width:1.5;"
        "opacity:.6}\n"
	".f{fill:var(--line)}.b{fill:var(--box);stroke-width:3}.w{fill:var(--ink)}.i{fill:var(--box);stroke:var(--ink);stroke-"
        "width:1.5;"
	"stroke-dasharray:3 2}\n"
	".x{stroke:var(--ink);stroke-width:2.5;fill:none;stroke-linecap:round}\n"
	".c0{stroke:var(--c0)}.c1{stroke:var(--c1)}.c2{stroke:var(--c2)}.c3{stroke:var(--c3)}.c4{stroke:var(--c4)}.c5{stroke:var("
        "--c5)}\n"
	"</style>\n";

/* One workflow, measured and placed. */
struct sheet {
	const struct workflow_graph *graph;
	struct stages stages;
	struct svg_box *boxes; /* per job */
	struct str title;
	uint32_t y, width, height;
};

/* Stage by stage: a column as wide as its widest box, boxes below one another in the file's order. */
static void place(struct sheet *s, uint32_t top)
{
	uint32_t x = MARGIN, bottom = top + WORKFLOW_HEAD;
	for (size_t i = 0; i < s->stages.njobs;) {
		uint32_t stage = s->stages.stage[s->stages.order[i]], y = top + WORKFLOW_HEAD, widest = 0;
		size_t first = i;
		for (; i < s->stages.njobs && s->stages.stage[s->stages.order[i]] == stage; i++) {
			struct svg_box *b = &s->boxes[s->stages.order[i]];
			b->x = x;
			b->y = y;
			y += b->height + BOX_GAP;
			widest = MAX(widest, b->width);
		}
		for (size_t k = first; k < i; k++)
			s->boxes[s->stages.order[k]].width = widest;
		bottom = MAX(bottom, y);
		x += widest + COLUMN_GAP;
	}
	s->y = top;
	s->width = x - COLUMN_GAP + MARGIN;
	s->height = bottom - top;
}

static void measure(struct sheet *s, struct arena *a, const struct workflow_graph *g, uint32_t top)
{
	s->graph = g;
	stages_make(&s->stages, a, g->workflow);
	s->boxes = arena_array(a, struct svg_box, g->n);
	for (size_t i = 0; i < g->n; i++)
		svg_box_measure(&s->boxes[i], a, g->jobs[i]);
	s->title = show_fit(a, show_clean(a, g->workflow->name), 60);
	place(s, top);
	s->width = MAX(s->width, 2 * MARGIN + svg_text_width(s->title) * 9 / 7);
}

static void needs(struct buf *out, const struct sheet *s)
{
	for (size_t i = 0; i < s->graph->n; i++)
		for (size_t k = 0; k < s->stages.needs[i].n; k++) {
			const struct svg_box *from = &s->boxes[s->stages.needs[i].v[k]], *to = &s->boxes[i];
			uint32_t x1 = from->x + from->width, y1 = svg_box_anchor_y(from), x2 = to->x, y2 = svg_box_anchor_y(to);
			buf_addf(out, "<path class=\"n\" marker-end=\"url(#a)\" d=\"M%u %uC%u %u %u %u %u %u\"/>\n", x1, y1,
			         x1 + COLUMN_GAP / 2, y1, x2 - COLUMN_GAP / 2, y2, x2 - 2, y2);
		}
}

static void draw(struct buf *out, const struct sheet *s)
{
	buf_addf(out, "<text class=\"h\" x=\"%u\" y=\"%u\">", MARGIN, s->y + 24);
	svg_text(out, s->title);
	buf_adds(out, "<title>");
	struct arena a = { 0 };
	svg_text(out, show_clean(&a, s->graph->workflow->path));
	arena_done(&a);
	buf_adds(out, "</title></text>\n");
	needs(out, s);
	for (size_t i = 0; i < s->graph->n; i++)
		svg_box_draw(out, &s->boxes[i]);
}

void render_svg(struct buf *out, struct workflow_graph *const *graphs, size_t n)
{
	struct arena a = { 0 };
	struct sheet *sheets = arena_array(&a, struct sheet, n);
	uint32_t width = 2 * MARGIN, y = MARGIN;
	for (size_t i = 0; i < n; i++) {
		measure(&sheets[i], &a, graphs[i], y);
		width = MAX(width, sheets[i].width);
		y += sheets[i].height + (i + 1 < n ? WORKFLOW_GAP : 0);
	}
	buf_addf(out,
	         "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%u\" height=\"%u\" viewBox=\"0 0 %u %u\" role=\"img\" "
	         "aria-label=\"Graph of jobs and steps\">\n",
	         width, y, width, y);
	buf_adds(out, style);
	buf_adds(out, "<defs><marker id=\"a\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" "
	              "orient=\"auto\">"
	              "<path d=\"M0 0L8 4L0 8z\" fill=\"var(--line)\"/></marker></defs>\n");
	buf_addf(out, "<rect class=\"bg\" width=\"%u\" height=\"%u\"/>\n", width, y);
	for (size_t i = 0; i < n; i++)
		draw(out, &sheets[i]);
	buf_adds(out, "</svg>\n");
	arena_done(&a);
}
