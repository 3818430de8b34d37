/* What was asked for by name; see asked.h. */
#include "api/asked.h"

#include "api/job_name.h"
#include "plan/matrix_filter.h"

struct words {
	VEC(const char *);
};

static void add_word(struct arena *a, struct words *w, struct str word)
{
	for (size_t i = 0; i < w->n; i++)
		if (str_eq_nocase(str_of(w->v[i]), word))
			return;
	*vec_add(a, w) = arena_cstr(a, word);
}

/* "push, release" */
static struct str words_text(struct arena *a, const struct words *w)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	for (size_t i = 0; i < w->n; i++)
		buf_addf(&b, "%s%s", i ? ", " : "", w->v[i]);
	return arena_str(a, buf_str(&b));
}

/* ": did you mean 'x'?", or nothing */
static struct str nearest_text(struct arena *a, struct str word, const struct words *w)
{
	const char *near = w->n ? str_nearest(word, w->v, w->n) : NULL;
	return near && !str_is(word, near) ? arena_printf(a, ": did you mean '%s'?", near) : STR_EMPTY;
}

static void add_events(struct arena *a, struct words *out, const struct workflow *w)
{
	for (size_t t = 0; t < w->ntriggers; t++)
		add_word(a, out, w->triggers[t].event);
}

/* One to try: a called workflow is seldom meant to be started by itself. */
static const char *event_to_try(const struct words *events)
{
	for (size_t i = 0; i < events->n; i++)
		if (strcmp(events->v[i], "workflow_call") != 0)
			return events->v[i];
	return events->v[0];
}

/* ---- jobs ---- */

/* What starts a job that this event does not start. */
static int job_not_started(struct sidestep_session *s, const char *job, size_t at, struct err *err)
{
	const struct workflow *w = s->project.workflows[at];
	struct words events = { 0 };
	if (s->answers[at].kind == SELECTION_FILTERED)
		return err_set(err, ERR_USAGE, "job '%s' is not started: %.*s: %.*s", job, STRF(w->path),
		               STRF(s->answers[at].reason));
	for (size_t i = 0; i < s->project.n; i++)
		if (workflow_job(s->project.workflows[i], str_of(job)))
			add_events(&s->arena, &events, s->project.workflows[i]);
	if (events.n == 0)
		return err_set(err, ERR_USAGE, "job '%s' is started by nothing: %.*s lists no event", job, STRF(w->path));
	return err_set(err, ERR_USAGE, "job '%s' is not started by '%.*s': it runs on %.*s; try 'sidestep run %s -j %s'", job,
	               STRF(s->event.name), STRF(words_text(&s->arena, &events)), event_to_try(&events), job);
}

static bool job_runs(const struct sidestep_session *s, const char *job)
{
	for (size_t i = 0; i < s->runs.n; i++)
		if (workflow_job(s->runs.v[i]->plan->workflow, str_of(job)))
			return true;
	return false;
}

/* By the name that a run shows, or like nothing but what the nearest id may be. */
static int no_such_job(struct sidestep_session *s, const char *job, const struct words *ids, struct err *err)
{
	for (size_t i = 0; i < s->project.n; i++) {
		const struct workflow *w = s->project.workflows[i];
		const struct job *found;
		struct str options = job_name_options(&s->arena, w, str_of(job), &found);
		if (options.n)
			return err_set(err, ERR_USAGE, "no workflow has a job '%s': %.*s shows '%.*s' so; try %.*s", job,
			               STRF(w->path), STRF(found->id), STRF(options));
	}
	return err_set(err, ERR_USAGE, "no workflow has a job '%s'%.*s", job, STRF(nearest_text(&s->arena, str_of(job), ids)));
}

static int asked_job(struct sidestep_session *s, const char *job, struct err *err)
{
	struct words ids = { 0 };
	size_t holder = SIZE_MAX;
	bool broken = false;
	for (size_t i = 0; i < s->project.n; i++) {
		const struct workflow *w = s->project.workflows[i];
		if (workflow_job(w, str_of(job))) {
			holder = holder == SIZE_MAX || s->answers[i].kind == SELECTION_FILTERED ? i : holder;
			broken |= !w->valid;
		}
		for (size_t j = 0; j < w->njobs; j++)
			add_word(&s->arena, &ids, w->jobs[j]->id);
	}
	if (holder == SIZE_MAX)
		return no_such_job(s, job, &ids, err);
	if (broken || s->opt.explain || job_runs(s, job))
		return 0;
	return job_not_started(s, job, holder, err);
}

int asked_jobs(struct sidestep_session *s, struct err *err)
{
	for (size_t i = 0; i < s->opt.jobs.n; i++)
		if (asked_job(s, s->opt.jobs.v[i], err) < 0)
			return -1;
	return 0;
}

/* ---- the event ---- */

/* Why nothing is started, with what could have been meant. */
static int nothing_started(struct arena *a, const struct words *events, struct str event, const char *verb, struct err *err)
{
	if (events->n == 0)
		return err_set(err, ERR_USAGE, "no workflow is started by '%.*s', nor by any other event", STRF(event));
	struct str near = nearest_text(a, event, events);
	if (near.n)
		return err_set(err, ERR_USAGE, "no workflow is started by '%.*s'%.*s They are started by %.*s", STRF(event),
		               STRF(near), STRF(words_text(a, events)));
	return err_set(err, ERR_USAGE, "no workflow is started by '%.*s': they are started by %.*s; try 'sidestep %s %s'",
	               STRF(event), STRF(words_text(a, events)), verb, event_to_try(events));
}

int asked_event_of(struct project *p, const struct selection *answers, struct str event, const char *verb, struct err *err)
{
	struct words events = { 0 };
	for (size_t i = 0; i < p->n; i++) {
		if (answers[i].kind != SELECTION_NO_EVENT)
			return 0; /* it starts, or a filter has decided, as it would on GitHub */
		add_events(&p->arena, &events, p->workflows[i]);
	}
	return nothing_started(&p->arena, &events, event, verb, err);
}

int asked_event(struct sidestep_session *s, struct err *err)
{
	if (s->runs.n || s->broken_files)
		return 0;
	return asked_event_of(&s->project, s->answers, s->event.name, "run", err);
}

/* ---- matrices ---- */

/* What the matrices of the planned jobs hold. */
struct matrices {
	struct arena *a;
	bool unknown;   /* one is made by an expression, or a job calls what is not known */
	bool any, left; /* there is one; one that a filter is about keeps legs */
	bool used;      /* a filter is about one */
	bool *met;      /* by filter: some matrix has its value */
	struct matrix_names names;
};

static void add_workflow_matrices(struct matrices *m, const struct sidestep_session *s, struct job *const *jobs, size_t n,
                                  unsigned depth);

static void add_job_matrix(struct matrices *m, const struct sidestep_session *s, const struct job *j, unsigned depth)
{
	struct matrix_legs legs = { 0 };
	struct val matrix = val_null();
	if (j->is_call && j->called)
		add_workflow_matrices(m, s, j->called->jobs, j->called->njobs, depth + 1);
	if (!j->matrix && !j->strategy)
		return;
	if ((j->strategy && j->strategy->kind == TOKEN_EXPR) || token_has_expr(j->matrix)) {
		m->any = m->unknown = true;
		return;
	}
	if (!j->matrix || token_eval(&matrix, j->matrix, m->a, NULL, &(struct expr_error) { 0 }, NULL) < 0 ||
	    matrix_expand(&legs, m->a, matrix, NULL) < 0)
		return; /* the run says what is wrong */
	m->any = true;
	for (size_t i = 0; i < s->exec.nmatrix_filters; i++)
		m->met[i] |= matrix_filter_meets(&legs, s->exec.matrix_filters[i]);
	matrix_names_add(&m->names, m->a, &legs);
	if (!matrix_filter_is_about(&legs, s->exec.matrix_filters, s->exec.nmatrix_filters))
		return;
	m->used = true;
	matrix_filter(&legs, s->exec.matrix_filters, s->exec.nmatrix_filters);
	m->left |= legs.n > 0;
}

static void add_workflow_matrices(struct matrices *m, const struct sidestep_session *s, struct job *const *jobs, size_t n,
                                  unsigned depth)
{
	for (size_t i = 0; i < n && depth < 16; i++)
		add_job_matrix(m, s, jobs[i], depth);
}

static int refuse_filter(const struct matrices *m, struct str filter, struct err *err)
{
	struct words words = { 0 };
	struct str key, value, near;
	matrix_filter_split(filter, &key, &value);
	const struct matrix_name *name = matrix_names_find(&m->names, key);
	if (!m->any)
		return err_set(err, ERR_USAGE, "--matrix %.*s: no job that runs has a matrix", STRF(filter));
	if (!name) {
		for (size_t i = 0; i < m->names.n; i++)
			add_word(m->a, &words, m->names.v[i].key);
		near = nearest_text(m->a, key, &words);
		return err_set(err, ERR_USAGE, "--matrix %.*s: no matrix has the key '%.*s'%.*s%sThere is %.*s", STRF(filter),
		               STRF(key), STRF(near), near.n ? " " : ". ", STRF(words_text(m->a, &words)));
	}
	for (size_t i = 0; i < name->n; i++)
		add_word(m->a, &words, name->v[i]);
	near = nearest_text(m->a, value, &words);
	return err_set(err, ERR_USAGE, "--matrix %.*s: no matrix has this value for '%.*s'%.*s%sThere is %.*s", STRF(filter),
	               STRF(key), STRF(near), near.n ? " " : ". ", STRF(words_text(m->a, &words)));
}

int asked_matrix(struct sidestep_session *s, struct err *err)
{
	struct matrices m = { .a = &s->arena, .met = arena_array(&s->arena, bool, s->exec.nmatrix_filters + 1) };
	const struct str *filters = s->exec.matrix_filters;
	size_t habits = MIN(s->opt.configured_matrix, s->exec.nmatrix_filters);
	if (s->exec.nmatrix_filters == habits || s->runs.n == 0)
		return 0;
	for (size_t i = 0; i < s->runs.n; i++)
		for (size_t j = 0; j < s->runs.v[i]->plan->n; j++)
			add_job_matrix(&m, s, s->runs.v[i]->plan->jobs[j]->job, 0);
	s->matrix_met = m.met;
	for (size_t i = habits; i < s->exec.nmatrix_filters && !m.unknown; i++)
		if (!m.met[i])
			return refuse_filter(&m, filters[i], err);
	if (m.used && !m.left && !m.unknown)
		return err_set(err, ERR_USAGE, "no combination of a matrix has all the values of --matrix");
	return 0;
}
