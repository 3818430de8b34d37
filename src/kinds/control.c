/* wait, wait-all and cancel: blocking until their targets have ended, then making those visible. */
#include "kinds/kinds.h"
#include "step/effects.h"
#include "step/frame.h"
#include "step/plan.h"

/* What can be waited for: also a step that failed at its place, before it was queued. */
static bool is_target(const struct step_run *s)
{
	return s && s->node->background && !s->skipped_at_place;
}

static void collect_targets(struct step_run *s)
{
	struct frame *f = s->frame;
	const struct gnode *n = s->node;
	struct {
		VEC(struct step_run *);
	} targets = { 0 };
	for (size_t i = 0; i < n->ntargets; i++) {
		struct step_run *t = f->steps[n->targets[i]];
		if (is_target(t) && (n->kind != STEP_WAIT_ALL || !t->joined))
			*vec_add(&s->job->arena, &targets) = t;
	}
	s->targets = targets.v;
	s->ntargets = targets.n;
}

static void add_target_names(struct buf *out, const struct step_run *s)
{
	for (size_t i = 0; i < s->ntargets; i++)
		buf_addf(out, "%s%.*s", i ? ", " : "", STRF(s->targets[i]->name));
}

static void say_waiting(struct step_run *s)
{
	_cleanup_buf_ struct buf names = BUF_INIT;
	add_target_names(&names, s);
	if (s->node->kind == STEP_WAIT)
		step_say(s, LOG_INFO, "Waiting for background step(s) to complete: %s",
		         s->ntargets ? buf_cstr(&names) : "(none)");
	else if (s->node->kind == STEP_CANCEL)
		step_say(s, LOG_INFO, "Cancelling background step(s): %s", s->ntargets ? buf_cstr(&names) : "(none)");
	else if (s->ntargets)
		step_say(s, LOG_INFO, "Waiting for all background step(s) to complete: %s", buf_cstr(&names));
	else
		step_say(s, LOG_INFO, "No background steps remaining to wait for.");
	struct job_base *j = s->job;
	for (size_t i = 0; s->node->implicit && i < s->ntargets; i++)
		if (s->targets[i]->state != ST_DONE)
			step_say(s, LOG_INFO,
			         "No wait or cancel names the background step '%.*s': the job goes on until it ends, at most "
			         "until "
			         "the job's time limit of %d minutes.",
			         STRF(s->targets[i]->name), j->timeout_minutes);
}

static void cancel_targets(struct step_run *s)
{
	for (size_t i = 0; i < s->ntargets; i++) {
		struct step_run *t = s->targets[i];
		t->cancel_asked = true;
		if (t->state == ST_DONE)
			continue;
		if (t->stop == STOP_NONE && !t->exited) /* how it has ended stays so */
			t->stop = STOP_CANCEL_STEP;
		step_event(t, SE_CANCEL);
	}
}

static const char *result_word(enum result r)
{
	static const char *const words[] = { [RESULT_NONE] = "Unknown",
		                             [RESULT_SUCCESS] = "Succeeded",
		                             [RESULT_FAILURE] = "Failed",
		                             [RESULT_CANCELLED] = "Canceled",
		                             [RESULT_SKIPPED] = "Skipped" };
	return words[r];
}

static void join_target(struct step_run *s, struct step_run *t)
{
	step_say(s, LOG_INFO, "  %.*s: %s", STRF(t->name), result_word(t->conclusion));
	if (t->joined)
		return;
	t->joined = true;
	effects_publish(t);
	struct event e = step_new_event(t, EVENT_STEP_JOIN);
	struct arena a = { 0 };
	e.step_join.by = s->node->id;
	e.step_join.outputs = val_object(&a);
	for (size_t i = 0; t->effects.outputs.kind == VAL_OBJECT && i < t->effects.outputs.o->n; i++) {
		struct val v = t->effects.outputs.o->vals[i];
		v.s = masker_str(s->job->masker, &a, v.s);
		val_set(&a, e.step_join.outputs, masker_str(s->job->masker, &a, t->effects.outputs.o->keys[i]), v);
	}
	journal_emit(s->job->speaker.journal, &e);
	arena_done(&a);
	arena_done(&t->arena);
	t->effects = (struct effects) { 0 };
}

/* success < cancelled < failure; skipped counts as success. */
static enum result worse_result(enum result a, enum result b)
{
	if (a == RESULT_FAILURE || b == RESULT_FAILURE)
		return RESULT_FAILURE;
	return a == RESULT_CANCELLED || b == RESULT_CANCELLED ? RESULT_CANCELLED : RESULT_SUCCESS;
}

static void say_waited(struct step_run *s)
{
	static const char *const ends[] = { [STEP_WAIT] = "Finished waiting for background step(s).",
		                            [STEP_WAIT_ALL] = "Finished waiting for all background step(s).",
		                            [STEP_CANCEL] = "Finished cancelling background step(s)." };
	if (s->ntargets || s->node->kind != STEP_WAIT_ALL)
		step_say(s, LOG_INFO, "%s", ends[s->node->kind]);
}

/* Nobody was there to wait for, as their conditions were false: success, as on GitHub, but no work done. */
static struct str all_skipped(struct step_run *s)
{
	const struct gnode *n = s->node;
	size_t skipped = 0;
	for (size_t i = 0; i < n->ntargets; i++) {
		const struct step_run *t = s->frame->steps[n->targets[i]];
		skipped += t && t->skipped_at_place;
	}
	if (!skipped || s->ntargets)
		return STR_EMPTY;
	if (skipped == 1)
		return STR("nothing to wait for: the step was skipped");
	return arena_printf(&s->job->arena, "nothing to wait for: all %zu steps were skipped", skipped);
}

/* In a plan: whether a target fails, whatever the run decides. */
static bool fails_certainly(const struct step_run *s)
{
	for (size_t i = 0; i < s->ntargets; i++)
		if (s->targets[i]->conclusion == RESULT_FAILURE && step_is_certain(s->targets[i]))
			return true;
	return false;
}

static bool control_resume(struct step_run *s)
{
	if (s->state != ST_WAITING)
		return false;
	while (s->targets_done < s->ntargets && s->targets[s->targets_done]->state == ST_DONE)
		s->targets_done++;
	if (s->targets_done < s->ntargets)
		return false;
	enum result result = RESULT_SUCCESS;
	const struct step_run *culprit = NULL;
	say_waited(s);
	for (size_t i = 0; i < s->ntargets; i++) {
		join_target(s, s->targets[i]);
		if (s->targets[i]->conclusion == RESULT_FAILURE && !culprit)
			culprit = s->targets[i];
		result = worse_result(result, s->targets[i]->conclusion);
	}
	s->outcome = s->node->kind == STEP_CANCEL ? RESULT_SUCCESS : result;
	if (s->stop == STOP_JOB && s->node->kind != STEP_CANCEL)
		s->outcome = RESULT_CANCELLED; /* it was blocked when the job was cancelled */
	s->may_fail = s->outcome == RESULT_FAILURE && !fails_certainly(s);
	if (s->outcome == RESULT_FAILURE)
		s->reason = arena_printf(&s->job->arena, "'%.*s' failed", STRF(culprit->name));
	if (s->outcome == RESULT_SUCCESS && s->node->kind == STEP_WAIT)
		s->reason = all_skipped(s);
	step_finish(s);
	return true;
}

static void control_done(struct step_run *s)
{
	for (size_t i = 0; s->outcome == RESULT_FAILURE && s->conclusion == RESULT_SUCCESS && i < s->ntargets; i++)
		s->targets[i]->forgiven = true;
}

static enum step_begun control_begin(struct step_run *s)
{
	s->started_at = session_now(s->job->session);
	s->state = ST_WAITING;
	collect_targets(s);
	step_emit_start(s);
	step_plan(s, NULL);
	say_waiting(s);
	if (s->node->kind == STEP_CANCEL)
		cancel_targets(s);
	if (s->state == ST_WAITING)
		control_resume(s);
	return STEP_BEGUN;
}

const struct step_ops control_ops = { .begin = control_begin, .resume = control_resume, .done = control_done, .control = true };
