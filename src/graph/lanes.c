/* Lowest free lane first, so that drawings stay narrow; the last lane takes what does not fit. */
#include "graph/lanes.h"

void lanes_make(struct lanes *out, struct arena *a, const struct job_graph *g, uint32_t max)
{
	*out = (struct lanes) { .n = 1 };
	out->lane = arena_array(a, uint32_t, g->n);
	out->end = arena_array(a, uint32_t, g->n);
	uint32_t *held = arena_array(a, uint32_t, max);
	for (uint32_t i = 0; i < g->n; i++) {
		const struct gnode *n = &g->nodes[i];
		out->end[i] = i;
		for (size_t k = 0; k < n->njoins; k++) {
			out->end[n->joins[k]] = i;
			held[out->lane[n->joins[k]]]--;
		}
		if (!n->background)
			continue;
		uint32_t lane = 1;
		while (lane < max - 1 && held[lane])
			lane++;
		out->shared |= held[lane] > 0;
		held[lane]++;
		out->lane[i] = lane;
		out->n = MAX(out->n, lane + 1);
	}
}
