/* The graph as one self-contained SVG: a column per stage, a box per job, curves for needs, workflows one
 * below the other. Colours follow the reader's light or dark setting. */
#include "graph/internal.h"
#include "graph/show.h"
#include "graph/stages.h"
#include "graph/svg.h"

enum { MARGIN = 24, COLUMN_GAP = 72, BOX_GAP = 24, WORKFLOW_HEAD = 44, WORKFLOW_GAP = 32 };

/* Plain colours and a second set for dark: renderers without CSS variables or media queries show the first. */
static const char style[] =
	"<style>\n"
	"svg{color-scheme:light dark}\n"
	"text{font:13px system-ui,-apple-system,\"Segoe UI\",\"Liberation Sans\",\"DejaVu "
	"Sans\",sans-serif;fill:#1f2328;white-space:pre}\n"
	".t{font-weight:600;font-size:14px}.h{font-weight:600;font-size:16px}.m{fill:#59636e;font-size:11px}\n"
	".bg{fill:#fff}.job{fill:#f6f8fa;stroke:#d0d7de}.g{fill:#0969da;fill-opacity:.07}\n"
	".l{fill:none;stroke:#59636e;stroke-width:2;stroke-linecap:round}.n{fill:none;stroke:#8c959f;stroke-width:1.5}.a{fill:#"
	"8c959f}\n"
	".f{fill:#59636e}.b{fill:#fff;stroke-width:3}.w{fill:#1f2328}.i{fill:#fff;stroke:#1f2328;stroke-width:1.5;stroke-"
	"dasharray:3 2}\n"
	".x{stroke:#1f2328;stroke-width:2.5;fill:none;stroke-linecap:round}.o{fill:#f6f8fa}\n"
	".c0{stroke:#0969da}.c1{stroke:#bc4c00}.c2{stroke:#8250df}.c3{stroke:#1a7f37}.c4{stroke:#bf3989}.c5{stroke:#9a6700}\n"
	"@media(prefers-color-scheme:dark){text{fill:#f0f6fc}.m{fill:#9198a1}.bg{fill:#0d1117}.job{fill:#151b23;stroke:#3d444d}"
	".g{fill:#4493f8;fill-opacity:.11}.l{stroke:#9198a1}.n{stroke:#6e7681}.a{fill:#6e7681}.f{fill:#9198a1}.b{fill:#0d1117}"
	".w{fill:#f0f6fc}.i{fill:#0d1117;stroke:#f0f6fc}.x{stroke:#f0f6fc}.o{fill:#151b23}"
	".c0{stroke:#4493f8}.c1{stroke:#f0883e}.c2{stroke:#ab7df8}.c3{stroke:#3fb950}.c4{stroke:#db61a2}.c5{stroke:#d29922}}\n"
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

/* From box to box; past the boxes of the stages between them it goes above their heads. */
static void need(struct buf *out, const struct sheet *s, const struct svg_box *from, const struct svg_box *to, bool neighbours)
{
	uint32_t x1 = from->x + from->width, y1 = svg_box_anchor_y(from), x2 = to->x, y2 = svg_box_anchor_y(to);
	uint32_t half = COLUMN_GAP / 2, above = s->y + WORKFLOW_HEAD - 10;
	buf_addf(out, "<path class=\"n\" marker-end=\"url(#a)\" d=\"M%u %u", x1, y1);
	if (!neighbours) {
		buf_addf(out, "C%u %u %u %u %u %uH%u", x1 + half, y1, x1, above, x1 + half, above, x2 - half);
		x1 = x2 - half;
		y1 = above;
		half /= 2;
	}
	buf_addf(out, "C%u %u %u %u %u %u\"/>\n", x1 + half, y1, x2 > half ? x2 - half : 0, y2, x2 - 2, y2);
}

static void needs(struct buf *out, const struct sheet *s)
{
	const struct stages *st = &s->stages;
	for (size_t i = 0; i < s->graph->n; i++)
		for (size_t k = 0; k < st->needs[i].n; k++) {
			uint32_t from = st->needs[i].v[k];
			need(out, s, &s->boxes[from], &s->boxes[i], st->stage[i] <= st->stage[from] + 1);
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
	              "<path d=\"M0 0L8 4L0 8z\" class=\"a\"/></marker></defs>\n");
	buf_addf(out, "<rect class=\"bg\" width=\"%u\" height=\"%u\"/>\n", width, y);
	for (size_t i = 0; i < n; i++)
		draw(out, &sheets[i]);
	buf_adds(out, "</svg>\n");
	arena_done(&a);
}
