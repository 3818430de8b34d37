/* What belongs to the process while a session runs: the signal mask, SIGPIPE, orphans. */
#ifndef SIDESTEP_CLI_SIGNALS_H
#define SIDESTEP_CLI_SIGNALS_H

#include "base/err.h"

/* Blocks the signals that we read, ignores SIGPIPE, adopts orphans of steps; returns the descriptor to
 * poll, or -1. A SIGHUP that was ignored when we were started (nohup) stays so. */
int signals_open(struct err *err);
/* Ctrl-Z is read from now on, too: the terminal is to be left as it was found. Where it was ignored, or this fails, it does what
 * it always does. */
void signals_read_stop(int fd);
/* Stops this process, as that signal would have. */
void signals_stop(void);
/* Signals that come from now on act as they do on any program: nothing is left to be cleaned up. */
void signals_close(void);
/* The next signal that came in, or 0. */
int signals_next(int fd);

#endif
