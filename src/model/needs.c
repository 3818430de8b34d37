/* `needs`: unknown jobs and circles, found as GitHub finds them: strike out what has ended; what is left over is in
 * error. People are told of each circle once, with its path; jobs that merely wait for one have done nothing wrong. */
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
	size_t next; /* entry of its list to follow */
	enum { UNSEEN, ON_PATH, LEFT } state;
	bool told; /* it is part of a circle that was told */
};

enum { CYCLE_SHOWN = 12 };

/* The other jobs' ids, for suggestions. */
struct names {
	const char **v;
	size_t n;
};

static struct diag *report_unknown(struct loader *l, struct names *names, const struct workflow *w, const struct job *j,
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
	return d;
}

static void report_cycle(struct loader *l, const struct edge *e, const struct ref *need)
{
	struct diag *d = diag_add(l->diags, e->to == e->of ? RULE_NEEDS_SELF : RULE_NEEDS_CYCLE, need->at,
	                          "Job '%.*s' depends on job '%.*s' which creates a cycle in the dependency graph.",
	                          STRF(e->of->job->id), STRF(need->name));
	d->audience = DIAG_FOR_READER;
}

/* ---- circles, for people ---- */

struct circles {
	struct loader *l;
	struct waiting **path;
	size_t no_root; /* place of the finding that nobody can start, which the first circle explains; SIZE_MAX: there is none */
	size_t n;
};

/* The finding that shows a circle of n jobs, the first of which names the next at that place. */
static struct diag *circle_finding(struct circles *c, struct str id, struct span at, size_t n, const char *names)
{
	struct diag_list *diags = c->l->diags;
	struct diag *d;
	if (c->n++ == 0 && c->no_root != SIZE_MAX) {
		d = &diags->v[c->no_root];
		diag_note(diags, d, at, n == 1 ? "job '%.*s' needs itself" : "jobs wait for each other: %.*s",
		          STRF(n == 1 ? id : str_of(names)));
		return d;
	}
	if (n == 1) {
		d = diag_add(diags, RULE_NEEDS_SELF, at, "Job '%.*s' needs itself", STRF(id));
		diag_help(diags, d, "a job cannot wait for itself");
	} else {
		d = diag_add(diags, RULE_NEEDS_CYCLE, at, "Jobs wait for each other: %s", names);
		diag_help(diags, d, "take one of these needs away; whatever needs one of these jobs never starts");
	}
	d->audience = DIAG_FOR_PEOPLE;
	return d;
}

/* The path is a circle: its last job needs its first. */
static void tell_circle(struct circles *c, struct waiting *const *path, size_t n)
{
	_cleanup_buf_ struct buf names = BUF_INIT;
	for (size_t i = 0; i < n && i < CYCLE_SHOWN; i++)
		buf_addf(&names, "%.*s -> ", STRF(path[i]->job->id));
	buf_addf(&names, "%s%.*s", n > CYCLE_SHOWN ? "... -> " : "", STRF(path[0]->job->id));
	struct diag *d = circle_finding(c, path[0]->job->id, path[0]->job->needs[path[0]->next].at, n, buf_cstr(&names));
	for (size_t i = 0; i < n; i++) {
		const struct job *job = path[i]->job;
		path[i]->told = true;
		if (i > 0 && i < CYCLE_SHOWN)
			diag_note(c->l->diags, d, job->needs[path[i]->next].at, "'%.*s' needs '%.*s'", STRF(job->id),
			          STRF(path[(i + 1) % n]->job->id));
	}
}

/* The circle that the path's last job closes by naming `back`, unless one of its jobs is part of one that was told. */
static void close_circle(struct circles *c, struct waiting *const *path, size_t n, const struct waiting *back)
{
	size_t first = n;
	bool told = false;
	while (first > 0 && path[first - 1] != back)
		told |= path[--first]->told;
	if (!told && !back->told)
		tell_circle(c, path + first - 1, n - first + 1);
}

/* Down from one job along what it needs, each job once; what is on the path and named again is a circle. */
static void follow_needs(struct circles *c, struct waiting *from)
{
	struct waiting **path = c->path;
	size_t n = 0;
	path[n++] = from;
	from->state = ON_PATH;
	while (n > 0) {
		struct waiting *at = path[n - 1];
		if (at->next == at->job->nneeds) {
			at->state = LEFT;
			if (--n > 0)
				path[n - 1]->next++;
			continue;
		}
		struct waiting *to = at->edges[at->next].to;
		if (to && !to->done && to->state == UNSEEN) {
			to->state = ON_PATH;
			path[n++] = to;
			continue;
		}
		if (to && to->state == ON_PATH)
			close_circle(c, path, n, to);
		at->next++;
	}
}

static void tell_circles(struct circles *c, struct waiting *all, size_t n)
{
	c->path = arena_array(c->l->a, struct waiting *, n + 1);
	for (size_t i = 0; i < n; i++)
		if (!all[i].done && all[i].state == UNSEEN)
			follow_needs(c, &all[i]);
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

/* Unknown jobs, and what the reader says of circles: nothing when it has said that nobody can start. */
static size_t report_needs(struct loader *l, const struct workflow *w, const struct waiting *all, bool no_root)
{
	struct names names = { 0 };
	size_t unknown = 0;
	for (size_t i = 0; i < w->njobs; i++)
		for (size_t n = 0; all[i].open && n < all[i].job->nneeds; n++) {
			const struct edge *e = &all[i].edges[n];
			if (!e->to) {
				struct diag *d = report_unknown(l, &names, w, all[i].job, &all[i].job->needs[n]);
				d->audience = no_root ? DIAG_FOR_PEOPLE : DIAG_FOR_ALL;
				unknown++;
			} else if (!e->to->done && !no_root) {
				report_cycle(l, e, &all[i].job->needs[n]);
			}
		}
	return unknown;
}

void needs_check(struct loader *l, const struct workflow *w, struct span jobs_at)
{
	struct circles circles = { .l = l, .no_root = SIZE_MAX };
	if (nobody_starts(w)) {
		struct diag *d = diag_add(l->diags, w->njobs ? RULE_NEEDS_NO_ROOT : RULE_JOBS_EMPTY, jobs_at,
		                          "The workflow must contain at least one job with no dependencies.");
		diag_help(l->diags, d, "%s",
		          w->njobs ? "take needs away from the job that is to start first" : "add a job below jobs");
		circles.no_root = l->diags->n - 1;
	}
	struct waiting *all = link_jobs(l, w);
	strike_out(l, all, w->njobs);
	size_t unknown = report_needs(l, w, all, circles.no_root != SIZE_MAX);
	tell_circles(&circles, all, w->njobs);
	if (unknown && circles.no_root != SIZE_MAX && circles.n == 0)
		l->diags->v[circles.no_root].audience = DIAG_FOR_READER; /* that a job is not there is all */
}
