/* A job of the plan with all the legs of its matrix: when its needs have ended its condition is looked at, its matrix
 * is expanded, its legs start as slots are free; its result is made from theirs. */
#include "schedule/group.h"

#include "plan/matrix_filter.h"
#include "schedule/flow.h"
#include "schedule/leg.h"

static uint64_t group_now(const struct group *g)
{
	return session_now(g->run->session);
}

/* ---- what names mean ---- */

struct val group_result(const struct group *g)
{
	bool certain = (g->result == RESULT_SKIPPED && g->outlook == OUTLOOK_NO) || g->result == RESULT_FAILURE;
	if (g->run->session->opt.dry_run && !certain)
		return val_unknown(STR_EMPTY);
	return val_cstr(result_name(g->result));
}

static struct val needs_context(const struct group *g, struct arena *a)
{
	struct val out = val_object(a);
	for (size_t i = 0; i < g->plan->nneeds; i++) {
		const struct group *need = g->flow->groups[g->plan->needs[i]->index];
		struct val entry = val_object(a);
		val_set(a, entry, STR("result"), group_result(need));
		val_set(a, entry, STR("outputs"), need->outputs.kind == VAL_OBJECT ? need->outputs : val_object(a));
		val_set(a, out, need->plan->job->id, entry);
	}
	return out;
}

static bool group_context(void *owner, struct arena *a, struct str name, struct val *out)
{
	if (!str_is(name, "needs"))
		return false;
	*out = needs_context(owner, a);
	return true;
}

static bool ancestor_named(const struct plan_job *p, const struct str *ids, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq_nocase(ids[i], p->job->id))
			return true;
	return n == 0;
}

/* What is asked of the ancestors, so far: one that decides is enough, whatever is not known of the others. */
static enum expr_status ancestor_status(const struct group *up, bool success, enum expr_status so_far)
{
	enum expr_status decided = success ? EXPR_STATUS_NO : EXPR_STATUS_YES;
	bool may_be_skipped = up->scope.plans && up->outlook == OUTLOOK_MAYBE;
	bool open = up->doubtful || (success && may_be_skipped && up->result == RESULT_SUCCESS);
	if (so_far == decided || (success ? up->result != RESULT_SUCCESS : up->result == RESULT_FAILURE))
		return decided;
	return open ? EXPR_STATUS_UNKNOWN : so_far;
}

/* The job level looks at all ancestors, or at those named. */
static enum expr_status group_status(void *owner, struct str fn, const struct str *ids, size_t n)
{
	const struct group *g = owner;
	bool success = str_is(fn, "success");
	size_t seen = 0;
	if (str_is(fn, "always"))
		return EXPR_STATUS_YES;
	if (str_is(fn, "cancelled"))
		return g->flow->cancelled ? EXPR_STATUS_YES : EXPR_STATUS_NO;
	if (g->flow->cancelled)
		return EXPR_STATUS_NO;
	enum expr_status status = success ? EXPR_STATUS_YES : EXPR_STATUS_NO;
	for (size_t i = 0; i < g->plan->nancestors; i++) {
		const struct plan_job *p = g->plan->ancestors[i];
		if (!ancestor_named(p, ids, n))
			continue;
		seen++;
		status = ancestor_status(g->flow->groups[p->index], success, status);
	}
	return seen >= n || !success ? status : EXPR_STATUS_NO;
}

static struct scope group_scope(struct group *g)
{
	static const struct scope_ops ops = { .context = group_context, .status = group_status };
	const struct scope *around = &g->flow->scope;
	return (struct scope) { .plans = around->plans,
		                .ops = &ops,
		                .owner = g,
		                .around = around,
		                .arena = around->arena,
		                .results = around->results,
		                .sources = around->sources };
}

struct group *group_new(struct flow *f, const struct plan_job *p)
{
	struct group *g = arena_make(&f->run->arena, struct group);
	g->run = f->run;
	g->flow = f;
	g->plan = p;
	g->scope = group_scope(g);
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
	g->ended_at = group_now(g);
	g->flow->done_groups++;
	g->run->session->changed = true;
}

static void group_skip(struct group *g, enum result result, struct str reason, bool not_here)
{
	g->not_here = not_here;
	struct arena *a = &g->run->arena;
	struct str key = arena_printf(a, "%.*s%.*s", STRF(g->flow->prefix), STRF(g->plan->job->id));
	struct str name = arena_printf(a, "%.*s%.*s", STRF(g->flow->name_prefix), STRF(leg_literal_name(g)));
	const struct masker *m = g->run->journal.masker;
	struct speaker who = { .journal = &g->run->journal, .key = key, .id = g->plan->job->id, .masker = m };
	leg_emit_skip(&who, g, masker_str(m, a, name), masker_str(m, a, reason), result, not_here);
	group_end(g, result);
}

static enum result leg_result(const struct leg *j)
{
	bool fails = j->conclusion == RESULT_FAILURE || (j->refused.n && !j->doubtful);
	return !fails ? j->conclusion : j->continue_on_error ? RESULT_SUCCESS : RESULT_FAILURE;
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

/* In a plan a job that only may run only may fail. */
static void close_group(struct group *g)
{
	enum result result = merged_result(g);
	bool plans = g->scope.plans, may = g->outlook == OUTLOOK_MAYBE;
	for (size_t i = 0; i < g->nlegs; i++)
		g->doubtful |= plans && g->legs[i]->doubtful && !g->legs[i]->continue_on_error;
	if (plans && result == RESULT_FAILURE) {
		g->doubtful = may;
		result = may ? RESULT_SUCCESS : RESULT_FAILURE;
	}
	group_end(g, result);
}

/* Outputs of legs: for each name the last leg that ended with a value wins. */
static void merge_outputs(struct leg *j)
{
	for (size_t i = 0; j->outputs.kind == VAL_OBJECT && i < j->outputs.o->n; i++)
		val_set(&j->run->arena, j->group->outputs, j->outputs.o->keys[i], j->outputs.o->vals[i]);
}

void group_cancel(struct group *g, struct str why)
{
	for (size_t i = 0; i < g->nlegs; i++)
		leg_cancel(g->legs[i], why);
	while (g->next_leg < g->nlegs) {
		struct leg *waiting = g->legs[g->next_leg++];
		if (waiting->state == LEG_QUEUED)
			leg_end_unstarted(waiting, RESULT_CANCELLED, why);
	}
}

static void leg_done(struct leg *j)
{
	struct group *g = j->group;
	g->done_legs++;
	turn_leave(&j->turn, g->run->gates);
	merge_outputs(j);
	val_set(&j->run->arena, j->run->conclusions, j->speaker.key, val_cstr(result_name(leg_shown_conclusion(j))));
	if (j->conclusion == RESULT_FAILURE && !j->continue_on_error && g->fail_fast && g->nlegs > 1 && !g->scope.plans)
		group_cancel(g, STR("another leg of the matrix failed (fail-fast)"));
	if (g->done_legs == g->nlegs && g->state == GROUP_OPEN)
		close_group(g);
	j->run->session->changed = true;
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
	bool implicit;
	struct str written = template_condition_written(g->plan->job->condition_text, &implicit);
	for (size_t i = 0; implicit && i < g->plan->nancestors; i++) {
		const struct group *up = g->flow->groups[g->plan->ancestors[i]->index];
		if (g->scope.plans && up->result == RESULT_FAILURE)
			return arena_printf(a, "it needs %.*s, which fails here", STRF(up->plan->job->id));
		if (up->result != RESULT_SUCCESS)
			return arena_printf(a, "it needs %.*s, which ended with %s", STRF(up->plan->job->id),
			                    result_name(up->result));
	}
	if (g->outlook == OUTLOOK_AFTER_FAILURE || g->outlook == OUTLOOK_AFTER_CANCELLATION)
		return arena_printf(a, "it runs only after a %s: %.*s",
		                    g->outlook == OUTLOOK_AFTER_FAILURE ? "failure" : "cancellation", STRF(written));
	return arena_printf(a, "its condition is false: %.*s", STRF(written));
}

/* Legs that fail because something about the job could not be evaluated: one, without matrix. */
static void open_failed(struct group *g, struct str error);

static bool eval_fail_fast(struct group *g, struct val from)
{
	const struct token *t = g->plan->job->fail_fast;
	struct val v = val_at(from, "fail-fast");
	struct str why;
	if (v.kind == VAL_BOOL)
		g->fail_fast = v.b;
	enum eval_result rc = t ? scope_bool(&g->fail_fast, t, &g->scope, &why) : EVAL_OK;
	if (rc == EVAL_OK || rc == EVAL_UNKNOWN)
		return true;
	open_failed(g, why);
	return false;
}

static bool eval_max_parallel(struct group *g, struct val from)
{
	const struct token *t = g->plan->job->max_parallel;
	struct val v = val_at(from, "max-parallel");
	double most = v.kind == VAL_NUMBER ? v.num : 0;
	struct str why;
	enum eval_result rc = t ? scope_number(&most, t, &g->scope, &why) : EVAL_OK;
	if (rc == EVAL_UNKNOWN)
		return true;
	if (rc != EVAL_OK) {
		open_failed(g, why);
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
	struct val whole = val_null();
	struct str why;
	*matrix = val_null();
	if (job->strategy && job->strategy->kind == TOKEN_EXPR) {
		if (scope_value(&whole, job->strategy, &g->scope, &why) != EVAL_OK) {
			open_failed(g, why);
			return false;
		}
		*matrix = whole.kind == VAL_UNKNOWN ? whole : val_at(whole, "matrix");
	} else if (scope_value(matrix, job->matrix, &g->scope, &why) != EVAL_OK) {
		open_failed(g, arena_printf(&g->run->arena, "Error when evaluating 'strategy' for job '%.*s'. %.*s",
		                            STRF(job->id), STRF(why)));
		return false;
	}
	return eval_fail_fast(g, whole) && eval_max_parallel(g, whole);
}

static void open_failed(struct group *g, struct str error)
{
	g->legs = arena_array(&g->run->arena, struct leg *, 1);
	g->legs[0] = leg_new(g, 0, &(struct matrix_leg) { val_null(), STR_EMPTY }, leg_done);
	g->nlegs = 1;
	g->legs[0]->early_error = error;
	g->state = GROUP_OPEN;
}

/* In a plan: of a matrix that only a run knows one leg stands for all. */
static int expand_matrix(struct matrix_legs *legs, struct arena *a, struct val matrix, struct err *err)
{
	if (!val_has_unknown(matrix))
		return matrix_expand(legs, a, matrix, err);
	*vec_add(a, legs) = (struct matrix_leg) { val_unknown(STR_EMPTY), STR(" (…)") };
	return 0;
}

/* What --matrix asks for: a matrix that is made by an expression may have any key. */
static void look_for_filters(struct group *g, const struct matrix_legs *legs, struct val matrix)
{
	const struct job *job = g->plan->job;
	struct session *s = g->run->session;
	bool made = (job->strategy && job->strategy->kind == TOKEN_EXPR) || token_has_expr(job->matrix);
	for (size_t i = 0; i < s->opt.nmatrix_filters; i++) {
		const struct str *filter = &s->opt.matrix_filters[i];
		s->matrix_sought[i] |= made || matrix_filter_is_about(legs, filter, 1);
		s->matrix_met[i] |= val_has_unknown(matrix) || matrix_filter_meets(legs, *filter);
	}
}

static void open_legs(struct group *g, struct val matrix)
{
	struct run *r = g->run;
	struct matrix_legs legs = { 0 };
	struct err err = ERR_INIT;
	if (expand_matrix(&legs, &r->arena, matrix, &err) < 0) {
		open_failed(g, arena_printf(&r->arena, "Error when evaluating 'strategy' for job '%.*s'. %s",
		                            STRF(g->plan->job->id), err.text));
		return;
	}
	look_for_filters(g, &legs, matrix);
	if (matrix.kind == VAL_OBJECT && !val_has_unknown(matrix))
		matrix_filter(&legs, r->session->opt.matrix_filters, r->session->opt.nmatrix_filters);
	if (legs.n == 0) {
		group_skip(g, RESULT_SKIPPED, STR("no leg of its matrix has the values of --matrix"), false);
		return;
	}
	g->state = GROUP_OPEN;
	g->legs = arena_array(&r->arena, struct leg *, legs.n);
	g->nlegs = legs.n;
	for (size_t i = 0; i < legs.n; i++)
		g->legs[i] = leg_new(g, i, &legs.v[i], leg_done);
	for (size_t i = 0; i < legs.n; i++)
		leg_eval(g->legs[i]);
	for (size_t i = 0; i < legs.n; i++)
		leg_line_up(g->legs[i]);
	if (g->done_legs == g->nlegs) {
		g->not_here = true;
		group_end(g, RESULT_SKIPPED);
	}
}

static enum eval_result look_at_condition(struct group *g, bool *holds, struct str *why)
{
	const struct job *job = g->plan->job;
	if (!g->scope.plans)
		return scope_holds(holds, job->condition, &g->scope, job->at, why);
	enum eval_result rc = scope_outlook(&g->outlook, job->condition, &g->scope, job->at, why);
	*holds = g->outlook == OUTLOOK_YES || g->outlook == OUTLOOK_MAYBE;
	g->depends = g->outlook == OUTLOOK_MAYBE ? *why : STR_EMPTY;
	return rc;
}

static void skip_by_condition(struct group *g)
{
	g->run->decided = true;
	group_skip(g, g->flow->cancelled ? RESULT_CANCELLED : RESULT_SKIPPED, why_skipped(g), false);
}

void group_open_up(struct group *g)
{
	struct run *r = g->run;
	g->started_at = group_now(g);
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
	struct val matrix;
	struct str why;
	bool holds = false;
	if (look_at_condition(g, &holds, &why) != EVAL_OK)
		open_failed(g, why);
	else if (!holds)
		skip_by_condition(g);
	else if (eval_strategy(g, &matrix))
		open_legs(g, matrix);
	r->session->changed = true;
}

/* ---- going on ---- */

void group_start_legs(struct group *g)
{
	struct session *e = g->run->session;
	bool call = g->plan->job->is_call;                                 /* takes no slot: its jobs will */
	bool others = g->nsaid == g->nlegs && g->run->gates->turns.n == 0; /* nothing is to be done for legs that wait */
	for (size_t i = g->next_leg; i < g->nlegs; i++) {
		struct leg *l = g->legs[i];
		bool slot = (call || e->running_jobs < e->opt.max_parallel) && g->running_legs < g->max_parallel;
		if (l->state == LEG_QUEUED && l->turn.lost)
			leg_end_unstarted(l, RESULT_CANCELLED, l->turn.why);
		else if (l->state == LEG_QUEUED && slot && !l->turn.held)
			leg_start(l);
		else if (l->state == LEG_QUEUED)
			leg_wait(l, l->turn.held                         ? STR("its concurrency group")
			            : g->running_legs >= g->max_parallel ? STR("max-parallel of its matrix")
			                                                 : STR("a place"));
		if (!slot && others)
			break;
	}
	g->nsaid = g->nlegs;
	while (g->next_leg < g->nlegs && g->legs[g->next_leg]->state != LEG_QUEUED)
		g->next_leg++;
}

bool group_goes_on(struct group *g)
{
	bool holds = false;
	return scope_holds(&holds, g->plan->job->condition, &g->scope, SPAN_NONE, NULL) == EVAL_OK && holds;
}
