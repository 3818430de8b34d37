/* The objects of a run and who calls whom: engine → run → flow (the run's workflow, or one that a job calls) →
 * group (a job of the flow's plan with all its legs) → job (one leg) → frame (a list of steps: the job's own,
 * or a composite action's) → step. A leg that calls a workflow has no frame but a flow.
 *
 * Lifetimes: the run's arena holds groups and results; each job has an arena that goes when the job has
 * ended; each step that runs has an arena that goes when it has ended. */
#ifndef SIDESTEP_EXEC_INTERNAL_H
#define SIDESTEP_EXEC_INTERNAL_H

#include "base/map.h"
#include "base/vec.h"
#include "exec/exec.h"
#include "exec/gate.h"
#include "log/filecmd.h"
#include "log/mask.h"
#include "log/steplog.h"
#include "log/stream.h"
#include "model/action.h"

/* Grace times of a step that is being stopped (the hosted runner's), nanoseconds. */
#define SECOND          UINT64_C(1000000000)
#define INTERRUPT_GRACE (15 * SECOND / 2)
#define TERMINATE_GRACE (5 * SECOND / 2)
#define KILL_GRACE      (2 * SECOND)
#define DRAIN_GRACE     (5 * SECOND)
#define NEVER           UINT64_MAX

/* ---- steps ------------------------------------------------------------------------------------- */

enum step_state {
	ST_PENDING,     /* not reached yet */
	ST_QUEUED,      /* background, waits for a slot */
	ST_RUNNING,     /* its process (or its inner frame) runs */
	ST_INTERRUPTED, /* SIGINT was sent to its tree */
	ST_TERMINATING, /* SIGTERM was sent */
	ST_KILLED,      /* SIGKILL was sent */
	ST_DRAINING,    /* the process has ended, its pipes have not */
	ST_WAITING,     /* a control step waits for its targets */
	ST_DONE,
	ST_COUNT
};

enum step_event {
	SE_SLOT,    /* it may start now */
	SE_EXIT,    /* its process was reaped */
	SE_EOF,     /* its pipes have ended */
	SE_TIMEOUT, /* its own time limit has passed */
	SE_CANCEL,  /* a cancel step, or the job's cancellation */
	SE_GRACE,   /* the deadline of its state has passed */
	SE_COUNT
};

enum stop_reason { STOP_NONE, STOP_TIMEOUT, STOP_CANCEL_STEP, STOP_JOB };

/* What a step wants to change for others: held back until a join for background steps. */
struct effects {
	struct val outputs; /* object; null: none */
	struct {
		VEC(struct filecmd_entry);
	} env, paths; /* in order; paths: name is the directory */
};

struct job;
struct frame;

struct step_run {
	struct job_run *job;
	struct frame *frame;
	const struct gnode *node;
	enum step_state state;
	struct arena arena;  /* evaluated values, command line; released when the step has ended */
	struct val env;      /* the env context: global at its place, plus its own env */
	struct val own_env;  /* its own env alone; null: it has none */
	struct str name;     /* display name, evaluated; in the frame's arena */
	uint64_t timeout_ns; /* 0: none */
	int timeout_minutes;
	uint64_t queued_at, started_at, ended_at; /* monotonic ns; 0: never */
	uint64_t deadline;                        /* of the state (grace) */
	uint64_t timeout_at;
	struct step_run *prev_live, *next_live; /* the job's list of steps with a deadline or a process */
	bool live;
	struct step_run *next_queued;

	struct proc *proc;
	bool exited, ended_output; /* SE_EXIT, SE_EOF have come */
	struct proc_status status;
	struct frame *inner; /* composite action, while it runs */
	bool composite;      /* it was one */
	bool announced;      /* its beginning was said */
	unsigned annotated[LOG_NOTICE + 1];
	struct log_step *log;
	struct steplog *file;
	struct str files[5]; /* file commands: path by enum step_file */
	struct effects effects;
	enum stop_reason stop;
	bool failed_command;   /* a workflow command or file command was in error */
	bool setup_failed;     /* it never came to run: error already said */
	bool published;        /* outcome and effects are visible to others */
	bool joined;           /* by a control step */
	bool forgiven;         /* joined by a wait with continue-on-error */
	bool cancel_asked;     /* by a cancel step */
	bool skipped_at_place; /* its if was false: never a background step */
	struct str reason;     /* why it was skipped, failed or cancelled; frame's arena */
	enum result outcome, conclusion;
	/* control steps */
	struct step_run **targets;
	size_t ntargets, targets_done; /* those up to here have ended */
};

enum step_file { FILE_ENV, FILE_OUTPUT, FILE_PATH, FILE_STATE, FILE_SUMMARY, FILE_COUNT };

/* A list of steps that run in order: the job's, or those of a composite action. */
struct frame {
	struct job_run *job;
	struct step_run *outer; /* the composite step, NULL for the job's own list */
	struct gnode *nodes;
	struct step_run **steps; /* made when reached */
	size_t n, cursor;
	struct val steps_ctx; /* the steps context: grows */
	enum result status;   /* composite: its own status; the job's frame uses job->status */
	bool advancing;       /* frame_advance is active: do not enter again */
	bool closed;          /* no further step begins */
	bool held;            /* goes on with the next turn of the loop */
	struct arena *mem;    /* what lives as long as the frame: the job's arena, or own */
	/* a composite action's */
	struct arena own;
	unsigned depth; /* the job's own list: 0 */
	const struct action *action;
	struct val inputs, explicit_env; /* objects; env: what the composite steps around set themselves */
	struct str reason;               /* the first failure */
};

/* A place at the gate of a concurrency group. */
struct turn {
	uint64_t id;
	struct str group; /* empty: none */
	bool entered;     /* to be left at the end */
	bool held;        /* somebody else runs */
	bool lost;        /* a newer one has taken the place: end */
	struct str why;
};

/* ---- jobs -------------------------------------------------------------------------------------- */

enum job_state {
	JOB_QUEUED,
	JOB_RUNNING,
	JOB_ENDING, /* its result is known; what it left is being cleared away */
	JOB_DONE,
};

enum cleanup_stage {
	CLEANUP_PROCESSES, /* the host kills what is left */
	CLEANUP_FILES,     /* the work folder is next */
	CLEANUP_REMOVER,   /* a helper removes it */
	CLEANUP_DONE,
};

/* How far the end of a job is. */
struct cleanup {
	enum cleanup_stage stage;
	struct proc *remover;
	bool exited, eof, failed; /* the helper */
	struct str said;          /* by it */
};

/* One leg. */
struct job_run {
	struct run *run;
	struct flow *flow; /* the workflow that holds it */
	struct group *group;
	struct flow *callee; /* the workflow it calls, once that has begun */
	struct arena arena;
	enum job_state state;
	size_t leg; /* 0-based: strategy.job-index */
	struct val matrix;
	struct str key, name; /* key: "test (1, 2)"; both in the run's arena */
	struct str suffix;    /* " (1, 2)" */
	struct str *labels;   /* runs-on, evaluated; run's arena */
	size_t nlabels;
	bool continue_on_error;
	struct turn turn;       /* of its own concurrency group */
	struct str environment; /* name; empty: none */
	struct str environment_url;
	struct str unsupported; /* what it needs and the program lacks; empty: nothing */
	struct str early_error; /* an evaluation error that fails it before it starts */

	/* while it runs */
	struct masker *masker;
	struct log_job *log;
	struct host_group *procs;
	struct str dir, workspace, temp, log_dir, tracking_id;
	struct val env;  /* global env: workflow, job, GITHUB_ENV; case-sensitive object */
	bool env_shared; /* a step holds it: copy before changing */
	struct {
		VEC(struct str);
	} paths; /* GITHUB_PATH, oldest first */
	struct str default_shell, default_wd;
	struct str path_dirs; /* GITHUB_PATH newest first, then PATH: for looking up shells */
	struct str bash;      /* default shell found, empty: look again */
	struct val github;    /* of this job; steps add theirs */
	struct frame *frame;
	struct step_run *live; /* running steps */
	struct step_run *queue_head, *queue_tail;
	unsigned background_running;
	unsigned open_background; /* background steps not done */
	enum result status;       /* job.status: success, failure, cancelled */
	bool cancelled;
	uint64_t started_at, ended_at, timeout_at, kill_at;
	int timeout_minutes;
	enum result conclusion;
	struct cleanup cleanup;
	struct val outputs;   /* run's arena */
	struct str reason;    /* run's arena */
	uint64_t critical_ns; /* longest chain of its steps */
	struct str critical_steps;
};

enum group_state { GROUP_WAITING, GROUP_OPEN, GROUP_DONE };

/* One job of the plan. */
struct group {
	struct run *run;
	struct flow *flow;
	const struct plan_job *plan;
	enum group_state state;
	struct job_run **legs;
	size_t nlegs, next_leg, done_legs, running_legs;
	bool fail_fast;
	unsigned max_parallel;
	enum result result; /* as dependents see it */
	bool not_here;      /* none of it ran because it is for another system */
	struct val outputs;
	uint64_t started_at, ended_at;
};

/* A workflow with its jobs: the run's own, or one that a job calls. */
struct flow {
	struct run *run;
	struct job_run *caller; /* the leg that calls it; NULL: the run's own */
	const struct plan *plan;
	struct group **groups; /* by plan index */
	size_t ngroups, done_groups;
	bool done, cancelled;
	struct str cancel_reason;
	struct turn turn;                /* of the workflow's concurrency group */
	struct str failed;               /* an error in the workflow's own keys: none of its jobs runs */
	struct str prefix, name_prefix;  /* "deploy / ": in front of the keys and of the names of its jobs */
	struct val inputs, secrets;      /* objects */
	const struct token *permissions; /* what the callers list, for jobs and files that list nothing; NULL: the default */
};

struct run {
	struct engine *engine;
	struct arena arena;
	struct run_spec spec;
	bool started, done;
	bool cancelled;
	struct flow *flow; /* of the run's own workflow */
	struct {
		VEC(struct flow *);
	} flows;               /* all of them, callers before those they call */
	struct masker *masker; /* secrets; jobs clone it */
	struct val github;
	enum result conclusion;
	bool unsupported;
	struct {
		VEC(struct str);
	} not_here; /* labels, distinct */
	struct {
		VEC(struct str);
	} dirs; /* log folders taken */
	char trouble[256];
	uint64_t started_at;
	uint64_t work_ns;
	unsigned running_steps, most_running_steps;
	struct val conclusions; /* key → conclusion */
};

struct engine {
	struct host *host;
	struct exec_options opt;
	struct arena arena;
	struct {
		VEC(struct run *);
	} runs;
	unsigned running_jobs;
	size_t job_dirs; /* work folders given out: their numbers */
	int cancel_level;
	unsigned wait_errors; /* in a row */
	uint64_t deadline;    /* of the session */
	struct gate *gate;    /* concurrency groups */
	bool own_gate, gates_stirred;
	uint64_t look_at; /* when gates are looked at again */
	struct {
		VEC(struct turn *);
	} turns;        /* all that were entered */
	bool changed;   /* something happened in this turn: look again */
	unsigned burst; /* actions begun since one was last held */
};

/* ---- engine.c ---- */
uint64_t engine_now(const struct engine *e);

/* ---- run.c: a run as a whole ---- */
void run_start(struct run *r);
void run_advance(struct run *r); /* opens groups that are ready, starts legs, ends the run */
void run_cancel(struct run *r);
void run_set_trouble(struct run *r, const char *what);
/* Calls fn for every leg of the run that runs or is ending. */
void run_each_running(struct run *r, void (*fn)(struct job_run *j, uint64_t now), uint64_t now);
uint64_t run_deadline(struct run *r); /* the next time something of it is due */
void run_release(struct run *r);

/* ---- flow.c: one workflow of a run ---- */
struct flow *flow_new(struct run *r, struct job_run *caller, const struct plan *plan);
/* Gets in line for the workflow's concurrency group, if it has one. */
void flow_line_up(struct flow *f);
void flow_advance(struct flow *f);
/* Jobs whose condition no longer holds are cancelled; what has not begun is told so when its turn comes. */
void flow_cancel(struct flow *f, struct str why);
/* success, failure, cancelled or skipped over all jobs. */
enum result flow_result(const struct flow *f);
/* All its jobs are for other systems. */
bool flow_not_here(const struct flow *f);
/* ".github/workflows/build.yml" */
struct str flow_path(const struct flow *f);

/* ---- concurrency.c ---- */
/* The evaluated `concurrency` of a workflow or job; false: *error says what is wrong. */
bool concurrency_read(struct gate_request *r, struct run *run, const struct token *t, struct expr_env *env, struct str *error);
/* Gets in line. around: the workflow that holds the one who enters; who: its key, for messages. Afterwards it may be through,
 * held or lost. */
void concurrency_enter(struct turn *t, struct run *r, const struct flow *around, struct str who,
                       const struct gate_request *request);
void concurrency_leave(struct turn *t, struct engine *e);
/* Looks at all gates when it is time, or when something has changed here. */
void concurrency_look(struct engine *e);
uint64_t concurrency_deadline(const struct engine *e);

/* ---- call.c: a leg that calls a workflow ---- */
void call_start(struct job_run *j);
void call_end(struct job_run *j); /* its flow is done */

/* ---- group.c: a job of the plan ---- */
struct group *group_new(struct flow *f, const struct plan_job *p);
/* Its needs have ended: condition, matrix, legs. */
void group_open_up(struct group *g);
bool group_needs_done(const struct group *g);
/* Whether its condition holds in the present status. */
bool group_goes_on(struct group *g);
void group_start_legs(struct group *g);
void group_cancel(struct group *g, const char *why);
void group_leg_done(struct job_run *j);
void group_emit_skip(struct group *g, struct str key, struct str name, struct str reason, enum result result, bool not_here);

/* ---- leg.c: one combination of a job's matrix, before it runs ---- */
struct job_run *leg_new(struct group *g, size_t index, const struct matrix_leg *leg);
/* Evaluates its own keys: name, continue-on-error, runs-on. Errors wait in early_error until it starts. */
void leg_eval(struct job_run *j);
/* Gets in line for the job's concurrency group, if it has one. */
void leg_line_up(struct job_run *j);
struct str leg_literal_name(const struct group *g);

/* ---- job.c ---- */
void job_start(struct job_run *j);
void job_advance(struct job_run *j); /* hands out slots, visits steps, ends the job */
void job_cancel(struct job_run *j, const char *why);
void job_kill(struct job_run *j);
void job_fail(struct job_run *j); /* a step failed */
void job_timers(struct job_run *j, uint64_t now);
uint64_t job_deadline(const struct job_run *j);
void job_release(struct job_run *j);
/* The list that holds for the job: its own, its workflow's, its callers'; NULL: the repository's default. */
const struct token *job_permissions(const struct job_run *j);
void job_emit_start(struct job_run *j);
void job_emit_end(struct job_run *j);
/* Marks a leg that never runs: cancelled before its start, or failed early. */
void job_end_unstarted(struct job_run *j, enum result conclusion, const char *reason);

/* ---- cleanup.c: what a job leaves behind ---- */
/* Kills processes, then removes the work folder; true: all is over. */
bool cleanup_begin(struct job_run *j);
/* Goes on when something has happened; true: all is over. */
bool cleanup_go_on(struct job_run *j);
/* Stops removing: somebody wants the end. */
void cleanup_hurry(struct job_run *j);

/* ---- frame.c ---- */
struct frame *frame_new(struct job_run *j, struct step_run *outer, struct gnode *nodes, size_t n);
void frame_advance(struct frame *f);
bool frame_over(const struct frame *f);
/* Logs and memory of all its steps, composite actions within included. */
void frame_release(struct frame *f);
/* The step of the job that holds this one: itself, or the composite action around it. */
struct step_run *step_top(struct step_run *s);
/* The variables in front of a step's own env; they live in its arena or longer. */
struct val step_base_env(struct step_run *s);

/* ---- step.c: the life of a step ---- */
void step_event(struct step_run *s, enum step_event ev);
void step_queue(struct step_run *s);
/* Ends a step that did not run, or whose work is over: outcome is decided here. */
void step_finish(struct step_run *s);
void step_end_skipped(struct step_run *s, const char *reason);
/* Says an error in the step's log (an annotation too) and marks it as failed before its start. */
void step_fail_setup(struct step_run *s, const char *fmt, ...) PRINTF_LIKE(2, 3);
void step_open_log(struct step_run *s);
void step_set_live(struct step_run *s, bool live);
void step_emit_start(struct step_run *s);
void step_say(struct step_run *s, enum log_level level, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* ---- begin.c: what a step starts ---- */
bool step_begin(struct step_run *s); /* false: it failed before its process began */
bool step_spawn(struct step_run *s, const char *path, char **argv, const char *cwd);
/* The files it may write its commands to; -1: it has failed. */
int step_make_files(struct step_run *s);
/* Says that what it would have started was not. Always false. */
bool step_dry(struct step_run *s, const char *what);
/* Its `with`, evaluated; false: it has failed. */
bool step_eval_with(struct step_run *s, struct val *with);
/* The folded block with inputs and variables in front of an action's own output. */
void step_say_inputs(struct step_run *s, struct val with);
/* An error of evaluating something in the file that the step stands in, with its place. */
struct str step_error_text(struct step_run *s, const struct expr_error *error, struct span at);
/* What a uses step needs that is not there, or NULL; inside: the action that holds the step, or NULL. Local actions have
 * to be read before that is known (composite.c). */
const char *uses_unsupported(struct arena *a, const struct step *step, const struct action *inside);

/* ---- composite.c: local actions ---- */
/* ./path, .\path or $/path */
bool composite_is_local(struct str uses);
/* Reads the action and runs its first steps; false: the step has failed, or it was a dry run. */
bool composite_begin(struct step_run *s);
/* Its turn has come. */
void composite_resume(struct step_run *s);
/* Goes on with the actions of a job whose current step has ended; ends those that are over. */
void composites_advance(struct job_run *j);
/* An error of evaluating something in an action's file, with its place. */
struct str action_error_text(struct arena *a, const struct action *action, const struct expr_error *error, struct span at);
/* What a step of the job needs that is not there, looked for also in the actions of the source tree, or NULL. */
const char *composite_unsupported(struct job_run *j, const struct step *step);

/* ---- control.c ---- */
void control_start(struct step_run *s);
/* Ends the control step if all it waits for has ended. */
void control_check(struct step_run *s);
/* End of the job: results of background steps nobody joined are merged. */
void control_merge_all(struct job_run *j);

/* ---- effects.c ---- */
void effects_from_files(struct step_run *s);
/* Makes outputs, env and paths of a step visible, then its outcome. Once. */
void effects_publish(struct step_run *s);
void effects_publish_outcome(struct step_run *s);
/* The directories of GITHUB_PATH that a step sees, oldest first. */
struct str *step_paths(struct step_run *s, size_t *n);
void job_set_env(struct job_run *j, struct str name, struct str value);
void job_add_path(struct job_run *j, struct str dir);

/* ---- contexts.c ---- */
struct expr_env step_expr_env(struct step_run *s);
struct expr_env job_expr_env(struct job_run *j); /* per leg */
struct expr_env group_expr_env(struct group *g); /* before the matrix is known */
struct expr_env flow_expr_env(struct flow *f);   /* github, inputs, vars, and jobs for the outputs of a call */
/* Text for an evaluation error, with the place of the token: "ci.yml (Line: 3, Col: 5): …" */
struct str eval_error_text(struct arena *a, const struct run *r, const struct expr_error *error, struct span at);

/* ---- procenv.c ---- */
char **procenv_build(struct step_run *s);

/* ---- emit.c ---- */
struct event emit_new(struct run *r, enum event_type type);
struct event emit_for_job(struct job_run *j, enum event_type type);
struct event emit_for_step(struct step_run *s, enum event_type type);
void emit(struct run *r, const struct event *e);
/* A line of the runner that belongs to a job but to no step. */
void emit_job_line(struct job_run *j, enum log_level level, struct str text);
/* One that belongs to no job either. */
void emit_run_line(struct run *r, enum log_level level, struct str text);

/* ---- critical.c ---- */
void critical_job(struct job_run *j);
/* Of a flow's jobs along their needs. names: "build → test", in the run's arena. */
void critical_flow(struct flow *f, uint64_t *ns, struct str *names);

/* ---- ids.c ---- */
void id_uuid(char out[static 37]);

#endif
