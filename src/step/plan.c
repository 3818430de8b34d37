/* Plans of steps; see plan.h. */
#include "step/plan.h"

#include "expr/template.h"
#include "step/frame.h"

static struct str masked(struct step_run *s, struct arena *a, struct str text)
{
	return masker_str(s->job->masker, a, text);
}

static struct val masked_map(struct step_run *s, struct arena *a, struct val map)
{
	if (map.kind != VAL_OBJECT || map.o->n == 0)
		return val_null();
	struct val out = val_object_case_sensitive(a);
	for (size_t i = 0; i < map.o->n; i++)
		val_set_str(a, out, masked(s, a, map.o->keys[i]).p, masked(s, a, val_to_str(a, map.o->vals[i])));
	return out;
}

/* As it is written: what holds anyhow, that all is well so far, or for stages always, is not said. */
static struct str shown_condition(const struct step_run *s)
{
	struct str text = STR_EMPTY;
	bool implicit;
	if (s->ops->control || !s->node->step)
		return text;
	step_condition(s, &text);
	if (str_is(text, "success()") && s->outlook == OUTLOOK_MAYBE)
		return text; /* nobody has written it */
	if (s->stage != STAGE_MAIN && str_is(text, "always()"))
		return STR_EMPTY;
	return template_condition_written(text, &implicit);
}

static void add_joins(struct step_run *s, struct arena *a, struct event *e)
{
	struct str *ids = arena_array(a, struct str, s->ntargets + 1);
	for (size_t i = 0; i < s->ntargets; i++)
		ids[i] = s->targets[i]->node->id;
	e->plan.joins = ids;
	e->plan.njoins = s->ntargets;
}

void step_plan(struct step_run *s, const struct step_plan *p)
{
	static const struct step_plan nothing;
	struct arena a = { 0 };
	if (!s->job->session->opt.dry_run || s->planned)
		return;
	s->planned = true;
	p = p ? p : &nothing;
	struct event e = step_new_event(s, EVENT_PLAN);
	e.plan.name = s->name;
	e.plan.kind = step_shown_kind(s);
	e.plan.group = step_is_inner(s) ? STR_EMPTY : s->node->group;
	e.plan.background = s->node->background && !step_is_inner(s) && !s->job->session->opt.sequential;
	e.plan.depth = s->frame->depth;
	e.plan.runs = s->outlook;
	e.plan.condition = masked(s, &a, shown_condition(s));
	e.plan.reason = masked(s, &a, s->depends.n ? s->depends : p->note ? str_of(p->note) : s->reason);
	e.plan.cannot = masked(s, &a, p->cannot ? str_of(p->cannot) : STR_EMPTY);
	e.plan.uses = masked(s, &a, s->node->kind == STEP_USES ? s->node->step->uses : STR_EMPTY);
	e.plan.command = masked(s, &a, p->command);
	e.plan.shell = masked(s, &a, p->shell);
	e.plan.directory = masked(s, &a, p->directory);
	e.plan.with = masked_map(s, &a, p->with);
	e.plan.env = masked_map(s, &a, s->own_env);
	add_joins(s, &a, &e);
	journal_emit(s->job->speaker.journal, &e);
	arena_done(&a);
}

/* ---- what it leaves ---- */

static bool is_word_char(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

static bool has_word(struct str text, struct str word)
{
	for (size_t at = 0; (at = str_find(text, word, at)) != SIZE_MAX; at++) {
		size_t end = at + word.n;
		if ((at == 0 || !is_word_char(text.p[at - 1])) && (end == text.n || !is_word_char(text.p[end])))
			return true;
	}
	return false;
}

/* GITHUB_ENV may bring any variable, and other values for those that the script names beside it. */
static void open_env(struct job_base *j, struct str text)
{
	bool writes = str_find(text, STR("GITHUB_ENV"), 0) != SIZE_MAX;
	struct val env = val_object_copy(&j->arena, j->env);
	env.o->open = true;
	for (size_t i = 0; writes && i < env.o->n; i++)
		if (has_word(text, env.o->keys[i]))
			env.o->vals[i] = val_unknown(val_to_str(&j->arena, env.o->vals[i]));
	j->env = env;
}

void step_plan_unknown(struct step_run *s, struct str text)
{
	s->outputs_unknown = true;
	s->job->plan_dirty = true;
	if (!s->job->env.o->open || text.n)
		open_env(s->job, text);
}

void step_plan_refuse(struct step_run *s, struct str why)
{
	s->outputs_unknown = true;
	s->outcome = RESULT_FAILURE;
	s->reason = arena_str(s->frame->mem, why);
	for (struct step_run *at = s; at; at = at->frame->outer)
		at->refused = true;
}
