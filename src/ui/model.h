/* What has happened so far, collected from events: runs, their jobs, their steps. Renderers that show more
 * than the event at hand look here. Every event costs the same, however many steps there are; texts are
 * cleaned (text.h) when they come in, except keys and ids, which stay as they are. */
#ifndef SIDESTEP_UI_MODEL_H
#define SIDESTEP_UI_MODEL_H

#include "base/map.h"
#include "base/vec.h"
#include "event/event.h"
#include "ui/tail.h"

enum { RECENT_STEPS = 5, NOTES_MAX = 200, FAILED_MAX = 20 };

enum ui_state { UI_QUEUED, UI_RUNNING, UI_DONE };

/* Those of a job in one state. */
struct ui_steps {
	struct ui_step *first, *last;
	size_t n;
};

struct ui_step {
	struct ui_job *job;
	struct ui_step *prev, *next;              /* in the job's list of queued or running steps, in the order they came */
	struct str id, label, name, kind, reason; /* label: how prefixes call it (step_label) */
	uint32_t index;
	enum ui_state state;
	bool background, started;
	bool control;         /* it waits for others, or cancels them */
	bool tolerated;       /* it failed, but who waited for it was told to go on */
	struct str joined_by; /* id of the step that waited for it */
	bool folded;          /* the runner's block in front of a step's output (its script, shell, env) is being written */
	enum result outcome, conclusion;
	int exit_code, signal;
	int64_t duration_ms, ended_ms;
	uint64_t since;    /* monotonic ns when its state began */
	size_t shown_at;   /* renderers: out->lines when its failure was shown */
	struct buf held;   /* renderers: lines to be written later */
	bool grouped;      /* renderers: a group of it was written */
	struct tail *tail; /* while it runs, and after it failed; NULL: no output yet */
};

struct ui_job {
	struct ui_run *run;
	struct ui_job *prev, *next;              /* in the run's list of running or of waiting jobs */
	struct str key, id, name, label, reason; /* label: the key, cleaned */
	enum ui_state state;
	bool waiting; /* it could begin, and waits for a place, or for what `reason` says */
	enum result conclusion;
	bool not_here;
	bool may_fail; /* continue-on-error */
	bool forgiven; /* it did, but the run goes on */
	bool calls;    /* its work is jobs of another workflow */
	int64_t duration_ms, ended_ms;
	uint64_t since;
	struct map steps;  /* index (4 bytes) → ui_step */
	struct map labels; /* how often a name was given to a step, size_t */
	size_t nfailed;    /* steps, those that only waited for one apart */
	struct ui_steps queued, running;
	size_t ndone;
	struct ui_step *recent[RECENT_STEPS]; /* the last to end; the newest at (ndone - 1) % RECENT_STEPS */
};

/* An annotation. */
struct ui_note {
	struct ui_job *job;   /* or NULL */
	struct ui_step *step; /* or NULL */
	enum log_level level;
	struct str message, file, title;
	uint32_t line, col;
};

/* What the run has uploaded. */
struct ui_artifact {
	struct str name, path;
	int64_t size;
};

/* Those of a run in one state. */
struct ui_jobs {
	struct ui_job *first, *last;
	size_t n;
};

struct ui_run {
	struct ui_model *model;
	struct ui_run *next;
	struct str id, workflow, name, title, event, ref, sha; /* title: run-name, or made from the event */
	bool tagged, tag_decided;                              /* prefixes carry the workflow's name: there are several runs */
	bool closed, summarised;                               /* its closing part, its result were shown */
	int64_t started_ms, time_ms;                           /* its first and its last event */
	uint64_t since;
	struct map jobs; /* key → ui_job */
	struct ui_jobs live, waiting;
	size_t njobs_done, njobs_not_here;
	struct {
		VEC(struct ui_note);
	} notes;
	size_t nnotes[3]; /* errors, warnings, notices: all that came */
	struct {
		VEC(struct ui_step *);
	} failed; /* with their last lines: the first FAILED_MAX; without those that only waited for one */
	size_t nfailed;
	struct {
		VEC(struct ui_artifact);
	} artifacts; /* the first ARTIFACTS_MAX */
	size_t nartifacts;
	/* from run.end */
	bool ended;
	enum result conclusion;
	int64_t wall_ms, work_ms;
	struct str critical_path;
	uint32_t side_by_side;
	struct {
		VEC(struct str);
	} not_here;
};

struct ui_model {
	bool several; /* it is known that there will be several runs */
	struct arena arena;
	struct map runs_by_id;
	struct ui_run *first, *last; /* in the order they came */
	size_t nruns;
	struct tail *free_tails;
	struct {
		int level; /* how often it was asked for; 0: nobody wants an end */
		int signal;
		uint64_t since, until; /* monotonic ns: when it began, how long running steps have */
	} stop;
	struct ui_job *cached_job; /* of the last event: log lines come in rows */
	struct ui_step *cached_step;
};

/* What an event is about; job and step may be NULL. */
struct ui_at {
	struct ui_run *run;
	struct ui_job *job;
	struct ui_step *step;
};

/* Takes an event in; now is the monotonic time it came. */
struct ui_at model_apply(struct ui_model *m, const struct event *e, uint64_t now);
void model_done(struct ui_model *m);
/* Whether lines of its jobs name the workflow; decided at the first of them and for good. */
bool run_tagged(struct ui_run *r);
/* "build", or among several runs "ci.yml › build". */
void job_title(struct buf *out, const struct ui_job *j);
/* "ci.yml": the workflow's file, else the name or id of the run. */
struct str run_title(const struct ui_run *r);
/* stopping.c: "stopping: 2 steps have 7 s to end; Ctrl-C again to hurry", as it is now. */
void stopping_text(struct buf *out, const struct ui_model *m, uint64_t now);
/* How the prefix of a line calls it: its name, cut when it is long, with a number when the job has another of that name. */
struct str step_label(struct ui_step *s);

#endif
