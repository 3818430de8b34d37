/* What a run says: events to its sinks, masked by whoever says them, and the figures of its closing line. */
#ifndef SIDESTEP_SESSION_JOURNAL_H
#define SIDESTEP_SESSION_JOURNAL_H

#include "event/event.h"
#include "log/mask.h"
#include "session/session.h"

struct journal {
	struct session *session;
	struct str run; /* id */
	struct sink *const *sinks;
	size_t nsinks;
	struct masker *masker;       /* of the secrets; jobs clone it */
	char trouble[256];           /* the first thing the world refused; empty: nothing */
	bool unsupported;            /* something the program does not have was asked for */
	unsigned most_running_steps; /* of one job, at once */
	uint64_t work_ns;            /* of all steps */
};

/* With the fields that all events have. */
struct event journal_event(const struct journal *j, enum event_type type);
void journal_emit(struct journal *j, const struct event *e);
/* A line of the runner that belongs to no job. */
void journal_line(struct journal *j, enum log_level level, struct str text);
/* Remembered for the session's end, the first one only. */
void journal_trouble(struct journal *j, const char *what);

/* A job as it speaks. */
struct speaker {
	struct journal *journal;
	struct str key, id;          /* of its leg: "test (1, 2)"; of the job in the file */
	const struct masker *masker; /* what is said goes through it */
};

struct event speaker_event(const struct speaker *s, enum event_type type);
/* A line of the runner that belongs to the job but to no step; errors and warnings are annotations too. */
void speaker_line(const struct speaker *s, enum log_level level, struct str text);
/* Each line of a text, as one event; no annotations. */
void speaker_lines(const struct speaker *s, enum log_level level, struct str text);

#endif
