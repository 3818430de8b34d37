/* One workflow of a run: the run's own, or one that a job calls. */
#ifndef SIDESTEP_SCHEDULE_FLOW_H
#define SIDESTEP_SCHEDULE_FLOW_H

#include "context/scope.h"
#include "schedule/concurrency.h"
#include "schedule/group.h"
#include "schedule/run.h"

struct flow {
	struct run *run;
	struct leg *caller;                /* the leg that calls it; NULL: the run's own */
	void (*ended)(struct leg *caller); /* told to the caller */
	const struct plan *plan;
	struct str path; /* ".github/workflows/build.yml" */
	struct scope scope;
	struct group **groups; /* by plan index */
	size_t ngroups, done_groups;
	bool done, cancelled;
	struct str cancel_reason;
	struct turn turn;                /* of the workflow's concurrency group */
	struct str failed;               /* an error in the workflow's own keys: none of its jobs runs */
	struct str prefix, name_prefix;  /* "deploy / ": in front of the keys and of the names of its jobs */
	struct val inputs, secrets;      /* objects */
	unsigned cache_mode;             /* what the callers allow (model/cache_mode.h); 0: they say nothing */
	const struct token *permissions; /* what the callers list, for jobs and files that list nothing; NULL: the default */
};

/* ended: may be NULL for the run's own. */
struct flow *flow_new(struct run *r, const struct plan *plan, struct leg *caller, void (*ended)(struct leg *caller));
/* Gets in line for the workflow's concurrency group, if it has one. */
void flow_line_up(struct flow *f);
void flow_advance(struct flow *f);
/* Jobs whose condition no longer holds are cancelled; what has not begun is told so when its turn comes. */
void flow_cancel(struct flow *f, struct str why);
/* success, failure, cancelled or skipped over all jobs. */
enum result flow_result(const struct flow *f);
/* All its jobs are for other systems. */
bool flow_not_here(const struct flow *f);

#endif
