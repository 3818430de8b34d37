/* The job as its steps see it: what they share, where they run, what they change for each other. The job room makes one and
 * ends it; steps reach nothing of a job but this. */
#ifndef SIDESTEP_STEP_JOB_BASE_H
#define SIDESTEP_STEP_JOB_BASE_H

#include "base/vec.h"
#include "context/scope.h"
#include "event/event.h"
#include "graph/graph.h"
#include "log/stream.h"
#include "session/journal.h"
#include "session/place.h"

struct filecmd_entry;
struct service_job;
struct frame;
struct remote;
struct step_ops;
struct step_run;

struct job_base {
	struct session *session;
	struct speaker speaker; /* its masker is the job's own */
	struct masker *masker;
	struct log_job *log;
	const struct workflow *workflow; /* that holds the job */
	struct arena arena;              /* goes when the job has ended */
	struct scope scope;
	struct place *place;                                      /* where its steps run */
	struct place *here;                                       /* this machine, where helpers run: the same, or beside it */
	const struct step_ops *(*kind_of)(const struct gnode *n); /* what a step does: kinds/kinds.h */
	void (*prepare)(struct frame *f); /* asks for the pre stages of a list (stages.h); NULL: there are none */
	/* hashFiles for a step, whose results come to `results`: see struct scope_ops. While it answers EVAL_PENDING the step is
	 * asked again each time something has happened in the session. */
	enum eval_result (*hash_files)(struct step_run *s, struct arena *results, const struct str *patterns, size_t n,
	                               struct str *out, struct err *err);
	/* Nothing that this step has asked for is wanted any more: it is over. */
	void (*hash_forget)(struct step_run *s);

	struct str dir, workspace, temp; /* folders; in dir are the others */
	struct str log_dir;              /* empty: no logs are kept */
	struct str tracking_id;
	struct str
		no_artifacts[2]; /* GITHUB_ARTIFACTS and its list: nobody reads the one, nothing is in the other (step/files.c) */
	struct str artifacts;    /* folder of what the run uploads */
	struct str environment;  /* its name, or empty */
	bool id_token;           /* it has the permission id-token: write */
	unsigned cache_mode;     /* model/cache_mode.h; 0: the event decides */
	bool services_refused;   /* asked for in vain, or the job is over */
	struct service_job *services; /* NULL: no step has asked for them yet */
	struct val env;               /* global env: workflow, job, GITHUB_ENV; case-sensitive object */
	bool env_shared;              /* a step holds it: copy before changing */
	struct {
		VEC(struct str);
	} paths; /* GITHUB_PATH, oldest first */
	struct str default_shell, default_wd;
	struct str path_dirs;  /* GITHUB_PATH newest first, then PATH: for looking up shells */
	struct str bash;       /* default shell found, empty: look again */
	struct val github;     /* of this job; steps add theirs */
	struct remote *remote; /* actions of other repositories (kinds/remote.h); NULL: none was asked for */

	struct frame *frame;   /* its own list of steps; NULL: none yet */
	struct step_run *live; /* running steps */
	struct step_run *queue_head, *queue_tail;
	unsigned background_running, running_steps;
	unsigned open_background; /* background steps not done */
	/* of a dry run (step/plan.h) */
	struct str plan_refused; /* why it fails here, whatever its steps would do; empty: it does not */
	bool plan_doubtful;      /* it fails here if a step runs that may run */
	bool plan_dirty;         /* something would have run that may change the workspace */
	enum plan_tree { PLAN_TREE_EMPTY, PLAN_TREE_SOURCE, PLAN_TREE_UNKNOWN } plan_tree; /* what lies in the workspace */
	enum result status; /* job.status: success, failure, cancelled */
	int timeout_minutes;
};

/* A step failed. */
void job_base_fail(struct job_base *j);
/* What GITHUB_ENV and GITHUB_PATH do. */
void job_base_set_env(struct job_base *j, struct str name, struct str value);
void job_base_add_paths(struct job_base *j, const struct filecmd_entry *added, size_t nadded);
/* What GITHUB_PATH would hold then, oldest first: each folder once, where it was added last. */
struct str *job_base_paths_with(const struct job_base *j, struct arena *a, const struct filecmd_entry *added, size_t nadded,
                                size_t *n);
/* line.c */
/* Background steps that wait for a slot get it while there are any. */
void job_base_hand_out_slots(struct job_base *j);
/* Steps that run without a process of their own go on where they can. */
void job_base_resume(struct job_base *j);

#endif
