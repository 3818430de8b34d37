/* A leg that calls a workflow: its inputs and secrets are evaluated where it stands, the called jobs run as a flow of
 * their own, and the outputs that the called file declares become the leg's. Source: matrix-and-jobs.md section 8. */
#include "schedule/call.h"

#include "schedule/critical.h"
#include "schedule/flow.h"
#include "schedule/leg.h"

/* ---- inputs ---- */

/* Says what is wrong and fails the call. */
static void fail_call(struct leg *l, const char *what, struct str why)
{
	l->early_error = arena_printf(&l->run->arena, "Error when evaluating '%s' for job '%.*s'. %.*s", what,
	                              STRF(l->group->plan->job->id), STRF(why));
}

/* A value for an input of that type; strings take any scalar, the others only their own kind. */
static bool fits_input(struct val *v, struct arena *a, enum input_type type)
{
	if (v->kind == VAL_UNKNOWN)
		return true; /* the run will see */
	if (type == INPUT_BOOLEAN)
		return v->kind == VAL_BOOL;
	if (type == INPUT_NUMBER)
		return v->kind == VAL_NUMBER;
	if (v->kind == VAL_ARRAY || v->kind == VAL_OBJECT)
		return false;
	*v = val_str(val_to_str(a, *v));
	return true;
}

static struct str input_misfit(struct arena *a, struct val v)
{
	if (v.kind == VAL_ARRAY || v.kind == VAL_OBJECT)
		return v.kind == VAL_ARRAY ? STR("A sequence was not expected") : STR("A mapping was not expected");
	return arena_printf(a, "Unexpected value '%.*s'", STRF(val_to_str(a, v)));
}

static struct span pair_place(const struct token *map, struct str name)
{
	for (size_t i = 0; map->kind == TOKEN_MAPPING && i < map->map.n; i++)
		if (map->map.pairs[i].key->kind == TOKEN_STRING && str_eq_nocase(map->map.pairs[i].key->s, name))
			return map->map.pairs[i].value->at;
	return map->at;
}

/* What is taken when the caller passes nothing. */
static bool add_input_default(struct leg *l, const struct input_def *def, struct val inputs)
{
	struct arena *a = &l->run->arena;
	struct val v = def->type == INPUT_BOOLEAN ? val_bool(false) : def->type == INPUT_NUMBER ? val_num(0) : val_str(STR_EMPTY);
	const struct scope *scope = &l->callee->scope;
	struct str why;
	if (def->fallback) {
		if (scope_value(&v, def->fallback, scope, &why) != EVAL_OK) {
			fail_call(l, "inputs", why);
			return false;
		}
		if (!fits_input(&v, a, def->type)) {
			fail_call(l, "inputs", scope_complaint(scope, input_misfit(a, v), def->fallback->at));
			return false;
		}
	}
	val_set(a, inputs, def->name, v);
	return true;
}

static bool call_inputs(struct leg *l)
{
	struct arena *a = &l->run->arena;
	const struct job *job = l->group->plan->job;
	const struct interface *takes = &job->called->call;
	struct val given, inputs = val_object(a);
	struct str why;
	l->callee->inputs = inputs;
	if (scope_value(&given, job->with, &l->scope, &why) != EVAL_OK) {
		fail_call(l, "with", why);
		return false;
	}
	for (size_t i = 0; i < takes->ninputs; i++) {
		const struct input_def *def = &takes->inputs[i];
		struct val v;
		if (given.kind != VAL_OBJECT || !val_get(given, def->name, &v)) {
			if (!add_input_default(l, def, inputs))
				return false;
			continue;
		}
		if (!fits_input(&v, a, def->type)) {
			fail_call(l, "with", scope_complaint(&l->scope, input_misfit(a, v), pair_place(job->with, def->name)));
			return false;
		}
		val_set(a, inputs, def->name, v);
	}
	return true;
}

/* ---- secrets ---- */

/* They go one level only: what is not passed on is not there, but the token always is. */
static bool call_secrets(struct leg *l)
{
	struct arena *a = &l->run->arena;
	const struct job *job = l->group->plan->job;
	struct val given, token = val_at(l->flow->secrets, "GITHUB_TOKEN");
	l->callee->secrets = l->flow->secrets;
	if (job->secrets_inherit)
		return true;
	l->callee->secrets = val_object(a);
	struct str why;
	if (job->secrets && scope_map(&given, job->secrets, &l->scope, false, &why) != EVAL_OK) {
		fail_call(l, "secrets", why);
		return false;
	}
	for (size_t i = 0; job->secrets && i < given.o->n; i++) {
		if (given.o->vals[i].s.n == 0)
			continue;
		masker_add_secret(l->run->journal.masker, given.o->vals[i].s);
		val_set(a, l->callee->secrets, given.o->keys[i], given.o->vals[i]);
	}
	if (token.kind == VAL_STRING)
		val_set(a, l->callee->secrets, STR("GITHUB_TOKEN"), token);
	return true;
}

/* ---- the end ---- */

static void call_outputs(struct leg *l)
{
	struct arena *a = &l->run->arena;
	const struct interface *takes = &l->group->plan->job->called->call;
	for (size_t i = 0; i < takes->noutputs; i++) {
		const struct output_def *def = &takes->outputs[i];
		struct str value, why;
		struct val v;
		if (scope_known_text(&v, def->value, &l->callee->scope, &why) != EVAL_OK) {
			fail_call(l, "outputs", why);
			speaker_line(&l->speaker, LOG_ERROR, l->early_error);
			l->reason = masker_str(l->run->journal.masker, a, l->early_error);
			l->conclusion = RESULT_FAILURE;
			return;
		}
		value = v.s;
		if (v.kind == VAL_UNKNOWN)
			val_set(a, l->outputs, def->name, v);
		else if (value.n && masker_hits(l->run->journal.masker, value))
			speaker_line(&l->speaker, LOG_WARNING,
			             arena_printf(a, "Skip output '%.*s' since it may contain secret.", STRF(def->name)));
		else if (value.n)
			val_set(a, l->outputs, def->name, val_str(value));
	}
}

/* In a plan: what of a called job would fail here. */
static void take_plan(struct leg *l, const struct group *g)
{
	l->doubtful |= g->doubtful;
	for (size_t k = 0; k < g->nlegs && !l->refused.n; k++) {
		const struct leg *inner = g->legs[k];
		if (leg_shown_conclusion(inner) == RESULT_FAILURE && !inner->continue_on_error)
			l->refused = inner->refused.n ? inner->refused : inner->reason;
	}
}

static void call_end(struct leg *l)
{
	struct flow *f = l->callee;
	l->conclusion = f->cancelled && flow_result(f) != RESULT_FAILURE ? RESULT_CANCELLED : flow_result(f);
	if (f->cancelled)
		l->reason = f->cancel_reason;
	critical_flow(f, &l->critical_ns, &l->critical_steps);
	call_outputs(l);
	for (size_t i = 0; l->scope.plans && i < f->ngroups; i++)
		take_plan(l, f->groups[i]);
	if (flow_not_here(f))
		l->group->not_here = true;
	leg_ended(l, STR_EMPTY);
}

/* ---- beginning ---- */

static bool make_callee(struct leg *l)
{
	const struct job *job = l->group->plan->job;
	struct plan *plan;
	struct err err = ERR_INIT;
	if (l->early_error.n)
		return false;
	if (!job->called) {
		l->early_error = arena_printf(&l->run->arena, "the called workflow '%.*s' was not loaded", STRF(job->uses));
		return false;
	}
	if (plan_make(&plan, &l->run->arena, job->called, &(struct plan_options) { 0 }, &err) < 0) {
		l->early_error = arena_str(&l->run->arena, str_of(err.text));
		return false;
	}
	l->callee = flow_new(l->run, plan, l, call_end);
	l->callee->permissions = leg_permissions(l);
	l->callee->cache_mode = leg_cache_mode(l);
	if (!call_inputs(l) || !call_secrets(l))
		return false;
	flow_line_up(l->callee);
	return true;
}

static void call_start(struct leg *l)
{
	leg_begun(l, STR_EMPTY);
	if (make_callee(l))
		return;
	speaker_line(&l->speaker, LOG_ERROR, l->early_error);
	if (l->callee) {
		l->callee->done = true; /* none of its jobs begins */
		l->callee->ngroups = 0;
	}
	l->conclusion = RESULT_FAILURE;
	l->reason = masker_str(l->run->journal.masker, &l->run->arena, l->early_error);
	leg_ended(l, STR_EMPTY);
}

static void call_cancel(struct leg *l, struct str why)
{
	flow_cancel(l->callee, why);
}

const struct call_ops call_ops = { call_start, call_cancel };
