/* What the files of this folder share beyond graph.h. */
#ifndef SIDESTEP_GRAPH_INTERNAL_H
#define SIDESTEP_GRAPH_INTERNAL_H

#include "graph/graph.h"

/* Gives every node an id that is unique in the job; group_wait[i] is the position of the wait of node i's
 * parallel group, or UINT32_MAX. Explicit ids stay; generated ones that clash get _2, _3, ... */
void node_ids_assign(struct arena *a, struct gnode *nodes, size_t n, const uint32_t *group_wait);
/* The made-up last node's id, which nobody else may get. */
#define IMPLICIT_WAIT_ID STR("__implicit_wait_all")

/* One renderer per format. */
void render_text(struct buf *out, struct workflow_graph *const *graphs, size_t n, int width, bool color);
void render_dot(struct buf *out, struct workflow_graph *const *graphs, size_t n);
void render_mermaid(struct buf *out, struct workflow_graph *const *graphs, size_t n);
void render_svg(struct buf *out, struct workflow_graph *const *graphs, size_t n);
void render_json(struct buf *out, struct workflow_graph *const *graphs, size_t n);

#endif
