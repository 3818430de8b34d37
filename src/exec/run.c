/* One workflow: groups of legs become ready when their needs have ended, legs start as slots are free, the
 * run ends when all have. */
#include "exec/internal.h"

static uint64_t now_of(const struct run *r)
{
	return engine_now(r->engine);
}

void run_set_trouble(struct run *r, const char *what)
{
	if (!r->trouble[0])
		snprintf(r->trouble, sizeof(r->trouble), "%s", what);
}

/* ---- beginning ---- */

static struct group *group_new(struct run *r, const struct plan_job *p)
{
	struct group *g = arena_make(&r->arena, struct group);
	g->run = r;
	g->plan = p;
	g->fail_fast = true;
	g->max_parallel = UINT32_MAX;
	g->outputs = val_object(&r->arena);
	return g;
}

static void make_github(struct run *r)
{
	struct arena *a = &r->arena;
	const struct workflow *w = r->spec.plan->workflow;
	r->github = val_object_copy(a, r->spec.github);
	val_set_str(a, r->github, "workflow", w->name);
	struct str repository = val_at(r->github, "repository").s, ref = val_at(r->github, "ref").s;
	struct str path = w->source->path;
	size_t at = str_find(path, STR(".github/workflows/"), 0);
	if (at != SIZE_MAX)
		path = str_from(path, at);
	val_set_str(a, r->github, "workflow_ref", arena_printf(a, "%.*s/%.*s@%.*s", STRF(repository), STRF(path), STRF(ref)));
	val_set(a, r->github, STR("workflow_sha"), val_at(r->github, "sha"));
}

void run_start(struct run *r)
{
	r->started = true;
	r->started_at = now_of(r);
	r->ngroups = r->spec.plan->n;
	r->groups = arena_array(&r->arena, struct group *, r->ngroups + 1);
	for (size_t i = 0; i < r->ngroups; i++)
		r->groups[i] = group_new(r, r->spec.plan->jobs[i]);
	r->conclusions = val_object_case_sensitive(&r->arena);
	r->masker = masker_new();
	struct val secrets = r->engine->opt.secrets;
	for (size_t i = 0; secrets.kind == VAL_OBJECT && i < secrets.o->n; i++)
		if (!str_is_nocase(secrets.o->keys[i], "ACTIONS_STEP_DEBUG") &&
		    !str_is_nocase(secrets.o->keys[i], "ACTIONS_RUNNER_DEBUG"))
			masker_add_secret(r->masker, secrets.o->vals[i].s);
	make_github(r);
	struct event e = emit_new(r, EVENT_RUN_START);
	e.run_start.workflow = r->spec.plan->workflow->path;
	e.run_start.name = r->spec.plan->workflow->name;
	e.run_start.event = r->spec.event->name;
	e.run_start.ref = r->spec.event->ref;
	e.run_start.sha = r->spec.event->sha;
	e.run_start.version = r->spec.version;
	emit(r, &e);
	if (r->cancelled)
		run_cancel(r);
}

/* ---- a group's result ---- */

static void group_end(struct group *g, enum result result)
{
	g->state = GROUP_DONE;
	g->result = result;
	g->ended_at = now_of(g->run);
	g->run->done_groups++;
	g->run->engine->changed = true;
}

static void emit_skip(struct group *g, struct str key, struct str name, struct str reason, enum result result, bool not_here)
{
	struct run *r = g->run;
	struct event e = emit_new(r, EVENT_JOB_SKIP);
	e.job = key;
	e.job_id = g->plan->job->id;
	e.job_skip.name = name;
	e.job_skip.reason = reason;
	e.job_skip.not_here = not_here;
	emit(r, &e);
	val_set(&r->arena, r->conclusions, key, val_cstr(result_name(result)));
}

static struct str literal_name(const struct group *g)
{
	const struct token *name = g->plan->job->name;
	if (!name)
		return g->plan->job->id;
	return name->kind == TOKEN_STRING && name->s.n ? name->s : name->raw;
}

static void group_skip(struct group *g, enum result result, struct str reason, bool not_here)
{
	g->not_here = not_here;
	emit_skip(g, g->plan->job->id, literal_name(g), reason, result, not_here);
	group_end(g, result);
}

static enum result leg_result(const struct job_run *j)
{
	return j->conclusion == RESULT_FAILURE && j->continue_on_error ? RESULT_SUCCESS : j->conclusion;
}

static enum result merged_result(const struct group *g)
{
	bool cancelled = false, success = false;
	for (size_t i = 0; i < g->nlegs; i++) {
		enum result result = leg_result(g->legs[i]);
		if (result == RESULT_FAILURE)
			return RESULT_FAILURE;
		cancelled |= result == RESULT_CANCELLED;
		success |= result == RESULT_SUCCESS;
	}
	return cancelled ? RESULT_CANCELLED : success ? RESULT_SUCCESS : RESULT_SKIPPED;
}

/* Outputs of legs: for each name the last leg that ended with a value wins. */
static void merge_outputs(struct job_run *j)
{
	for (size_t i = 0; j->outputs.kind == VAL_OBJECT && i < j->outputs.o->n; i++)
		val_set(&j->run->arena, j->group->outputs, j->outputs.o->keys[i], j->outputs.o->vals[i]);
}

void run_leg_done(struct job_run *j)
{
	struct group *g = j->group;
	g->done_legs++;
	merge_outputs(j);
	val_set(&j->run->arena, j->run->conclusions, j->key, val_cstr(result_name(j->conclusion)));
	if (j->conclusion == RESULT_FAILURE && !j->continue_on_error && g->fail_fast && g->nlegs > 1) {
		for (size_t i = 0; i < g->nlegs; i++)
			if (g->legs[i]->state == JOB_RUNNING)
				job_cancel(g->legs[i], "another leg of the matrix failed (fail-fast)");
		while (g->next_leg < g->nlegs) {
			struct job_run *waiting = g->legs[g->next_leg++];
			if (waiting->state == JOB_QUEUED)
				job_end_unstarted(waiting, RESULT_CANCELLED, "another leg of the matrix failed (fail-fast)");
		}
	}
	if (g->done_legs == g->nlegs && g->state == GROUP_OPEN)
		group_end(g, merged_result(g));
	j->run->engine->changed = true;
}

/* ---- opening a group ---- */

static bool needs_done(const struct group *g)
{
	for (size_t i = 0; i < g->plan->nneeds; i++)
		if (g->run->groups[g->plan->needs[i]->index]->state != GROUP_DONE)
			return false;
	return true;
}

static const struct group *need_not_here(const struct group *g)
{
	for (size_t i = 0; i < g->plan->nneeds; i++) {
		const struct group *need = g->run->groups[g->plan->needs[i]->index];
		if (need->not_here)
			return need;
	}
	return NULL;
}

static struct str why_skipped(const struct group *g)
{
	struct arena *a = &g->run->arena;
	if (g->run->cancelled)
		return STR("the run was cancelled");
	for (size_t i = 0; str_is(g->plan->job->condition_text, "success()") && i < g->plan->nancestors; i++) {
		const struct group *up = g->run->groups[g->plan->ancestors[i]->index];
		if (up->result != RESULT_SUCCESS)
			return arena_printf(a, "it needs %.*s, which ended with %s", STRF(up->plan->job->id),
			                    result_name(up->result));
	}
	return arena_printf(a, "its condition is false: %.*s", STRF(g->plan->job->condition_text));
}

/* Legs that fail because something about the job could not be evaluated: one, without matrix. */
static void open_failed(struct group *g, struct str error);

static bool eval_strategy_bool(struct group *g, const struct token *t, struct val from, const char *key, bool *out)
{
	struct val v = val_at(from, key);
	struct expr_env env = group_expr_env(g);
	struct expr_error error;
	struct span at = SPAN_NONE;
	if (v.kind == VAL_BOOL)
		*out = v.b;
	if (t && token_eval_bool(out, t, &g->run->arena, &env, &error, &at) < 0) {
		open_failed(g, eval_error_text(&g->run->arena, g->run, &error, at));
		return false;
	}
	return true;
}

static bool eval_max_parallel(struct group *g, struct val from)
{
	const struct token *t = g->plan->job->max_parallel;
	struct val v = val_at(from, "max-parallel");
	double most = v.kind == VAL_NUMBER ? v.num : 0;
	struct expr_env env = group_expr_env(g);
	struct expr_error error;
	struct span at = SPAN_NONE;
	if (t && token_eval_number(&most, t, &g->run->arena, &env, &error, &at) < 0) {
		open_failed(g, eval_error_text(&g->run->arena, g->run, &error, at));
		return false;
	}
	if (most >= 1)
		g->max_parallel = most > 1e6 ? 1000000 : (unsigned)most;
	return true;
}

/* The matrix, evaluated; false when the group has failed. */
static bool eval_strategy(struct group *g, struct val *matrix)
{
	const struct job *job = g->plan->job;
	struct expr_env env = group_expr_env(g);
	struct expr_error error;
	struct span at = job->at;
	struct val whole = val_null();
	*matrix = val_null();
	if (job->strategy && job->strategy->kind == TOKEN_EXPR) {
		if (token_eval(&whole, job->strategy, &g->run->arena, &env, &error, &at) < 0) {
			open_failed(g, eval_error_text(&g->run->arena, g->run, &error, at));
			return false;
		}
		*matrix = val_at(whole, "matrix");
	} else if (job->matrix && token_eval(matrix, job->matrix, &g->run->arena, &env, &error, &at) < 0) {
		open_failed(g, arena_printf(&g->run->arena, "Error when evaluating 'strategy' for job '%.*s'. %.*s",
		                            STRF(job->id), STRF(eval_error_text(&g->run->arena, g->run, &error, at))));
		return false;
	}
	return eval_strategy_bool(g, job->fail_fast, whole, "fail-fast", &g->fail_fast) && eval_max_parallel(g, whole);
}

static struct job_run *leg_new(struct group *g, size_t index, const struct matrix_leg *leg)
{
	struct run *r = g->run;
	struct job_run *j = arena_make(&r->arena, struct job_run);
	j->run = r;
	j->group = g;
	j->leg = index;
	j->matrix = leg->matrix;
	j->key = arena_printf(&r->arena, "%.*s%.*s", STRF(g->plan->job->id), STRF(leg->suffix));
	j->key = masker_str(r->masker, &r->arena, j->key); /* it names folders and events */
	for (unsigned k = 2; val_get(r->conclusions, j->key, &(struct val) { 0 }); k++)
		j->key = arena_printf(&r->arena, "%.*s%.*s [%u]", STRF(g->plan->job->id), STRF(leg->suffix), k);
	val_set(&r->arena, r->conclusions, j->key, val_null());
	j->name = masker_str(r->masker, &r->arena, plan_job_name(&r->arena, literal_name(g), leg->suffix, false));
	j->outputs = val_object(&r->arena);
	j->status = RESULT_SUCCESS;
	return j;
}

static void open_failed(struct group *g, struct str error)
{
	g->legs = arena_array(&g->run->arena, struct job_run *, 1);
	g->legs[0] = leg_new(g, 0, &(struct matrix_leg) { val_null(), STR_EMPTY });
	g->nlegs = 1;
	g->legs[0]->early_error = error;
	g->state = GROUP_OPEN;
}

/* ---- one leg's own keys ---- */

static void note_error(struct job_run *j, const struct expr_error *error, struct span at)
{
	if (!j->early_error.n)
		j->early_error = eval_error_text(&j->run->arena, j->run, error, at);
}

static void eval_leg_name(struct job_run *j, struct expr_env *env)
{
	const struct token *name = j->group->plan->job->name;
	if (!name || name->kind != TOKEN_EXPR)
		return;
	struct expr_error error;
	struct span at = name->at;
	struct str text;
	if (token_eval_string(&text, name, &j->run->arena, env, &error, &at) < 0)
		note_error(j, &error, at);
	else if (text.n)
		j->name = plan_job_name(&j->run->arena, text, STR_EMPTY, true);
}

static void add_label(struct job_run *j, size_t *cap, struct val v)
{
	if (v.kind == VAL_ARRAY || v.kind == VAL_OBJECT)
		return;
	if (j->nlabels == *cap) {
		size_t more = *cap ? *cap * 2 : 4;
		j->labels = arena_grow(&j->run->arena, j->labels, *cap * sizeof(*j->labels), more * sizeof(*j->labels));
		*cap = more;
	}
	j->labels[j->nlabels++] = val_to_str(&j->run->arena, v);
}

static void add_labels(struct job_run *j, struct val v)
{
	size_t cap = 0;
	if (v.kind != VAL_ARRAY)
		add_label(j, &cap, v);
	for (size_t i = 0; v.kind == VAL_ARRAY && i < v.a->n; i++)
		add_label(j, &cap, v.a->v[i]);
}

static struct place eval_place(struct job_run *j, struct expr_env *env)
{
	const struct token *t = j->group->plan->job->runs_on;
	struct expr_error error;
	struct span at = j->group->plan->job->at;
	struct val v = val_null();
	struct str group = STR_EMPTY;
	if (t && token_eval(&v, t, &j->run->arena, env, &error, &at) < 0) {
		note_error(j, &error, at);
		return (struct place) { .kind = PLACE_HOST };
	}
	if (v.kind == VAL_OBJECT) {
		group = val_to_str(&j->run->arena, val_at(v, "group"));
		struct val labels = val_at(v, "labels");
		if (labels.kind != VAL_NULL)
			add_labels(j, labels);
	} else {
		add_labels(j, v);
	}
	bool empty = j->nlabels == 0 || (j->nlabels == 1 && j->labels[0].n == 0);
	if (empty && !group.n) {
		if (!j->early_error.n)
			j->early_error = STR("Unexpected value '': runs-on names no label");
		return (struct place) { .kind = PLACE_HOST };
	}
	const struct exec_options *opt = &j->run->engine->opt;
	return plan_place(j->labels, j->nlabels, group, opt->platforms, opt->nplatforms);
}

static void check_supported(struct job_run *j)
{
	const struct job *job = j->group->plan->job;
	struct arena *a = &j->run->arena;
	if (job->is_call)
		j->unsupported = arena_printf(
			a, "the job calls the workflow '%.*s': calling workflows is not available in this version of sidestep",
			STRF(job->uses));
	else if (job->container && !(job->container->kind == TOKEN_STRING && job->container->s.n == 0))
		j->unsupported = STR("the job runs in a container: job containers are not available in this version of sidestep");
	else if (job->services)
		j->unsupported = STR("the job uses services: service containers are not available in this version of sidestep");
}

static void not_here(struct job_run *j, struct str label, bool known)
{
	struct run *r = j->run;
	struct group *g = j->group;
	struct str reason = known ? arena_printf(&r->arena, "it wants %.*s, left out with -P", STRF(label))
	                          : arena_printf(&r->arena, "it wants %.*s", STRF(label));
	bool listed = known;
	for (size_t i = 0; i < r->not_here.n; i++)
		listed |= str_eq(r->not_here.v[i], label);
	if (!listed)
		*vec_add(&r->arena, &r->not_here) = label;
	j->state = JOB_DONE;
	j->conclusion = RESULT_SKIPPED;
	g->done_legs++;
	emit_skip(g, j->key, j->name, reason, RESULT_SKIPPED, true);
}

static void eval_leg(struct job_run *j)
{
	const struct job *job = j->group->plan->job;
	struct expr_env env = job_expr_env(j);
	struct expr_error error;
	struct span at = job->at;
	eval_leg_name(j, &env);
	if (job->continue_on_error &&
	    token_eval_bool(&j->continue_on_error, job->continue_on_error, &j->run->arena, &env, &error, &at) < 0)
		note_error(j, &error, at);
	check_supported(j);
	if (job->is_call)
		return;
	struct place place = eval_place(j, &env);
	if (place.kind == PLACE_NOT_HERE || place.kind == PLACE_SKIP)
		not_here(j, place.label, place.kind == PLACE_SKIP);
	else if (place.kind == PLACE_CONTAINER)
		j->unsupported = arena_printf(
			&j->run->arena,
			"-P maps '%.*s' to the image '%.*s': containers are not available in this version of sidestep",
			STRF(place.label), STRF(place.image));
}

static void open_legs(struct group *g, struct val matrix)
{
	struct run *r = g->run;
	struct matrix_legs legs = { 0 };
	struct err err = ERR_INIT;
	if (matrix_expand(&legs, &r->arena, matrix, &err) < 0) {
		open_failed(g, arena_printf(&r->arena, "Error when evaluating 'strategy' for job '%.*s'. %s",
		                            STRF(g->plan->job->id), err.text));
		return;
	}
	if (matrix.kind == VAL_OBJECT)
		matrix_filter(&legs, r->engine->opt.matrix_filters, r->engine->opt.nmatrix_filters);
	if (legs.n == 0) {
		group_skip(g, RESULT_SKIPPED, STR("no leg of its matrix has the values of --matrix"), false);
		return;
	}
	g->state = GROUP_OPEN;
	g->legs = arena_array(&r->arena, struct job_run *, legs.n);
	g->nlegs = legs.n;
	for (size_t i = 0; i < legs.n; i++)
		g->legs[i] = leg_new(g, i, &legs.v[i]);
	for (size_t i = 0; i < legs.n; i++)
		eval_leg(g->legs[i]);
	if (g->done_legs == g->nlegs) {
		g->not_here = true;
		group_end(g, RESULT_SKIPPED);
	}
}

static void group_open_up(struct group *g)
{
	struct run *r = g->run;
	g->started_at = now_of(r);
	const struct group *absent = need_not_here(g);
	if (absent) {
		group_skip(g, RESULT_SKIPPED,
		           arena_printf(&r->arena, "it needs %.*s, which is not run here", STRF(absent->plan->job->id)), true);
		return;
	}
	struct expr_env env = group_expr_env(g);
	struct expr_error error;
	struct val v, matrix;
	if (expr_eval(&v, g->plan->job->condition, &r->arena, &env, &error) < 0)
		open_failed(g, eval_error_text(&r->arena, r, &error, g->plan->job->at));
	else if (!val_truthy(v))
		group_skip(g, r->cancelled ? RESULT_CANCELLED : RESULT_SKIPPED, why_skipped(g), false);
	else if (eval_strategy(g, &matrix))
		open_legs(g, matrix);
	r->engine->changed = true;
}

/* ---- going on ---- */

static void start_legs(struct group *g)
{
	struct engine *e = g->run->engine;
	while (g->next_leg < g->nlegs && e->running_jobs < e->opt.max_parallel && g->running_legs < g->max_parallel) {
		struct job_run *j = g->legs[g->next_leg++];
		if (j->state == JOB_QUEUED)
			job_start(j);
	}
}

static void run_end(struct run *r)
{
	r->done = true;
	r->conclusion = RESULT_SUCCESS;
	for (size_t i = 0; i < r->ngroups; i++) {
		enum result result = r->groups[i]->result;
		if (result == RESULT_FAILURE)
			r->conclusion = RESULT_FAILURE;
		else if (result == RESULT_CANCELLED && r->conclusion == RESULT_SUCCESS)
			r->conclusion = RESULT_CANCELLED;
	}
	if (r->cancelled && r->conclusion == RESULT_SUCCESS)
		r->conclusion = RESULT_CANCELLED;
	struct event e = emit_new(r, EVENT_RUN_END);
	e.run_end.conclusion = r->engine->opt.dry_run && r->conclusion == RESULT_SUCCESS ? RESULT_SKIPPED : r->conclusion;
	e.run_end.wall_ms = (int64_t)((now_of(r) - r->started_at) / 1000000);
	e.run_end.work_ms = (int64_t)(r->work_ns / 1000000);
	critical_run(r, &e.run_end.critical_path_ms, &e.run_end.critical_path);
	e.run_end.jobs = r->conclusions;
	e.run_end.side_by_side = r->most_running_steps;
	e.run_end.not_here = r->not_here.v;
	e.run_end.nnot_here = r->not_here.n;
	emit(r, &e);
}

void run_advance(struct run *r)
{
	for (bool again = true; again;) {
		again = false;
		for (size_t i = 0; i < r->ngroups; i++) {
			struct group *g = r->groups[i];
			if (g->state != GROUP_WAITING || !needs_done(g))
				continue;
			group_open_up(g);
			again |= g->state == GROUP_DONE;
		}
	}
	for (size_t i = 0; i < r->ngroups; i++) {
		struct group *g = r->groups[i];
		if (g->state == GROUP_OPEN)
			start_legs(g);
		for (size_t l = 0; g->running_legs && l < g->nlegs; l++)
			job_advance(g->legs[l]);
	}
	if (r->done_groups == r->ngroups)
		run_end(r);
}

/* On cancellation the condition of every unfinished job is looked at again: what still holds goes on. */
static bool goes_on(struct group *g)
{
	struct expr_env env = group_expr_env(g);
	struct expr_error error;
	struct val v;
	return expr_eval(&v, g->plan->job->condition, &g->run->arena, &env, &error) == 0 && val_truthy(v);
}

void run_cancel(struct run *r)
{
	r->cancelled = true;
	r->engine->changed = true;
	for (size_t i = 0; i < r->ngroups; i++) {
		struct group *g = r->groups[i];
		if (g->state != GROUP_OPEN || goes_on(g))
			continue;
		for (size_t l = 0; l < g->nlegs; l++)
			job_cancel(g->legs[l], "the run was cancelled");
		while (g->next_leg < g->nlegs) {
			struct job_run *j = g->legs[g->next_leg++];
			if (j->state == JOB_QUEUED)
				job_end_unstarted(j, RESULT_CANCELLED, "the run was cancelled");
		}
	}
}

enum result run_conclusion(const struct run *r)
{
	return r->conclusion;
}

bool run_unsupported(const struct run *r)
{
	return r->unsupported;
}

bool run_not_here(const struct run *r)
{
	return r->not_here.n > 0;
}

const char *run_trouble(const struct run *r)
{
	return r->trouble[0] ? r->trouble : NULL;
}
