/* The jobs to run: all of a workflow, or those asked for and what they need. */
#include "plan/plan.h"

#include "graph/stages.h"

/* Lists of ancestors grow with the square of a chain of jobs; GitHub runs nothing near this. */
enum { ANCESTORS_MAX = 4 << 20 };

struct planning {
	struct arena *a;
	const struct workflow *w;
	struct stages stages;
	bool *wanted;               /* per job of the workflow */
	struct plan_job **by_index; /* the same, NULL when not wanted */
};

static int unknown_job(const struct workflow *w, struct str id, struct err *err)
{
	struct arena a = { 0 };
	const char **ids = arena_array(&a, const char *, w->njobs + 1);
	for (size_t i = 0; i < w->njobs; i++)
		ids[i] = arena_cstr(&a, w->jobs[i]->id);
	const char *near = str_nearest(id, ids, w->njobs);
	if (near)
		err_set(err, ERR_USAGE, "%.*s has no job '%.*s'; did you mean '%s'?", STRF(w->path), STRF(id), near);
	else
		err_set(err, ERR_USAGE, "%.*s has no job '%.*s'", STRF(w->path), STRF(id));
	arena_done(&a);
	return -1;
}

static int want_named(struct planning *p, const struct plan_options *opt, struct err *err)
{
	for (size_t i = 0; i < opt->njobs; i++) {
		bool found = false;
		for (size_t k = 0; k < p->w->njobs && !found; k++) {
			found = str_eq_nocase(p->w->jobs[k]->id, opt->jobs[i]);
			p->wanted[k] |= found;
		}
		if (!found)
			return unknown_job(p->w, opt->jobs[i], err);
	}
	return 0;
}

/* Backwards through the topological order every need comes after what needs it. */
static void want_needs(struct planning *p)
{
	for (size_t i = p->w->njobs; i-- > 0;) {
		uint32_t j = p->stages.topological[i];
		const struct job_needs *needs = &p->stages.needs[j];
		for (size_t k = 0; p->wanted[j] && k < needs->n; k++)
			p->wanted[needs->v[k]] = true;
	}
}

static int choose(struct planning *p, const struct plan_options *opt, struct err *err)
{
	p->wanted = arena_array(p->a, bool, p->w->njobs);
	if (opt && opt->njobs) {
		if (want_named(p, opt, err) < 0)
			return -1;
		if (!opt->no_needs)
			want_needs(p);
		return 0;
	}
	for (size_t i = 0; i < p->w->njobs; i++)
		p->wanted[i] = true;
	return 0;
}

static void make_jobs(struct planning *p, struct plan *plan)
{
	plan->jobs = arena_array(p->a, struct plan_job *, p->w->njobs);
	p->by_index = arena_array(p->a, struct plan_job *, p->w->njobs);
	for (size_t i = 0; i < p->w->njobs; i++) {
		if (!p->wanted[i])
			continue;
		struct plan_job *j = arena_make(p->a, struct plan_job);
		j->job = p->w->jobs[i];
		j->graph = graph_lower(p->a, j->job);
		j->index = (uint32_t)plan->n;
		plan->jobs[plan->n++] = j;
		p->by_index[i] = j;
	}
}

/* The needs that are in the plan; the stage follows, since those jobs are done before this one is asked. */
static void link_needs(struct planning *p, uint32_t at)
{
	struct plan_job *j = p->by_index[at];
	const struct job_needs *needs = &p->stages.needs[at];
	j->needs = arena_array(p->a, struct plan_job *, needs->n);
	for (size_t i = 0; i < needs->n; i++) {
		struct plan_job *need = p->by_index[needs->v[i]];
		if (!need)
			continue;
		j->needs[j->nneeds++] = need;
		j->stage = MAX(j->stage, need->stage + 1);
	}
}

static void add_ancestor(struct plan_job *j, struct plan_job *ancestor, uint32_t *seen)
{
	if (seen[ancestor->index] == j->index + 1)
		return;
	seen[ancestor->index] = j->index + 1;
	j->ancestors[j->nancestors++] = ancestor;
}

/* The union of the needs and their ancestors, each once; in the order found. */
static void collect_ancestors(struct planning *p, struct plan_job *j, size_t njobs, uint32_t *seen)
{
	size_t most = 0;
	for (size_t i = 0; i < j->nneeds; i++)
		most += 1 + j->needs[i]->nancestors;
	j->ancestors = arena_array(p->a, struct plan_job *, MIN(most, njobs));
	for (size_t i = 0; i < j->nneeds; i++) {
		for (size_t k = 0; k < j->needs[i]->nancestors; k++)
			add_ancestor(j, j->needs[i]->ancestors[k], seen);
		add_ancestor(j, j->needs[i], seen);
	}
}

static int link_jobs(struct planning *p, const struct plan *plan, struct err *err)
{
	uint32_t *seen = arena_array(p->a, uint32_t, plan->n);
	size_t total = 0;
	for (size_t i = 0; i < p->w->njobs; i++) {
		struct plan_job *j = p->by_index[p->stages.topological[i]];
		if (!j)
			continue;
		link_needs(p, p->stages.topological[i]);
		collect_ancestors(p, j, plan->n, seen);
		total += j->nancestors;
		if (total > ANCESTORS_MAX)
			return err_set(err, ERR_INVALID, "%.*s: its jobs depend on one another too deeply", STRF(p->w->path));
	}
	return 0;
}

int plan_make(struct plan **out, struct arena *a, const struct workflow *w, const struct plan_options *opt, struct err *err)
{
	struct planning p = { .a = a, .w = w };
	struct plan *plan = arena_make(a, struct plan);
	plan->workflow = w;
	stages_make(&p.stages, a, w);
	if (choose(&p, opt, err) < 0)
		return -1;
	make_jobs(&p, plan);
	if (link_jobs(&p, plan, err) < 0)
		return -1;
	*out = plan;
	return 0;
}

bool plan_has_event(const struct workflow *w, struct str event)
{
	for (size_t i = 0; i < w->ntriggers; i++)
		if (str_eq(w->triggers[i].event, event))
			return true;
	return false;
}
