/* A session from the inside: what its parts (options, selection, running) share. */
#ifndef SIDESTEP_API_SESSION_H
#define SIDESTEP_API_SESSION_H

#include <sidestep/run.h>

#include "base/map.h"
#include "base/vec.h"
#include "plan/inputs.h"
#include "plan/select.h"
#include "project/project.h"
#include "schedule/engine.h"
#include "store/state.h"

struct sink;

/* One workflow of the session with its own folder of logs. */
struct session_run {
	struct run *run;
	const struct plan *plan;
	struct sink *sinks[2]; /* the screen, the store */
	struct str id, dir, number;
	struct trigger_event event; /* the session's, with what it gives to this workflow */
	struct run_inputs inputs;
};

struct sidestep_session {
	struct project project;
	struct arena arena;
	struct sidestep_run_options opt;
	struct exec_options exec;
	struct state state;
	struct trigger_event event;
	struct val asked_inputs;   /* those of this call, without what files and configuration add */
	bool *matrix_met;          /* by --matrix: a matrix that is written out has its value; NULL: nobody has looked */
	struct val given_secrets;  /* exec.secrets without the token that is always there */
	struct selection *answers; /* for each workflow of the project; those without a job of -j have no reason */
	struct host *host;
	struct engine *engine;
	struct gate *gate;
	struct action_fetcher *actions;
	struct map told;            /* repositories of called workflows that took long to fetch */
	struct service *service;    /* artifacts, caches, identity tokens */
	struct str service_trouble; /* what became of it; empty: nothing */
	struct sink *screen;
	struct {
		VEC(struct session_run *);
	} runs;
	bool broken_files; /* one that this event may start is invalid */
	bool done;         /* nothing runs any more */
	bool settled;      /* and all of it was shown */
	bool closed;       /* sinks and folders are done with */
	int cancelled, signal;
	struct err output_error;
	struct str trouble; /* why it does not end with success, other than a run's result; empty: nothing */
	struct {
		VEC(struct str);
	} images; /* LABEL=IMAGE of -P, as act has them: not used */
	struct {
		struct host_watch *watch; /* it waits for its reader */
		uint64_t left, since;     /* at the end: bytes that wait, and when that last changed */
		bool leave;               /* without them */
		int held_errnum;          /* steps had to wait with their output: why */
	} output;
};

/* screen.c: the renderer that the options ask for. */
struct sink *screen_open(struct sidestep_session *s);
/* Nothing runs any more: what is still to be shown. */
void screen_end(struct sidestep_session *s);
/* After that: waits for the reader. */
void screen_turn(struct sidestep_session *s, uint64_t deadline);
/* Nobody reads it any more: the other end of the pipe is closed. */
bool screen_is_closed(const struct sidestep_session *s);
bool screen_goes_on(struct sidestep_session *s);
/* After that: somebody wants an end. */
void screen_cancel(struct sidestep_session *s);
/* Frees it; what could not be shown is told in output_error. */
void screen_close(struct sidestep_session *s);

/* session_options.c: turns s->opt into s->exec, reading the files that it names. */
int session_read_options(struct sidestep_session *s, struct err *err);
/* What of the options is not as somebody may think. */
void session_say_options(const struct sidestep_session *s, struct buf *messages);

#endif
