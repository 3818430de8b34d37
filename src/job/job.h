/* A job that runs: set-up, its list of steps, cancellation and limits, end. What it belongs to (a leg of a matrix, a flow) is
 * its owner's business: it is made from a description, and tells its owner what happens. */
#ifndef SIDESTEP_JOB_JOB_H
#define SIDESTEP_JOB_JOB_H

#include "step/job_base.h"

struct job_run;

/* What a job tells its owner. */
struct job_ops {
	/* Its folders are there; the steps have not begun. */
	void (*begun)(void *owner, struct job_run *j);
	/* It is over: everything below "how it ended" is known. The owner frees it. */
	void (*ended)(void *owner, struct job_run *j);
};

/* What a job is made from. Everything lives longer than the job. */
struct job_spec {
	struct speaker speaker; /* of the leg: before the job has masks of its own */
	struct str name;        /* as it is shown */
	struct str called_as;   /* "path@ref (commit)" of the called workflow that holds it; empty: it is the run's own */
	const struct job *job;
	const struct workflow *workflow; /* that holds it */
	const struct job_graph *graph;
	const struct scope *around;
	struct val github, payload;                               /* of the run */
	struct masker *masker;                                    /* of the run: the job clones it */
	const struct step_ops *(*kind_of)(const struct gnode *n); /* what its steps do: kinds/kinds.h */
	void (*prepare)(struct frame *f);                         /* asks for pre stages (step/stages.h); NULL: nobody does */
	struct str log_dir;                                       /* empty: no logs are kept */
	struct str artifacts;                                     /* folder of what the run uploads */
	struct str environment;                                   /* its name, or empty */
	bool id_token;                                            /* permission for identity tokens */
	unsigned cache_mode;                                      /* model/cache_mode.h; 0: the event decides */
	struct str missing;                                       /* what it needs and the program lacks; empty: nothing */
	struct str error;                                         /* it fails with this before its first step; empty: nothing */
	struct arena *results;                                    /* for what outlives it */
	const struct job_ops *ops;
	void *owner;
};

enum job_state {
	JOB_GATHERING, /* what its steps use of other repositories is still being fetched */
	JOB_RUNNING,
	JOB_ENDING, /* its result is known; what it left is being cleared away */
};

enum cleanup_stage {
	CLEANUP_COPIES,    /* copies of actions that nobody needs any more are stopped */
	CLEANUP_PROCESSES, /* the place kills what is left */
	CLEANUP_FILES,     /* the work folder is next */
	CLEANUP_REMOVER,   /* a helper removes it, or takes the tokens out of it */
	CLEANUP_DONE,
};

/* How far the end of a job is. */
struct cleanup {
	enum cleanup_stage stage;
	struct proc *remover;
	bool exited, eof, failed; /* the helper */
	bool hurried;             /* somebody wants the end: no helper begins */
	uint64_t until;           /* when a helper has had its time; NEVER: none runs */
	struct str said;          /* by it */
};

struct job_run {
	struct job_base base; /* as its steps see it */
	struct job_spec spec;
	struct frame *before, *after; /* stages of its actions before and after its steps; NULL: none */
	struct frame *walk;           /* the list that runs; NULL: none yet */
	enum job_state state;
	struct remote_request *needs; /* JOB_GATHERING: what is fetched */
	struct cleanup cleanup;
	struct val identity;      /* of the job context: what the owner knows of it; null: not asked yet */
	struct hashing *hashings; /* helpers for hashFiles */
	bool cancelled;
	uint64_t started_at, timeout_at, kill_at;
	/* how it ended; texts and values in spec.results, the address with the job */
	enum result conclusion;
	struct val outputs;
	struct str reason;
	struct str environment_url;
	uint64_t critical_ns; /* longest chain of its steps */
	struct str critical_steps;
};

/* Sets it up; its steps begin with job_advance. */
struct job_run *job_start(struct session *session, const struct job_spec *spec);
/* Hands out slots, visits steps, ends the job. */
void job_advance(struct job_run *j);
void job_cancel(struct job_run *j, struct str why);
/* A second Ctrl-C: the grace times that run are over. */
void job_hurry(struct job_run *j);
void job_kill(struct job_run *j);
/* Stops removing what it left behind: somebody wants the end. */
void job_hurry_end(struct job_run *j);
/* What is due at this time. */
void job_timers(struct job_run *j, uint64_t now);
uint64_t job_deadline(const struct job_run *j);
void job_free(struct job_run *j);

#endif
