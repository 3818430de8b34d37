/* Actions whose steps run as part of the job's: its steps are a frame with inputs, a steps context and a status of their own,
 * and its outputs become the step's. Source: actions/runner, CompositeActionHandler; GitHub's metadata syntax. */
#include "kinds/action_source.h"
#include "kinds/common.h"
#include "kinds/kinds.h"
#include "step/effects.h"
#include "step/stages.h"

enum { BURST_MAX = 16 };

static bool is_dry(const struct step_run *s)
{
	return s->job->session->opt.dry_run;
}

/* ---- outputs ---- */

/* Names as outside, but with the inputs and steps of the action. */
static bool inside_context(void *owner, struct arena *a, struct str name, struct val *out)
{
	const struct step_run *s = owner;
	(void)a;
	if (str_is(name, "steps"))
		*out = s->inner->steps_ctx;
	else if (str_is(name, "inputs"))
		*out = s->inner->inputs;
	else
		return false;
	return true;
}

/* There is no hashFiles among them: they are never pending. */
static void composite_outputs(struct step_run *s)
{
	static const struct scope_ops ops = { .context = inside_context };
	const struct action *action = s->inner->action;
	struct scope outside = step_scope(s), scope = outside;
	enum eval_result rc = EVAL_OK;
	struct str why;
	struct val v;
	scope.ops = &ops;
	scope.around = &outside;
	scope.sources = s->inner->sources;
	for (size_t i = 0; rc == EVAL_OK && i < action->noutputs; i++) {
		const struct output_def *def = &action->outputs[i];
		if (!def->value)
			continue;
		rc = scope_known_text(&v, def->value, &scope, &why);
		if (rc == EVAL_OK && v.kind == VAL_UNKNOWN)
			effects_plan_output(s, def->name, v.s);
		else if (rc == EVAL_OK)
			effects_set_output(s, def->name, v.s);
	}
	if (rc == EVAL_ERROR)
		step_fail_template(s, why);
}

/* ---- running ---- */

/* True: its work is over. */
static bool composite_go_on(struct step_run *s)
{
	frame_advance(s->inner);
	if (!frame_over(s->inner))
		return false;
	if (s->stage == STAGE_MAIN)
		composite_outputs(s);
	step_finish(s);
	return true;
}

/* What its steps have registered runs when the job's steps are over: until then they are kept. */
static void keep_for_posts(struct step_use *u, struct frame *steps)
{
	u->kept = steps;
	u->post = kind_stage(u->list->mem, &composite_post_ops, STR("always()"));
}

static void composite_done(struct step_run *s)
{
	struct frame *steps = s->stage == STAGE_MAIN ? s->inner : s->use->kept;
	if (!s->inner)
		return;
	if (s->stage != STAGE_POST && stages_posts(steps) > 0)
		keep_for_posts(s->use, steps);
	else if (s->stage == STAGE_MAIN)
		frame_release(steps);
	if (s->stage != STAGE_MAIN)
		frame_release(s->inner); /* the list of stages; the steps go with their use */
	s->inner = NULL;
}

static void composite_end(struct step_run *s)
{
	s->outcome = s->inner->own_status;
	s->may_fail = s->outcome == RESULT_SUCCESS && s->inner->own_doubtful;
	if (s->may_fail)
		s->outcome = RESULT_FAILURE;
	if (s->outcome == RESULT_CANCELLED)
		s->reason = STR("the job was cancelled");
	else if (is_dry(s) && s->outcome == RESULT_SUCCESS)
		s->reason = STR("dry run");
	else if (s->source->stubbed && s->outcome == RESULT_SUCCESS)
		s->reason = STR("stubbed by another action");
	else
		s->reason = arena_str(s->frame->mem, s->inner->reason);
}

static bool composite_resume(struct step_run *s)
{
	return s->inner && (!s->inner->held || s->inner->closed) && composite_go_on(s);
}

/* Actions that use each other begin very many without any process in between: the loop must get to see signals. */
static bool hold_burst(struct step_run *s)
{
	struct session *e = s->job->session;
	if (++e->burst <= BURST_MAX)
		return false;
	s->inner->held = true;
	s->deadline = session_now(e);
	return true;
}

static void composite_due(struct step_run *s)
{
	struct session *e = s->job->session;
	if (!s->inner)
		return;
	s->inner->held = false;
	e->burst = 0;
	e->changed = true;
}

/* The running step is stopped, and no further one begins. */
static void composite_stop(struct step_run *s)
{
	struct frame *f = s->inner;
	struct step_run *current = frame_current(f);
	f->own_status = RESULT_CANCELLED;
	f->closed = true;
	s->job->session->changed = true;
	if (!current || current->state == ST_DONE)
		return;
	if (current->stop == STOP_NONE && !current->exited)
		current->stop = s->stop;
	step_event(current, SE_CANCEL);
}

/* What the steps around set in their env wins over the job's inside, whatever is written to GITHUB_ENV. */
static void composite_env(struct step_run *s, struct frame *f)
{
	struct val around = s->frame->explicit_env;
	f->explicit_env = around.kind == VAL_OBJECT ? val_object_copy(f->mem, around) : val_object_case_sensitive(f->mem);
	for (size_t i = 0; s->own_env.kind == VAL_OBJECT && i < s->own_env.o->n; i++)
		val_set(f->mem, f->explicit_env, s->own_env.o->keys[i], s->own_env.o->vals[i]);
	if (s->env.o == s->job->env.o && !s->job->env_shared)
		s->env = val_object_copy(&s->arena, s->env); /* as it is at its place: its steps change the job's */
}

static enum step_begun composite_prepare(struct step_run *s, struct frame *f)
{
	bool remote =
		s->source->repository.n > 0; /* the step of the job is the first level of its own files, and none for others */
	if (f->depth > ACTION_DEPTH_MAX + (remote ? 1 : 0)) {
		step_fail_setup(s, "Composite action depth exceeded max depth %d", ACTION_DEPTH_MAX);
		return STEP_OVER;
	}
	if (!is_dry(s) && !step_make_files(s))
		return STEP_OVER;
	enum eval_result rc = kind_action_inputs(s, s->source, &f->inputs);
	return rc == EVAL_OK ? STEP_BEGUN : kind_unevaluated(rc);
}

static struct frame *frame_of_action(struct step_run *s)
{
	struct frame *f = frame_new(s->job, s);
	f->action = s->source->action;
	f->sources = s->source->sources;
	f->source = s->source;
	return f;
}

static void lower_steps(struct frame *f)
{
	const struct job_graph *g = graph_lower(f->mem, f->action->body);
	frame_set_nodes(f, g->nodes, g->n);
}

/* Its steps, of which some may have had their pre stages. */
static enum step_begun begin_main(struct step_run *s)
{
	struct step_use *u = stages_use(s);
	struct frame *f = u->kept ? u->kept : frame_of_action(s);
	f->outer = s;
	enum step_begun begun = composite_prepare(s, f);
	if (begun != STEP_BEGUN && !u->kept)
		frame_release(f);
	if (begun != STEP_BEGUN)
		return begun;
	step_plan(s, &(struct step_plan) { .with = f->inputs });
	if (!is_dry(s))
		kind_say_inputs(s, f->inputs);
	composite_env(s, f);
	if (!u->kept)
		lower_steps(f);
	stages_register_post(s); /* its place in the line; whether there is anything to do its steps decide */
	f->given = s->arena;     /* its file, for as long as its steps are there */
	s->arena = (struct arena) { 0 };
	u->kept = NULL;
	s->inner = f;
	if (!hold_burst(s))
		composite_go_on(s);
	return STEP_BEGUN;
}

/* A stage before or after: a list of stages of its steps. */
static enum step_begun begin_stages(struct step_run *s, struct frame *list)
{
	enum step_begun begun = composite_prepare(s, list);
	if (begun != STEP_BEGUN) {
		frame_release(list);
		return begun;
	}
	step_plan(s, NULL);
	if (!is_dry(s) && s->stage == STAGE_POST)
		step_say(s, LOG_INFO, "Post job cleanup.");
	else if (!is_dry(s))
		kind_say_inputs(s, list->inputs);
	composite_env(s, list);
	stages_register_post(s);
	s->inner = list;
	if (!hold_burst(s))
		composite_go_on(s);
	return STEP_BEGUN;
}

/* The pre stages of its steps, in order. The steps themselves stay for their turn. */
static enum step_begun begin_pre(struct step_run *s)
{
	struct step_use *u = stages_use(s);
	if (!u->kept) {
		u->kept = frame_of_action(s);
		lower_steps(u->kept);
		s->job->prepare(u->kept);
	}
	return begin_stages(s, stages_before(u->kept, s));
}

static enum step_begun composite_begin(struct step_run *s)
{
	return s->stage == STAGE_PRE ? begin_pre(s) : begin_main(s);
}

/* The post stages of its steps, the last first. */
static enum step_begun composite_post_begin(struct step_run *s)
{
	s->source = s->use->kept->source;
	step_emit_start(s);
	step_open_log(s);
	return begin_stages(s, stages_after(s->use->kept, s));
}

#define COMPOSITE_LIFE                                                                                                           \
	.stop = composite_stop, .resume = composite_resume, .due = composite_due, .end = composite_end, .done = composite_done,  \
	.nests = true

const struct step_ops composite_ops = { .begin = composite_begin, COMPOSITE_LIFE };
const struct step_ops composite_post_ops = { .begin = composite_post_begin, COMPOSITE_LIFE };
