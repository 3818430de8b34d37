/* Renderers of the event stream. Each needs nothing but events; each can be fed from a stored
 * events.ndjson as well. */
#ifndef SIDESTEP_UI_UI_H
#define SIDESTEP_UI_UI_H

#include "event/event.h"

/* Who is told that output has to wait. Both must be there. */
struct ui_waiter {
	/* on: ui_ready is to be called whenever fd takes bytes; false when fd is of a kind that is never waited for. */
	bool (*wait)(void *cookie, int fd, bool on);
	/* on: steps have to wait with their output, there is no room for it. */
	void (*hold)(void *cookie, bool on);
	void *cookie;
};

struct ui_options {
	int fd; /* where it writes; not closed */
	bool color;
	int width;                      /* columns; 0: ask the terminal, and again on resize (ui_resized) */
	int verbosity;                  /* -1 quiet, 0, 1 verbose */
	size_t runs;                    /* that will be shown; 0: not known */
	const struct ui_waiter *waiter; /* NULL: writing waits until fd takes all */
	struct str spool_dir;           /* where what waits is kept when it is much; with a waiter */
	struct str log_dir_hint;        /* shown with failures: where the full logs are */
	uint64_t (*now)(void);          /* monotonic ns; for ticks; NULL: the clock */
};

/* NDJSON to fd, flushed per event. */
struct sink *sink_json(const struct ui_options *o);
/* NDJSON into the file events.ndjson of a run; log lines of a step beyond max_log bytes (0: no limit) are left to the
 * step's own log file, with one notice line where they stop. */
struct sink *sink_store(const char *path, uint64_t max_log, struct err *err);
/* Plain lines with a stable prefix, no control codes: for pipes and CI logs. */
struct sink *sink_plain(const struct ui_options *o);
/* The live tree. */
struct sink *sink_tty(const struct ui_options *o);
/* A dry run as a plan, for people: jobs and steps in the order they would run; quiet: what would fail, and the last
 * lines. terminal: lines are wrapped. */
struct sink *sink_plan(const struct ui_options *o, bool terminal);
/* Inside a GitHub Actions job: groups and ::error:: commands. */
struct sink *sink_github(const struct ui_options *o);
/* Only failures and the last line. */
struct sink *sink_quiet(const struct ui_options *o);
/* The descriptor that the waiter was told of takes bytes again. */
void ui_ready(struct sink *s);
/* Nothing more comes: writes what is still owed, the verdict above all, so that only bytes that wait are left. trouble: why the
 * program does not end with success although the runs did; or NULL. */
void ui_end(struct sink *s, const char *trouble);
/* Bytes that wait for the descriptor. Closing drops them and says so. */
uint64_t ui_pending(const struct sink *s);
/* Why nothing is written any more (an errno; EPIPE: nobody reads it), or 0. */
int ui_lost(const struct sink *s);
/* Why steps had to wait with their output (an errno), or 0. */
int ui_held(const struct sink *s);
/* Somebody wants an end, for the level-th time, by this signal: says so at once. Running steps have grace_ns. */
void ui_stopping(struct sink *s, int level, int signal, uint64_t grace_ns);
/* The terminal is about to be somebody else's: takes the live block away, until ui_resized. */
void ui_suspend(struct sink *s);
/* The terminal's size has changed. */
void ui_resized(struct sink *s);

#endif
