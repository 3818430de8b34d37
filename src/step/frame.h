/* A list of steps that run in order: the job's own, or those of a composite action. */
#ifndef SIDESTEP_STEP_FRAME_H
#define SIDESTEP_STEP_FRAME_H

#include "model/action.h"
#include "step/step.h"

struct frame {
	struct job_base *job;
	struct step_run *outer; /* the step whose steps these are, NULL for the job's own list */
	struct gnode *nodes;
	struct step_run **steps; /* made when reached */
	size_t n, cursor;
	struct val steps_ctx;    /* the steps context: grows */
	enum step_stage stage;   /* of all its steps */
	struct step_use **uses;  /* by position, where asked for (stages.h); NULL: none was */
	struct step_use *posts;  /* post stages that will run, the first to run first */
	struct step_use *around; /* before and after all of it (stages.h); NULL: nothing */
	enum result *status;     /* that conditions ask for: own_status for the steps of an action, else the job's */
	bool *doubtful;          /* the same of a plan: a step that may run would fail */
	bool advancing;          /* frame_advance is active: do not enter again */
	bool closed;             /* no further step begins */
	struct arena *mem;       /* what lives as long as the frame: the job's arena, or own */
	/* a composite action's */
	bool held;              /* goes on with the next turn of the loop */
	enum result own_status; /* what its steps have come to */
	bool own_doubtful;
	struct arena own, given; /* given: what the step around it had when it began */
	unsigned depth;          /* the job's own list: 0 */
	const struct action *action;
	const struct source_set *sources; /* that hold its file */
	const struct action_source *source;
	struct val inputs, explicit_env; /* objects; env: what the composite steps around set themselves */
	struct str reason;               /* the first failure */
};

struct frame *frame_new(struct job_base *j, struct step_run *outer);
void frame_set_nodes(struct frame *f, struct gnode *nodes, size_t n);
/* Begins what can begin. */
void frame_advance(struct frame *f);
bool frame_over(const struct frame *f);
/* The step the walk stands at, or NULL. */
struct step_run *frame_current(const struct frame *f);
/* Frees it, with the logs and the memory of all its steps. */
void frame_release(struct frame *f);

#endif
