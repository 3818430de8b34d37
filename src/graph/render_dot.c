/* The graph for Graphviz: one digraph, a cluster per workflow and job. */
#include "graph/internal.h"
#include "graph/show.h"
#include "graph/stages.h"

/* A quoted string. Graphviz expands backslash sequences in labels, so a backslash is doubled. */
static void quoted(struct buf *out, struct arena *a, struct str s)
{
	struct str t = show_clean(a, s);
	buf_addc(out, '"');
	for (size_t i = 0; i < t.n; i++) {
		if (t.p[i] == '"' || t.p[i] == '\\')
			buf_addc(out, '\\');
		buf_addc(out, t.p[i]);
	}
	buf_addc(out, '"');
}

static const char *node_style(const struct gnode *n)
{
	if (n->kind == STEP_CANCEL)
		return "shape=octagon";
	if (n->kind == STEP_WAIT || n->kind == STEP_WAIT_ALL)
		return n->implicit ? "shape=hexagon,style=dashed" : "shape=hexagon";
	return n->background ? "shape=box,style=\"rounded,dashed\"" : "shape=box";
}

static void node_dot(struct buf *out, struct arena *a, size_t w, size_t j, size_t i, const struct gnode *n)
{
	buf_addf(out, "\t\t\tw%zuj%zus%zu [label=", w, j, i);
	struct str name = show_step_name(a, n);
	quoted(out, a, arena_printf(a, "%u. %.*s", n->index, STRF(name)));
	buf_addf(out, ",%s];\n", node_style(n));
}

static void job_dot(struct buf *out, struct arena *a, size_t w, size_t j, const struct job_graph *g)
{
	buf_addf(out, "\t\tsubgraph cluster_w%zuj%zu {\n\t\t\tlabel=", w, j);
	quoted(out, a, g->job->id);
	buf_adds(out, ";\n");
	if (g->n == 0) {
		buf_addf(out, "\t\t\tw%zuj%zus0 [shape=component,label=", w, j);
		quoted(out, a, g->job->is_call ? g->job->uses : STR("no steps"));
		buf_adds(out, "];\n");
	}
	for (size_t i = 0; i < g->n; i++)
		node_dot(out, a, w, j, i, &g->nodes[i]);
	for (size_t i = 0; i < g->nedges; i++) {
		const struct gedge *e = &g->edges[i];
		buf_addf(out, "\t\t\tw%zuj%zus%u -> w%zuj%zus%u%s;\n", w, j, e->from, w, j, e->to,
		         e->why == GEDGE_SEQUENCE ? "" : " [style=dashed]");
	}
	buf_adds(out, "\t\t}\n");
}

static void needs_dot(struct buf *out, struct arena *a, size_t w, const struct workflow_graph *g)
{
	struct stages st;
	stages_make(&st, a, g->workflow);
	for (size_t j = 0; j < st.njobs; j++)
		for (size_t k = 0; k < st.needs[j].n; k++) {
			size_t from = st.needs[j].v[k];
			size_t last = g->jobs[from]->n ? g->jobs[from]->n - 1 : 0;
			buf_addf(out,
			         "\t\tw%zuj%zus%zu -> w%zuj%zus0 [ltail=cluster_w%zuj%zu,lhead=cluster_w%zuj%zu,penwidth=2];\n",
			         w, from, last, w, j, w, from, w, j);
		}
}

void render_dot(struct buf *out, struct workflow_graph *const *graphs, size_t n)
{
	buf_adds(out, "digraph sidestep {\n\tcompound=true;\n\trankdir=TB;\n\tnode [fontname=\"sans-serif\",fontsize=11];\n"
	              "\tgraph [fontname=\"sans-serif\",fontsize=12];\n");
	for (size_t w = 0; w < n; w++) {
		struct arena a = { 0 };
		buf_addf(out, "\tsubgraph cluster_w%zu {\n\t\tlabel=", w);
		quoted(out, &a, graphs[w]->workflow->path);
		buf_adds(out, ";\n");
		for (size_t j = 0; j < graphs[w]->n; j++)
			job_dot(out, &a, w, j, graphs[w]->jobs[j]);
		needs_dot(out, &a, w, graphs[w]);
		buf_adds(out, "\t}\n");
		arena_done(&a);
	}
	buf_adds(out, "}\n");
}
