/* The life of a step that has a process, as a table of state × event; and what its beginning and its end
 * mean for the job. An empty cell is an event that has no meaning in that state. */
#include <stdarg.h>

#include "exec/internal.h"

typedef void step_move(struct step_run *s);

static uint64_t now_of(const struct step_run *s)
{
	return engine_now(s->job->run->engine);
}

static struct host *host_of(const struct step_run *s)
{
	return s->job->run->engine->host;
}

void step_set_live(struct step_run *s, bool live)
{
	struct job_run *j = s->job;
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

static void begin(struct step_run *s)
{
	struct run *r = s->job->run;
	s->started_at = now_of(s);
	s->state = ST_RUNNING;
	step_set_live(s, true);
	if (s->node->background)
		s->job->background_running++;
	if (!s->frame->outer && ++r->running_steps > r->most_running_steps)
		r->most_running_steps = r->running_steps;
	if (s->timeout_ns)
		s->timeout_at = s->started_at + s->timeout_ns;
	if (!step_begin(s))
		step_finish(s);
}

static void withdraw(struct step_run *s)
{
	struct job_run *j = s->job;
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
		host_of(s)->ops->signal(host_of(s), s->proc, sig);
}

/* Of a composite action the running step is stopped, and no further one begins. */
static void stop_inner(struct step_run *s)
{
	struct frame *f = s->inner;
	struct step_run *current = f->cursor < f->n ? f->steps[f->cursor] : NULL;
	f->status = RESULT_CANCELLED;
	f->closed = true;
	s->job->run->engine->changed = true;
	if (!current || current->state == ST_DONE)
		return;
	if (current->stop == STOP_NONE && !current->exited)
		current->stop = s->stop;
	step_event(current, SE_CANCEL);
}

static void interrupt(struct step_run *s)
{
	s->state = ST_INTERRUPTED;
	s->timeout_at = NEVER;
	if (s->inner) {
		stop_inner(s);
		return;
	}
	s->deadline = now_of(s) + (s->job->run->engine->cancel_level >= 2 ? 0 : INTERRUPT_GRACE);
	signal_tree(s, 2 /* SIGINT */);
}

static void terminate(struct step_run *s)
{
	s->state = ST_TERMINATING;
	s->deadline = now_of(s) + (s->job->run->engine->cancel_level >= 2 ? SECOND / 2 : TERMINATE_GRACE);
	signal_tree(s, 15 /* SIGTERM */);
}

static void kill_tree(struct step_run *s)
{
	s->state = ST_KILLED;
	s->deadline = now_of(s) + KILL_GRACE;
	signal_tree(s, 9 /* SIGKILL */);
}

/* What survives SIGKILL's own grace holds only the pipes: let them go. */
static void kill_again(struct step_run *s)
{
	signal_tree(s, 9);
	if (s->exited)
		step_finish(s);
	else
		s->deadline = now_of(s) + KILL_GRACE;
}

/* A step that is being stopped is over when its process has ended and nobody holds its pipes. */
static void stopped_exit(struct step_run *s)
{
	s->exited = true;
	if (s->ended_output)
		step_finish(s);
}

static void note_eof(struct step_run *s)
{
	s->ended_output = true;
	if (s->exited)
		step_finish(s);
}

static void drain(struct step_run *s)
{
	s->exited = true;
	s->timeout_at = NEVER;
	if (s->ended_output) {
		step_finish(s);
		return;
	}
	s->state = ST_DRAINING;
	s->deadline = now_of(s) + DRAIN_GRACE;
}

static step_move *const moves[ST_COUNT][SE_COUNT] = {
	[ST_PENDING] = { [SE_SLOT] = begin },
	[ST_QUEUED] = { [SE_SLOT] = begin, [SE_CANCEL] = withdraw },
	[ST_RUNNING] = { [SE_EXIT] = drain,
	                 [SE_EOF] = note_eof,
	                 [SE_TIMEOUT] = interrupt,
	                 [SE_CANCEL] = interrupt,
	                 [SE_GRACE] = composite_resume },
	[ST_INTERRUPTED] = { [SE_EXIT] = stopped_exit, [SE_EOF] = note_eof, [SE_GRACE] = terminate },
	[ST_TERMINATING] = { [SE_EXIT] = stopped_exit, [SE_EOF] = note_eof, [SE_GRACE] = kill_tree },
	[ST_KILLED] = { [SE_EXIT] = stopped_exit, [SE_EOF] = note_eof, [SE_GRACE] = kill_again },
	/* the exit status is known; only the pipes are open */
	[ST_DRAINING] = { [SE_EOF] = note_eof, [SE_GRACE] = step_finish, [SE_CANCEL] = step_finish },
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

void step_queue(struct step_run *s)
{
	struct job_run *j = s->job;
	s->state = ST_QUEUED;
	s->queued_at = now_of(s);
	s->next_queued = NULL;
	if (j->queue_tail)
		j->queue_tail->next_queued = s;
	else
		j->queue_head = s;
	j->queue_tail = s;
	j->open_background++;
	struct event e = emit_for_step(s, EVENT_STEP_QUEUE);
	e.step_queue.name = s->name;
	e.step_queue.group = s->node->group;
	emit(j->run, &e);
	job_advance(j);
}

/* ---- saying things ---- */

void step_emit_start(struct step_run *s)
{
	if (s->frame->outer || s->announced)
		return;
	s->announced = true;
	struct event e = emit_for_step(s, EVENT_STEP_START);
	e.step_start.name = s->name;
	e.step_start.kind = str_of(step_kind_name(s->node->kind));
	e.step_start.group = s->node->group;
	e.step_start.background = s->node->background;
	e.step_start.pid = s->proc ? host_of(s)->ops->pid(s->proc) : 0;
	emit(s->job->run, &e);
}

void step_say(struct step_run *s, enum log_level level, const char *fmt, ...)
{
	step_open_log(s);
	struct arena a = { 0 };
	va_list ap;
	va_start(ap, fmt);
	struct str text = arena_vprintf(&a, fmt, ap);
	va_end(ap);
	log_step_say(s->log, level, text);
	arena_done(&a);
}

void step_fail_setup(struct step_run *s, const char *fmt, ...)
{
	if (!s->started_at)
		s->started_at = now_of(s);
	if (!s->proc)
		step_emit_start(s);
	s->setup_failed = true;
	struct arena a = { 0 };
	va_list ap;
	va_start(ap, fmt);
	struct str text = arena_vprintf(&a, fmt, ap);
	va_end(ap);
	step_say(s, LOG_ERROR, "%.*s", STRF(text));
	s->reason = arena_str(s->frame->mem, text);
	arena_done(&a);
}

/* ---- the end ---- */

/* Whether a failure is forgiven; an error in the expression counts as no. */
static bool forgives(struct step_run *s)
{
	const struct token *t = s->node->step ? s->node->step->continue_on_error : NULL;
	if (!t)
		return false;
	struct expr_env env = step_expr_env(s);
	struct expr_error error;
	struct span at = t->at;
	bool yes = false;
	if (token_eval_bool(&yes, t, &s->arena, &env, &error, &at) < 0) {
		step_say(s, LOG_ERROR,
		         "The step failed and an error occurred when attempting to determine whether to continue on error.");
		step_say(s, LOG_ERROR, "The template is not valid. %.*s", STRF(step_error_text(s, &error, at)));
		return false;
	}
	return yes;
}

static void time_out(struct step_run *s)
{
	s->outcome = RESULT_FAILURE;
	const char *what = s->node->background ? "background step" : "action";
	if (s->frame->outer) {
		if (!s->composite)
			step_say(s, LOG_ERROR, "The action has timed out.");
		s->reason = STR("timed out");
		return;
	}
	if (!s->composite) /* else its running step has said it */
		step_say(s, LOG_ERROR, "The %s '%.*s' has timed out after %d minutes.", what, STRF(s->name), s->timeout_minutes);
	s->reason = arena_printf(s->frame->mem, "timed out after %d minutes", s->timeout_minutes);
}

static void cancelled(struct step_run *s)
{
	s->outcome = RESULT_CANCELLED;
	if (s->stop == STOP_JOB && s->proc)
		step_say(s, LOG_ERROR, "The operation was canceled.");
	if (!s->reason.n)
		s->reason = s->stop == STOP_JOB ? STR("the job was cancelled") : STR("stopped by a cancel step");
}

static void exited(struct step_run *s)
{
	s->outcome = s->status.exit_code == 0 ? RESULT_SUCCESS : RESULT_FAILURE;
	if (s->outcome == RESULT_SUCCESS)
		return;
	if (s->node->kind == STEP_RUN)
		step_say(s, LOG_ERROR, "Process completed with exit code %d.", s->status.exit_code);
	s->reason = arena_printf(s->frame->mem, "exit code %d", s->status.exit_code);
}

static void decide_outcome(struct step_run *s)
{
	if (s->outcome != RESULT_NONE)
		; /* known already: skipped, a control step's own result, a composite's */
	else if (s->stop == STOP_TIMEOUT)
		time_out(s);
	else if (s->stop != STOP_NONE)
		cancelled(s);
	else if (s->setup_failed)
		s->outcome = RESULT_FAILURE;
	else
		exited(s);
}

static void emit_end(struct step_run *s)
{
	struct event e = emit_for_step(s, EVENT_STEP_END);
	bool ran = s->proc != NULL;
	bool measured = (ran && s->exited) || (s->composite && s->status.max_rss_kb > 0);
	bool dry = s->job->run->engine->opt.dry_run && s->outcome == RESULT_SUCCESS && s->node->step &&
	           (s->node->kind == STEP_RUN || s->node->kind == STEP_USES);
	e.step_end.name = s->name;
	e.step_end.kind = str_of(step_kind_name(s->node->kind));
	e.step_end.outcome = dry ? RESULT_SKIPPED : s->outcome; /* nothing was done: nothing succeeded */
	e.step_end.conclusion = dry ? RESULT_SKIPPED : s->conclusion;
	e.step_end.exit_code = ran && s->exited ? s->status.exit_code : -1;
	e.step_end.signal = ran ? s->status.signal : 0;
	e.step_end.queued_ms =
		s->queued_at ? (int64_t)(((s->started_at ? s->started_at : s->ended_at) - s->queued_at) / 1000000) : -1;
	e.step_end.duration_ms = s->started_at ? (int64_t)((s->ended_at - s->started_at) / 1000000) : 0;
	e.step_end.max_rss_kb = measured ? s->status.max_rss_kb : -1;
	e.step_end.cpu_ms = measured && s->status.cpu_us >= 0 ? s->status.cpu_us / 1000 : -1;
	_cleanup_buf_ struct buf reason = BUF_INIT;
	masker_apply(s->job->masker, s->reason, &reason);
	e.step_end.reason = buf_str(&reason);
	emit(s->job->run, &e);
}

static void close_log(struct step_run *s)
{
	log_step_free(s->log);
	s->log = NULL;
	struct err err = ERR_INIT;
	if (s->file && steplog_close(s->file, &err) < 0)
		run_set_trouble(s->job->run, err.text);
	s->file = NULL;
}

/* A composite action has used what its steps have. */
static void add_usage(struct step_run *outer, const struct step_run *s)
{
	if (!s->exited && !s->composite)
		return;
	outer->status.max_rss_kb = MAX(outer->status.max_rss_kb, s->status.max_rss_kb);
	outer->status.cpu_us += MAX(s->status.cpu_us, INT64_C(0));
}

static void remember(struct step_run *s)
{
	struct job_run *j = s->job;
	struct frame *f = s->frame;
	if (f->outer) {
		add_usage(f->outer, s);
		if (s->conclusion == RESULT_FAILURE && f->status == RESULT_SUCCESS)
			f->status = RESULT_FAILURE;
		if (s->conclusion == RESULT_CANCELLED)
			f->status = RESULT_CANCELLED;
		if (s->conclusion == RESULT_FAILURE && !f->reason.n)
			f->reason = arena_printf(f->mem, "'%.*s' failed: %.*s", STRF(s->name), STRF(s->reason));
		return;
	}
	bool at_once = !s->queued_at; /* foreground, or failed at its place */
	if (at_once && s->conclusion == RESULT_FAILURE && s->outcome != RESULT_SKIPPED)
		job_fail(j);
}

void step_finish(struct step_run *s)
{
	struct job_run *j = s->job;
	struct engine *e = j->run->engine;
	bool was_running = s->state != ST_PENDING && s->state != ST_QUEUED && s->state != ST_WAITING && s->state != ST_DONE;
	if (s->proc) {
		if (s->stop != STOP_NONE)
			signal_tree(s, 9); /* a stopped step leaves nothing behind */
		if (!s->ended_output)
			host_of(s)->ops->detach(host_of(s), s->proc);
		log_step_end(s->log);
	}
	decide_outcome(s);
	if (s->files[0].n)
		effects_from_files(s);
	if (s->failed_command && s->outcome == RESULT_SUCCESS) {
		s->outcome = RESULT_FAILURE;
		s->reason = STR("a workflow command failed");
	}
	bool may_forgive = s->outcome == RESULT_FAILURE && (!s->setup_failed || was_running) && s->conclusion == RESULT_NONE;
	if (s->conclusion == RESULT_NONE)
		s->conclusion = may_forgive && forgives(s) ? RESULT_SUCCESS : s->outcome;
	s->ended_at = now_of(s);
	s->state = ST_DONE;
	s->deadline = s->timeout_at = NEVER;
	step_set_live(s, false);
	if (was_running && !s->frame->outer) {
		j->run->running_steps--;
		if (s->node->kind == STEP_RUN || s->node->kind == STEP_USES)
			j->run->work_ns += s->ended_at - s->started_at;
		if (s->node->background)
			j->background_running--;
	}
	close_log(s);
	if (!s->frame->outer)
		emit_end(s);
	if (s->proc) {
		host_of(s)->ops->release(host_of(s), s->proc);
		s->proc = NULL;
	}
	if (s->queued_at)
		j->open_background--;
	else
		effects_publish(s);
	remember(s);
	if (s->published) {
		arena_done(&s->arena);
		s->effects = (struct effects) { 0 };
	}
	e->changed = true;
}

void step_end_skipped(struct step_run *s, const char *reason)
{
	s->outcome = s->conclusion = RESULT_SKIPPED;
	s->reason = str_of(reason);
	step_finish(s);
}
