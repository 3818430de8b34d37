/* Parts of the SVG drawing: one job's box, made by svg_job.c, placed by render_svg.c. */
#ifndef SIDESTEP_GRAPH_SVG_H
#define SIDESTEP_GRAPH_SVG_H

#include "graph/graph.h"
#include "graph/lanes.h"

/* A job's box: its size is known before it is placed. */
struct svg_box {
	const struct job_graph *graph;
	struct lanes lanes;
	struct str title, details; /* cleaned, cut to fit */
	uint32_t x, y, width, height;
};

void svg_box_measure(struct svg_box *out, struct arena *a, const struct job_graph *g);
void svg_box_draw(struct buf *out, const struct svg_box *box);
/* Where curves between jobs touch the box. */
uint32_t svg_box_anchor_y(const struct svg_box *box);
/* Escapes for element content and attribute values. */
void svg_text(struct buf *out, struct str s);
/* Rough width in pixels of a text at the drawing's font size. */
uint32_t svg_text_width(struct str s);

#endif
