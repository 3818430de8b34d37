/* A job of the plan with all the legs of its matrix. */
#ifndef SIDESTEP_SCHEDULE_GROUP_H
#define SIDESTEP_SCHEDULE_GROUP_H

#include "context/scope.h"
#include "event/event.h"
#include "plan/plan.h"

struct flow;
struct leg;
struct run;

enum group_state { GROUP_WAITING, GROUP_OPEN, GROUP_DONE };

struct group {
	struct run *run;
	struct flow *flow;
	const struct plan_job *plan;
	struct scope scope; /* before the matrix is known */
	enum group_state state;
	struct leg **legs;
	size_t nlegs, next_leg, done_legs, running_legs;
	size_t nsaid; /* legs up to here have started, or said that they wait */
	bool fail_fast;
	unsigned max_parallel;
	enum result result; /* as dependents see it */
	bool not_here;      /* none of it ran because it is for another system */
	bool doubtful;      /* in a plan: it fails here if something of it runs that may run */
	struct val outputs;
	enum outlook outlook; /* of its condition, in a dry run */
	struct str depends;   /* OUTLOOK_MAYBE: on what */
	uint64_t started_at, ended_at;
};

/* Its result for those that name it: needs.x.result. In a plan only what is skipped or fails for certain is
 * known. */
struct val group_result(const struct group *g);
struct group *group_new(struct flow *f, const struct plan_job *p);
bool group_needs_done(const struct group *g);
/* Its needs have ended: condition, matrix, legs. */
void group_open_up(struct group *g);
/* Whether its condition holds in the present status. */
bool group_goes_on(struct group *g);
void group_start_legs(struct group *g);
void group_cancel(struct group *g, struct str why);

#endif
