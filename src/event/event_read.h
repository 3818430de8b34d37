/* Events read back from JSON lines: for reports on past runs, and for tests that keep events as data. */
#ifndef SIDESTEP_EVENT_EVENT_READ_H
#define SIDESTEP_EVENT_EVENT_READ_H

#include "event/event.h"

/* Reads one line of NDJSON into *out; texts and values live in the arena. Fields that are missing or of
 * another kind read as absent; a line that is not an object with a known type fails with ERR_INVALID. */
int event_parse(struct event *out, struct arena *a, struct str line, struct err *err);
/* Milliseconds since 1970 of "2026-11-21T08:00:00.123Z"; false when s is not of that shape. */
bool event_time_read(int64_t *out, struct str s);

#endif
