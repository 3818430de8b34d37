/* What a step says: its output's meaning, lines of the runner, its log file, its beginning and its end. */
#include <stdarg.h>

#include "base/path.h"
#include "step/effects.h"
#include "step/frame.h"

/* The steps of an action speak as the step of the job that holds them. */
struct event step_new_event(struct step_run *s, enum event_type type)
{
	struct event e = speaker_event(&s->job->speaker, type);
	const struct step_run *top = step_top(s);
	e.step = top->node->id;
	e.index = top->node->index;
	return e;
}

/* ---- what the output means ---- */

static void step_lines(void *cookie, enum log_stream stream, enum log_level level, const struct str *lines, size_t n)
{
	struct step_run *s = cookie;
	struct event e = step_new_event(s, EVENT_LOG);
	e.log.stream = stream;
	e.log.level = level;
	e.log.lines = lines;
	e.log.n = n;
	struct steplog *file = step_top(s)->file;
	if (file)
		steplog_lines(file, e.time_ms, level, lines, n);
	journal_emit(s->job->speaker.journal, &e);
}

/* The steps of an action share the number that their step may have. */
static void step_annotation(void *cookie, const struct log_annotation *a)
{
	if (step_top(cookie)->annotated[a->level]++ >= LOG_ANNOTATIONS_MAX)
		return;
	struct event e = step_new_event(cookie, EVENT_ANNOTATION);
	e.annotation.level = a->level;
	e.annotation.message = a->message;
	e.annotation.file = a->file;
	e.annotation.title = a->title;
	e.annotation.line = a->line;
	e.annotation.end_line = a->end_line;
	e.annotation.col = a->col;
	e.annotation.end_col = a->end_col;
	journal_emit(((struct step_run *)cookie)->job->speaker.journal, &e);
}

static void step_set_output(void *cookie, struct str name, struct str value)
{
	effects_set_output(cookie, name, value);
}

static void step_save_state(void *cookie, struct str name, struct str value)
{
	effects_save_state(cookie, name, value);
}

static void step_set_env(void *cookie, struct str name, struct str value)
{
	effects_set_env(cookie, name, value);
}

static void step_add_path(void *cookie, struct str dir)
{
	effects_add_path(cookie, dir);
}

static void command_failed_step(void *cookie)
{
	((struct step_run *)cookie)->failed_command = true;
}

static struct str step_env_value(void *cookie, const char *name)
{
	struct step_run *s = cookie;
	struct val v;
	if (s->env.kind == VAL_OBJECT && val_get(s->env, str_of(name), &v) && v.kind == VAL_STRING)
		return v.s;
	return session_environ(s->job->session, str_of(name));
}

static const struct log_ops step_log_ops = { .lines = step_lines,
	                                     .annotation = step_annotation,
	                                     .set_output = step_set_output,
	                                     .save_state = step_save_state,
	                                     .set_env = step_set_env,
	                                     .add_path = step_add_path,
	                                     .failed = command_failed_step,
	                                     .env = step_env_value };

/* ---- its log ---- */

void step_open_log(struct step_run *s)
{
	struct job_base *j = s->job;
	if (s->log)
		return;
	s->log = log_step_new(j->log, &step_log_ops, s);
	if (step_is_inner(s) || s->file || j->log_dir.n == 0)
		return;
	struct str id = path_safe_name(&j->arena, s->node->id, 100);
	struct str path = arena_printf(&j->arena, "%.*s/%02u-%.*s.log", STRF(j->log_dir), s->node->index, STRF(id));
	struct err err = ERR_INIT;
	if (steplog_open(&s->file, path.p, &err) < 0)
		journal_trouble(j->speaker.journal, err.text);
}

void step_close_log(struct step_run *s)
{
	log_step_free(s->log);
	s->log = NULL;
	struct err err = ERR_INIT;
	if (s->file && steplog_close(s->file, &err) < 0)
		journal_trouble(s->job->speaker.journal, err.text);
	s->file = NULL;
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
		s->started_at = session_now(s->job->session);
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

void step_fail_template(struct step_run *s, struct str why)
{
	step_fail_setup(s, "The template is not valid. %.*s", STRF(why));
}

/* ---- its beginning and its end ---- */

struct str step_shown_kind(const struct step_run *s)
{
	if (s->stage != STAGE_MAIN)
		return s->stage == STAGE_PRE ? STR("pre") : STR("post");
	return str_of(step_kind_name(s->node->kind));
}

void step_emit_start(struct step_run *s)
{
	if (step_is_inner(s))
		step_mark_start(s);
	if (step_is_inner(s) || s->announced)
		return;
	s->announced = true;
	struct event e = step_new_event(s, EVENT_STEP_START);
	e.step_start.name = s->name;
	e.step_start.kind = step_shown_kind(s);
	e.step_start.group = s->node->group;
	e.step_start.background = s->node->background && !s->job->session->opt.sequential;
	e.step_start.pid = s->proc ? s->job->session->host->ops->pid(s->proc) : 0;
	journal_emit(s->job->speaker.journal, &e);
}

void step_emit_end(struct step_run *s)
{
	if (step_is_inner(s)) {
		step_mark_end(s);
		return;
	}
	struct event e = step_new_event(s, EVENT_STEP_END);
	bool ran = s->proc != NULL;
	bool measured = (ran && s->exited) || (s->ops->nests && s->status.max_rss_kb > 0);
	bool dry = s->job->session->opt.dry_run && s->outcome == RESULT_SUCCESS;
	e.step_end.name = s->name;
	e.step_end.kind = step_shown_kind(s);
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
	journal_emit(s->job->speaker.journal, &e);
}
