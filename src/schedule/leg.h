/* One combination of a job's matrix: what is its own before it runs, and the job or the workflow that runs for it. */
#ifndef SIDESTEP_SCHEDULE_LEG_H
#define SIDESTEP_SCHEDULE_LEG_H

#include "context/scope.h"
#include "job/job.h"
#include "schedule/concurrency.h"
#include "schedule/group.h"

enum leg_state { LEG_QUEUED, LEG_RUNNING, LEG_DONE };

struct leg {
	struct run *run;
	struct flow *flow; /* the workflow that holds it */
	struct group *group;
	struct job_run *job;          /* while it runs */
	struct flow *callee;          /* the workflow it calls, once that has begun */
	void (*ended)(struct leg *l); /* told to the group */
	enum leg_state state;
	struct scope scope;
	struct arena arena; /* contexts of its own keys; goes when it has ended. Results are in the run's */
	size_t index;       /* 0-based: strategy.job-index */
	struct val matrix;
	struct speaker speaker; /* its key: "test (1, 2)" */
	struct str name;
	struct str suffix;  /* " (1, 2)" */
	struct str *labels; /* runs-on, evaluated */
	size_t nlabels;
	bool place_unknown; /* in a plan: only a run knows them */
	bool continue_on_error;
	bool queued;            /* that it has to wait was said */
	struct turn turn;       /* of its own concurrency group */
	struct str environment; /* name; empty: none */
	struct str unsupported; /* what it needs and the program lacks; empty: nothing */
	struct str early_error; /* an evaluation error that fails it before it starts */
	/* how it ended */
	uint64_t started_at, ended_at;
	enum result conclusion;
	struct val outputs;
	struct str reason;
	struct str refused; /* in a plan: why it would fail here; empty: it would not */
	bool doubtful;      /* … if something of it runs that may run */
	uint64_t critical_ns;
	struct str critical_steps;
};

struct leg *leg_new(struct group *g, size_t index, const struct matrix_leg *leg, void (*ended)(struct leg *l));
/* Evaluates its own keys: name, continue-on-error, runs-on. Errors wait in early_error until it starts. */
void leg_eval(struct leg *l);
/* Gets in line for the job's concurrency group, if it has one. */
void leg_line_up(struct leg *l);
/* It could begin, but there is no room for it: says so, once. */
void leg_wait(struct leg *l, struct str reason);
/* Runs its job, or the workflow that it calls. */
void leg_start(struct leg *l);
void leg_advance(struct leg *l);
void leg_cancel(struct leg *l, struct str why);
/* Ends one that never runs: cancelled before its start. */
void leg_end_unstarted(struct leg *l, enum result conclusion, struct str reason);
void leg_release(struct leg *l);
/* Says that a leg of the group, or all of it without legs, is left out. */
void leg_emit_skip(const struct speaker *who, const struct group *g, struct str name, struct str reason, enum result result,
                   bool not_here);
/* What is told of how it has ended: in a plan nothing was done, so that nothing has succeeded. */
enum result leg_shown_conclusion(const struct leg *l);
/* Its name as the file has it. */
struct str leg_literal_name(const struct group *g);
/* The list that holds for it: its own, its workflow's, its callers'; NULL: the repository's default. */
const struct token *leg_permissions(const struct leg *l);
/* What it may do with caches (model/cache_mode.h); 0: nobody says. */
unsigned leg_cache_mode(const struct leg *l);
/* What both ways of running say and do. workspace: empty when there is none. */
void leg_begun(struct leg *l, struct str workspace);
void leg_ended(struct leg *l, struct str environment_url);

#endif
