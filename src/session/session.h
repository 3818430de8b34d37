/* What holds for all runs of a session: the options, the host, and whether something has happened that makes the engine look
 * again. The rooms above hang their own things on it; nothing here knows them. */
#ifndef SIDESTEP_SESSION_SESSION_H
#define SIDESTEP_SESSION_SESSION_H

#include "os/host.h"
#include "plan/plan.h"
#include "value/val.h"

#define SECOND UINT64_C(1000000000)
#define NEVER  UINT64_MAX

struct action_fetcher;
struct gate;
struct node_programs;
struct service;

/* Texts and values live as long as the session. */
struct exec_options {
	unsigned max_parallel;   /* jobs at a time; at least 1 */
	unsigned max_background; /* background steps of a job at a time; at least 1 */
	bool sequential;         /* background steps run at their place, one at a time */
	bool dry_run;            /* evaluate, start nothing */
	bool in_place;           /* the workspace is the user's tree */
	bool keep;               /* leave the workspaces */
	bool offline;            /* no step's helper asks the network */
	bool real_checkout;      /* actions/checkout is an action like any other */
	bool step_debug;         /* ACTIONS_STEP_DEBUG */
	bool overlay;            /* the process has a mount namespace of its own */
	uint64_t timeout_ns;     /* of the whole session; 0: none */
	struct str self;         /* the program, for helper children */
	struct str git_server;   /* where the repository is kept: what its remote leads to, else --github-url */
	struct str source_dir;   /* root of the user's tree: what checkout serves */
	struct str work_dir;     /* job directories are made below it */
	struct str tool_cache;   /* RUNNER_TOOL_CACHE */
	bool host_tools;         /* setup actions are offered what this machine has (tools/offer.h) */
	const struct platform_rule *platforms;
	size_t nplatforms;
	bool strict_platforms; /* what this machine is not is not run here, whatever it could stand in for */
	struct str machine;    /* what it is: "ubuntu-24.04"; empty: none that runs-on could name */
	const struct str *matrix_filters;
	size_t nmatrix_filters;
	struct val secrets, vars, inputs; /* objects; lookup without case */
	struct val env;                   /* --env: below workflow env, case-sensitive */
	struct val local_repositories;    /* OWNER/REPO[@REF] → directory */
	struct val stubs;                 /* OWNER/REPO[@REF] → directory or "none" */
	struct str token;                 /* secrets.GITHUB_TOKEN, or empty */
	struct str github_url;            /* the server of other repositories where the user has named one, or empty */
	char **environ;                   /* what steps inherit */
	struct action_fetcher *actions;   /* of other repositories (actions/fetcher.h), not owned; NULL: there are none */
	struct service *service;          /* artifacts, caches, identity tokens (service/service.h), not owned; NULL: none */
	struct str caches;                /* folder of this repository's caches */
	uint64_t cache_limit;             /* bytes in it */
	struct str cache_mode;            /* what jobs may do with caches at most (model/cache_mode.h's words) */
	struct gate *gate;                /* concurrency groups (schedule/gate.h), not owned; NULL: of this engine alone */
};

struct session {
	struct host *host;
	struct exec_options opt;
	int cancel_level; /* of engine_cancel */
	bool changed;     /* something happened in this turn: look again */
	unsigned running_jobs;
	bool *matrix_met;            /* by --matrix: some matrix had its value */
	bool *matrix_sought;         /* the same: some matrix might have had it */
	bool token_hinted;           /* a step was told how it gets a token */
	size_t job_dirs;             /* work folders given out: their numbers */
	unsigned burst;              /* actions begun since one was last held */
	struct node_programs *nodes; /* those of this machine (node/programs.h); NULL: not looked for yet */
};

/* Monotonic ns. */
uint64_t session_now(const struct session *s);
/* A variable that steps inherit, empty when there is none. */
struct str session_environ(const struct session *s, struct str name);

#endif
