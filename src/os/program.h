/* Runs a program to its end, for helper children and for what is done before a run: whoever may block. */
#ifndef SIDESTEP_OS_PROGRAM_H
#define SIDESTEP_OS_PROGRAM_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

/* args[0] is looked for on PATH; our own environment; started in /. out (may be NULL) takes its stdout up to out->max, words (the
 * same) its stderr. The exit code, 128 + signal when a signal ended it; -1: it could not be started (ERR_MISSING: there is no
 * such program), or has not ended after so many seconds (0: no limit) and was killed. */
int program_run(const char *const *args, struct buf *out, struct buf *words, unsigned seconds, struct err *err);

#endif
