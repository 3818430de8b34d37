/* A job's steps lowered to the graph that runs: parallel groups become background steps and one wait,
 * the implicit wait-all is put at the end. Everything after this sees only run, uses, wait, wait-all and
 * cancel. Source of the rules: parallel-steps.md section 2. */
#ifndef SIDESTEP_GRAPH_GRAPH_H
#define SIDESTEP_GRAPH_GRAPH_H

#include "model/workflow.h"

struct gnode {
	const struct step *step; /* NULL for made-up nodes: the implicit wait-all */
	enum step_kind kind;     /* never STEP_PARALLEL */
	struct str id;           /* the step's id; "__implicit_wait_all"; a parallel group's wait has the group's id */
	struct str default_name; /* as step->default_name; "Wait for all background steps"; "Parallel group" */
	uint32_t index;          /* from 1: position in the lowered job */
	uint32_t line;           /* in the file; a made-up node has its job's last step's line */
	bool background;
	bool implicit;
	struct str group;  /* id of the parallel group this belongs to (members and their wait), or empty */
	uint32_t *targets; /* wait, cancel: positions (0-based) of the nodes named, unknown and foreground ones left out;
	                    * wait-all: every background node before it */
	size_t ntargets;
	struct str *target_names; /* wait, cancel: as written, all of them, for the log */
	size_t ntarget_names;
	uint32_t *joins; /* the targets whose first join this node is (static: earlier wait/wait-all/cancel take theirs) */
	size_t njoins;
};

enum gedge_why { GEDGE_SEQUENCE, GEDGE_WAIT, GEDGE_IMPLICIT_WAIT_ALL, GEDGE_NEEDS };

struct gedge {
	uint32_t from, to; /* 0-based node positions: `to` cannot start before `from` has ended */
	enum gedge_why why;
};

struct job_graph {
	const struct job *job;
	struct gnode *nodes;
	size_t n;
	struct gedge *edges;
	size_t nedges;
};

/* Linear in the number of steps and references. The arena owns the result. */
struct job_graph *graph_lower(struct arena *a, const struct job *job);
const char *gedge_why_name(enum gedge_why w);

/* The whole of a workflow, in the order of the file. */
struct workflow_graph {
	const struct workflow *workflow;
	struct job_graph **jobs;
	size_t n;
};
struct workflow_graph *graph_of(struct arena *a, const struct workflow *w);

enum graph_format { GRAPH_TEXT, GRAPH_DOT, GRAPH_MERMAID, GRAPH_SVG, GRAPH_JSON };
/* JSON is cli.md's {"workflows":[…]} with all the graphs; the others print them one after another
 * (dot and svg: one document). width and color concern text. */
void graph_render(struct buf *out, struct workflow_graph *const *graphs, size_t n, enum graph_format format, int width,
                  bool color);

#endif
