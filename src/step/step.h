/* One step of a job and its life: a table of state × event (step.c). What a step does is its kind's business: a table of
 * operations, one file a kind (kinds/). */
#ifndef SIDESTEP_STEP_STEP_H
#define SIDESTEP_STEP_STEP_H

#include "log/filecmd.h"
#include "log/steplog.h"
#include "step/job_base.h"

/* So long a step has to end after SIGINT (the hosted runner's time), nanoseconds. */
#define STEP_INTERRUPT_GRACE (15 * SECOND / 2)

enum step_state {
	ST_PENDING,     /* not reached yet, or still being read at its place */
	ST_QUEUED,      /* background, waits for a slot */
	ST_PREPARING,   /* it has its slot; something its beginning needs is still being made */
	ST_RUNNING,     /* its process (or its inner frame) runs */
	ST_INTERRUPTED, /* SIGINT was sent to its tree */
	ST_TERMINATING, /* SIGTERM was sent */
	ST_KILLED,      /* SIGKILL was sent */
	ST_DRAINING,    /* the process has ended, its pipes have not */
	ST_WAITING,     /* a control step waits for its targets */
	ST_CONCLUDING,  /* its work is over; something its conclusion needs is still being made */
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

/* Which part of an action it is: stages.h. Steps that are no action have the main one alone. */
enum step_stage { STAGE_PRE, STAGE_MAIN, STAGE_POST };

struct step_use;
struct action_source;
struct remote_request;
struct tool_offer;

enum stop_reason { STOP_NONE, STOP_TIMEOUT, STOP_CANCEL_STEP, STOP_JOB };

/* What it finds of the services of the run (step/services.h): a script may have identity tokens where the job has the permission,
 * an action in JavaScript or a container artifacts and caches, too. */
enum step_services { SERVICES_NONE, SERVICES_SCRIPT, SERVICES_ACTION };

enum step_begun {
	STEP_OVER,  /* already: its setup failed, or there was nothing to run */
	STEP_BEGUN, /* it runs */
	STEP_LATER, /* an evaluation is pending: nothing was said or started, begin is called again */
};

/* What a kind of step does. Only begin is asked of all. */
struct step_ops {
	/* It has its slot. */
	enum step_begun (*begin)(struct step_run *s);
	/* It is to stop; afterwards the grace times of its state go on. */
	void (*stop)(struct step_run *s);
	/* Something has happened that it may wait for. True: with this its work is over. */
	bool (*resume)(struct step_run *s);
	/* The deadline that it has set itself, while it runs or waits to begin, has come. */
	void (*due)(struct step_run *s);
	/* Its work has ended by itself: outcome and reason. */
	void (*end)(struct step_run *s);
	/* Its conclusion is known, and everything of it was said. */
	void (*done)(struct step_run *s);
	bool control; /* it does no work: no condition, no slot, begun at its place */
	bool nests;   /* its work is steps of its own, which say what happens to them */
};

/* What a step wants to change for others: held back until a join for background steps. */
struct effects {
	struct val outputs; /* object; null: none */
	struct {
		VEC(struct filecmd_entry);
	} env, paths; /* in order; paths: name is the directory */
};

enum step_file { FILE_ENV, FILE_OUTPUT, FILE_PATH, FILE_STATE, FILE_SUMMARY, FILE_COUNT };

struct step_run {
	struct job_base *job;
	struct frame *frame;
	const struct gnode *node;
	const struct step_ops *ops;
	enum step_stage stage;
	const struct action_source *source; /* the action that it uses, once its kind has found it (kinds/action_source.h) */
	struct remote_request *needs;       /* of other repositories, asked for when it began (kinds/remote.h); NULL: nothing */
	struct tool_offer *offer;           /* of tools of this machine to a setup action (tools/offer.h); NULL: none */
	struct str tool_cache;              /* in place of the session's; empty: none */
	bool no_paths;                      /* nothing that GITHUB_PATH adds is for it */
	struct str action_repository, action_ref; /* of its action; empty: it is of the workspace */
	struct step_use *use;                     /* what the stages of its action share; NULL: it has asked for none */
	enum step_state state;
	struct arena arena;  /* evaluated values, command line; released when the step has ended */
	struct val env;      /* the env context: global at its place, plus its own env */
	struct val own_env;  /* its own env alone; null: it has none */
	struct str name;     /* display name, evaluated; in the frame's arena */
	uint64_t timeout_ns; /* 0: none */
	int timeout_minutes;
	struct str no_timeout;                    /* why its timeout-minutes is no number; empty: it is one, or there is none */
	uint64_t queued_at, started_at, ended_at; /* monotonic ns; 0: never */
	uint64_t deadline;                        /* of the state (grace) */
	uint64_t timeout_at;
	struct step_run *prev_live, *next_live; /* the job's list of steps with a deadline or a process */
	bool live;
	struct step_run *next_queued;

	struct proc *proc;
	struct place *place;       /* that it was started in */
	bool exited, ended_output; /* SE_EXIT, SE_EOF have come */
	struct proc_status status;
	struct frame *inner; /* steps of its own, while it runs */
	bool announced;      /* its beginning was said */
	bool named;          /* its name was evaluated */
	bool counted;        /* it has a slot and counts as running */
	unsigned annotated[LOG_NOTICE + 1];
	struct log_step *log;
	struct steplog *file;
	struct str files[FILE_COUNT]; /* file commands: their paths; empty: none were made */
	enum step_services services;  /* its kind says so before it is started */
	struct val inputs;            /* of an action that has a process, for INPUT_*; null: it is none */
	const char *helper_variable;  /* NAME=VALUE more for a helper: what is not for its command line; NULL: none */
	struct effects effects;
	enum stop_reason stop;
	bool failed_command;   /* a workflow command or file command was in error */
	bool drain_said;       /* that something holds its output */
	bool setup_failed;     /* it never came to run: error already said */
	bool published;        /* outcome and effects are visible to others */
	bool joined;           /* by a control step */
	bool forgiven;         /* joined by a wait with continue-on-error */
	bool cancel_asked;     /* by a cancel step */
	bool skipped_at_place; /* its if was false: never a background step */
	/* of a dry run (plan.h) */
	enum outlook outlook;
	struct str depends;   /* OUTLOOK_MAYBE: on what */
	bool planned;         /* it was said */
	bool outputs_unknown; /* only a run knows them */
	bool refused;         /* it cannot run here; of an action: one of its steps cannot */
	bool may_fail;        /* of what it holds or waits for something may run that would fail */
	struct str reason;    /* why it was skipped, failed or cancelled; frame's arena */
	enum result outcome, conclusion;
	/* control steps */
	struct step_run **targets;
	size_t ntargets, targets_done; /* those up to here have ended */
};

/* ---- where it stands (position.c) ---- */

/* Whether it is a step of an action, not of the job's own list. */
bool step_is_inner(const struct step_run *s);
/* The step of the job that holds this one: itself, or the outermost action around it. */
struct step_run *step_top(struct step_run *s);
/* The id of the step of the job that holds it, whichever stage of it runs: github.action. */
struct str step_action_id(struct step_run *s);
/* Whether its failure is certain: in a plan not that of one that only may run, nor where only a part of it may. */
bool step_is_certain(const struct step_run *s);
/* Its condition: of the step in the file, or of the stage. text: as it is stored, may be NULL. */
const struct expr *step_condition(const struct step_run *s, struct str *text);
/* What names mean to its expressions (scope.c). */
struct scope step_scope(struct step_run *s);

/* ---- its life (step.c) ---- */

void step_event(struct step_run *s, enum step_event ev);
/* Puts a background step in line for a slot (line.c). */
void step_queue(struct step_run *s);
/* Something has happened that it may wait for. True: it has ended, or its work has. */
bool step_resume(struct step_run *s);
/* Ends a step that did not run, or whose work is over: outcome is decided here, the conclusion at once or later. */
void step_finish(struct step_run *s);
void step_end_skipped(struct step_run *s, struct str reason);
/* Ends it at once, by force. */
void step_kill(struct step_run *s);
/* `stop` and `end` of kinds whose work is one process. */
void step_stop_process(struct step_run *s);
void step_end_process(struct step_run *s);

/* ---- what it says (output.c) ---- */

/* "run", "uses", "wait", … or "pre", "post" for the stages of an action. */
struct str step_shown_kind(const struct step_run *s);
struct event step_new_event(struct step_run *s, enum event_type type);
void step_emit_start(struct step_run *s);
void step_emit_end(struct step_run *s);
void step_open_log(struct step_run *s);
void step_close_log(struct step_run *s);
void step_say(struct step_run *s, enum log_level level, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* Says an error in the step's log (an annotation too) and marks it as failed before its start. */
void step_fail_setup(struct step_run *s, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* The same for an evaluation that went wrong. */
void step_fail_template(struct step_run *s, struct str why);

/* The same for a step within an action, in the log of the step around it (markers.c). */
void step_mark_start(struct step_run *s);
void step_mark_end(struct step_run *s);

/* ---- starting a process (launch.c) ---- */

/* In a place; path, argv and cwd as they are called there. False: the step has failed. */
bool step_spawn(struct step_run *s, struct place *place, const char *path, char **argv, const char *cwd);
/* Finds a program along PATH with GITHUB_PATH's additions; NULL: not there. */
const char *step_look_up(struct step_run *s, const char *name);

#endif
