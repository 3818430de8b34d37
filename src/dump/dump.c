/* One stage of the data path as JSON: the microscope for people who work on the program. */
#include <sidestep/workflow.h>

#include "answer/text.h"
#include "dump/template_form.h"
#include "graph/graph.h"
#include "model/references.h"
#include "plan/plan.h"
#include "project/called.h"
#include "project/project.h"
#include "yaml/ytree.h"

static void put_place(struct buf *out, const struct source_set *set, struct span at)
{
	const struct source *src = source_get(set, at.file);
	struct pos p = src ? source_pos(src, at.from) : (struct pos) { 0, 0 };
	buf_addf(out, "\"line\":%u,\"col\":%u", p.line, p.col);
}

static void put_key(struct buf *out, const char *key, struct str value)
{
	buf_addf(out, "\"%s\":", key);
	json_string(out, value);
}

/* ---- tree ---- */

static void put_node(struct buf *out, const struct source_set *set, const struct ynode *n)
{
	static const char *const kinds[] = { "null", "bool", "number", "string", "seq", "map" };
	buf_addf(out, "{\"kind\":\"%s\",\"from\":%u,\"to\":%u,", kinds[n->kind], n->at.from, n->at.to);
	put_place(out, set, n->at);
	if (n->anchor.n)
		buf_addc(out, ','), put_key(out, "anchor", n->anchor);
	if (n->alias_of) {
		buf_adds(out, ",\"alias\":true}");
		return;
	}
	if (n->kind == YNODE_SEQ) {
		buf_adds(out, ",\"items\":[");
		for (size_t i = 0; i < n->seq.n; i++) {
			buf_adds(out, i ? "," : "");
			put_node(out, set, n->seq.items[i]);
		}
		buf_addc(out, ']');
	} else if (n->kind == YNODE_MAP) {
		buf_adds(out, ",\"pairs\":[");
		for (size_t i = 0; i < n->map.n; i++) {
			buf_adds(out, i ? ",{\"key\":" : "{\"key\":");
			put_node(out, set, n->map.pairs[i].key);
			buf_adds(out, ",\"value\":");
			put_node(out, set, n->map.pairs[i].value);
			buf_addc(out, '}');
		}
		buf_addc(out, ']');
	} else {
		buf_addc(out, ',');
		put_key(out, "text", n->text);
	}
	buf_addc(out, '}');
}

static void dump_tree(struct buf *out, struct project *p)
{
	struct ytree tree;
	struct diag_list ignored = { .arena = &p->arena, .sources = &p->sources };
	ytree_parse(&tree, &p->arena, p->workflows[0]->source, &(struct ytree_options) { 0 }, &ignored);
	if (tree.root)
		put_node(out, &p->sources, tree.root);
	else
		buf_adds(out, "null");
	buf_addc(out, '\n');
}

/* ---- template ---- */

/* As GitHub reads the file when a run starts, whatever else we have against it, with the called files that are here. */
static void dump_template(struct buf *out, struct project *p)
{
	static const struct read_limits official = { .relaxed_events = true };
	struct diag_list ignored = { .arena = &p->arena, .sources = &p->sources };
	const struct workflow *read = p->workflows[0];
	struct workflow *w = workflow_read_limited(&p->arena, read->source, read->name, &official, &ignored);
	struct err err = ERR_INIT;
	project_load_calls(p, w, &(struct call_places) { .offline = true }, &err); /* what it lacks is among the errors */
	template_form(out, w, &p->sources, &(struct template_form) { .places = true, .events = true, .input_types = true });
	buf_addc(out, '\n');
}

/* ---- model ---- */

static void put_refs(struct buf *out, const char *key, const struct ref *refs, size_t n)
{
	buf_addf(out, ",\"%s\":[", key);
	for (size_t i = 0; i < n; i++) {
		buf_adds(out, i ? "," : "");
		json_string(out, refs[i].name);
	}
	buf_addc(out, ']');
}

static void put_step(struct buf *out, const struct step *s)
{
	buf_addf(out, "{\"kind\":\"%s\",\"line\":%u,", step_kind_name(s->kind), s->line);
	put_key(out, "id", s->id);
	buf_addf(out, ",\"generated\":%s,\"background\":%s,", s->id_generated ? "true" : "false",
	         s->background ? "true" : "false");
	put_key(out, "default_name", s->default_name);
	buf_addc(out, ',');
	put_key(out, "if", s->condition_text);
	if (s->kind == STEP_USES)
		buf_addc(out, ','), put_key(out, "uses", s->uses);
	if (s->kind == STEP_RUN && s->run)
		buf_addc(out, ','), put_key(out, "run", s->run->raw);
	if (s->ntargets)
		put_refs(out, "targets", s->targets, s->ntargets);
	if (s->kind == STEP_PARALLEL) {
		buf_adds(out, ",\"members\":[");
		for (size_t i = 0; i < s->nmembers; i++) {
			buf_adds(out, i ? "," : "");
			put_step(out, s->members[i]);
		}
		buf_addc(out, ']');
	}
	buf_addc(out, '}');
}

/* What the expressions name, each with its place: the bytes in the file, which may be in the middle of a block. */
static void put_references(struct buf *out, struct project *p, const struct workflow *w)
{
	struct references found = { 0 };
	references_find(&found, &p->arena, w);
	buf_adds(out, ",\"references\":[");
	for (size_t i = 0; i < found.n; i++) {
		const struct reference *r = &found.v[i];
		buf_adds(out, i ? ",{\"path\":[" : "{\"path\":[");
		for (size_t k = 0; k < r->n; k++) {
			buf_adds(out, k ? "," : "");
			json_string(out, r->path[k]);
		}
		buf_addf(out, "],\"from\":%u,\"to\":%u,", r->at.from, r->at.to);
		put_place(out, &p->sources, r->at);
		buf_addc(out, '}');
	}
	buf_addc(out, ']');
}

static void dump_model(struct buf *out, struct project *p)
{
	const struct workflow *w = p->workflows[0];
	buf_addc(out, '{');
	put_key(out, "path", w->path);
	buf_addc(out, ',');
	put_key(out, "name", w->name);
	buf_adds(out, ",\"on\":[");
	for (size_t i = 0; i < w->ntriggers; i++) {
		buf_adds(out, i ? "," : "");
		json_string(out, w->triggers[i].event);
	}
	buf_adds(out, "],\"jobs\":[");
	for (size_t i = 0; i < w->njobs; i++) {
		const struct job *j = w->jobs[i];
		buf_adds(out, i ? ",{" : "{");
		put_key(out, "id", j->id);
		buf_addf(out, ",\"line\":%u,", j->line);
		put_key(out, "if", j->condition_text);
		put_refs(out, "needs", j->needs, j->nneeds);
		if (j->is_call)
			buf_addc(out, ','), put_key(out, "uses", j->uses);
		buf_adds(out, ",\"steps\":[");
		for (size_t s = 0; s < j->nsteps; s++) {
			buf_adds(out, s ? "," : "");
			put_step(out, j->steps[s]);
		}
		buf_adds(out, "]}");
	}
	buf_addc(out, ']');
	put_references(out, p, w);
	buf_addf(out, ",\"valid\":%s}\n", w->valid ? "true" : "false");
}

/* ---- plan ---- */

static int dump_plan(struct buf *out, struct project *p, struct err *err)
{
	struct plan *plan;
	if (plan_make(&plan, &p->arena, p->workflows[0], &(struct plan_options) { 0 }, err) < 0)
		return -1;
	buf_adds(out, "{\"jobs\":[");
	for (size_t i = 0; i < plan->n; i++) {
		const struct plan_job *j = plan->jobs[i];
		buf_adds(out, i ? ",{" : "{");
		put_key(out, "id", j->job->id);
		buf_addf(out, ",\"stage\":%u,\"nodes\":%zu", j->stage, j->graph->n);
		buf_adds(out, ",\"needs\":[");
		for (size_t n = 0; n < j->nneeds; n++) {
			buf_adds(out, n ? "," : "");
			json_string(out, j->needs[n]->job->id);
		}
		buf_adds(out, "],\"ancestors\":[");
		for (size_t n = 0; n < j->nancestors; n++) {
			buf_adds(out, n ? "," : "");
			json_string(out, j->ancestors[n]->job->id);
		}
		buf_adds(out, "]}");
	}
	buf_adds(out, "]}\n");
	return 0;
}

static int dump(struct buf *out, struct project *p, enum sidestep_dump_stage stage, struct err *err)
{
	struct workflow_graph *graph;
	switch (stage) {
	case SIDESTEP_DUMP_TREE:
		dump_tree(out, p);
		return 0;
	case SIDESTEP_DUMP_TEMPLATE:
		dump_template(out, p);
		return 0;
	case SIDESTEP_DUMP_MODEL:
		dump_model(out, p);
		return 0;
	case SIDESTEP_DUMP_GRAPH:
		graph = graph_of(&p->arena, p->workflows[0]);
		graph_render(out, &graph, 1, GRAPH_JSON, 80, false);
		return 0;
	default:
		return dump_plan(out, p, err);
	}
}

enum sidestep_status sidestep_dump(const char *path, enum sidestep_dump_stage stage, struct sidestep_text *result)
{
	struct project p;
	struct buf out = BUF_INIT, messages = BUF_INIT;
	struct err err = ERR_INIT;
	enum sidestep_status status = SIDESTEP_OK;
	if (project_open(&p, NULL, &err) < 0 || project_load(&p, &path, 1, false, &err) < 0) {
		text_error(&messages, &err);
		status = status_of_error(&err);
	} else {
		text_diags(&messages, &p.diags, NULL);
		if (p.diags.errors)
			status = SIDESTEP_INVALID;
		bool needs_valid = stage == SIDESTEP_DUMP_GRAPH || stage == SIDESTEP_DUMP_PLAN;
		if ((p.workflows[0]->valid || !needs_valid) && dump(&out, &p, stage, &err) < 0) {
			text_error(&messages, &err);
			status = status_of_error(&err);
		} else if (p.diags.errors) {
			status = SIDESTEP_INVALID; /* also for what called files have wrong */
		}
	}
	text_take(result, &out, &messages);
	project_done(&p);
	return status;
}
