/* What a dry run says of a step in place of running it, and what it leaves behind for those that come after: values that only a
 * run can know. */
#ifndef SIDESTEP_STEP_PLAN_H
#define SIDESTEP_STEP_PLAN_H

#include "step/step.h"

/* What its kind knows of it; the rest is the step's own. */
struct step_plan {
	struct str command, shell, directory;
	struct val with;    /* an object, or null */
	const char *note;   /* what else is to be known; NULL: nothing */
	const char *cannot; /* why it cannot run here; NULL: it can */
};

/* Says it, once. Not in a dry run: nothing. p NULL: nothing is known of what it does. */
void step_plan(struct step_run *s, const struct step_plan *p);
/* Its work would be done somewhere that a plan does not look into: its outputs are not known, nor what it does to the workspace
 * and to the environment. text: its script, or empty. */
void step_plan_unknown(struct step_run *s, struct str text);
/* It cannot run here: it has failed. */
void step_plan_refuse(struct step_run *s, struct str why);

#endif
