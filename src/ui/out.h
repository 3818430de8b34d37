/* Where a sink writes: collects bytes, writes them whole, remembers the first error and is silent from then
 * on. Nothing here ends a run: the error is told when the sink is closed. */
#ifndef SIDESTEP_UI_OUT_H
#define SIDESTEP_UI_OUT_H

#include "base/buf.h"
#include "base/err.h"
#include "ui/queue.h"

struct out {
	int fd;
	int errnum;          /* the first error, or 0 */
	size_t lines;        /* line ends taken so far */
	struct buf buf;      /* not taken yet */
	struct queue *queue; /* of output that never waits; NULL: writing waits until all is out */
};

/* For o->fd: with a queue when there is somebody to tell that it waits. paced: whether steps may be asked to wait for
 * a reader that is nearly as fast. */
void out_init(struct out *o, const struct ui_options *options, bool paced);
/* Takes what has been collected: writes it, or keeps it in the queue, or errnum is set. */
void out_flush(struct out *o);
/* Bytes that wait for the descriptor. */
uint64_t out_pending(const struct out *o);
/* Flushes and frees; -1 and err when anything was lost. `what` names the place: "events.ndjson". */
int out_close(struct out *o, const char *what, struct err *err);

#endif
