/* The scheduler: runs the jobs of one or more planned workflows through a host, and tells sinks what
 * happens. Knows the operating system only as os/host.h. One thread; nothing here blocks but
 * engine_turn, and that only as long as it is told to. */
#ifndef SIDESTEP_SCHEDULE_ENGINE_H
#define SIDESTEP_SCHEDULE_ENGINE_H

#include "event/event.h"
#include "plan/payload.h"
#include "session/session.h"

struct engine;
struct run;

/* One workflow to run. */
struct run_spec {
	const struct plan *plan;
	const struct source_set *sources; /* for places in messages */
	struct str id;                    /* run id: the folder's name */
	struct str dir;                   /* runs/<id>: jobs/… is made below it */
	struct str artifacts;             /* folder of what it uploads */
	struct str run_id, run_number;    /* github.run_id, github.run_number; of a plan, empty: not known */
	struct str version;               /* of the program, for run.start */
	const struct trigger_event *event;
	struct val github;         /* github_context() of this event */
	struct val inputs;         /* of workflow_dispatch or workflow_call, typed; not an object: those of the options */
	struct sink *const *sinks; /* not owned */
	size_t nsinks;
};

/* The host is not owned. */
struct engine *engine_new(struct host *host, const struct exec_options *opt);
/* Kills what still runs and forgets everything. NULL is fine. */
void engine_free(struct engine *e);
/* Adds a run; it starts with the next turn. */
struct run *engine_add(struct engine *e, const struct run_spec *spec);
/* Starts what is ready and applies what has happened; waits until `deadline` (monotonic ns, 0: not at all)
 * for something to happen. True while there is more to come. */
bool engine_turn(struct engine *e, uint64_t deadline);
/* Level 1 cancels as GitHub does, 2 cuts the grace periods short, 3 kills at once; more than one step up
 * is allowed, down is ignored. */
void engine_cancel(struct engine *e, int level);
/* Asks to be woken for what comes next (poll_fd of the host). */
void engine_arm(struct engine *e);

/* Whether matrices were expanded that might have had the value of that --matrix (exec_options.matrix_filters), and none had. */
bool engine_matrix_missed(const struct engine *e, size_t filter);

enum result run_conclusion(const struct run *r);
/* Something the program does not have was asked for (an action, a container): exit 4. */
bool run_unsupported(const struct run *r);
/* Jobs or legs were left out because they are for other systems. */
bool run_not_here(const struct run *r);
/* A job was run, a workflow called, or a job skipped as its condition says. */
bool run_decided_here(const struct run *r);
/* The first thing the world refused (a log that could not be written), or NULL. */
const char *run_trouble(const struct run *r);

#endif
