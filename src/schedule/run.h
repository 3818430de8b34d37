/* A run as a whole: its workflows, its journal, its conclusion. */
#ifndef SIDESTEP_SCHEDULE_RUN_H
#define SIDESTEP_SCHEDULE_RUN_H

#include "base/vec.h"
#include "schedule/engine.h"
#include "session/journal.h"

struct flow;
struct gates;
struct job_run;
struct leg;

/* How legs call workflows: a called one has legs of its own, which may call again. */
struct call_ops {
	void (*start)(struct leg *l);
	void (*cancel)(struct leg *l, struct str why);
};

struct run {
	struct session *session;
	const struct call_ops *call;
	struct gates *gates;
	struct journal journal;
	struct arena arena; /* groups, legs, results */
	struct run_spec spec;
	bool started, done;
	bool cancelled;
	bool did_something; /* a job has begun */
	bool decided;       /* a job was skipped, as its condition says */
	bool warned_retired;
	bool refused;      /* in a plan: a job would fail here, or may */
	struct flow *flow; /* of the run's own workflow */
	struct {
		VEC(struct flow *);
	} flows; /* all of them, callers before those they call */
	struct val github;
	enum result conclusion;
	struct {
		VEC(struct str);
	} not_here; /* labels, distinct */
	struct {
		VEC(struct str);
	} dirs; /* log folders taken */
	uint64_t started_at;
	struct val conclusions; /* key → conclusion */
};

struct run *run_new(struct session *session, struct gates *gates, const struct run_spec *spec);
void run_start(struct run *r);
void run_advance(struct run *r); /* opens groups that are ready, starts legs, ends the run */
void run_cancel(struct run *r);
/* Called workflows as well, also those that began after that. */
void run_cancel_calls(struct run *r);
/* Calls fn for every job of the run that runs. */
void run_each_job(struct run *r, void (*fn)(struct job_run *j, uint64_t now), uint64_t now);
uint64_t run_deadline(struct run *r); /* the next time something of it is due */
void run_free(struct run *r);

#endif
