/* From what happens in a run to events: fills the common fields and hands them to the sinks. */
#include "exec/internal.h"

struct event emit_new(struct run *r, enum event_type type)
{
	struct host *h = r->engine->host;
	return (struct event) { .type = type,
		                .time_ms = h->ops->wall_ms(h),
		                .run = r->spec.id,
		                .job = STR_EMPTY,
		                .job_id = STR_EMPTY,
		                .step = STR_EMPTY };
}

struct event emit_for_job(struct job_run *j, enum event_type type)
{
	struct event e = emit_new(j->run, type);
	e.job = j->key;
	e.job_id = j->group->plan->job->id;
	return e;
}

/* A composite's inner steps speak as the step of the job that holds them. */
static struct step_run *outermost(struct step_run *s)
{
	while (s->frame->outer)
		s = s->frame->outer;
	return s;
}

struct event emit_for_step(struct step_run *s, enum event_type type)
{
	struct event e = emit_for_job(s->job, type);
	struct step_run *top = outermost(s);
	e.step = top->node->id;
	e.index = top->node->index;
	return e;
}

void emit(struct run *r, const struct event *e)
{
	for (size_t i = 0; i < r->spec.nsinks; i++)
		r->spec.sinks[i]->ops->event(r->spec.sinks[i], e);
}

void emit_job_line(struct job_run *j, enum log_level level, struct str text)
{
	struct arena a = { 0 };
	struct str masked = masker_str(j->masker ? j->masker : j->run->masker, &a, text);
	struct event e = emit_for_job(j, EVENT_LOG);
	e.log.stream = LOG_RUNNER;
	e.log.level = level;
	e.log.lines = &masked;
	e.log.n = 1;
	emit(j->run, &e);
	if (level == LOG_ERROR || level == LOG_WARNING) {
		struct event note = emit_for_job(j, EVENT_ANNOTATION);
		note.annotation.level = level;
		note.annotation.message = masked;
		note.annotation.file = note.annotation.title = STR_EMPTY;
		emit(j->run, &note);
	}
	arena_done(&a);
}

void emit_run_line(struct run *r, enum log_level level, struct str text)
{
	struct arena a = { 0 };
	struct str masked = masker_str(r->masker, &a, text);
	struct event e = emit_new(r, EVENT_LOG);
	e.log.stream = LOG_RUNNER;
	e.log.level = level;
	e.log.lines = &masked;
	e.log.n = 1;
	emit(r, &e);
	arena_done(&a);
}
