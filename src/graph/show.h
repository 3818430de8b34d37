/* How steps, jobs and values are worded for people; shared by the drawings and the list of workflows. */
#ifndef SIDESTEP_GRAPH_SHOW_H
#define SIDESTEP_GRAPH_SHOW_H

#include "graph/graph.h"

/* One clean line: valid UTF-8, line breaks and control or direction-changing characters as blanks. */
struct str show_clean(struct arena *a, struct str s);
/* The text of a scalar as written, "${{ … }}" included; empty for containers and NULL. */
struct str show_token(struct arena *a, const struct token *t);
/* First line of a step's name, or its default name; any bytes. */
struct str show_step_line(struct arena *a, const struct gnode *n);
/* The same, clean. */
struct str show_step_name(struct arena *a, const struct gnode *n);
/* The job's name as written, or its id. */
struct str show_job_name(struct arena *a, const struct job *j);
/* "joins a, b", "background", ...: what a reader of a drawing should know besides the name; may be empty. */
struct str show_step_note(struct arena *a, const struct job_graph *g, const struct gnode *n);
/* "ubuntu-latest", "self-hosted, gpu", "group big"; empty when there is none. */
struct str show_runs_on(struct arena *a, const struct job *j);
/* "os × node (+2 include)" of a literal matrix, the expression's text, or empty. */
struct str show_matrix(struct arena *a, const struct job *j);

/* Terminal cells. */
size_t show_cells(struct str s);
/* At most that many cells: the rest is cut and marked with an ellipsis. */
struct str show_fit(struct arena *a, struct str s, size_t cells);
/* As show_fit, then blanks up to the width. */
void show_padded(struct buf *out, struct arena *a, struct str s, size_t cells);

/* A token as a value; expressions become their text. Very large ones (after aliases) become null. */
struct val show_value(struct arena *a, const struct token *t);

#endif
