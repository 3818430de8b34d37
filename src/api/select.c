/* Which workflows of a session run, and what they are given. */
#include "api/select.h"

#include "answer/text.h"
#include "api/asked.h"
#include "base/clean.h"
#include "base/path.h"
#include "project/called.h"
#include "ui/text.h"

enum { NOTICE_MAX = 500 };

static bool has_job(const struct workflow *w, const struct sidestep_strings *jobs)
{
	for (size_t i = 0; i < jobs->n; i++)
		if (workflow_job(w, str_of(jobs->v[i])))
			return true;
	return jobs->n == 0;
}

static int plan_one(struct sidestep_session *s, const struct workflow *w, struct plan **plan, struct err *err)
{
	struct {
		VEC(struct str);
	} here = { 0 };
	for (size_t i = 0; i < s->opt.jobs.n; i++)
		if (workflow_job(w, str_of(s->opt.jobs.v[i])))
			*vec_add(&s->arena, &here) = str_of(s->opt.jobs.v[i]);
	struct plan_options po = { .jobs = here.v, .njobs = here.n, .no_needs = s->opt.no_needs };
	return plan_make(plan, &s->arena, w, &po, err);
}

/* ---- what there is to say ---- */

static void say_reason(struct sidestep_session *s, struct buf *messages, size_t i, const char *before)
{
	struct str path = s->project.workflows[i]->path;
	buf_adds(messages, before);
	clean_append(messages, path);
	buf_adds(messages, ": ");
	clean_append(messages, s->answers[i].reason);
	buf_addc(messages, '\n');
}

/* A short word about the workflows that a filter left out, or about all when there is nothing to run. */
static void say_left_out(struct sidestep_session *s, size_t started, struct buf *messages)
{
	if (started == 0)
		buf_addf(messages, "sidestep: nothing to run: no workflow is started by '%.*s'\n", STRF(s->event.name));
	for (size_t i = 0; i < s->project.n; i++) {
		const struct selection *answer = &s->answers[i];
		if (answer->reason.n == 0 || answer->kind == SELECTION_RUNS)
			continue;
		if (started == 0)
			say_reason(s, messages, i, "  ");
		else if (answer->kind == SELECTION_FILTERED && s->opt.verbosity >= 0)
			say_reason(s, messages, i, "sidestep: not run: ");
	}
}

/* ---- inputs ---- */

static struct input_sources sources_of(const struct sidestep_session *s, const struct expr_env *env)
{
	return (struct input_sources) { .given = s->exec.inputs,
		                        .payload = s->event.from_file ? val_at(s->event.payload, "inputs") : val_null(),
		                        .secrets = s->exec.secrets,
		                        .env = env };
}

static bool takes_inputs(const struct sidestep_session *s)
{
	return str_is(s->event.name, "workflow_dispatch") || str_is(s->event.name, "workflow_call");
}

/* Whether what was given fits the workflows that start. */
static bool inputs_fit(struct sidestep_session *s, struct buf *messages)
{
	struct input_sources from = sources_of(s, NULL);
	const struct workflow **all = arena_array(&s->arena, const struct workflow *, s->runs.n + 1);
	bool fine = true;
	for (size_t i = 0; i < s->runs.n; i++)
		all[i] = s->runs.v[i]->plan->workflow;
	if (!takes_inputs(s)) {
		if (s->asked_inputs.o->n)
			buf_addf(messages,
			         "sidestep: warning: --input is for workflow_dispatch and workflow_call: '%.*s' has no inputs\n",
			         STRF(s->event.name));
		return true;
	}
	if (s->runs.n == 0 || !inputs_known(messages, all, s->runs.n, s->event.name, s->asked_inputs, from.payload))
		return s->runs.n == 0;
	for (size_t i = 0; i < s->runs.n; i++)
		fine &= inputs_accepted(messages, all[i], s->event.name, &from);
	return fine;
}

static bool check_inputs(struct sidestep_session *s, struct buf *messages)
{
	_cleanup_buf_ struct buf said = BUF_INIT;
	bool fine = inputs_fit(s, &said);
	clean_lines(messages, buf_str(&said));
	return fine;
}

/* The contexts of a default: github, vars, and the inputs before it. */
struct default_contexts {
	struct val github, vars;
};

static struct val default_context(void *cookie, struct str name)
{
	const struct default_contexts *c = cookie;
	return str_is(name, "github") ? c->github : str_is(name, "vars") ? c->vars : val_null();
}

/* The time of a schedule that was asked for, by option or payload; empty: none. */
static struct str session_cron(const struct sidestep_session *s)
{
	struct val v = s->event.from_file ? val_at(s->event.payload, "schedule") : val_null();
	return s->opt.cron ? str_of(s->opt.cron) : v.kind == VAL_STRING ? v.s : STR_EMPTY;
}

/* As GitHub names the file. */
static struct str repository_path(const struct workflow *w)
{
	size_t at = str_find(w->path, STR(".github/workflows/"), 0);
	return at == SIZE_MAX ? w->path : str_from(w->path, at);
}

/* The members of the payload that depend on the workflow; those of a file stay. */
static void complete_payload(struct sidestep_session *s, struct session_run *r)
{
	const struct workflow *w = r->plan->workflow;
	struct trigger_event *e = &r->event;
	bool dispatch = str_is(e->name, "workflow_dispatch"), schedule = str_is(e->name, "schedule");
	if (!dispatch && !schedule)
		return;
	struct val p = val_object_copy(&s->arena, e->payload), file = val_at(p, "workflow");
	if (dispatch)
		val_set(&s->arena, p, STR("inputs"), r->inputs.texts);
	else
		val_set(&s->arena, p, STR("schedule"), val_str(select_cron(w, session_cron(s))));
	if (file.kind != VAL_STRING || file.s.n == 0)
		val_set(&s->arena, p, STR("workflow"), val_str(repository_path(w)));
	e->payload = p;
}

int session_give(struct sidestep_session *s, struct session_run *r, struct str run_id, struct val *github, struct err *err)
{
	struct str url = str_of(s->opt.github_url);
	struct default_contexts contexts = { .github =
		                                     github_context(&s->arena, &s->event, url, run_id, r->number, s->exec.token),
		                             .vars = s->exec.vars };
	struct expr_env env = { .cookie = &contexts, .context = default_context };
	struct input_sources from = sources_of(s, &env);
	r->event = s->event;
	if (inputs_make(&r->inputs, &s->arena, r->plan->workflow, s->event.name, &from, err) < 0)
		return -1;
	complete_payload(s, r);
	*github = contexts.github;
	val_set(&s->arena, *github, STR("event"), r->event.payload);
	return 0;
}

/* ---- selecting ---- */

/* --matrix leaves nothing of it. One whose matrix only a run can know may run. */
static bool has_no_leg(struct sidestep_session *s, const struct job *j)
{
	struct matrix_legs legs = { 0 };
	struct val matrix = val_null();
	if (!j->matrix || token_has_expr(j->matrix) || (j->strategy && j->strategy->kind == TOKEN_EXPR) ||
	    token_eval(&matrix, j->matrix, &s->arena, NULL, &(struct expr_error) { 0 }, NULL) < 0 ||
	    matrix_expand(&legs, &s->arena, matrix, NULL) < 0)
		return false;
	matrix_filter(&legs, s->exec.matrix_filters, s->exec.nmatrix_filters);
	return legs.n == 0;
}

/* The jobs of which called workflows are fetched. GitHub looks at all, and so does a run of all jobs; one that was asked for is
 * not kept from running by what another one calls. */
static void set_jobs(struct sidestep_session *s, struct call_places *places, const struct plan *plan)
{
	const struct job **jobs = arena_array(&s->arena, const struct job *, plan->n + 1);
	if (s->opt.jobs.n == 0 && s->exec.nmatrix_filters == 0)
		return;
	places->jobs = jobs;
	for (size_t i = 0; i < plan->n; i++)
		if (!has_no_leg(s, plan->jobs[i]->job))
			jobs[places->njobs++] = plan->jobs[i]->job;
}

/* git's words may hold anything. */
static void give_notice(void *cookie, const char *text)
{
	struct sidestep_session *s = cookie;
	s->opt.notice(s->opt.notice_cookie, text_clean_copy(&s->arena, str_of(text), NOTICE_MAX).p);
}

static int load_calls(struct sidestep_session *s, struct workflow *w, const struct plan *plan, struct err *err)
{
	struct call_places places = { .local_repositories = s->exec.local_repositories,
		                      .github_url = s->opt.github_url,
		                      .token = s->exec.token,
		                      .store = path_join(&s->arena, s->state.cache, STR("workflows")),
		                      .offline = s->opt.offline || s->opt.dry_run,
		                      .say = s->opt.notice ? give_notice : NULL,
		                      .cookie = s,
		                      .told = &s->told };
	set_jobs(s, &places, plan);
	return project_load_calls(&s->project, w, &places, err);
}

/* Asks for one workflow and plans it when it starts. */
static int select_one(struct sidestep_session *s, size_t i, size_t *broken, struct err *err)
{
	struct workflow *w = s->project.workflows[i];
	struct selection *answer = &s->answers[i];
	if (!has_job(w, &s->opt.jobs))
		return 0;
	if (select_workflow(answer, &s->arena, w, &s->event, session_cron(s), s->project.repo, err) < 0)
		return -1;
	bool starts = answer->kind == SELECTION_RUNS;
	struct plan *plan = NULL;
	if (starts && w->valid && plan_one(s, w, &plan, err) < 0)
		return -1;
	if (plan && !s->opt.explain && load_calls(s, w, plan, err) < 0)
		return -1;
	if (!w->valid) {
		*broken += answer->kind != SELECTION_NO_EVENT || w->ntriggers == 0;
		return 0;
	}
	if (plan) {
		struct session_run *r = arena_make(&s->arena, struct session_run);
		r->plan = plan;
		*vec_add(&s->arena, &s->runs) = r;
	}
	return 0;
}

enum sidestep_status session_select(struct sidestep_session *s, const struct sidestep_render *render, struct buf *messages)
{
	struct err err = ERR_INIT;
	size_t broken = 0;
	s->answers = arena_array(&s->arena, struct selection, s->project.n + 1);
	for (size_t i = 0; i < s->project.n; i++)
		if (select_one(s, i, &broken, &err) < 0) {
			text_diags(messages, &s->project.diags, render);
			text_error(messages, &err);
			return status_of_error(&err);
		}
	text_diags(messages, &s->project.diags, render);
	s->broken_files = broken > 0;
	if (s->runs.n == 0 && broken && !s->opt.explain)
		return SIDESTEP_INVALID;
	if (asked_jobs(s, &err) < 0 || (!s->opt.explain && (asked_event(s, &err) < 0 || asked_matrix(s, &err) < 0))) {
		text_error(messages, &err);
		return SIDESTEP_USAGE;
	}
	if (!s->opt.explain)
		say_left_out(s, s->runs.n, messages);
	return check_inputs(s, messages) || s->opt.explain ? SIDESTEP_OK : SIDESTEP_USAGE;
}
