/* Looking at workflows: check, list, graph. */
#include <sidestep/workflow.h>

#include <limits.h>

#include "answer/text.h"
#include "api/asked.h"
#include "base/path.h"
#include "graph/graph.h"
#include "os/host.h"
#include "plan/list.h"
#include "project/called.h"
#include "project/project.h"
#include "store/state.h"
#include "survey/survey.h"

/* Opens and loads; on failure the message is in `messages`. ahead: HEAD's commit will be asked for. */
static enum sidestep_status load(struct project *p, const struct sidestep_files *files, bool any, bool ahead,
                                 struct buf *messages)
{
	struct err err = ERR_INIT;
	int rc = project_open(p, files->directory, &err);
	if (rc == 0 && ahead && p->repo)
		git_read_ahead(p->repo);
	for (size_t i = 0; rc == 0 && i < files->nunsaved; i++)
		project_put_unsaved(p, files->unsaved[i].path, str_n(files->unsaved[i].text, files->unsaved[i].size),
		                    MAX(files->unsaved[i].version, 0));
	if (rc < 0 || project_load(p, files->paths, files->npaths, any, &err) < 0) {
		text_error(messages, &err);
		return status_of_error(&err);
	}
	return SIDESTEP_OK;
}

static void json_span(struct buf *out, const struct source *src, struct span at)
{
	struct pos from = { 1, 1 }, to = { 1, 1 };
	if (src) {
		from = source_pos(src, at.from);
		to = source_pos(src, at.to > at.from ? at.to : at.from);
	}
	buf_addf(out, "\"line\":%u,\"col\":%u,\"end_line\":%u,\"end_col\":%u", from.line, from.col, to.line, to.col);
}

static void json_fixes(struct buf *out, const struct diag_list *l, const struct fix *first)
{
	buf_addc(out, '[');
	for (const struct fix *f = first; f; f = f->next) {
		buf_adds(out, f == first ? "{\"title\":" : ",{\"title\":");
		json_string(out, f->title);
		buf_addf(out, ",\"safe\":%s,\"edits\":[", f->safety == FIX_SAFE ? "true" : "false");
		for (size_t i = 0; i < f->n; i++) {
			buf_adds(out, i ? ",{" : "{");
			json_span(out, source_get(l->sources, f->edits[i].at.file), f->edits[i].at);
			buf_adds(out, ",\"text\":");
			json_string(out, f->edits[i].replacement);
			buf_addc(out, '}');
		}
		buf_adds(out, "]}");
	}
	buf_addc(out, ']');
}

/* What is to stand in the finding's place, when that is all of its first correction. */
static const struct edit *only_edit(const struct diag *d)
{
	const struct edit *e = d->fix && d->fix->n == 1 ? d->fix->edits : NULL;
	return e && e->at.from == d->at.from && e->at.to == d->at.to ? e : NULL;
}

static void json_finding(struct buf *out, const struct diag_list *l, const struct diag *d)
{
	const struct source *src = source_get(l->sources, d->at.file);
	const struct edit *edit = only_edit(d);
	buf_adds(out, "{\"path\":");
	json_string(out, src ? src->path : STR_EMPTY);
	buf_addc(out, ',');
	json_span(out, src, d->at);
	buf_addf(out, ",\"severity\":\"%s\",\"rule\":\"%s\",\"message\":", severity_name(d->severity), rule_id(d->rule));
	json_string(out, d->text);
	buf_adds(out, ",\"help\":");
	if (d->help.n)
		json_string(out, d->help);
	else
		buf_adds(out, "null");
	buf_adds(out, ",\"fix\":");
	if (edit)
		json_string(out, edit->replacement);
	else
		buf_adds(out, "null");
	buf_adds(out, ",\"fixes\":");
	json_fixes(out, l, d->fix);
	buf_addc(out, '}');
}

static void json_findings(struct buf *out, struct diag_list *l)
{
	diag_sort(l);
	buf_addc(out, '[');
	for (size_t i = 0; i < l->n; i++) {
		buf_adds(out, i ? ",\n " : "");
		json_finding(out, l, &l->v[i]);
	}
	buf_adds(out, "]\n");
}

/* Whether it is one of the repository's workflows: only then is it known where "./" is. */
static bool in_place(struct project *p, const struct workflow *w)
{
	char path[PATH_MAX];
	struct str folder = path_join(&p->arena, p->root, STR(".github/workflows")), file = w->source->file;
	if (!file.n)
		return false;
	return str_eq(path_dir(realpath(file.p, path) ? str_of(path) : file), folder);
}

/* Calls of files that are here; those of other repositories are not fetched for it. */
static void check_calls(struct project *p)
{
	struct err ignored = ERR_INIT; /* it is among the findings */
	for (size_t i = 0; i < p->n; i++)
		if (in_place(p, p->workflows[i]))
			project_load_calls(p, p->workflows[i], &(struct call_places) { .offline = true }, &ignored);
}

static void summary(struct buf *out, size_t errors, size_t others, size_t files)
{
	buf_addf(out, "%zu error%s, %zu other finding%s in %zu file%s\n", errors, errors == 1 ? "" : "s", others,
	         others == 1 ? "" : "s", files, files == 1 ? "" : "s");
}

/* What will not run here. Where that cannot be looked at, nothing is said. */
static void check_here(struct project *p)
{
	struct state state = { 0 };
	struct err ignored = ERR_INIT;
	struct host *host = host_real_new(&(struct host_options) { .flags = HOST_NO_CGROUP }, &ignored);
	bool placed = state_find(&state, &p->arena, NULL, NULL, &ignored) == 0;
	struct survey_options options = { .host = host,
		                          .root = p->root,
		                          .store = placed ? path_join(&p->arena, state.cache, STR("actions")) : STR_EMPTY,
		                          .server = STR("https://github.com"),
		                          .tool_cache = placed ? path_join(&p->arena, state.cache, STR("tools")) : STR_EMPTY,
		                          .environ = environ };
	if (host)
		survey_workflows(&options, p->workflows, p->n, &p->diags);
	if (host)
		host->ops->free(host);
}

enum sidestep_status sidestep_check(const struct sidestep_files *files, enum sidestep_check_format format,
                                    const struct sidestep_render *render, struct sidestep_text *result)
{
	struct project p;
	struct buf out = BUF_INIT, messages = BUF_INIT;
	enum sidestep_status status = load(&p, files, true, false, &messages);
	if (status == SIDESTEP_OK) {
		check_calls(&p);
		check_here(&p);
		size_t errors = p.diags.errors + p.diags.lint_errors;
		status = errors ? SIDESTEP_FAILED : SIDESTEP_OK;
		if (format == SIDESTEP_CHECK_JSON) {
			json_findings(&out, &p.diags);
		} else {
			struct sidestep_render r = *render;
			r.messages_color = r.color;
			text_findings(&out, &p.diags, &r);
			if (p.diags.n)
				summary(&messages, errors, p.diags.n - errors, p.n + p.nactions);
		}
	}
	text_take(result, &out, &messages);
	project_done(&p);
	return status;
}

/* What could be understood is shown; errors make the call answer SIDESTEP_INVALID. */
static enum sidestep_status finish(struct project *p, enum sidestep_status status, const struct sidestep_render *render,
                                   struct buf *out, struct buf *messages, struct sidestep_text *result)
{
	if (status == SIDESTEP_OK && p->diags.errors) {
		text_diags(messages, &p->diags, render);
		status = SIDESTEP_INVALID;
	}
	text_take(result, out, messages);
	project_done(p);
	return status;
}

/* What the event does to every workflow of the project. */
static int answer(struct list_answers *out, struct project *p, const char *name, const char *file, struct err *err)
{
	struct trigger_event event;
	struct selection *v = arena_array(&p->arena, struct selection, p->n + 1);
	const char *payload = file ? path_join(&p->arena, p->dir, str_of(file)).p : NULL;
	*out = (struct list_answers) { str_of(name && name[0] ? name : "push"), v };
	if (trigger_event_make(&event, &p->arena, out->event, payload, p->repo, p->root.p, err) < 0)
		return -1;
	for (size_t i = 0; i < p->n; i++)
		if (select_workflow(&v[i], &p->arena, p->workflows[i], &event, STR_EMPTY, p->repo, err) < 0)
			return -1;
	return 0;
}

enum sidestep_status sidestep_list_event(const struct sidestep_files *files, const char *event, const char *event_file, int json,
                                         const struct sidestep_render *render, struct sidestep_text *result)
{
	struct project p;
	struct list_answers answers;
	struct err err = ERR_INIT;
	struct buf out = BUF_INIT, messages = BUF_INIT;
	enum sidestep_status status = load(&p, files, false, !event_file, &messages);
	if (status == SIDESTEP_OK) {
		bool known = answer(&answers, &p, event, event_file, &err) == 0;
		list_render(&out, (const struct workflow *const *)p.workflows, p.n, known ? &answers : NULL, json, render->width,
		            render->color);
		bool asks = known && event && p.n && !p.diags.errors; /* what is wrong in a file comes first */
		if (!known || (asks && asked_event_of(&p, answers.v, answers.event, "list", &err) < 0)) {
			text_error(&messages, &err);
			status = status_of_error(&err);
		}
	}
	return finish(&p, status, render, &out, &messages, result);
}

enum sidestep_status sidestep_list(const struct sidestep_files *files, int json, const struct sidestep_render *render,
                                   struct sidestep_text *result)
{
	return sidestep_list_event(files, NULL, NULL, json, render, result);
}

enum sidestep_status sidestep_graph(const struct sidestep_files *files, enum sidestep_graph_format format,
                                    const struct sidestep_render *render, struct sidestep_text *result)
{
	struct project p;
	struct buf out = BUF_INIT, messages = BUF_INIT;
	enum sidestep_status status = load(&p, files, false, false, &messages);
	if (status == SIDESTEP_OK) {
		static const enum graph_format formats[] = { [SIDESTEP_GRAPH_TEXT] = GRAPH_TEXT,
			                                     [SIDESTEP_GRAPH_DOT] = GRAPH_DOT,
			                                     [SIDESTEP_GRAPH_MERMAID] = GRAPH_MERMAID,
			                                     [SIDESTEP_GRAPH_SVG] = GRAPH_SVG,
			                                     [SIDESTEP_GRAPH_JSON] = GRAPH_JSON };
		struct workflow_graph **graphs = arena_array(&p.arena, struct workflow_graph *, p.n + 1);
		size_t n = 0;
		for (size_t i = 0; i < p.n; i++)
			if (p.workflows[i]->valid)
				graphs[n++] = graph_of(&p.arena, p.workflows[i]);
		graph_render(&out, graphs, n, formats[format], render->width, render->color);
	}
	return finish(&p, status, render, &out, &messages, result);
}
