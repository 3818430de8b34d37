/* The graph as JSON, for programs: the one form whose fields are a contract. */
#include "graph/internal.h"
#include "graph/show.h"

static void field(struct buf *out, const char *before, struct str value)
{
	buf_adds(out, before);
	json_string(out, value);
}

static void step_json(struct buf *out, struct arena *a, const struct job_graph *g, const struct gnode *n)
{
	field(out, "{\"id\":", n->id);
	buf_addf(out, ",\"index\":%u,\"kind\":\"%s\"", n->index, step_kind_name(n->kind));
	field(out, ",\"name\":", show_step_line(a, n));
	buf_addf(out, ",\"background\":%s", n->background ? "true" : "false");
	if (n->group.n)
		field(out, ",\"group\":", n->group);
	else
		buf_adds(out, ",\"group\":null");
	buf_adds(out, ",\"joins\":[");
	for (size_t i = 0; i < n->njoins; i++)
		field(out, i ? "," : "", g->nodes[n->joins[i]].id);
	buf_addf(out, "],\"line\":%u}", n->line);
}

static void edge_json(struct buf *out, const struct job_graph *g, const struct gedge *e)
{
	field(out, "{\"from\":", g->nodes[e->from].id);
	field(out, ",\"to\":", g->nodes[e->to].id);
	buf_addf(out, ",\"why\":\"%s\"}", gedge_why_name(e->why));
}

static void job_json(struct buf *out, const struct job_graph *g)
{
	struct arena a = { 0 };
	field(out, "{\"id\":", g->job->id);
	buf_adds(out, ",\"needs\":[");
	for (size_t i = 0; i < g->job->nneeds; i++)
		field(out, i ? "," : "", g->job->needs[i].name);
	buf_adds(out, "],\"matrix\":");
	bool literal = g->job->matrix && g->job->matrix->kind == TOKEN_MAPPING; /* else one expression makes all of it */
	val_to_json(out, literal ? show_value(&a, g->job->matrix) : val_null(), JSON_COMPACT);
	buf_adds(out, ",\"steps\":[");
	for (size_t i = 0; i < g->n; i++) {
		buf_adds(out, i ? "," : "");
		step_json(out, &a, g, &g->nodes[i]);
	}
	buf_adds(out, "],\"edges\":[");
	for (size_t i = 0; i < g->nedges; i++) {
		buf_adds(out, i ? "," : "");
		edge_json(out, g, &g->edges[i]);
	}
	buf_adds(out, "]}");
	arena_done(&a);
}

void render_json(struct buf *out, struct workflow_graph *const *graphs, size_t n)
{
	buf_adds(out, "{\"workflows\":[");
	for (size_t i = 0; i < n; i++) {
		field(out, i ? ",{\"path\":" : "{\"path\":", graphs[i]->workflow->path);
		field(out, ",\"name\":", graphs[i]->workflow->name);
		buf_adds(out, ",\"jobs\":[");
		for (size_t k = 0; k < graphs[i]->n; k++) {
			buf_adds(out, k ? "," : "");
			job_json(out, graphs[i]->jobs[k]);
		}
		buf_adds(out, "]}");
	}
	buf_adds(out, "]}\n");
}
