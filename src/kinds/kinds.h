/* The kinds of steps: what a step of a job does. One file a kind, one row in kinds.c. */
#ifndef SIDESTEP_KINDS_KINDS_H
#define SIDESTEP_KINDS_KINDS_H

#include "step/step.h"

struct action;
struct frame;

/* The kind of a step of the graph; never NULL. */
const struct step_ops *kind_of(const struct gnode *n);
/* Why a step of the job will fail when it is reached: something it needs is not there, looked for also in the actions that it
 * uses, as far as they are known. NULL: nothing is known to be missing. */
const char *kinds_unsupported(struct job_base *j, const struct step *step);

/* Asks for job hooks and for the pre stages of the actions in a list of steps that has not begun, as far as they have come from
 * other repositories. */
void kinds_prepare(struct frame *f);

extern const struct step_ops script_ops;   /* run */
extern const struct step_ops checkout_ops; /* uses: actions/checkout */
extern const struct step_ops checkout_post_ops;
extern const struct step_ops action_ops;    /* uses: an action of a repository or the workspace, until its file is read */
extern const struct step_ops composite_ops; /* … one whose steps run as part of the job's */
extern const struct step_ops composite_post_ops;
extern const struct step_ops node_ops;    /* … one in JavaScript, each of its stages */
extern const struct step_ops absent_ops;  /* uses: an image */
extern const struct step_ops control_ops; /* wait, wait-all, cancel */

#endif
