/* The loop: start what is ready, wait, apply what happened. Only host_wait blocks. */
#include "schedule/engine.h"

#include "job/job.h"
#include "node/programs.h"
#include "schedule/concurrency.h"
#include "schedule/run.h"

enum { WAIT_ERRORS_MAX = 20 };

struct engine {
	struct session session;
	struct arena arena;
	struct {
		VEC(struct run *);
	} runs;
	unsigned wait_errors; /* in a row */
	uint64_t deadline;    /* of the session */
	struct gates gates;
};

struct engine *engine_new(struct host *host, const struct exec_options *opt)
{
	struct engine *e = xcalloc(1, sizeof(*e));
	struct session *s = &e->session;
	s->host = host;
	s->opt = *opt;
	if (s->opt.max_parallel == 0)
		s->opt.max_parallel = 1;
	if (s->opt.max_background == 0)
		s->opt.max_background = 1;
	s->changed = true;
	s->matrix_met = arena_array(&e->arena, bool, opt->nmatrix_filters + 1);
	s->matrix_sought = arena_array(&e->arena, bool, opt->nmatrix_filters + 1);
	gates_open(&e->gates, s, opt->gate);
	e->deadline = opt->timeout_ns ? session_now(s) + opt->timeout_ns : NEVER;
	return e;
}

static void each_running_job(struct engine *e, void (*fn)(struct job_run *j, uint64_t now), uint64_t now)
{
	for (size_t i = 0; i < e->runs.n; i++)
		run_each_job(e->runs.v[i], fn, now);
}

static void kill_job(struct job_run *j, uint64_t now)
{
	(void)now;
	job_kill(j);
}

void engine_free(struct engine *e)
{
	if (!e)
		return;
	each_running_job(e, kill_job, 0);
	gates_close(&e->gates);
	for (size_t i = 0; i < e->runs.n; i++)
		run_free(e->runs.v[i]);
	node_programs_free(&e->session);
	arena_done(&e->arena);
	free(e);
}

struct run *engine_add(struct engine *e, const struct run_spec *spec)
{
	struct run *r = run_new(&e->session, &e->gates, spec);
	*vec_add(&e->arena, &e->runs) = r;
	e->session.changed = true;
	return r;
}

static bool all_done(const struct engine *e)
{
	for (size_t i = 0; i < e->runs.n; i++)
		if (!e->runs.v[i]->done)
			return false;
	return true;
}

static void advance_all(struct engine *e)
{
	gates_look(&e->gates);
	while (e->session.changed) {
		e->session.changed = false;
		for (size_t i = 0; i < e->runs.n; i++) {
			struct run *r = e->runs.v[i];
			if (!r->started)
				run_start(r);
			if (!r->done)
				run_advance(r);
		}
		gates_look(&e->gates);
	}
}

static uint64_t next_deadline(struct engine *e)
{
	uint64_t next = MIN(e->session.cancel_level ? NEVER : e->deadline, gates_deadline(&e->gates));
	for (size_t i = 0; i < e->runs.n; i++) {
		struct run *r = e->runs.v[i];
		for (size_t s = 0; s < r->spec.nsinks; s++)
			if (r->spec.sinks[s]->next_tick)
				next = MIN(next, r->spec.sinks[s]->next_tick);
		next = MIN(next, run_deadline(r));
	}
	return next;
}

static void tick_sinks(struct engine *e, uint64_t now)
{
	for (size_t i = 0; i < e->runs.n; i++) {
		struct run *r = e->runs.v[i];
		for (size_t s = 0; s < r->spec.nsinks; s++) {
			struct sink *sink = r->spec.sinks[s];
			if (sink->next_tick && sink->next_tick <= now && sink->ops->tick)
				sink->ops->tick(sink, now);
		}
	}
}

static void fire_timers(struct engine *e)
{
	uint64_t now = session_now(&e->session);
	if (now >= e->deadline && !e->session.cancel_level) {
		for (size_t i = 0; i < e->runs.n; i++)
			journal_trouble(&e->runs.v[i]->journal, "the time limit of --timeout has passed");
		engine_cancel(e, 1);
	}
	each_running_job(e, job_timers, now);
	tick_sinks(e, now);
}

/* The world cannot be watched any more: what is not known to have succeeded has failed. */
static void give_up_runs(struct engine *e)
{
	for (size_t i = 0; i < e->runs.n; i++)
		if (!e->runs.v[i]->done)
			e->runs.v[i]->conclusion = RESULT_FAILURE;
}

bool engine_turn(struct engine *e, uint64_t deadline)
{
	advance_all(e);
	if (all_done(e))
		return false;
	struct err err = ERR_INIT;
	if (e->session.host->ops->wait(e->session.host, MIN(deadline, next_deadline(e)), &err) < 0) {
		for (size_t i = 0; i < e->runs.n; i++)
			journal_trouble(&e->runs.v[i]->journal, err.text);
		engine_cancel(e, 3);
		if (++e->wait_errors > WAIT_ERRORS_MAX) {
			give_up_runs(e);
			return false;
		}
	} else {
		e->wait_errors = 0;
	}
	fire_timers(e);
	advance_all(e);
	return !all_done(e);
}

void engine_arm(struct engine *e)
{
	e->session.host->ops->arm(e->session.host, e->session.changed ? 0 : next_deadline(e));
}

static void hurry_end(struct job_run *j, uint64_t now)
{
	(void)now;
	job_hurry_end(j);
}

static void hurry_one(struct job_run *j, uint64_t now)
{
	(void)now;
	job_hurry(j);
}

void engine_cancel(struct engine *e, int level)
{
	int was = e->session.cancel_level;
	if (level <= was)
		return;
	e->session.cancel_level = level;
	e->session.changed = true;
	each_running_job(e, hurry_end, 0);
	for (size_t i = 0; was < 1 && i < e->runs.n; i++)
		run_cancel(e->runs.v[i]);
	for (size_t i = 0; level >= 2 && i < e->runs.n; i++)
		run_cancel_calls(e->runs.v[i]);
	if (level >= 2)
		each_running_job(e, hurry_one, 0);
	if (level >= 3)
		each_running_job(e, kill_job, 0);
}

bool engine_matrix_missed(const struct engine *e, size_t filter)
{
	return e->session.matrix_sought[filter] && !e->session.matrix_met[filter];
}
