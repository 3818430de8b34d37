/* One workflow of a run: the run's own, or one that a job calls. Its jobs become ready when their needs have ended;
 * it ends when all have. */
#include "exec/internal.h"

struct flow *flow_new(struct run *r, struct job_run *caller, const struct plan *plan)
{
	struct flow *f = arena_make(&r->arena, struct flow);
	f->run = r;
	f->caller = caller;
	f->plan = plan;
	f->prefix = caller ? arena_printf(&r->arena, "%.*s / ", STRF(caller->key)) : STR_EMPTY;
	f->name_prefix = caller ? arena_printf(&r->arena, "%.*s / ", STRF(caller->name)) : STR_EMPTY;
	f->ngroups = plan->n;
	f->groups = arena_array(&r->arena, struct group *, f->ngroups + 1);
	for (size_t i = 0; i < f->ngroups; i++)
		f->groups[i] = group_new(f, plan->jobs[i]);
	*vec_add(&r->arena, &r->flows) = f;
	return f;
}

struct str flow_path(const struct flow *f)
{
	struct str path = f->plan->workflow->source->path;
	size_t at = str_find(path, STR(".github/workflows/"), 0), end = str_find_c(path, '@', 0);
	if (at == SIZE_MAX)
		return path;
	return str_from(end != SIZE_MAX && end > at && f->plan->workflow->repository.n ? str_to(path, end) : path, at);
}

enum result flow_result(const struct flow *f)
{
	bool cancelled = false, success = false;
	if (f->failed.n)
		return RESULT_FAILURE;
	for (size_t i = 0; i < f->ngroups; i++) {
		enum result result = f->groups[i]->result;
		if (result == RESULT_FAILURE)
			return RESULT_FAILURE;
		cancelled |= result == RESULT_CANCELLED;
		success |= result == RESULT_SUCCESS;
	}
	return cancelled ? RESULT_CANCELLED : success ? RESULT_SUCCESS : RESULT_SKIPPED;
}

bool flow_not_here(const struct flow *f)
{
	for (size_t i = 0; i < f->ngroups; i++)
		if (!f->groups[i]->not_here)
			return false;
	return f->ngroups > 0;
}

static void open_groups(struct flow *f)
{
	for (bool again = true; again;) {
		again = false;
		for (size_t i = 0; i < f->ngroups; i++) {
			struct group *g = f->groups[i];
			if (g->state != GROUP_WAITING || !group_needs_done(g))
				continue;
			group_open_up(g);
			again |= g->state == GROUP_DONE;
		}
	}
}

void flow_line_up(struct flow *f)
{
	const struct token *t = f->plan->workflow->concurrency;
	struct gate_request request;
	struct expr_env env = flow_expr_env(f);
	struct str error;
	if (!t || f->failed.n)
		return;
	if (concurrency_read(&request, f->run, t, &env, &error))
		concurrency_enter(&f->turn, f->run, f->caller ? f->caller->flow : NULL,
		                  f->caller ? f->caller->key : f->plan->workflow->name, &request);
	else
		f->failed = arena_printf(&f->run->arena, "Error when evaluating 'concurrency'. %.*s", STRF(error));
	if (f->turn.held && !f->turn.lost)
		emit_run_line(f->run, LOG_NOTICE,
		              arena_printf(&f->run->arena, "Waiting: another run of concurrency group '%.*s' is in progress",
		                           STRF(f->turn.group)));
}

void flow_advance(struct flow *f)
{
	if (f->turn.lost)
		flow_cancel(f, f->turn.why);
	if (f->turn.held && !f->cancelled)
		return;
	open_groups(f);
	for (size_t i = 0; i < f->ngroups; i++) {
		struct group *g = f->groups[i];
		if (g->state == GROUP_OPEN)
			group_start_legs(g);
		for (size_t l = 0; g->running_legs && l < g->nlegs; l++)
			job_advance(g->legs[l]);
	}
	if (f->done_groups < f->ngroups)
		return;
	f->done = true;
	f->run->engine->changed = true;
	concurrency_leave(&f->turn, f->run->engine);
	if (f->caller)
		call_end(f->caller);
}

void flow_cancel(struct flow *f, struct str why)
{
	if (f->cancelled || f->done)
		return;
	f->cancelled = true;
	f->cancel_reason = why;
	f->run->engine->changed = true;
	for (size_t i = 0; i < f->ngroups; i++) {
		struct group *g = f->groups[i];
		for (size_t l = 0; l < g->nlegs; l++)
			if (g->legs[l]->callee)
				flow_cancel(g->legs[l]->callee, why); /* its own jobs decide by their own conditions */
		if (g->state == GROUP_OPEN && !group_goes_on(g))
			group_cancel(g, arena_str(&f->run->arena, why).p);
	}
}
