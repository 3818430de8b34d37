/* The plan that a dry run shows: what the sink (plan.c) keeps of a run, and how one job of it is written (plan_job.c). */
#ifndef SIDESTEP_UI_PLAN_H
#define SIDESTEP_UI_PLAN_H

#include "base/map.h"
#include "base/vec.h"
#include "ui/style.h"

enum { PLAN_CALL_INDENT = 4 }; /* of the jobs of a called workflow */

struct plan_run;

/* A job, or a leg of it. Texts are clean where nothing else is said. */
struct plan_job {
	struct plan_run *run;
	struct plan_job *caller; /* whose workflow it belongs to; NULL: the run's own */
	struct str key;          /* as events have it */
	struct str label;        /* the same, clean */
	struct str id, name, runs_on, uses, environment, concurrency;
	struct {
		VEC(struct str);
	} needs;             /* ids */
	bool begun;          /* it would run; else it is left out */
	bool not_here;       /* for another machine */
	struct str left_out; /* why */
	enum outlook outlook;
	struct str condition, cannot;
	struct buf steps;   /* their lines */
	struct str group;   /* of the last step: the parallel group it stands in */
	struct map indices; /* id of a step → its number as text */
	unsigned stage;     /* 1: needs nothing */
	size_t nsteps, nmaybe, nfail;
	struct str failure; /* said at its end: why it fails here, when no line of it has */
};

struct plan_run {
	struct arena arena;
	struct plan_run *next;
	struct str id;
	const struct look *look;
	struct map jobs; /* key → struct plan_job */
};

/* A clean line, wrapped in a terminal's width and as long as it is in a pipe. */
void plan_put_line(struct buf *out, const struct look *look, enum paint p, size_t indent, struct str line);
/* A step of the job: its lines are appended. */
void plan_add_step(struct plan_job *j, const struct event *e);
/* Something that was said about the job itself. */
void plan_add_message(struct plan_job *j, enum log_level level, struct str line);
/* The whole job. indent: cells in front of its lines. */
void plan_write_job(struct buf *out, const struct plan_job *j, size_t indent);

#endif
