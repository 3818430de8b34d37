/* One combination of a job's matrix before it runs: its key and name, and the keys of the job that are its own. */
#include "exec/internal.h"

struct str leg_literal_name(const struct group *g)
{
	const struct token *name = g->plan->job->name;
	if (!name)
		return g->plan->job->id;
	return name->kind == TOKEN_STRING && name->s.n ? name->s : name->raw;
}

static void set_name(struct job_run *j, struct str own)
{
	struct arena *a = &j->run->arena;
	j->name = masker_str(j->run->masker, a, arena_printf(a, "%.*s%.*s", STRF(j->flow->name_prefix), STRF(own)));
}

struct job_run *leg_new(struct group *g, size_t index, const struct matrix_leg *leg)
{
	struct run *r = g->run;
	struct job_run *j = arena_make(&r->arena, struct job_run);
	j->run = r;
	j->flow = g->flow;
	j->group = g;
	j->leg = index;
	j->matrix = leg->matrix;
	j->suffix = leg->suffix;
	struct str key =
		arena_printf(&r->arena, "%.*s%.*s%.*s", STRF(g->flow->prefix), STRF(g->plan->job->id), STRF(leg->suffix));
	j->key = key = masker_str(r->masker, &r->arena, key); /* it names folders and events */
	for (unsigned k = 2; val_get(r->conclusions, j->key, &(struct val) { 0 }); k++)
		j->key = arena_printf(&r->arena, "%.*s [%u]", STRF(key), k);
	val_set(&r->arena, r->conclusions, j->key, val_null());
	set_name(j, plan_job_name(&r->arena, leg_literal_name(g), leg->suffix, false));
	j->outputs = val_object(&r->arena);
	j->status = RESULT_SUCCESS;
	return j;
}

/* ---- one leg's own keys ---- */

static void note_text(struct job_run *j, const char *key, struct str text)
{
	if (!j->early_error.n)
		j->early_error = arena_printf(&j->run->arena, "Error when evaluating '%s' for job '%.*s'. %.*s", key,
		                              STRF(j->group->plan->job->id), STRF(text));
}

static void note_error(struct job_run *j, const char *key, const struct expr_error *error, struct span at)
{
	note_text(j, key, eval_error_text(&j->run->arena, j->run, error, at));
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
		note_error(j, "name", &error, at);
	else if (text.n)
		set_name(j, plan_job_name(&j->run->arena, text, STR_EMPTY, true));
	else
		set_name(j, plan_job_name(&j->run->arena, j->group->plan->job->id, j->suffix, false));
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
		note_error(j, "runs-on", &error, at);
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
		note_text(j, "runs-on", STR("Unexpected value '': no label is named"));
		return (struct place) { .kind = PLACE_HOST };
	}
	const struct exec_options *opt = &j->run->engine->opt;
	return plan_place(j->labels, j->nlabels, group, opt->platforms, opt->nplatforms);
}

/* Its name; the url is evaluated when the job has ended. */
static void eval_environment(struct job_run *j, struct expr_env *env)
{
	const struct token *t = j->group->plan->job->environment;
	const struct token *name = t && t->kind == TOKEN_MAPPING ? token_get(t, "name") : t;
	struct expr_error error;
	struct span at = j->group->plan->job->at;
	struct val v = val_null();
	if (!name)
		return;
	if (token_eval(&v, name, &j->run->arena, env, &error, &at) < 0) {
		note_error(j, "environment", &error, at);
		return;
	}
	if (v.kind == VAL_OBJECT)
		v = val_at(v, "name");
	if (v.kind != VAL_ARRAY && v.kind != VAL_OBJECT)
		j->environment = val_to_str(&j->run->arena, v);
}

void leg_line_up(struct job_run *j)
{
	const struct token *t = j->group->plan->job->concurrency;
	struct gate_request request;
	struct expr_env env = job_expr_env(j);
	struct str error;
	if (!t || j->state != JOB_QUEUED || j->early_error.n)
		return;
	if (concurrency_read(&request, j->run, t, &env, &error))
		concurrency_enter(&j->turn, j->run, j->flow, j->key, &request);
	else
		note_text(j, "concurrency", error);
	if (j->turn.held && !j->turn.lost)
		emit_job_line(j, LOG_NOTICE,
		              arena_printf(&j->run->arena, "Waiting: concurrency group '%.*s' is taken", STRF(j->turn.group)));
}

static void check_supported(struct job_run *j)
{
	const struct job *job = j->group->plan->job;
	if (job->container && !(job->container->kind == TOKEN_STRING && job->container->s.n == 0))
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
	label = masker_str(r->masker, &r->arena, label);
	bool listed = known;
	for (size_t i = 0; i < r->not_here.n; i++)
		listed |= str_eq(r->not_here.v[i], label);
	if (!listed)
		*vec_add(&r->arena, &r->not_here) = label;
	j->state = JOB_DONE;
	j->conclusion = RESULT_SKIPPED;
	g->done_legs++;
	group_emit_skip(g, j->key, j->name, masker_str(r->masker, &r->arena, reason), RESULT_SKIPPED, true);
}

void leg_eval(struct job_run *j)
{
	const struct job *job = j->group->plan->job;
	struct expr_env env = job_expr_env(j);
	struct expr_error error;
	struct span at = job->at;
	eval_leg_name(j, &env);
	if (job->continue_on_error &&
	    token_eval_bool(&j->continue_on_error, job->continue_on_error, &j->run->arena, &env, &error, &at) < 0)
		note_error(j, "continue-on-error", &error, at);
	eval_environment(j, &env);
	check_supported(j);
	if (job->is_call)
		return;
	struct place place = eval_place(j, &env);
	if (j->early_error.n)
		return; /* it fails wherever it was to run */
	if (place.kind == PLACE_NOT_HERE || place.kind == PLACE_SKIP)
		not_here(j, place.label, place.kind == PLACE_SKIP);
	else if (place.kind == PLACE_CONTAINER)
		j->unsupported = arena_printf(
			&j->run->arena,
			"-P maps '%.*s' to the image '%.*s': containers are not available in this version of sidestep",
			STRF(place.label), STRF(place.image));
}
