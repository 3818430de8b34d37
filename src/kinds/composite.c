/* Local actions whose steps run as part of the job's: the file is read when the step begins, its steps are a frame with
 * inputs, a steps context and a status of their own, and its outputs become the step's. Source: actions/runner,
 * ActionRunner and CompositeActionHandler; GitHub's metadata syntax. */
#include "kinds/common.h"
#include "kinds/kinds.h"
#include "kinds/local_action.h"
#include "step/effects.h"
#include "step/frame.h"

enum { BURST_MAX = 16 };

static bool is_dry(const struct step_run *s)
{
	return s->job->session->opt.dry_run;
}

/* ---- finding ---- */

static void say_action_errors(struct step_run *s, const struct action *action)
{
	if (action->root && !token_get(action->root, "runs")) {
		step_fail_setup(s, "%.*s", STRF(action->errors[action->nerrors - 1].text));
		return;
	}
	for (size_t i = 0; i < action->nerrors; i++) {
		const struct reader_error *e = &action->errors[i];
		struct pos p = source_pos(action->source, e->at.from);
		if (e->place == READER_PLACED)
			step_say(s, LOG_ERROR, "%.*s (Line: %u, Col: %u): %.*s", STRF(action->path), p.line, p.col,
			         STRF(e->text));
		else if (e->place == READER_FILE)
			step_say(s, LOG_ERROR, "%.*s: %.*s", STRF(action->path), STRF(e->text));
		else
			step_say(s, LOG_ERROR, "%.*s", STRF(e->text));
	}
	step_fail_setup(s, "Failed to load %.*s", STRF(action->path));
}

/* The action that the step names, into its frame. False: the step has failed, or only goes through the motions. */
static bool find_action(struct step_run *s, struct frame *f)
{
	struct job_base *j = s->job;
	const struct step *step = s->node->step;
	struct local_action found;
	struct err err = ERR_INIT;
	if (local_action_is_elsewhere(j, step->uses)) {
		kind_refuse(s, kind_missing(&s->arena, step, s->frame->action, "actions of other repositories"));
		return false;
	}
	if (step->uses.n == 2 && step->uses.p[0] == '$') {
		step_fail_setup(s, "Expected format {org}/{repo}[/path]@ref. Actual '$/'");
		return false;
	}
	struct str dir = local_action_folder(f->mem, j, step->uses, is_dry(s) ? j->session->opt.source_dir : j->workspace);
	int rc = local_action_load(&found, f->mem, j, dir, &err);
	if (rc == 0) {
		f->action = found.action;
		f->sources = found.sources;
		return true;
	}
	if (is_dry(s))
		kind_dry(s, "the action");
	else if (rc < 0)
		step_fail_setup(s, "%s", err.text);
	else
		step_fail_setup(s,
		                "Can't find 'action.yml', 'action.yaml' or 'Dockerfile' under '%.*s'. Did you forget to run "
		                "actions/checkout before running your local action?",
		                STRF(dir));
	return false;
}

/* Whether it can run here; says why not. */
static bool action_usable(struct step_run *s, const struct action *action)
{
	if (action->nerrors) {
		say_action_errors(s, action);
		return false;
	}
	const char *why = local_action_missing(&s->arena, s->node->step, s->frame->action, action);
	if (why && is_dry(s))
		kind_dry(s, "the action");
	else if (why)
		kind_refuse(s, why);
	if (why)
		return false;
	if (s->frame->depth + 1 > ACTION_DEPTH_MAX) {
		step_fail_setup(s, "Composite action depth exceeded max depth %d", ACTION_DEPTH_MAX);
		return false;
	}
	return true;
}

/* ---- inputs ---- */

static void warn_unexpected(struct step_run *s, const struct action *action, struct val with)
{
	_cleanup_buf_ struct buf bad = BUF_INIT, good = BUF_INIT;
	for (size_t i = 0; i < with.o->n; i++)
		if (!action_input(action, with.o->keys[i]))
			buf_addf(&bad, "%s'%.*s'", bad.n ? ", " : "", STRF(with.o->keys[i]));
	for (size_t i = 0; bad.n && i < action->ninputs; i++)
		buf_addf(&good, "%s'%.*s'", i ? ", " : "", STRF(action->inputs[i].name));
	if (bad.n)
		step_say(s, LOG_WARNING, "Unexpected input(s) %s, valid inputs are [%s]", buf_cstr(&bad),
		         good.n ? buf_cstr(&good) : "''");
	for (size_t i = 0; i < with.o->n; i++) {
		const struct action_input *input = action_input(action, with.o->keys[i]);
		if (input && input->deprecated.n)
			step_say(s, LOG_WARNING, "Input '%.*s' has been deprecated with message: %.*s", STRF(input->name),
			         STRF(input->deprecated));
	}
}

/* Defaults are evaluated where the step stands; what is wrong with one is wrong in the action's file. */
static enum eval_result add_input_defaults(struct step_run *s, const struct frame *f, struct val with, struct str *why)
{
	enum eval_result rc = EVAL_OK;
	struct scope scope = step_scope(s);
	struct val given;
	scope.sources = f->sources;
	for (size_t i = 0; rc == EVAL_OK && i < f->action->ninputs; i++) {
		const struct action_input *input = &f->action->inputs[i];
		struct str text = STR_EMPTY;
		if (val_get(with, input->name, &given))
			continue;
		if (input->fallback)
			rc = scope_text(&text, input->fallback, &scope, why);
		if (rc == EVAL_OK)
			val_set(&s->arena, with, arena_str(&s->arena, input->name), val_str(text));
	}
	return rc;
}

/* What the step gives, then the defaults of the rest. */
static enum eval_result composite_inputs(struct step_run *s, struct frame *f)
{
	struct val with;
	struct str why;
	enum eval_result rc = kind_eval_with(s, &with);
	if (rc != EVAL_OK)
		return rc;
	struct val given = val_object_copy(&s->arena, with);
	rc = add_input_defaults(s, f, with, &why);
	if (rc == EVAL_PENDING)
		return rc;
	warn_unexpected(s, f->action, given);
	if (rc == EVAL_ERROR)
		step_fail_template(s, why);
	f->inputs = with;
	return rc;
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
	struct str text, why;
	scope.ops = &ops;
	scope.around = &outside;
	scope.sources = s->inner->sources;
	for (size_t i = 0; rc == EVAL_OK && i < action->noutputs; i++) {
		const struct output_def *def = &action->outputs[i];
		if (!def->value)
			continue;
		rc = scope_text(&text, def->value, &scope, &why);
		if (rc == EVAL_OK)
			effects_set_output(s, def->name, text);
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
	if (!is_dry(s))
		composite_outputs(s);
	step_finish(s);
	return true;
}

static void composite_done(struct step_run *s)
{
	if (s->inner)
		frame_release(s->inner);
	s->inner = NULL;
}

static void composite_end(struct step_run *s)
{
	s->outcome = *s->inner->status;
	if (s->outcome == RESULT_CANCELLED)
		s->reason = STR("the job was cancelled");
	else if (is_dry(s) && s->outcome == RESULT_SUCCESS)
		s->reason = STR("dry run");
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
	*f->status = RESULT_CANCELLED;
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
	if (!find_action(s, f) || !action_usable(s, f->action) || (!is_dry(s) && !step_make_files(s)))
		return STEP_OVER;
	enum eval_result rc = composite_inputs(s, f);
	return rc == EVAL_OK ? STEP_BEGUN : kind_unevaluated(rc);
}

static enum step_begun composite_begin(struct step_run *s)
{
	struct frame *f = frame_new(s->job, s);
	step_emit_start(s);
	step_open_log(s);
	enum step_begun begun = composite_prepare(s, f);
	if (begun != STEP_BEGUN) {
		frame_release(f);
		return begun;
	}
	if (!is_dry(s))
		kind_say_inputs(s, f->inputs);
	composite_env(s, f);
	const struct job_graph *g = graph_lower(f->mem, f->action->body);
	frame_set_nodes(f, g->nodes, g->n);
	s->inner = f;
	if (!hold_burst(s))
		composite_go_on(s);
	return STEP_BEGUN;
}

const struct step_ops composite_ops = { .begin = composite_begin,
	                                .stop = composite_stop,
	                                .resume = composite_resume,
	                                .due = composite_due,
	                                .end = composite_end,
	                                .done = composite_done,
	                                .nests = true };
