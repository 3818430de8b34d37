/* From what happens in a run to events: fills the common fields and hands them to the sinks. */
#include "session/journal.h"

#include "base/vec.h"

struct event journal_event(const struct journal *j, enum event_type type)
{
	struct host *h = j->session->host;
	return (struct event) { .type = type,
		                .time_ms = h->ops->wall_ms(h),
		                .run = j->run,
		                .job = STR_EMPTY,
		                .job_id = STR_EMPTY,
		                .step = STR_EMPTY };
}

void journal_emit(struct journal *j, const struct event *e)
{
	for (size_t i = 0; i < j->nsinks; i++)
		j->sinks[i]->ops->event(j->sinks[i], e);
}

static void emit_lines(struct journal *j, struct event e, enum log_level level, const struct str *masked, size_t n)
{
	e.log.stream = LOG_RUNNER;
	e.log.level = level;
	e.log.lines = masked;
	e.log.n = n;
	journal_emit(j, &e);
}

void journal_line(struct journal *j, enum log_level level, struct str text)
{
	struct arena a = { 0 };
	struct str masked = masker_str(j->masker, &a, text);
	emit_lines(j, journal_event(j, EVENT_LOG), level, &masked, 1);
	arena_done(&a);
}

void journal_trouble(struct journal *j, const char *what)
{
	if (!j->trouble[0])
		snprintf(j->trouble, sizeof(j->trouble), "%s", what);
}

struct event speaker_event(const struct speaker *s, enum event_type type)
{
	struct event e = journal_event(s->journal, type);
	e.job = s->key;
	e.job_id = s->id;
	return e;
}

void speaker_line(const struct speaker *s, enum log_level level, struct str text)
{
	struct arena a = { 0 };
	struct str masked = masker_str(s->masker, &a, text);
	emit_lines(s->journal, speaker_event(s, EVENT_LOG), level, &masked, 1);
	if (level == LOG_ERROR || level == LOG_WARNING) {
		struct event note = speaker_event(s, EVENT_ANNOTATION);
		note.annotation.level = level;
		note.annotation.message = masked;
		note.annotation.file = note.annotation.title = STR_EMPTY;
		journal_emit(s->journal, &note);
	}
	arena_done(&a);
}

void speaker_lines(const struct speaker *s, enum log_level level, struct str text)
{
	struct arena a = { 0 };
	struct {
		VEC(struct str);
	} lines = { 0 };
	struct str line;
	while (str_next_line(&text, &line))
		*vec_add(&a, &lines) = masker_str(s->masker, &a, line);
	if (lines.n)
		emit_lines(s->journal, speaker_event(s, EVENT_LOG), level, lines.v, lines.n);
	arena_done(&a);
}
