/* The life of a step that has a process, as a table of state × event; and what its beginning and its end
 * mean for the job. An empty cell is an event that has no meaning in that state. */
#include "step/effects.h"
#include "step/frame.h"
#include "step/plan.h"
#include "tools/offer.h"

/* More grace times, nanoseconds; the first is in step.h. */
#define TERMINATE_GRACE (5 * SECOND / 2)
#define KILL_GRACE      (2 * SECOND)
#define DRAIN_GRACE     (5 * SECOND)
#define DRAIN_QUIET     (SECOND / 2) /* then it is said */

typedef void step_move(struct step_run *s);

static uint64_t step_now(const struct step_run *s)
{
	return session_now(s->job->session);
}

static void set_live(struct step_run *s, bool live)
{
	struct job_base *j = s->job;
	if (s->live == live)
		return;
	s->live = live;
	if (live) {
		s->prev_live = NULL;
		s->next_live = j->live;
		if (j->live)
			j->live->prev_live = s;
		j->live = s;
		return;
	}
	if (s->prev_live)
		s->prev_live->next_live = s->next_live;
	else
		j->live = s->next_live;
	if (s->next_live)
		s->next_live->prev_live = s->prev_live;
}

/* ---- moves ---- */

static void count_in(struct step_run *s)
{
	struct journal *r = s->job->speaker.journal;
	s->counted = true;
	if (step_is_inner(s))
		return;
	if (s->node->background)
		s->job->background_running++;
	s->job->running_steps++;
	r->most_running_steps = MAX(r->most_running_steps, s->job->running_steps);
}

/* Its kind begins, also again when it could not before. */
static void try_begin(struct step_run *s)
{
	s->state = ST_RUNNING;
	enum step_begun begun = s->ops->begin(s);
	if (begun == STEP_OVER)
		step_finish(s);
	else if (begun == STEP_LATER)
		s->state = ST_PREPARING;
}

/* Said once the step is there for everybody, with its name. */
static void say_no_timeout(struct step_run *s)
{
	if (!s->job->session->opt.dry_run)
		step_emit_start(s);
	step_say(s, LOG_ERROR, "An error occurred when attempting to determine the step timeout.");
	step_say(s, LOG_ERROR, "The template is not valid. %.*s", STRF(s->no_timeout));
}

static void take_slot(struct step_run *s)
{
	s->started_at = step_now(s);
	set_live(s, true);
	count_in(s);
	if (s->no_timeout.n)
		say_no_timeout(s);
	if (s->timeout_ns)
		s->timeout_at = s->started_at + s->timeout_ns;
	try_begin(s);
}

static void withdraw_from_line(struct step_run *s)
{
	struct job_base *j = s->job;
	struct step_run **at = &j->queue_head, *last = NULL;
	while (*at && *at != s) {
		last = *at;
		at = &(*at)->next_queued;
	}
	if (*at) {
		*at = s->next_queued;
		if (j->queue_tail == s)
			j->queue_tail = last;
	}
	s->reason = STR("cancelled before it started");
	step_finish(s);
}

static void signal_tree(struct step_run *s, int sig)
{
	if (s->proc)
		s->place->ops->signal(s->place, s->proc, sig);
}

void step_stop_process(struct step_run *s)
{
	s->deadline = step_now(s) + (s->job->session->cancel_level >= 2 ? 0 : STEP_INTERRUPT_GRACE);
	signal_tree(s, 2 /* SIGINT */);
}

static void interrupt_step(struct step_run *s)
{
	s->state = ST_INTERRUPTED;
	s->timeout_at = NEVER;
	s->ops->stop(s);
}

static void terminate_tree(struct step_run *s)
{
	s->state = ST_TERMINATING;
	s->deadline = step_now(s) + (s->job->session->cancel_level >= 2 ? SECOND / 2 : TERMINATE_GRACE);
	signal_tree(s, 15 /* SIGTERM */);
}

static void kill_tree(struct step_run *s)
{
	s->state = ST_KILLED;
	s->deadline = step_now(s) + KILL_GRACE;
	signal_tree(s, 9 /* SIGKILL */);
}

/* What survives SIGKILL's own grace holds only the pipes: let them go. */
static void kill_tree_again(struct step_run *s)
{
	signal_tree(s, 9);
	if (s->exited)
		step_finish(s);
	else
		s->deadline = step_now(s) + KILL_GRACE;
}

/* A step that is being stopped is over when its process has ended and nobody holds its pipes. */
static void stopped_process_exited(struct step_run *s)
{
	s->exited = true;
	if (s->ended_output)
		step_finish(s);
}

static void output_ended(struct step_run *s)
{
	s->ended_output = true;
	if (s->exited)
		step_finish(s);
}

static void wait_for_pipes(struct step_run *s)
{
	s->exited = true;
	s->timeout_at = NEVER;
	if (s->ended_output) {
		step_finish(s);
		return;
	}
	s->state = ST_DRAINING;
	s->deadline = step_now(s) + DRAIN_QUIET;
}

/* It has ended, but something that it has started holds its output: says who, waits once more. */
static void drained_long(struct step_run *s)
{
	char name[64];
	if (s->drain_said) {
		step_finish(s);
		return;
	}
	s->drain_said = true;
	s->deadline = step_now(s) + DRAIN_GRACE - DRAIN_QUIET;
	pid_t pid = s->place->ops->holder(s->place, s->proc, name, sizeof(name));
	if (pid)
		step_say(s, LOG_INFO, "waiting: process %d (%s) still holds the output of step '%.*s'", (int)pid, name,
		         STRF(s->name));
	else
		step_say(s, LOG_INFO, "waiting: the output of step '%.*s' is still held by a process that it has started",
		         STRF(s->name));
}

/* A deadline that its kind has set: the step runs, or waits for what its beginning needs. */
static void due_running(struct step_run *s)
{
	if (s->ops->due)
		s->ops->due(s);
}

static step_move *const moves[ST_COUNT][SE_COUNT] = {
	[ST_PENDING] = { [SE_SLOT] = take_slot },
	[ST_QUEUED] = { [SE_SLOT] = take_slot, [SE_CANCEL] = withdraw_from_line },
	[ST_PREPARING] = { [SE_TIMEOUT] = step_finish, [SE_CANCEL] = step_finish, [SE_GRACE] = due_running },
	[ST_RUNNING] = { [SE_EXIT] = wait_for_pipes,
	                 [SE_EOF] = output_ended,
	                 [SE_TIMEOUT] = interrupt_step,
	                 [SE_CANCEL] = interrupt_step,
	                 [SE_GRACE] = due_running },
	[ST_INTERRUPTED] = { [SE_EXIT] = stopped_process_exited, [SE_EOF] = output_ended, [SE_GRACE] = terminate_tree },
	[ST_TERMINATING] = { [SE_EXIT] = stopped_process_exited, [SE_EOF] = output_ended, [SE_GRACE] = kill_tree },
	[ST_KILLED] = { [SE_EXIT] = stopped_process_exited, [SE_EOF] = output_ended, [SE_GRACE] = kill_tree_again },
	/* the exit status is known; only the pipes are open */
	[ST_DRAINING] = { [SE_EOF] = output_ended, [SE_GRACE] = drained_long, [SE_CANCEL] = step_finish },
};

void step_event(struct step_run *s, enum step_event ev)
{
	step_move *move = moves[s->state][ev];
	if (ev == SE_TIMEOUT && s->stop == STOP_NONE && move)
		s->stop = STOP_TIMEOUT;
	if (ev == SE_GRACE)
		s->deadline = NEVER;
	if (move)
		move(s);
}

/* ---- the end ---- */

/* Whether a failure is forgiven; an error in the expression counts as no. */
static enum eval_result failure_forgiven(struct step_run *s, bool *yes)
{
	const struct token *t = s->node->step ? s->node->step->continue_on_error : NULL;
	*yes = false;
	if (!t)
		return EVAL_OK;
	struct scope scope = step_scope(s);
	struct str why;
	enum eval_result rc = scope_bool(yes, t, &scope, &why);
	if (rc == EVAL_ERROR) {
		step_say(s, LOG_ERROR,
		         "The step failed and an error occurred when attempting to determine whether to continue on error.");
		step_say(s, LOG_ERROR, "The template is not valid. %.*s", STRF(why));
		*yes = false;
	}
	return rc == EVAL_UNKNOWN ? EVAL_OK : rc;
}

static void outcome_of_timeout(struct step_run *s)
{
	s->outcome = RESULT_FAILURE;
	const char *what = s->node->background ? "background step" : "action";
	if (step_is_inner(s)) {
		if (!s->ops->nests)
			step_say(s, LOG_ERROR, "The action has timed out.");
		s->reason = STR("timed out");
		return;
	}
	if (!s->ops->nests) /* else its running step has said it */
		step_say(s, LOG_ERROR, "The %s '%.*s' has timed out after %d minutes.", what, STRF(s->name), s->timeout_minutes);
	s->reason = arena_printf(s->frame->mem, "timed out after %d minute%s", s->timeout_minutes,
	                         s->timeout_minutes == 1 ? "" : "s");
}

static void outcome_of_stop(struct step_run *s)
{
	s->outcome = RESULT_CANCELLED;
	if (s->stop == STOP_JOB && s->proc)
		step_say(s, LOG_ERROR, "The operation was canceled.");
	if (!s->reason.n)
		s->reason = s->stop == STOP_JOB ? STR("the job was cancelled") : STR("stopped by a cancel step");
}

void step_end_process(struct step_run *s)
{
	s->outcome = s->status.exit_code == 0 ? RESULT_SUCCESS : RESULT_FAILURE;
	if (s->outcome == RESULT_FAILURE)
		s->reason = arena_printf(s->frame->mem, "exit code %d", s->status.exit_code);
}

static void decide_outcome(struct step_run *s)
{
	if (s->outcome != RESULT_NONE)
		; /* known already: skipped, a control step's own result, a composite's */
	else if (s->stop == STOP_TIMEOUT)
		outcome_of_timeout(s);
	else if (s->stop != STOP_NONE)
		outcome_of_stop(s);
	else if (s->setup_failed)
		s->outcome = RESULT_FAILURE;
	else
		s->ops->end(s);
}

/* A composite action has used what its steps have. */
static void add_usage(struct step_run *outer, const struct step_run *s)
{
	if (!s->exited && !s->ops->nests)
		return;
	outer->status.max_rss_kb = MAX(outer->status.max_rss_kb, s->status.max_rss_kb);
	outer->status.cpu_us += MAX(s->status.cpu_us, INT64_C(0));
}

/* What its end means for the action that holds it. */
static void tell_action(struct step_run *s)
{
	struct frame *f = s->frame;
	add_usage(f->outer, s);
	if (s->conclusion == RESULT_FAILURE && !step_is_certain(s))
		f->own_doubtful = true;
	else if (s->conclusion == RESULT_FAILURE && f->own_status == RESULT_SUCCESS)
		f->own_status = RESULT_FAILURE;
	if (s->conclusion == RESULT_CANCELLED)
		f->own_status = RESULT_CANCELLED;
	if (s->conclusion == RESULT_FAILURE && !f->reason.n)
		f->reason = arena_printf(f->mem, "'%.*s' failed: %.*s", STRF(s->name), STRF(s->reason));
}

/* And for its job. */
static void tell_job(struct step_run *s)
{
	bool at_once = !s->queued_at; /* foreground, or failed at its place */
	if (!at_once || s->conclusion != RESULT_FAILURE || s->outcome == RESULT_SKIPPED)
		return;
	if (step_is_certain(s))
		job_base_fail(s->job);
	else
		s->job->plan_doubtful = true;
}

/* It runs no longer: slots and figures. */
static void count_out(struct step_run *s)
{
	struct journal *r = s->job->speaker.journal;
	s->counted = false;
	if (step_is_inner(s))
		return;
	s->job->running_steps--;
	if (!s->ops->control)
		r->work_ns += s->ended_at - s->started_at;
	if (s->node->background)
		s->job->background_running--;
}

/* The outcome, and what it leaves in its files. */
static void step_settle(struct step_run *s)
{
	if (s->proc) {
		if (s->stop != STOP_NONE)
			signal_tree(s, 9); /* a stopped step leaves nothing behind */
		if (!s->ended_output)
			s->place->ops->detach(s->place, s->proc);
		log_step_end(s->log);
	}
	decide_outcome(s);
	if (s->files[0].n)
		effects_from_files(s);
	if (s->failed_command && s->outcome == RESULT_SUCCESS) {
		s->outcome = RESULT_FAILURE;
		s->reason = STR("a workflow command failed");
	}
	s->ended_at = step_now(s);
	s->deadline = s->timeout_at = NEVER;
	if (s->outcome != RESULT_FAILURE || (s->setup_failed && !s->counted))
		s->conclusion = s->outcome; /* nothing to forgive */
	if (s->counted)
		count_out(s);
}

/* Its conclusion is known: everybody may know. */
static void close_step(struct step_run *s)
{
	s->state = ST_DONE;
	set_live(s, false);
	step_close_log(s);
	step_plan(s, s->reason.n && s->outcome == RESULT_FAILURE ? &(struct step_plan) { .cannot = s->reason.p } : NULL);
	step_emit_end(s);
	if (s->proc) {
		s->place->ops->release(s->place, s->proc);
		s->proc = NULL;
	}
	if (s->queued_at)
		s->job->open_background--;
	else
		effects_publish(s);
	if (step_is_inner(s))
		tell_action(s);
	else
		tell_job(s);
	if (s->ops->done)
		s->ops->done(s);
	s->job->hash_forget(s);
	tool_offer_free(s->offer);
	s->offer = NULL;
	if (s->published) {
		arena_done(&s->arena);
		s->effects = (struct effects) { 0 };
	} else {
		effects_keep(s);
	}
	s->job->session->changed = true;
}

/* True: it has ended. */
static bool step_conclude(struct step_run *s)
{
	bool forgiven = false;
	if (s->conclusion == RESULT_NONE && failure_forgiven(s, &forgiven) == EVAL_PENDING) {
		s->state = ST_CONCLUDING;
		set_live(s, true); /* looked at until it can be said */
		return false;
	}
	if (s->conclusion == RESULT_NONE)
		s->conclusion = forgiven ? RESULT_SUCCESS : s->outcome;
	close_step(s);
	return true;
}

void step_finish(struct step_run *s)
{
	step_settle(s);
	step_conclude(s);
}

bool step_resume(struct step_run *s)
{
	if (s->state == ST_CONCLUDING)
		return step_conclude(s);
	if (s->state == ST_PREPARING) {
		try_begin(s);
		return s->state == ST_DONE;
	}
	return s->ops->resume && s->ops->resume(s);
}

void step_end_skipped(struct step_run *s, struct str reason)
{
	s->outcome = s->conclusion = RESULT_SKIPPED;
	s->reason = reason;
	step_finish(s);
}

void step_kill(struct step_run *s)
{
	if (s->stop == STOP_NONE)
		s->stop = STOP_JOB;
	if (s->state == ST_WAITING)
		s->outcome = RESULT_CANCELLED;
	if (s->state == ST_CONCLUDING) {
		s->conclusion = s->outcome;
		step_conclude(s);
		return;
	}
	if (s->state == ST_WAITING || s->state == ST_PREPARING) {
		step_finish(s);
		return;
	}
	if (s->inner)
		s->inner->closed = true;
	s->timeout_at = NEVER;
	kill_tree(s);
}
