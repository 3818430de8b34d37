/* One workflow of a run: the run's own, or one that a job calls. Its jobs become ready when their needs have ended;
 * it ends when all have. */
#include "schedule/flow.h"

#include "model/cache_mode.h"
#include "schedule/leg.h"

/* ---- what names mean ---- */

/* Results and outputs of the jobs of a called workflow, for its own outputs. */
static struct val jobs_context(const struct flow *f, struct arena *a)
{
	struct val out = val_object(a);
	for (size_t i = 0; i < f->ngroups; i++) {
		const struct group *g = f->groups[i];
		struct val entry = val_object(a);
		val_set(a, entry, STR("result"), group_result(g));
		val_set(a, entry, STR("outputs"), g->outputs);
		val_set(a, out, g->plan->job->id, entry);
	}
	return out;
}

static bool flow_context(void *owner, struct arena *a, struct str name, struct val *out)
{
	const struct flow *f = owner;
	if (str_is(name, "github"))
		*out = f->run->github;
	else if (str_is(name, "secrets"))
		*out = f->secrets;
	else if (str_is(name, "vars"))
		*out = f->run->session->opt.vars;
	else if (str_is(name, "inputs"))
		*out = f->inputs;
	else if (str_is(name, "jobs"))
		*out = jobs_context(f, a);
	else
		return false;
	return true;
}

static struct scope flow_scope(struct flow *f)
{
	static const struct scope_ops ops = { .context = flow_context };
	return (struct scope) { .plans = f->run->session->opt.dry_run,
		                .ops = &ops,
		                .owner = f,
		                .arena = &f->run->arena,
		                .results = &f->run->arena,
		                .sources = f->run->spec.sources };
}

/* The part of its path that the repository knows. */
static struct str path_in_repository(const struct workflow *w)
{
	struct str path = w->source->path;
	size_t at = str_find(path, STR(".github/workflows/"), 0), end = str_find_c(path, '@', 0);
	if (at == SIZE_MAX)
		return path;
	return str_from(end != SIZE_MAX && end > at && w->repository.n ? str_to(path, end) : path, at);
}

struct flow *flow_new(struct run *r, const struct plan *plan, struct leg *caller, void (*ended)(struct leg *caller))
{
	struct flow *f = arena_make(&r->arena, struct flow);
	f->run = r;
	f->caller = caller;
	f->cache_mode = cache_mode_of(r->session->opt.cache_mode);
	f->ended = ended;
	f->plan = plan;
	f->path = path_in_repository(plan->workflow);
	f->scope = flow_scope(f);
	f->prefix = caller ? arena_printf(&r->arena, "%.*s / ", STRF(caller->speaker.key)) : STR_EMPTY;
	f->name_prefix = caller ? arena_printf(&r->arena, "%.*s / ", STRF(caller->name)) : STR_EMPTY;
	f->ngroups = plan->n;
	f->groups = arena_array(&r->arena, struct group *, f->ngroups + 1);
	for (size_t i = 0; i < f->ngroups; i++)
		f->groups[i] = group_new(f, plan->jobs[i]);
	*vec_add(&r->arena, &r->flows) = f;
	return f;
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
	struct str why;
	if (!t || f->failed.n)
		return;
	if (concurrency_read(&request, t, &f->scope, &why))
		turn_enter(&f->turn, f->run, f->caller ? f->caller->flow : NULL,
		           f->caller ? f->caller->speaker.key : f->plan->workflow->name, &request);
	else
		f->failed = arena_printf(&f->run->arena, "Error when evaluating 'concurrency'. %.*s", STRF(why));
	if (f->turn.held && !f->turn.lost)
		journal_line(&f->run->journal, LOG_NOTICE,
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
			leg_advance(g->legs[l]);
	}
	if (f->done_groups < f->ngroups)
		return;
	f->done = true;
	f->run->session->changed = true;
	turn_leave(&f->turn, f->run->gates);
	if (f->ended)
		f->ended(f->caller);
}

void flow_cancel(struct flow *f, struct str why)
{
	if (f->cancelled || f->done)
		return;
	f->cancelled = true;
	f->cancel_reason = why;
	f->run->session->changed = true;
	for (size_t i = 0; i < f->ngroups; i++) {
		struct group *g = f->groups[i];
		for (size_t l = 0; l < g->nlegs; l++)
			if (g->legs[l]->callee)
				flow_cancel(g->legs[l]->callee, why); /* its own jobs decide by their own conditions */
		if (g->state == GROUP_OPEN && !group_goes_on(g))
			group_cancel(g, why);
	}
}
