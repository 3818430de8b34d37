/* The stages of an action: what runs before the steps of a job (pre), in their place (main) and after them (post). Each stage
 * is a step of its own, with its own process, files, environment and outcome; what an action keeps for its later stages
 * (save-state, GITHUB_STATE) belongs to the use of it, which they share.
 *
 * A kind of action asks for its stages: for pre while the job is set up, for post when it begins. */
#ifndef SIDESTEP_STEP_STAGES_H
#define SIDESTEP_STEP_STAGES_H

#include "step/frame.h"

/* One stage beside the main one. */
struct stage {
	const struct step_ops *ops;   /* what it does; NULL: there is none */
	const struct expr *condition; /* pre-if, post-if; never NULL where there is a stage */
	struct str condition_text;
	struct str name; /* empty: "Pre" or "Post" and the name of the step */
};

/* One action as a step of a list uses it. */
struct step_use {
	struct frame *list; /* that holds the step */
	const struct gnode *node;
	struct str name; /* of the main step */
	struct stage pre, post;
	struct val state;       /* object of strings; null: nothing was kept */
	struct frame *kept;     /* an action's steps, while a later stage needs them: its pre and post stages; NULL: none */
	bool registered;        /* its post stage will run */
	struct step_use *older; /* registered before it */
};

/* What a step that is a pre or a post stage is. */
const struct stage *stages_own(const struct step_run *s);
/* The use of a step; made at the first call. */
struct step_use *stages_use(struct step_run *s);
/* The same before the step was reached. */
struct step_use *stages_use_of(struct frame *f, const struct gnode *n);
/* One that belongs to no step of the list, with a node of its own: its pre stage comes before all others, its post after them. */
struct step_use *stages_use_around(struct frame *f, const struct gnode *n);
/* Its post stage will run before those that are registered already, if it has one by then. Once. */
void stages_register_post(struct step_run *s);
/* How many post stages of the list will run. */
size_t stages_posts(const struct frame *f);
/* Lists of the pre stages of a list of steps, in their order, and of the post stages that were registered: those of a job the
 * last one first, those of an action against the order of its steps. NULL: there are none. outer: the stage of the action whose
 * steps these are, NULL for the job's. */
struct frame *stages_before(struct frame *f, struct step_run *outer);
struct frame *stages_after(struct frame *f, struct step_run *outer);

#endif
