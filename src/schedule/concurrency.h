/* Concurrency groups of workflows and jobs: who stands at which gate. */
#ifndef SIDESTEP_SCHEDULE_CONCURRENCY_H
#define SIDESTEP_SCHEDULE_CONCURRENCY_H

#include "base/vec.h"
#include "context/scope.h"
#include "schedule/gate.h"
#include "session/session.h"

struct flow;
struct run;

/* A place at the gate of a concurrency group. */
struct turn {
	uint64_t id;
	struct str group; /* empty: none */
	bool entered;     /* to be left at the end */
	bool held;        /* somebody else runs */
	bool lost;        /* a newer one has taken the place: end */
	struct str why;
};

/* All gates of a session, and who of it stands there. */
struct gates {
	struct session *session;
	struct gate *store;
	bool own, stirred;
	bool owes;        /* somebody could not leave yet */
	uint64_t look_at; /* when they are looked at again */
	struct arena arena;
	struct {
		VEC(struct turn *);
	} turns; /* all that were entered */
};

/* store: not owned; NULL: one of this session alone. */
void gates_open(struct gates *g, struct session *session, struct gate *store);
/* Leaves all of them. */
void gates_close(struct gates *g);
/* Looks at all gates when it is time, or when something has changed here. */
void gates_look(struct gates *g);
uint64_t gates_deadline(const struct gates *g);

/* The evaluated `concurrency` of a workflow or job; false: *why says what is wrong. */
bool concurrency_read(struct gate_request *r, const struct token *t, const struct scope *scope, struct str *why);
/* Gets in line. around: the workflow that holds the one who enters; who: its key, for messages. Afterwards it may be through,
 * held or lost. */
void turn_enter(struct turn *t, struct run *r, const struct flow *around, struct str who, const struct gate_request *request);
void turn_leave(struct turn *t, struct gates *g);

#endif
