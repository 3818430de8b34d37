/* A leg that calls a workflow: its inputs and secrets are evaluated where it stands, the called jobs run as a flow of
 * their own, and the outputs that the called file declares become the leg's. Source: matrix-and-jobs.md section 8. */
#include "exec/internal.h"

/* ---- inputs ---- */

/* Says what is wrong and fails the call. */
static void fail(struct job_run *j, const char *what, const struct expr_error *error, struct span at)
{
	struct arena *a = &j->run->arena;
	j->early_error = arena_printf(a, "Error when evaluating '%s' for job '%.*s'. %.*s", what, STRF(j->group->plan->job->id),
	                              STRF(eval_error_text(a, j->run, error, at)));
}

/* A value for an input of that type; strings take any scalar, the others only their own kind. */
static bool fits(struct val *v, struct arena *a, enum input_type type)
{
	if (type == INPUT_BOOLEAN)
		return v->kind == VAL_BOOL;
	if (type == INPUT_NUMBER)
		return v->kind == VAL_NUMBER;
	if (v->kind == VAL_ARRAY || v->kind == VAL_OBJECT)
		return false;
	*v = val_str(val_to_str(a, *v));
	return true;
}

static void misfit(struct arena *a, struct val v, struct expr_error *error)
{
	if (v.kind == VAL_ARRAY || v.kind == VAL_OBJECT)
		error->text = v.kind == VAL_ARRAY ? STR("A sequence was not expected") : STR("A mapping was not expected");
	else
		error->text = arena_printf(a, "Unexpected value '%.*s'", STRF(val_to_str(a, v)));
}

static struct span place_of(const struct token *map, struct str name)
{
	for (size_t i = 0; map->kind == TOKEN_MAPPING && i < map->map.n; i++)
		if (map->map.pairs[i].key->kind == TOKEN_STRING && str_eq_nocase(map->map.pairs[i].key->s, name))
			return map->map.pairs[i].value->at;
	return map->at;
}

/* What is taken when the caller passes nothing. */
static bool add_default(struct job_run *j, const struct input_def *def, struct val inputs)
{
	struct arena *a = &j->run->arena;
	struct val v = def->type == INPUT_BOOLEAN ? val_bool(false) : def->type == INPUT_NUMBER ? val_num(0) : val_str(STR_EMPTY);
	struct expr_env env = flow_expr_env(j->callee);
	struct expr_error error;
	struct span at = def->at;
	if (def->fallback) {
		if (token_eval(&v, def->fallback, a, &env, &error, &at) < 0) {
			fail(j, "inputs", &error, at);
			return false;
		}
		if (!fits(&v, a, def->type)) {
			misfit(a, v, &error);
			fail(j, "inputs", &error, def->fallback->at);
			return false;
		}
	}
	val_set(a, inputs, def->name, v);
	return true;
}

static bool make_inputs(struct job_run *j)
{
	struct arena *a = &j->run->arena;
	const struct job *job = j->group->plan->job;
	const struct interface *takes = &job->called->call;
	struct val given = val_null(), inputs = val_object(a);
	struct expr_env env = job_expr_env(j);
	struct expr_error error;
	struct span at = job->at;
	j->callee->inputs = inputs;
	if (job->with && token_eval(&given, job->with, a, &env, &error, &at) < 0) {
		fail(j, "with", &error, at);
		return false;
	}
	for (size_t i = 0; i < takes->ninputs; i++) {
		const struct input_def *def = &takes->inputs[i];
		struct val v;
		if (given.kind != VAL_OBJECT || !val_get(given, def->name, &v)) {
			if (!add_default(j, def, inputs))
				return false;
			continue;
		}
		if (!fits(&v, a, def->type)) {
			misfit(a, v, &error);
			fail(j, "with", &error, place_of(job->with, def->name));
			return false;
		}
		val_set(a, inputs, def->name, v);
	}
	return true;
}

/* ---- secrets ---- */

/* They go one level only: what is not passed on is not there, but the token always is. */
static bool make_secrets(struct job_run *j)
{
	struct arena *a = &j->run->arena;
	const struct job *job = j->group->plan->job;
	struct val given, token = val_at(j->flow->secrets, "GITHUB_TOKEN");
	j->callee->secrets = j->flow->secrets;
	if (job->secrets_inherit)
		return true;
	j->callee->secrets = val_object(a);
	struct expr_env env = job_expr_env(j);
	struct expr_error error;
	struct span at = job->at;
	if (job->secrets && token_eval_string_map(&given, job->secrets, a, &env, false, &error, &at) < 0) {
		fail(j, "secrets", &error, at);
		return false;
	}
	for (size_t i = 0; job->secrets && i < given.o->n; i++) {
		if (given.o->vals[i].s.n == 0)
			continue;
		masker_add_secret(j->run->masker, given.o->vals[i].s);
		val_set(a, j->callee->secrets, given.o->keys[i], given.o->vals[i]);
	}
	if (token.kind == VAL_STRING)
		val_set(a, j->callee->secrets, STR("GITHUB_TOKEN"), token);
	return true;
}

/* ---- beginning ---- */

static bool make_flow(struct job_run *j)
{
	const struct job *job = j->group->plan->job;
	struct plan *plan;
	struct err err = ERR_INIT;
	if (j->early_error.n)
		return false;
	if (!job->called) {
		j->early_error = arena_printf(&j->run->arena, "the called workflow '%.*s' was not loaded", STRF(job->uses));
		return false;
	}
	if (plan_make(&plan, &j->run->arena, job->called, &(struct plan_options) { 0 }, &err) < 0) {
		j->early_error = arena_str(&j->run->arena, str_of(err.text));
		return false;
	}
	j->callee = flow_new(j->run, j, plan);
	j->callee->permissions = job_permissions(j);
	if (!make_inputs(j) || !make_secrets(j))
		return false;
	flow_line_up(j->callee);
	return true;
}

static void end(struct job_run *j)
{
	struct engine *e = j->run->engine;
	j->ended_at = engine_now(e);
	j->state = JOB_DONE;
	job_emit_end(j);
	j->group->running_legs--;
	e->changed = true;
	group_leg_done(j);
	arena_done(&j->arena);
}

void call_start(struct job_run *j)
{
	struct engine *e = j->run->engine;
	j->state = JOB_RUNNING;
	j->group->running_legs++;
	j->started_at = engine_now(e);
	j->timeout_at = j->kill_at = NEVER;
	e->changed = true;
	job_emit_start(j);
	if (make_flow(j))
		return;
	emit_job_line(j, LOG_ERROR, j->early_error);
	if (j->callee) {
		j->callee->done = true; /* none of its jobs begins */
		j->callee->ngroups = 0;
	}
	j->conclusion = RESULT_FAILURE;
	j->reason = masker_str(j->run->masker, &j->run->arena, j->early_error);
	end(j);
}

/* ---- the end ---- */

static void make_outputs(struct job_run *j)
{
	struct arena *a = &j->run->arena;
	const struct interface *takes = &j->group->plan->job->called->call;
	struct expr_env env = flow_expr_env(j->callee);
	for (size_t i = 0; i < takes->noutputs; i++) {
		const struct output_def *def = &takes->outputs[i];
		struct expr_error error;
		struct span at = def->at;
		struct str value;
		if (token_eval_string(&value, def->value, a, &env, &error, &at) < 0) {
			fail(j, "outputs", &error, at);
			emit_job_line(j, LOG_ERROR, j->early_error);
			j->reason = masker_str(j->run->masker, a, j->early_error);
			j->conclusion = RESULT_FAILURE;
			return;
		}
		if (value.n && masker_hits(j->run->masker, value))
			emit_job_line(j, LOG_WARNING,
			              arena_printf(a, "Skip output '%.*s' since it may contain secret.", STRF(def->name)));
		else if (value.n)
			val_set(a, j->outputs, def->name, val_str(value));
	}
}

void call_end(struct job_run *j)
{
	struct flow *f = j->callee;
	j->conclusion = f->cancelled && flow_result(f) != RESULT_FAILURE ? RESULT_CANCELLED : flow_result(f);
	if (f->cancelled)
		j->reason = f->cancel_reason;
	critical_flow(f, &j->critical_ns, &j->critical_steps);
	make_outputs(j);
	if (flow_not_here(f))
		j->group->not_here = true;
	end(j);
}
