/* A step's log file: every line with its UTC time ("2026-11-21T08:00:00.1234567Z text"), bytes kept as
 * they came (masked), official prefixes for levels ("##[error]..."). Buffered; a write error is
 * remembered and told at close. */
#ifndef SIDESTEP_LOG_STEPLOG_H
#define SIDESTEP_LOG_STEPLOG_H

#include "event/event.h"

struct steplog;

/* Creates the file, mode 0600. */
int steplog_open(struct steplog **out, const char *path, struct err *err);
void steplog_lines(struct steplog *l, int64_t time_ms, enum log_level level, const struct str *lines, size_t n);
int steplog_flush(struct steplog *l, struct err *err);
/* Flushes, closes, frees; -1 and err if anything could not be written. */
int steplog_close(struct steplog *l, struct err *err);

#endif
