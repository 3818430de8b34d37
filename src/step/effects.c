/* What a step changes for others: outputs, environment, PATH and its own outcome. A foreground step's take
 * effect when it ends; a background step's are held back until a control step joins it. */
#include "step/effects.h"

#include "step/stages.h"

/* ---- while it runs ---- */

/* A step without an id of its own has no outputs, nor has a stage before or after it: nobody could name them. */
static bool has_outputs(const struct step_run *s)
{
	return s->node->step && !s->node->step->id_generated && s->stage == STAGE_MAIN;
}

void effects_set_output(struct step_run *s, struct str name, struct str value)
{
	if (!has_outputs(s))
		return;
	if (s->effects.outputs.kind != VAL_OBJECT)
		s->effects.outputs = val_object(&s->arena);
	val_set(&s->arena, s->effects.outputs, arena_str(&s->arena, name), val_str(arena_str(&s->arena, value)));
}

void effects_plan_output(struct step_run *s, struct str name, struct str written)
{
	if (!has_outputs(s))
		return;
	effects_set_output(s, name, STR_EMPTY);
	val_set(&s->arena, s->effects.outputs, arena_str(&s->arena, name), val_unknown(arena_str(&s->arena, written)));
}

void effects_set_env(struct step_run *s, struct str name, struct str value)
{
	*vec_add(&s->arena, &s->effects.env) = (struct filecmd_entry) { arena_str(&s->arena, name), arena_str(&s->arena, value) };
}

void effects_add_path(struct step_run *s, struct str dir)
{
	*vec_add(&s->arena, &s->effects.paths) = (struct filecmd_entry) { arena_str(&s->arena, dir), STR_EMPTY };
}

void effects_save_state(struct step_run *s, struct str name, struct str value)
{
	struct arena *a = &s->job->arena;
	if (!s->use)
		return;
	if (s->use->state.kind != VAL_OBJECT)
		s->use->state = val_object(a);
	val_set(a, s->use->state, arena_str(a, name), val_str(arena_str(a, value)));
}

/* ---- when it has ended ---- */

static void keep_entries(struct arena *a, struct filecmd_entry *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		v[i] = (struct filecmd_entry) { arena_str(a, v[i].name), arena_str(a, v[i].value) };
}

void effects_keep(struct step_run *s)
{
	struct arena kept = { 0 };
	struct effects e = s->effects;
	if (e.outputs.kind == VAL_OBJECT)
		e.outputs = val_copy(&kept, e.outputs);
	if (e.env.n)
		e.env.v = memcpy(arena_array(&kept, struct filecmd_entry, e.env.n), e.env.v, e.env.n * sizeof(*e.env.v));
	if (e.paths.n)
		e.paths.v =
			memcpy(arena_array(&kept, struct filecmd_entry, e.paths.n), e.paths.v, e.paths.n * sizeof(*e.paths.v));
	e.env.cap = e.env.n;
	e.paths.cap = e.paths.n;
	keep_entries(&kept, e.env.v, e.env.n);
	keep_entries(&kept, e.paths.v, e.paths.n);
	arena_done(&s->arena);
	s->arena = kept;
	s->effects = e;
	s->env = s->own_env = val_null();
	memset(s->files, 0, sizeof(s->files));
}

/* ---- published ---- */

static struct val planned_result(bool unknown, enum result result)
{
	return unknown ? val_unknown(STR_EMPTY) : val_cstr(result_name(result));
}

/* In a plan: what is known of a step that would have run. Of one that is skipped, or fails here, all is. */
static struct val planned_outcome(struct step_run *s, struct arena *a)
{
	bool runs = s->outlook == OUTLOOK_YES || s->outlook == OUTLOOK_MAYBE;
	bool fails = runs && s->outcome == RESULT_FAILURE && step_is_certain(s);
	struct val entry = val_object(a), outputs = val_object(a);
	if (s->effects.outputs.kind == VAL_OBJECT)
		outputs = val_copy(a, s->effects.outputs);
	if (s->outputs_unknown || s->outlook == OUTLOOK_MAYBE)
		outputs = val_unknown(STR_EMPTY);
	val_set(a, entry, STR("outputs"), outputs);
	val_set(a, entry, STR("outcome"), planned_result(runs && !fails, s->outcome));
	val_set(a, entry, STR("conclusion"), planned_result(runs && !fails, s->conclusion));
	return entry;
}

static void publish_outcome(struct step_run *s)
{
	struct frame *f = s->frame;
	struct arena *a = f->mem;
	if (!has_outputs(s))
		return;
	if (s->job->session->opt.dry_run) {
		val_set(a, f->steps_ctx, s->node->id, planned_outcome(s, a));
		return;
	}
	struct val entry = val_object(a);
	struct val outputs = s->effects.outputs.kind == VAL_OBJECT ? val_copy(a, s->effects.outputs) : val_object(a);
	val_set(a, entry, STR("outputs"), outputs);
	val_set_str(a, entry, "outcome", str_of(result_name(s->outcome)));
	val_set_str(a, entry, "conclusion", str_of(result_name(s->conclusion)));
	val_set(a, f->steps_ctx, s->node->id, entry);
}

/* Within an action that runs in the background: kept with it until it is joined. */
static void hand_over(struct step_run *s, struct step_run *top)
{
	struct arena *a = &top->arena;
	for (size_t i = 0; i < s->effects.env.n; i++)
		*vec_add(a, &top->effects.env) = (struct filecmd_entry) { arena_str(a, s->effects.env.v[i].name),
			                                                  arena_str(a, s->effects.env.v[i].value) };
	for (size_t i = 0; i < s->effects.paths.n; i++)
		*vec_add(a, &top->effects.paths) = (struct filecmd_entry) { arena_str(a, s->effects.paths.v[i].name), STR_EMPTY };
	publish_outcome(s);
}

/* Whether it is part of an action that runs in the background: nobody sees what it changes before that is joined. */
static struct step_run *background_holder(struct step_run *s)
{
	struct step_run *top = step_top(s);
	return top != s && top->queued_at ? top : NULL;
}

struct str *effects_paths(struct step_run *s, size_t *n)
{
	const struct step_run *top = background_holder(s);
	const struct job_base *j = s->job;
	*n = 0;
	if (s->no_paths)
		return NULL;
	*n = j->paths.n;
	if (!top || top->effects.paths.n == 0)
		return j->paths.v;
	return job_base_paths_with(j, &s->arena, top->effects.paths.v, top->effects.paths.n, n);
}

void effects_publish(struct step_run *s)
{
	if (s->published)
		return;
	s->published = true;
	struct step_run *top = background_holder(s);
	if (top) {
		hand_over(s, top);
		return;
	}
	for (size_t i = 0; i < s->effects.env.n; i++)
		job_base_set_env(s->job, s->effects.env.v[i].name, s->effects.env.v[i].value);
	job_base_add_paths(s->job, s->effects.paths.v, s->effects.paths.n);
	publish_outcome(s);
}

static void copy_members(struct arena *a, struct val to, struct val from)
{
	for (size_t i = 0; from.kind == VAL_OBJECT && i < from.o->n; i++)
		val_set(a, to, from.o->keys[i], from.o->vals[i]);
}

/* Inside an action that runs in the background also what its steps have changed so far, which nobody else sees yet. */
struct val effects_base_env(struct step_run *s)
{
	const struct step_run *top = background_holder(s);
	if (!step_is_inner(s) || (!top && s->frame->explicit_env.o->n == 0))
		return s->job->env;
	struct val env = val_object_copy(&s->arena, top ? top->env : s->job->env);
	for (size_t i = 0; top && i < top->effects.env.n; i++)
		val_set(&s->arena, env, top->effects.env.v[i].name, val_str(top->effects.env.v[i].value));
	copy_members(&s->arena, env, s->frame->explicit_env);
	return env;
}
