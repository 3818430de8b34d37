/* The words that stand for the enums in JSON, in both directions. */
#ifndef SIDESTEP_EVENT_NAMES_H
#define SIDESTEP_EVENT_NAMES_H

#include "event/event.h"

/* "run.start" ... */
const char *event_type_name(enum event_type t);
/* False when no type has that name. */
bool event_type_read(enum event_type *out, struct str name);
/* Unknown words read as RESULT_NONE, LOG_STDOUT and LOG_INFO. */
enum result result_read(struct str name);
/* OUTLOOK_YES for unknown words. */
enum outlook outlook_read(struct str name);
enum log_stream log_stream_read(struct str name);
enum log_level log_level_read(struct str name);

#endif
