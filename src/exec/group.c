/* A job of the plan with all the legs of its matrix: when its needs have ended its condition is looked at, its matrix
 * is expanded, its legs start as slots are free; its result is made from theirs. */
#include "exec/internal.h"

static uint64_t now_of(const struct group *g)
{
	return engine_now(g->run->engine);
}

struct group *group_new(struct flow *f, const struct plan_job *p)
{
	struct group *g = arena_make(&f->run->arena, struct group);
	g->run = f->run;
	g->flow = f;
	g->plan = p;
	g->fail_fast = true;
	g->max_parallel = UINT32_MAX;
	g->outputs = val_object(&f->run->arena);
	return g;
}

/* ---- a group's result ---- */

static void group_end(struct group *g, enum result result)
{
	g->state = GROUP_DONE;
	g->result = result;
	g->ended_at = now_of(g);
	g->flow->done_groups++;
	g->run->engine->changed = true;
}

void group_emit_skip(struct group *g, struct str key, struct str name, struct str reason, enum result result, bool not_here)
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

static void group_skip(struct group *g, enum result result, struct str reason, bool not_here)
{
	g->not_here = not_here;
	struct arena *a = &g->run->arena;
	struct str key = arena_printf(a, "%.*s%.*s", STRF(g->flow->prefix), STRF(g->plan->job->id));
	struct str name = arena_printf(a, "%.*s%.*s", STRF(g->flow->name_prefix), STRF(leg_literal_name(g)));
	group_emit_skip(g, key, masker_str(g->run->masker, a, name), masker_str(g->run->masker, a, reason), result, not_here);
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

void group_cancel(struct group *g, const char *why)
{
	for (size_t i = 0; i < g->nlegs; i++)
		if (g->legs[i]->state == JOB_RUNNING)
			job_cancel(g->legs[i], why);
	while (g->next_leg < g->nlegs) {
		struct job_run *waiting = g->legs[g->next_leg++];
		if (waiting->state == JOB_QUEUED)
			job_end_unstarted(waiting, RESULT_CANCELLED, why);
	}
}

void group_leg_done(struct job_run *j)
{
	struct group *g = j->group;
	g->done_legs++;
	concurrency_leave(&j->turn, g->run->engine);
	merge_outputs(j);
	val_set(&j->run->arena, j->run->conclusions, j->key, val_cstr(result_name(j->conclusion)));
	if (j->conclusion == RESULT_FAILURE && !j->continue_on_error && g->fail_fast && g->nlegs > 1)
		group_cancel(g, "another leg of the matrix failed (fail-fast)");
	if (g->done_legs == g->nlegs && g->state == GROUP_OPEN)
		group_end(g, merged_result(g));
	j->run->engine->changed = true;
}

/* ---- opening a group ---- */

bool group_needs_done(const struct group *g)
{
	for (size_t i = 0; i < g->plan->nneeds; i++)
		if (g->flow->groups[g->plan->needs[i]->index]->state != GROUP_DONE)
			return false;
	return true;
}

static const struct group *need_not_here(const struct group *g)
{
	for (size_t i = 0; i < g->plan->nneeds; i++) {
		const struct group *need = g->flow->groups[g->plan->needs[i]->index];
		if (need->not_here)
			return need;
	}
	return NULL;
}

static struct str why_skipped(const struct group *g)
{
	struct arena *a = &g->run->arena;
	if (g->flow->cancelled)
		return g->flow->cancel_reason;
	for (size_t i = 0; str_is(g->plan->job->condition_text, "success()") && i < g->plan->nancestors; i++) {
		const struct group *up = g->flow->groups[g->plan->ancestors[i]->index];
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

static void open_failed(struct group *g, struct str error)
{
	g->legs = arena_array(&g->run->arena, struct job_run *, 1);
	g->legs[0] = leg_new(g, 0, &(struct matrix_leg) { val_null(), STR_EMPTY });
	g->nlegs = 1;
	g->legs[0]->early_error = error;
	g->state = GROUP_OPEN;
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
		leg_eval(g->legs[i]);
	for (size_t i = 0; i < legs.n; i++)
		leg_line_up(g->legs[i]);
	if (g->done_legs == g->nlegs) {
		g->not_here = true;
		group_end(g, RESULT_SKIPPED);
	}
}

void group_open_up(struct group *g)
{
	struct run *r = g->run;
	g->started_at = now_of(g);
	if (g->flow->turn.held) { /* it was cancelled in the line: nothing of it runs, whatever its conditions say */
		group_skip(g, RESULT_CANCELLED, g->flow->cancel_reason, false);
		return;
	}
	if (g->flow->failed.n) {
		group_skip(g, RESULT_SKIPPED, g->flow->failed, false);
		return;
	}
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
		group_skip(g, g->flow->cancelled ? RESULT_CANCELLED : RESULT_SKIPPED, why_skipped(g), false);
	else if (eval_strategy(g, &matrix))
		open_legs(g, matrix);
	r->engine->changed = true;
}

/* ---- going on ---- */

void group_start_legs(struct group *g)
{
	struct engine *e = g->run->engine;
	bool call = g->plan->job->is_call; /* takes no slot: its jobs will */
	for (size_t i = g->next_leg; i < g->nlegs; i++) {
		struct job_run *j = g->legs[i];
		bool slot = (call || e->running_jobs < e->opt.max_parallel) && g->running_legs < g->max_parallel;
		if (j->state == JOB_QUEUED && j->turn.lost)
			job_end_unstarted(j, RESULT_CANCELLED, j->turn.why.p);
		else if (j->state == JOB_QUEUED && slot && !j->turn.held)
			job_start(j);
		else if (!slot && e->turns.n == 0)
			break;
	}
	while (g->next_leg < g->nlegs && g->legs[g->next_leg]->state != JOB_QUEUED)
		g->next_leg++;
}

bool group_goes_on(struct group *g)
{
	struct expr_env env = group_expr_env(g);
	struct expr_error error;
	struct val v;
	return expr_eval(&v, g->plan->job->condition, &g->run->arena, &env, &error) == 0 && val_truthy(v);
}
