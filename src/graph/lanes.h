/* Which column each step of a drawing stands in: the line of the job is lane 0, a background step has a lane
 * of its own from its start to its join. */
#ifndef SIDESTEP_GRAPH_LANES_H
#define SIDESTEP_GRAPH_LANES_H

#include "graph/graph.h"

struct lanes {
	uint32_t *lane; /* per node */
	uint32_t *end;  /* per node: position of the node that joins it; its own for the job's line */
	uint32_t n;     /* lanes in use, the job's line included; at least 1 */
	bool shared;    /* the last lane holds several steps at once: there were more than max */
};

/* At most max (2 or more) lanes; when they run out, the last one is shared. Linear in steps times max. */
void lanes_make(struct lanes *out, struct arena *a, const struct job_graph *g, uint32_t max);

#endif
