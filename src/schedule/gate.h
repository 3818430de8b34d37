/* Concurrency groups: in each at most one runs, and one waits (or, with queue: max, a hundred). The rules are pure
 * and work on a list of tickets; where that list lives (this process, files shared by all processes of the machine)
 * is the business of the store behind it. Source: matrix-and-jobs.md section 6. */
#ifndef SIDESTEP_SCHEDULE_GATE_H
#define SIDESTEP_SCHEDULE_GATE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/vec.h"

enum { GATE_QUEUE_MAX = 100 };

enum gate_state {
	GATE_WAITING,   /* somebody else runs */
	GATE_OPEN,      /* it may run */
	GATE_FAILED,    /* nobody can tell any more */
	GATE_CANCELLED, /* a newer one has taken its place, or wants it to end */
};

/* One who runs or waits in a group. */
struct gate_ticket {
	uint64_t id;
	int64_t owner, born; /* the process that holds it and when that process began: 0 in memory */
	bool running, cancelled;
};
struct gate_list {
	VEC(struct gate_ticket); /* in the order of arrival */
};

struct gate_request {
	struct str group;
	bool cancel_in_progress, queue_max;
};

/* The rules. The newcomer's ticket is appended; what it does to the others is in theirs. */
void gate_list_enter(struct gate_list *l, struct arena *a, struct gate_ticket newcomer, const struct gate_request *r);
/* Takes a ticket out; who waits longest may run when nobody does. */
void gate_list_leave(struct gate_list *l, uint64_t id);
/* The same after tickets have gone by themselves. */
void gate_list_settle(struct gate_list *l);
/* GATE_CANCELLED also when the ticket is not there. */
enum gate_state gate_list_state(const struct gate_list *l, uint64_t id);

/* A store of groups. None of this waits: who cannot enter right now enters with a later look. */
struct gate;
struct gate_ops {
	int (*enter)(struct gate *g, const struct gate_request *r, uint64_t *id, struct err *err);
	/* GATE_FAILED with err: the store has refused so often that nobody will ever be let through. */
	enum gate_state (*look)(struct gate *g, struct str group, uint64_t id, struct err *err);
	/* false: it could not be done right now; settle does it later. */
	bool (*leave)(struct gate *g, struct str group, uint64_t id);
	/* Does what could not be done; false: there is still something. */
	bool (*settle)(struct gate *g);
	void (*free)(struct gate *g);
};
struct gate {
	const struct gate_ops *ops;
};

/* For one process: tests, and sessions that have no state folder. */
struct gate *gate_memory_new(void);

#endif
