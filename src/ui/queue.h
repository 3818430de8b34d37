/* Bytes on their way to a descriptor whose reader may be slow, asleep or gone (`| less`, Ctrl-S): taken at once,
 * written as the reader takes them, in order, and never waited for.
 *
 * A little of what waits is kept in memory, what goes beyond in a file that has no name. Only when that cannot be
 * written either, steps are asked to wait (ui_waiter.hold): nothing is lost, and memory stays bounded.
 *
 * A reader that is merely not as fast as a step that floods it is given a moment to catch up, steps waiting meanwhile:
 * that is quicker for all than to write everything to the disk and read it back. Who needs longer is slow, and steps
 * wait for him no more, until he has read all. */
#ifndef SIDESTEP_UI_QUEUE_H
#define SIDESTEP_UI_QUEUE_H

#include "ui/ui.h"

/* How a descriptor is written to without waiting. */
enum queue_way {
	QUEUE_PLAIN,  /* it does not block, or is a file, which is never waited for */
	QUEUE_SOCKET, /* send(2) can be told not to wait */
	QUEUE_POLLED, /* asked first, then given no more than what it has room for */
};

struct queue {
	int fd;
	bool own_fd; /* a description of our own */
	enum queue_way way;
	bool terminal;
	int errnum; /* the first error, or 0; everything is dropped after it */
	/* In this order: */
	struct buf head; /* from `at` on */
	size_t at;
	int spool; /* the file, or -1 */
	uint64_t from, to;
	struct buf tail;
	struct str spool_dir; /* heap */
	int held_errnum;      /* steps had to wait since the file could not be written: why */
	bool waiting, holding;
	bool paced;          /* steps may be asked to wait for a moment */
	bool slow;           /* he has had his moment, and something waits since */
	uint64_t pace_until; /* the moment's end, or 0 */
	uint64_t (*now)(void);
	struct ui_waiter waiter;
};

/* For output to o->fd, which stays the caller's; o->waiter and o->now must be there. */
void queue_init(struct queue *q, const struct ui_options *o, bool paced);
/* Frees all; what still waits is lost. */
void queue_done(struct queue *q);
/* Takes bytes in: writes what goes, keeps the rest. */
void queue_put(struct queue *q, const char *p, size_t n);
/* The descriptor takes bytes again. */
void queue_ready(struct queue *q);
/* The time has come that pace_until said. */
void queue_tick(struct queue *q, uint64_t now);
/* Bytes that wait. */
uint64_t queue_pending(const struct queue *q);

#endif
