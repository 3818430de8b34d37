/* The loop: start what is ready, wait, apply what happened. Only host_wait blocks. */
#include "exec/internal.h"

enum { WAIT_ERRORS_MAX = 20 };

struct engine *engine_new(struct host *host, const struct exec_options *opt)
{
	struct engine *e = xcalloc(1, sizeof(*e));
	e->host = host;
	e->opt = *opt;
	if (e->opt.max_parallel == 0)
		e->opt.max_parallel = 1;
	if (e->opt.max_background == 0)
		e->opt.max_background = 1;
	e->gate = opt->gate ? opt->gate : gate_memory_new();
	e->own_gate = !opt->gate;
	e->deadline = opt->timeout_ns ? engine_now(e) + opt->timeout_ns : NEVER;
	e->changed = true;
	return e;
}

uint64_t engine_now(const struct engine *e)
{
	return e->host->ops->now(e->host);
}

static void each_running_job(struct engine *e, void (*fn)(struct job_run *j, uint64_t now), uint64_t now)
{
	for (size_t i = 0; i < e->runs.n; i++)
		run_each_running(e->runs.v[i], fn, now);
}

static void kill_one(struct job_run *j, uint64_t now)
{
	(void)now;
	job_kill(j);
}

void engine_free(struct engine *e)
{
	if (!e)
		return;
	each_running_job(e, kill_one, 0);
	while (e->turns.n)
		concurrency_leave(e->turns.v[0], e);
	for (size_t i = 0; i < e->runs.n; i++)
		run_release(e->runs.v[i]);
	if (e->own_gate)
		e->gate->ops->free(e->gate);
	arena_done(&e->arena);
	free(e);
}

struct run *engine_add(struct engine *e, const struct run_spec *spec)
{
	struct run *r = xcalloc(1, sizeof(*r));
	r->engine = e;
	r->spec = *spec;
	*vec_add(&e->arena, &e->runs) = r;
	e->changed = true;
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
	concurrency_look(e);
	while (e->changed) {
		e->changed = false;
		for (size_t i = 0; i < e->runs.n; i++) {
			struct run *r = e->runs.v[i];
			if (!r->started)
				run_start(r);
			if (!r->done)
				run_advance(r);
		}
		concurrency_look(e);
	}
}

static uint64_t next_deadline(struct engine *e)
{
	uint64_t next = MIN(e->cancel_level ? NEVER : e->deadline, concurrency_deadline(e));
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
	uint64_t now = engine_now(e);
	if (now >= e->deadline && !e->cancel_level) {
		for (size_t i = 0; i < e->runs.n; i++)
			run_set_trouble(e->runs.v[i], "the time limit of --timeout has passed");
		engine_cancel(e, 1);
	}
	each_running_job(e, job_timers, now);
	tick_sinks(e, now);
}

/* The world cannot be watched any more: what is not known to have succeeded has failed. */
static void give_up(struct engine *e)
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
	if (e->host->ops->wait(e->host, MIN(deadline, next_deadline(e)), &err) < 0) {
		for (size_t i = 0; i < e->runs.n; i++)
			run_set_trouble(e->runs.v[i], err.text);
		engine_cancel(e, 3);
		if (++e->wait_errors > WAIT_ERRORS_MAX) {
			give_up(e);
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
	e->host->ops->arm(e->host, e->changed ? 0 : next_deadline(e));
}

static void hurry_cleanup(struct job_run *j, uint64_t now)
{
	(void)now;
	cleanup_hurry(j);
}

static void hurry_one(struct job_run *j, uint64_t now)
{
	job_cancel(j, "cancelled");
	for (struct step_run *s = j->live; s; s = s->next_live)
		if (s->state == ST_INTERRUPTED || s->state == ST_TERMINATING)
			s->deadline = MIN(s->deadline, now);
}

void engine_cancel(struct engine *e, int level)
{
	int was = e->cancel_level;
	if (level <= was)
		return;
	e->cancel_level = level;
	e->changed = true;
	each_running_job(e, hurry_cleanup, 0);
	for (size_t i = 0; was < 1 && i < e->runs.n; i++)
		run_cancel(e->runs.v[i]);
	if (level >= 2)
		each_running_job(e, hurry_one, engine_now(e));
	if (level >= 3)
		each_running_job(e, kill_one, 0);
}
