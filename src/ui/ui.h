/* Renderers of the event stream. Each needs nothing but events; each can be fed from a stored
 * events.ndjson as well. */
#ifndef SIDESTEP_UI_UI_H
#define SIDESTEP_UI_UI_H

#include "event/event.h"

struct ui_options {
	int fd; /* where it writes; not closed */
	bool color;
	int width;               /* columns; 0: ask the terminal, and again on resize (ui_resized) */
	int verbosity;           /* -1 quiet, 0, 1 verbose */
	struct str log_dir_hint; /* shown with failures: where the full logs are */
	uint64_t (*now)(void);   /* monotonic ns; for ticks; NULL: the clock */
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
/* Inside a GitHub Actions job: groups and ::error:: commands. */
struct sink *sink_github(const struct ui_options *o);
/* Only failures and the last line. */
struct sink *sink_quiet(const struct ui_options *o);
/* The terminal's size has changed. */
void ui_resized(struct sink *s);

#endif
