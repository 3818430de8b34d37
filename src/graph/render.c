/* The door to the renderers. */
#include "graph/internal.h"

void graph_render(struct buf *out, struct workflow_graph *const *graphs, size_t n, enum graph_format format, int width,
                  bool color)
{
	switch (format) {
	case GRAPH_TEXT:
		render_text(out, graphs, n, width, color);
		break;
	case GRAPH_DOT:
		render_dot(out, graphs, n);
		break;
	case GRAPH_MERMAID:
		render_mermaid(out, graphs, n);
		break;
	case GRAPH_SVG:
		render_svg(out, graphs, n);
		break;
	case GRAPH_JSON:
		render_json(out, graphs, n);
		break;
	}
}
