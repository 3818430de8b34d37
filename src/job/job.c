/* A job while it runs: its beginning, its steps' turns, cancellation, time. */
#include "base/uuid.h"
#include "job/internal.h"
#include "kinds/remote.h"
#include "step/services.h"
#include "step/stages.h"

/* Its lists of steps are made; the walk through them begins with the next turn. */
static void begin_lists(struct job_run *j)
{
	const struct job_spec *spec = &j->spec;
	gather_survey(j);
	job_note_name(j);
	j->base.frame = frame_new(&j->base, NULL);
	frame_set_nodes(j->base.frame, spec->graph->nodes, spec->graph->n);
	if (j->base.prepare)
		j->base.prepare(j->base.frame);
	j->before = stages_before(j->base.frame, NULL);
	j->walk = j->before ? j->before : j->base.frame;
}

struct job_run *job_start(struct session *session, const struct job_spec *spec)
{
	struct job_run *j = xcalloc(1, sizeof(*j));
	char id[37];
	uuid_make(id);
	j->spec = *spec;
	j->started_at = session_now(session);
	j->timeout_at = j->kill_at = NEVER;
	struct masker *masker = masker_clone(spec->masker);
	j->base = (struct job_base) { .session = session,
		                      .speaker = spec->speaker,
		                      .masker = masker,
		                      .workflow = spec->workflow,
		                      .kind_of = spec->kind_of,
		                      .prepare = spec->prepare,
		                      .hash_files = job_hash_files,
		                      .hash_forget = job_hash_forget,
		                      .log_dir = spec->log_dir,
		                      .artifacts = spec->artifacts,
		                      .environment = spec->environment,
		                      .id_token = spec->id_token,
		                      .cache_mode = spec->cache_mode,
		                      .status = RESULT_SUCCESS };
	j->base.speaker.masker = masker;
	j->base.scope = job_scope(j);
	j->base.tracking_id = arena_printf(&j->base.arena, "github_%s", id);
	j->state = JOB_RUNNING;
	if (job_set_up(j)) {
		j->timeout_at = j->started_at + (uint64_t)j->base.timeout_minutes * 60 * SECOND;
		if (gather_begin(j))
			j->state = JOB_GATHERING;
		else
			begin_lists(j);
	}
	return j;
}

/* Failures of background steps that no wait has forgiven count, whoever joined them. */
static void merge_background(struct job_run *j)
{
	const struct frame *f = j->base.frame;
	for (size_t i = 0; i < f->n; i++) {
		const struct step_run *s = f->steps[i];
		if (s && s->queued_at && s->conclusion == RESULT_FAILURE && !s->forgiven)
			job_base_fail(&j->base);
	}
}

/* Pre stages, steps, post stages. What happens in the first two shows in the status that the last see. */
static struct frame *next_list(struct job_run *j)
{
	if (j->walk == j->before)
		return j->base.frame;
	if (j->walk == j->after)
		return NULL;
	merge_background(j);
	return j->after = stages_after(j->base.frame, NULL);
}

void job_advance(struct job_run *j)
{
	struct job_base *b = &j->base;
	if (j->state == JOB_ENDING) {
		if (cleanup_go_on(j))
			j->spec.ops->ended(j->spec.owner, j);
		return;
	}
	if (j->state == JOB_GATHERING) {
		if (!gather_go_on(j))
			return;
		j->state = JOB_RUNNING;
		if (b->status == RESULT_SUCCESS)
			begin_lists(j);
	}
	while (j->walk) {
		job_base_hand_out_slots(b);
		job_base_resume(b);
		frame_advance(j->walk);
		if (!frame_over(j->walk) || b->open_background || b->live)
			return;
		j->walk = next_list(j);
	}
	job_end(j);
}

void job_free(struct job_run *j)
{
	struct job_base *b = &j->base;
	hashing_end(j);
	struct frame *lists[] = { j->after, j->before, b->frame }; /* stages refer to the steps they belong to */
	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		if (lists[i])
			frame_release(lists[i]);
	job_base_end_services(b);
	if (b->here)
		b->here->ops->drop(b->here);
	remote_free(b->remote);
	log_job_free(b->log);
	masker_free(b->masker);
	arena_done(&b->arena);
	free(j);
}

/* ---- cancellation and time ---- */

/* A running foreground step goes on if its condition holds in the new status. */
static bool protected_by_condition(struct step_run *s)
{
	struct scope scope = step_scope(s);
	bool holds = false;
	return scope_holds(&holds, step_condition(s, NULL), &scope, SPAN_NONE, NULL) == EVAL_OK && holds;
}

static void stop_for_job(struct step_run *s)
{
	if (s->stop == STOP_NONE && s->state != ST_DRAINING)
		s->stop = STOP_JOB;
	step_event(s, SE_CANCEL);
}

void job_cancel(struct job_run *j, struct str why)
{
	if (j->state == JOB_ENDING || j->cancelled)
		return;
	struct session *e = j->base.session;
	if (j->state == JOB_GATHERING)
		j->state = JOB_RUNNING; /* without a list to walk: it ends with the next turn */
	j->cancelled = true;
	j->base.status = RESULT_CANCELLED;
	if (!j->reason.n)
		j->reason = why;
	e->changed = true;
	j->timeout_at = NEVER;
	int minutes = DEFAULT_CANCEL_MINUTES;
	job_eval_minutes(j, j->spec.job->cancel_timeout_minutes, DEFAULT_CANCEL_MINUTES, &minutes);
	j->kill_at = session_now(e) + (uint64_t)minutes * 60 * SECOND;
	while (j->base.queue_head)
		stop_for_job(j->base.queue_head);
	struct step_run *current = frame_current(j->walk);
	if (current && current->state == ST_WAITING)
		current->stop = STOP_JOB;
	for (struct step_run *s = j->base.live; s; s = s->next_live)
		if (s->inner)
			*s->inner->status = RESULT_CANCELLED;
	for (struct step_run *s = j->base.live, *next; s; s = next) {
		next = s->next_live;
		bool background = step_top(s)->node->background;
		if (background || (!s->inner && !protected_by_condition(s))) /* of an action the running step decides */
			stop_for_job(s);
	}
}

void job_hurry(struct job_run *j)
{
	uint64_t now = session_now(j->base.session);
	job_cancel(j, STR("cancelled"));
	for (struct step_run *s = j->base.live, *next; s; s = next) {
		next = s->next_live;
		if (s->state == ST_INTERRUPTED || s->state == ST_TERMINATING)
			s->deadline = MIN(s->deadline, now);
		else if (s->state == ST_CONCLUDING)
			step_kill(s); /* what its conclusion waits for is not waited for */
	}
}

/* Nothing more is visited: what has not begun never will, post stages neither. */
static void close_lists(struct job_run *j)
{
	struct frame *lists[] = { j->before, j->base.frame, j->after };
	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		if (lists[i])
			lists[i]->cursor = lists[i]->n;
	if (j->base.frame)
		j->base.frame->posts = NULL;
}

void job_kill(struct job_run *j)
{
	job_cancel(j, STR("killed"));
	if (j->state != JOB_RUNNING)
		return;
	while (j->base.queue_head) /* after a cancellation more may have lined up: those that always run */
		stop_for_job(j->base.queue_head);
	struct frame *f = j->base.frame;
	for (size_t i = 0; f && i < f->n; i++)
		if (f->steps[i] && f->steps[i]->state == ST_WAITING)
			step_kill(f->steps[i]);
	close_lists(j);
	for (struct step_run *s = j->base.live, *next; s; s = next) {
		next = s->next_live;
		step_kill(s);
	}
	j->kill_at = NEVER;
	j->base.session->changed = true;
}

void job_timers(struct job_run *j, uint64_t now)
{
	if (j->state == JOB_ENDING) {
		if (j->cleanup.until <= now)
			job_hurry_end(j);
		return;
	}
	if (j->timeout_at <= now) {
		speaker_line(&j->base.speaker, LOG_ERROR,
		             arena_printf(&j->base.arena, "The job has exceeded the maximum execution time of %d minutes.",
		                          j->base.timeout_minutes));
		job_cancel(j, arena_printf(j->spec.results, "it took longer than its limit of %d minute%s",
		                           j->base.timeout_minutes, j->base.timeout_minutes == 1 ? "" : "s"));
	}
	if (j->kill_at <= now) {
		speaker_line(&j->base.speaker, LOG_ERROR,
		             STR("The job did not end in time after it was cancelled and is killed."));
		job_kill(j);
	}
	for (struct step_run *s = j->base.live, *next; s; s = next) {
		next = s->next_live;
		if (s->timeout_at <= now)
			step_event(s, SE_TIMEOUT);
		else if (s->deadline <= now)
			step_event(s, SE_GRACE);
	}
}

uint64_t job_deadline(const struct job_run *j)
{
	uint64_t next = MIN(j->timeout_at, j->kill_at);
	if (j->state == JOB_ENDING)
		return j->cleanup.until;
	for (const struct step_run *s = j->base.live; s; s = s->next_live)
		next = MIN(next, MIN(s->timeout_at, s->deadline));
	return next;
}
