/* The graph for Mermaid: one flowchart, a subgraph per job (and per workflow when there are several). Every
 * label is quoted; what Mermaid or HTML would read as syntax becomes an entity in Mermaid's own spelling. */
#include "graph/internal.h"
#include "graph/show.h"
#include "graph/stages.h"

static void label(struct buf *out, struct arena *a, struct str s)
{
	struct str t = show_clean(a, s);
	buf_addc(out, '"');
	for (size_t i = 0; i < t.n; i++) {
		unsigned char c = (unsigned char)t.p[i];
		if (strchr("\"#<>&`;\\*_~%{}[]|", c))
			buf_addf(out, "#%u;", c);
		else
			buf_addc(out, (char)c);
	}
	buf_addc(out, '"');
}

/* The brackets that make a node's shape. */
struct shape {
	const char *open, *close;
};

static struct shape shape_of(const struct gnode *n)
{
	if (n->kind == STEP_CANCEL)
		return (struct shape) { "{{", "}}" };
	if (n->kind == STEP_WAIT || n->kind == STEP_WAIT_ALL)
		return (struct shape) { "{{", "}}" };
	return n->background ? (struct shape) { "([", "])" } : (struct shape) { "[", "]" };
}

static void job_mermaid(struct buf *out, struct arena *a, size_t w, size_t j, const struct job_graph *g)
{
	buf_addf(out, "    subgraph w%zuj%zu[", w, j);
	label(out, a, g->job->id);
	buf_adds(out, "]\n        direction TB\n");
	if (g->n == 0) {
		buf_addf(out, "        w%zuj%zus0[[", w, j);
		label(out, a, g->job->is_call ? g->job->uses : STR("no steps"));
		buf_adds(out, "]]\n");
	}
	for (size_t i = 0; i < g->n; i++) {
		struct shape s = shape_of(&g->nodes[i]);
		struct str name = show_step_name(a, &g->nodes[i]);
		buf_addf(out, "        w%zuj%zus%zu%s", w, j, i, s.open);
		label(out, a, arena_printf(a, "%u: %.*s", g->nodes[i].index, STRF(name)));
		buf_addf(out, "%s\n", s.close);
	}
	for (size_t i = 0; i < g->nedges; i++)
		buf_addf(out, "        w%zuj%zus%u %s w%zuj%zus%u\n", w, j, g->edges[i].from,
		         g->edges[i].why == GEDGE_SEQUENCE ? "-->" : "-.->", w, j, g->edges[i].to);
	buf_adds(out, "    end\n");
}

static void needs_mermaid(struct buf *out, struct arena *a, size_t w, const struct workflow_graph *g)
{
	struct stages st;
	stages_make(&st, a, g->workflow);
	for (size_t j = 0; j < st.njobs; j++)
		for (size_t k = 0; k < st.needs[j].n; k++)
			buf_addf(out, "    w%zuj%u ==> w%zuj%zu\n", w, st.needs[j].v[k], w, j);
}

void render_mermaid(struct buf *out, struct workflow_graph *const *graphs, size_t n)
{
	buf_adds(out, "flowchart TD\n");
	for (size_t w = 0; w < n; w++) {
		struct arena a = { 0 };
		if (n > 1) {
			buf_addf(out, "    subgraph w%zu[", w);
			label(out, &a, graphs[w]->workflow->path);
			buf_adds(out, "]\n");
		}
		for (size_t j = 0; j < graphs[w]->n; j++)
			job_mermaid(out, &a, w, j, graphs[w]->jobs[j]);
		needs_mermaid(out, &a, w, graphs[w]);
		buf_adds(out, n > 1 ? "    end\n" : "");
		arena_done(&a);
	}
}
