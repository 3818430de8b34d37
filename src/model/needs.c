/* `needs`: unknown jobs and circles, found as GitHub finds them: strike out what has ended; what is left over is in
 * error. */
#include "model/internal.h"

struct waiting {
	const struct job *job;
	bool done;
};

static struct waiting *find(struct loader *l, const struct map *jobs, struct str id)
{
	return map_get(jobs, fold_ascii(l->a, id));
}

static void report(struct loader *l, const struct workflow *w, const struct job *j, const struct ref *need, bool known)
{
	struct diag *d;
	if (known) {
		d = diag_error(l->diags, "needs-cycle", need->at,
		               "Job '%.*s' depends on job '%.*s' which creates a cycle in the dependency graph.", STRF(j->id),
		               STRF(need->name));
		return;
	}
	d = diag_error(l->diags, "needs-unknown", need->at, "Job '%.*s' depends on unknown job '%.*s'.", STRF(j->id),
	               STRF(need->name));
	const char **names = arena_array(l->a, const char *, w->njobs + 1);
	size_t n = 0;
	for (size_t i = 0; i < w->njobs; i++)
		if (w->jobs[i] != j)
			names[n++] = arena_cstr(l->a, w->jobs[i]->id);
	const char *near = n ? str_nearest(need->name, names, n) : NULL;
	if (near)
		diag_help(l->diags, d, "did you mean '%s'?", near);
}

/* Whether every job waits for another one. */
static bool nobody_starts(const struct workflow *w)
{
	for (size_t i = 0; i < w->njobs; i++)
		if (w->jobs[i]->nneeds == 0)
			return false;
	return true;
}

static bool struck(struct loader *l, const struct map *jobs, const struct ref *need)
{
	const struct waiting *w = find(l, jobs, need->name);
	return w && w->done;
}

void needs_check(struct loader *l, const struct workflow *w, struct span jobs_at)
{
	struct map jobs = { 0 };
	if (nobody_starts(w)) {
		struct diag *d = diag_error(l->diags, w->njobs ? "needs-no-start" : "jobs-empty", jobs_at,
		                            "The workflow must contain at least one job with no dependencies.");
		if (!w->njobs)
			diag_help(l->diags, d, "add a job below jobs");
		return;
	}
	struct waiting *all = arena_array(l->a, struct waiting, w->njobs);
	for (size_t i = 0; i < w->njobs; i++) {
		all[i].job = w->jobs[i];
		map_put(l->a, &jobs, fold_ascii(l->a, w->jobs[i]->id), &all[i]);
	}
	for (bool again = true; again;) {
		again = false;
		for (size_t i = 0; i < w->njobs; i++) {
			bool ready = !all[i].done;
			for (size_t n = 0; ready && n < all[i].job->nneeds; n++)
				ready = struck(l, &jobs, &all[i].job->needs[n]);
			all[i].done |= ready;
			again |= ready;
		}
	}
	for (size_t i = 0; i < w->njobs; i++)
		for (size_t n = 0; !all[i].done && n < all[i].job->nneeds; n++)
			if (!struck(l, &jobs, &all[i].job->needs[n]))
				report(l, w, all[i].job, &all[i].job->needs[n],
				       find(l, &jobs, all[i].job->needs[n].name) != NULL);
}
