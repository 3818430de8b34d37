/* Follows the calls of a workflow from level to level; see calls.h. Every call is looked at where it stands: a file that is
 * called twice is read once, but counts twice. */
#include "model/calls.h"

#include "model/calls_check.h"
#include "model/internal.h"

enum { DEPTH_MAX = 9, FILES_MAX = 51, CALLS_MAX = 2000, RESULT_MAX = 10 << 20 };

/* One loading. */
struct calls {
	struct arena *a;
	struct workflow *top;
	struct diag_list *diags;
	const struct call_reader *reader;
	const struct call_options *opt;
	struct {
		VEC(struct workflow *);
	} files;
	size_t njobs, ncalls, size;
	bool stop; /* a limit that ends everything */
};

/* A workflow in the chain of callers. */
struct level {
	struct workflow *w;
	const struct level *up;
	unsigned depth;
	const struct permissions *handed; /* explicit list of the callers; NULL: none */
	unsigned cache;                   /* cache-mode of the callers; 0: none */
};

bool calls_any(const struct workflow *w)
{
	for (size_t i = 0; i < w->njobs; i++)
		if (w->jobs[i]->is_call)
			return true;
	return false;
}

/* ---- reading a called file ---- */

/* What is wrong in a called file, with the place of the call. */
static void copy_errors(struct calls *c, const struct diag_list *own, const struct job *job)
{
	for (size_t i = 0; i < own->n; i++) {
		struct diag *d = vec_add(c->diags->arena, c->diags);
		*d = own->v[i];
		c->diags->errors += d->severity == SEVERITY_ERROR;
		diag_note(c->diags, d, job->uses_at, CALLED_FROM_HERE);
	}
}

static bool add_size(struct calls *c, const struct workflow *w, const struct job *job)
{
	size_t most = c->opt->limits && c->opt->limits->result_size ? c->opt->limits->result_size : RESULT_MAX;
	c->size += official_file_size(w);
	if (c->size <= most)
		return true;
	c->stop = true;
	struct diag *d =
		diag_add(c->diags, RULE_CALL_SIZE, (struct span) { .file = w->source->id }, "Maximum object size exceeded");
	diag_note(c->diags, d, job->uses_at, CALLED_FROM_HERE);
	return false;
}

static struct workflow *read_file(struct calls *c, const struct called_file *file, const struct job *job)
{
	for (size_t i = 0; i < c->files.n; i++)
		if (c->files.v[i]->source == file->source)
			return c->files.v[i];
	unsigned most = c->opt->files ? c->opt->files : FILES_MAX;
	if (c->files.n >= most) {
		c->stop = true;
		diag_add(c->diags, RULE_CALL_FILES, job->uses_at, "The maximum file count of %u has been exceeded", most);
		return NULL;
	}
	struct diag_list own = { .arena = c->diags->arena, .sources = c->diags->sources };
	struct workflow *w = workflow_read_limited(c->a, file->source, file->repo_path, c->opt->limits, &own);
	w->repository = file->repository;
	w->ref = file->ref;
	w->sha = file->sha;
	*vec_add(c->a, &c->files) = w;
	copy_errors(c, &own, job);
	return w;
}

/* ---- one call ---- */

static bool is_recursive(struct calls *c, const struct level *from, const struct workflow *w, const struct job *job)
{
	for (const struct level *l = from; l; l = l->up)
		if (l->w == w) {
			struct diag *d = diag_add(c->diags, RULE_CALL_RECURSIVE, job->uses_at, "The workflow '%.*s' calls itself",
			                          STRF(w->path));
			diag_help(c->diags, d, "a chain of calls must not come back to a workflow that is in it");
			official_endless(c->top, c->a, c->opt->depth ? c->opt->depth : DEPTH_MAX);
			return true;
		}
	return false;
}

static bool within_limits(struct calls *c, const struct level *from, const struct job *job)
{
	unsigned depth = c->opt->depth ? c->opt->depth : DEPTH_MAX;
	if (from->depth + 1 > depth)
		diag_add(c->diags, RULE_CALL_DEPTH, job->uses_at, "Nested reusable workflow depth exceeded %u.", depth);
	else if (++c->ncalls > CALLS_MAX)
		diag_add(c->diags, RULE_CALL_COUNT, job->uses_at, "more than %d calls of workflows in one run", CALLS_MAX);
	else
		return true;
	c->stop = true;
	return false;
}

/* The called file, with everything about the call itself checked; NULL: there is nothing to follow. *given: most
 * holds what the callers list as what the call may do. *cache: the same of caches. */
static struct workflow *check_call(struct calls *c, const struct level *from, struct job *job, struct permissions *most,
                                   bool *given, unsigned *cache)
{
	struct called_file file = { .source = NULL };
	struct err err = ERR_INIT;
	if (!within_limits(c, from, job))
		return NULL;
	if (c->reader->read(c->reader->cookie, from->w, job->uses, &file, &err) < 0) {
		diag_add(c->diags, RULE_CALL_NOT_FOUND, job->uses_at, "Error calling workflow '%.*s': %s", STRF(job->uses),
		         err.text);
		return NULL;
	}
	struct workflow *w = file.source ? read_file(c, &file, job) : NULL; /* no source: left alone */
	if (!w || !add_size(c, w, job) || is_recursive(c, from, w, job) || w->nerrors || !w->root)
		return w;
	job->called = w;
	calls_check_interface(c->diags, job);
	if (w->call.present) {
		*given = calls_check_permissions(c->diags, most, from->w, job, from->handed, c->opt->write_policy);
		*cache = calls_check_cache(c->diags, from->w, job, from->cache);
	}
	return w;
}

static void load_all(struct calls *c, const struct level *l);

static void load_call(struct calls *c, const struct level *from, struct job *job)
{
	struct permissions most;
	bool given = false;
	unsigned cache = 0;
	size_t before = c->diags->n;
	if (!from->up && c->reader->begin)
		c->reader->begin(c->reader->cookie, job);
	struct workflow *w = check_call(c, from, job, &most, &given, &cache);
	official_call(c->top, c->a, c->opt->limits, c->diags, before, w, job);
	struct level below = { w, from, from->depth + 1, given ? &most : NULL, cache };
	if (w && job->called == w && w->call.present)
		load_all(c, &below);
}

static bool count_job(struct calls *c, const struct job *job)
{
	if (!c->opt->jobs || ++c->njobs <= c->opt->jobs)
		return true;
	size_t before = c->diags->n;
	c->stop = true;
	diag_add(c->diags, RULE_CALL_JOBS, job->at, "The workflow may not contain more than %u jobs", c->opt->jobs);
	official_call(c->top, c->a, c->opt->limits, c->diags, before, NULL, job);
	return false;
}

static void load_all(struct calls *c, const struct level *l)
{
	for (size_t i = 0; i < l->w->njobs && !c->stop; i++)
		if (count_job(c, l->w->jobs[i]) && l->w->jobs[i]->is_call)
			load_call(c, l, l->w->jobs[i]);
}

void calls_load(struct workflow *top, struct arena *a, const struct call_reader *reader, const struct call_options *opt,
                struct diag_list *diags)
{
	struct calls c = { .a = a, .top = top, .diags = diags, .reader = reader, .opt = opt };
	struct level first = { .w = top };
	size_t before = diags->errors;
	c.size = official_file_size(top);
	*vec_add(a, &c.files) = top;
	load_all(&c, &first);
	if (diags->errors > before)
		top->valid = false;
}
