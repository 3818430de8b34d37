/* Where a sink writes: collects bytes, writes them whole, remembers the first error and is silent from then
 * on. Nothing here ends a run: the error is told when the sink is closed. */
#ifndef SIDESTEP_UI_OUT_H
#define SIDESTEP_UI_OUT_H

#include "base/buf.h"
#include "base/err.h"

struct out {
	int fd;
	int errnum;     /* the first error, or 0 */
	size_t lines;   /* line ends written so far */
	struct buf buf; /* not written yet */
};

/* Writes what has been collected: all of it, or errnum is set. A descriptor that would block is waited for. */
void out_flush(struct out *o);
/* Flushes and frees; -1 and err when anything was lost. `what` names the place: "events.ndjson". */
int out_close(struct out *o, const char *what, struct err *err);

#endif
