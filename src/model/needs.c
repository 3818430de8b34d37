/* `needs`: unknown jobs and circles, found as GitHub finds them: strike out what has ended; what is left over is in
 * error. */
#include "model/internal.h"

/* One entry of a `needs` list. */
struct edge {
	struct waiting *to; /* the job it names, or NULL */
	struct waiting *of; /* the job that has the list */
	struct edge *next;  /* the next entry that names the same job */
};

struct waiting {
	const struct job *job;
	struct edge *edges;   /* its own list */
	struct edge *waiters; /* entries that name it */
	size_t open;          /* entries of its list that are not struck out */
	bool done;
};

/* The other jobs' ids, for suggestions. */
struct names {
	const char **v;
	size_t n;
};

static void report_unknown(struct loader *l, struct names *names, const struct workflow *w, const struct job *j,
                           const struct ref *need)
{
	struct diag *d = diag_add(l->diags, RULE_NEEDS_UNKNOWN, need->at, "Job '%.*s' depends on unknown job '%.*s'.",
	                          STRF(j->id), STRF(need->name));
	if (!names->v) {
		names->v = arena_array(l->a, const char *, w->njobs + 1);
		for (; names->n < w->njobs; names->n++)
			names->v[names->n] = arena_cstr(l->a, w->jobs[names->n]->id);
	}
	const char *near = id_suggest(l, need->name, names->v, names->n);
	if (near && !str_is(j->id, near))
		diag_help(l->diags, d, "did you mean '%s'?", near);
	else
		diag_help(l->diags, d, "needs names ids of jobs of this file");
}

static void report_cycle(struct loader *l, const struct edge *e, const struct ref *need)
{
	struct diag *d = diag_add(l->diags, e->to == e->of ? RULE_NEEDS_SELF : RULE_NEEDS_CYCLE, need->at,
	                          "Job '%.*s' depends on job '%.*s' which creates a cycle in the dependency graph.",
	                          STRF(e->of->job->id), STRF(need->name));
	if (e->to == e->of)
		diag_help(l->diags, d, "a job cannot wait for itself");
	else
		diag_note(l->diags, d, e->to->job->at, "this job never gets its turn either");
}

/* Whether every job waits for another one. */
static bool nobody_starts(const struct workflow *w)
{
	for (size_t i = 0; i < w->njobs; i++)
		if (w->jobs[i]->nneeds == 0)
			return false;
	return true;
}

/* Every entry of every list with the job it names. */
static struct waiting *link_jobs(struct loader *l, const struct workflow *w)
{
	struct map ids = { 0 };
	struct waiting *all = arena_array(l->a, struct waiting, w->njobs);
	for (size_t i = 0; i < w->njobs; i++) {
		all[i].job = w->jobs[i];
		map_put(l->a, &ids, fold_ascii(l->a, w->jobs[i]->id), &all[i]);
	}
	for (size_t i = 0; i < w->njobs; i++) {
		all[i].open = w->jobs[i]->nneeds;
		all[i].edges = arena_array(l->a, struct edge, all[i].open + 1);
		for (size_t n = 0; n < all[i].open; n++) {
			struct edge *e = &all[i].edges[n];
			e->of = &all[i];
			e->to = map_get(&ids, fold_ascii(l->a, w->jobs[i]->needs[n].name));
			if (e->to) {
				e->next = e->to->waiters;
				e->to->waiters = e;
			}
		}
	}
	return all;
}

/* Strikes finished jobs out of all lists until nothing changes; each entry is looked at once. */
static void strike_out(struct loader *l, struct waiting *all, size_t n)
{
	struct waiting **finished = arena_array(l->a, struct waiting *, n);
	size_t nfinished = 0;
	for (size_t i = 0; i < n; i++)
		if (all[i].open == 0)
			finished[nfinished++] = &all[i];
	for (size_t i = 0; i < nfinished; i++) {
		finished[i]->done = true;
		for (struct edge *e = finished[i]->waiters; e; e = e->next)
			if (--e->of->open == 0)
				finished[nfinished++] = e->of;
	}
}

void needs_check(struct loader *l, const struct workflow *w, struct span jobs_at)
{
	if (nobody_starts(w)) {
		struct diag *d = diag_add(l->diags, w->njobs ? RULE_NEEDS_NO_ROOT : RULE_JOBS_EMPTY, jobs_at,
		                          "The workflow must contain at least one job with no dependencies.");
		diag_help(l->diags, d, "%s",
		          w->njobs ? "take needs away from the job that is to start first" : "add a job below jobs");
		return;
	}
	struct names names = { 0 };
	struct waiting *all = link_jobs(l, w);
	strike_out(l, all, w->njobs);
	for (size_t i = 0; i < w->njobs; i++)
		for (size_t n = 0; all[i].open && n < all[i].job->nneeds; n++) {
			const struct edge *e = &all[i].edges[n];
			if (!e->to)
				report_unknown(l, &names, w, all[i].job, &all[i].job->needs[n]);
			else if (!e->to->done)
				report_cycle(l, e, &all[i].job->needs[n]);
		}
}
