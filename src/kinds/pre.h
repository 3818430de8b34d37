/* Which actions have something to run before the steps of their job. */
#ifndef SIDESTEP_KINDS_PRE_H
#define SIDESTEP_KINDS_PRE_H

#include "base/map.h"
#include "kinds/action_source.h"

/* A search that looks at every action once. Zeroed but for the job. */
struct pre_search {
	struct job_base *job;
	struct arena arena;
	struct map known; /* folder of an action → bool */
};

/* Whether an action has a pre stage: a script of its own, or one of an action of another repository among its steps. */
bool pre_is_in(struct job_base *j, const struct action_source *source);
/* The same for the action that a step names, with the condition of its pre stage. around: the action that holds the step, or
 * NULL. */
bool pre_of_step(struct str *condition, struct pre_search *l, const struct action_source *around, const struct step *step);
/* Frees what it has remembered. */
void pre_search_done(struct pre_search *l);

#endif
