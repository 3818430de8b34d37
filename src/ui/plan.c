/* A dry run shown as a plan: jobs in the order they would run, in stages (those of one stage run side by side), each with its
 * steps; then what is left out, and a line that sums up. Everything is kept until the run has ended, as jobs come in when their
 * needs have been planned. */
#include "ui/plan.h"

#include "ui/sink.h"
#include "ui/text.h"

struct plan_sink {
	struct text_sink text; /* first */
	struct plan_run *runs;
	size_t nruns, njobs, nfail; /* of all that were written */
	bool ended;
};

static struct str kept(struct plan_run *r, struct str s)
{
	return text_clean_copy(&r->arena, s, 1 << 16);
}

static struct plan_run *run_of(struct plan_sink *p, const struct event *e)
{
	struct plan_run **at = &p->runs;
	while (*at && !str_eq((*at)->id, e->run))
		at = &(*at)->next;
	if (!*at) {
		*at = xcalloc(1, sizeof(**at));
		(*at)->id = arena_str(&(*at)->arena, e->run);
		(*at)->look = &p->text.look;
	}
	return *at;
}

/* The job that calls the workflow this one belongs to: its key is in front of this one's. */
static struct plan_job *caller_of(struct plan_run *r, struct str key)
{
	struct plan_job *found = NULL;
	for (size_t i = 0; i < r->jobs.n; i++) {
		struct plan_job *j = r->jobs.v[i].value;
		struct str rest = str_from(key, MIN(j->key.n, key.n));
		if (j->uses.n && str_starts(key, j->key) && str_starts(rest, STR(" / ")) && (!found || j->key.n > found->key.n))
			found = j;
	}
	return found;
}

static struct plan_job *job_of(struct plan_run *r, const struct event *e)
{
	struct plan_job *j = map_get(&r->jobs, e->job);
	if (j || !e->job.n)
		return j;
	j = arena_make(&r->arena, struct plan_job);
	j->run = r;
	j->caller = caller_of(r, e->job);
	j->key = arena_str(&r->arena, e->job);
	j->label = kept(r, e->job);
	j->id = arena_str(&r->arena, e->job_id);
	map_put(&r->arena, &r->jobs, j->key, j);
	return j;
}

/* ---- what comes in ---- */

/* Also of jobs that are left out: who needs one of them comes after what that one needs. */
static void take_needs(struct plan_job *j, const struct str *needs, size_t n)
{
	struct plan_run *r = j->run;
	j->stage = 1;
	for (size_t i = 0; i < n; i++)
		*vec_add(&r->arena, &j->needs) = kept(r, needs[i]);
	for (size_t i = 0; i < r->jobs.n; i++) {
		const struct plan_job *other = r->jobs.v[i].value;
		for (size_t k = 0; other->caller == j->caller && k < n; k++)
			if (str_eq(other->id, needs[k]))
				j->stage = MAX(j->stage, other->stage + 1);
	}
}

static void take_job_start(struct plan_job *j, const struct event *e)
{
	struct plan_run *r = j->run;
	_cleanup_buf_ struct buf labels = BUF_INIT;
	j->begun = true;
	j->name = kept(r, e->job_start.name);
	take_needs(j, e->job_start.needs, e->job_start.nneeds);
	for (size_t i = 0; i < e->job_start.nruns_on; i++)
		buf_addf(&labels, "%s%.*s", i ? ", " : "", STRF(e->job_start.runs_on[i]));
	j->runs_on = kept(r, buf_str(&labels));
	j->uses = kept(r, e->job_start.uses);
	j->environment = kept(r, e->job_start.environment);
	j->concurrency = kept(r, e->job_start.concurrency);
}

static void take_plan(struct plan_job *j, const struct event *e)
{
	if (e->step.n) {
		plan_add_step(j, e);
		return;
	}
	j->outlook = e->plan.runs;
	j->condition = kept(j->run, e->plan.condition);
	j->cannot = kept(j->run, e->plan.cannot);
	j->nfail += j->cannot.n > 0;
}

static void take_job_event(struct plan_job *j, const struct event *e)
{
	if (e->type == EVENT_JOB_START) {
		take_job_start(j, e);
	} else if (e->type == EVENT_JOB_SKIP) {
		j->name = kept(j->run, e->job_skip.name);
		j->left_out = kept(j->run, e->job_skip.reason);
		j->not_here = e->job_skip.not_here;
		take_needs(j, e->job_skip.needs, e->job_skip.nneeds);
	} else if (e->type == EVENT_PLAN) {
		take_plan(j, e);
	} else if (e->type == EVENT_LOG && !e->step.n) {
		for (size_t i = 0; i < e->log.n; i++)
			plan_add_message(j, e->log.level, e->log.lines[i]);
	} else if (e->type == EVENT_JOB_END && e->job_end.conclusion == RESULT_FAILURE && !j->nfail) {
		j->failure = kept(j->run, e->job_end.reason);
		j->nfail += !j->uses.n;
	}
}

/* ---- what goes out ---- */

/* Legs of one job that would do the very same are written once. */
static const struct plan_job *same_before(const struct plan_run *r, size_t at)
{
	const struct plan_job *j = r->jobs.v[at].value;
	for (size_t i = 0; i < at; i++) {
		const struct plan_job *o = r->jobs.v[i].value;
		if (o->begun && o->caller == j->caller && str_eq(o->id, j->id) &&
		    str_eq(buf_str(&o->steps), buf_str(&j->steps)) && str_eq(o->runs_on, j->runs_on) && !j->uses.n &&
		    str_eq(o->cannot, j->cannot))
			return o;
	}
	return NULL;
}

static size_t count_stage(const struct plan_run *r, const struct plan_job *caller, unsigned stage)
{
	size_t n = 0;
	for (size_t i = 0; i < r->jobs.n; i++) {
		const struct plan_job *j = r->jobs.v[i].value;
		n += j->begun && j->caller == caller && j->stage == stage;
	}
	return n;
}

/* The last stage in which a job would run, and how many jobs would run in all. */
static unsigned last_stage(const struct plan_run *r, const struct plan_job *caller, size_t *ret_all)
{
	unsigned last = 0;
	for (size_t i = 0; i < r->jobs.n; i++) {
		const struct plan_job *j = r->jobs.v[i].value;
		if (!j->begun || j->caller != caller)
			continue;
		last = MAX(last, j->stage);
		++*ret_all;
	}
	return last;
}

static void write_stages(struct buf *out, const struct plan_run *r, const struct plan_job *caller, size_t indent);

static bool is_first_leg(const struct plan_run *r, const struct plan_job *j)
{
	for (size_t i = 0; r->jobs.v[i].value != j; i++) {
		const struct plan_job *o = r->jobs.v[i].value;
		if (o->begun && o->caller == j->caller && o->stage == j->stage && str_eq(o->id, j->id))
			return false;
	}
	return true;
}

/* The legs of one job stand together. */
static void write_legs(struct buf *out, const struct plan_run *r, const struct plan_job *first, size_t indent)
{
	struct arena a = { 0 };
	for (size_t i = 0; i < r->jobs.n; i++) {
		const struct plan_job *j = r->jobs.v[i].value, *same;
		if (!j->begun || j->caller != first->caller || j->stage != first->stage || !str_eq(j->id, first->id))
			continue;
		same = same_before(r, i);
		if (same) {
			plan_put_line(out, r->look, PAINT_BOLD, indent,
			              arena_printf(&a, "%.*s: the same steps as %.*s", STRF(j->label), STRF(same->label)));
			continue;
		}
		if (j != first && !j->caller)
			buf_addc(out, '\n');
		plan_write_job(out, j, indent);
		write_stages(out, r, j, indent + PLAN_CALL_INDENT);
	}
	arena_done(&a);
}

static void write_stage(struct buf *out, const struct plan_run *r, const struct plan_job *caller, unsigned stage, size_t indent)
{
	bool any = false;
	for (size_t i = 0; i < r->jobs.n; i++) {
		const struct plan_job *j = r->jobs.v[i].value;
		if (!j->begun || j->caller != caller || j->stage != stage || !is_first_leg(r, j))
			continue;
		if (any && !caller)
			buf_addc(out, '\n');
		any = true;
		write_legs(out, r, j, indent);
	}
}

static void write_stages(struct buf *out, const struct plan_run *r, const struct plan_job *caller, size_t indent)
{
	struct arena a = { 0 };
	size_t all = 0;
	unsigned last = last_stage(r, caller, &all), shown = 0;
	for (unsigned stage = 1; stage <= last; stage++) {
		size_t n = count_stage(r, caller, stage);
		if (n == 0)
			continue; /* all of it is left out */
		shown++;
		if (!caller)
			buf_addc(out, '\n');
		if (all > 1)
			plan_put_line(out, r->look, PAINT_CYAN, indent,
			              n == 1 ? arena_printf(&a, "Stage %u", shown)
			                     : arena_printf(&a, "Stage %u: %zu jobs side by side", shown, n));
		write_stage(out, r, caller, stage, indent);
	}
	arena_done(&a);
}

static void write_left_out(struct buf *out, const struct plan_run *r)
{
	struct arena a = { 0 };
	bool any = false;
	for (size_t i = 0; i < r->jobs.n; i++) {
		const struct plan_job *j = r->jobs.v[i].value;
		if (j->begun || !j->left_out.n)
			continue;
		buf_adds(out, any ? "" : "\nLeft out\n");
		any = true;
		plan_put_line(out, r->look, j->not_here ? PAINT_YELLOW : PAINT_DIM, 2,
		              arena_printf(&a, "%.*s: %s: %.*s", STRF(j->label), j->not_here ? "not run here" : "skipped",
		                           STRF(j->left_out)));
	}
	arena_done(&a);
}

static void write_sum(struct plan_sink *p, struct buf *out, const struct plan_run *r, const struct ui_run *about)
{
	size_t jobs = 0, steps = 0, maybe = 0, fail = 0, elsewhere = 0;
	_cleanup_buf_ struct buf b = BUF_INIT;
	for (size_t i = 0; i < r->jobs.n; i++) {
		const struct plan_job *j = r->jobs.v[i].value;
		jobs += j->begun && !j->uses.n;
		steps += j->nsteps;
		maybe += j->nmaybe + (j->outlook == OUTLOOK_MAYBE);
		fail += j->nfail;
		elsewhere += j->not_here;
	}
	p->njobs += jobs;
	p->nfail += fail;
	buf_addf(&b, "%.*s: a plan of ", STRF(run_title(about)));
	add_count(&b, jobs, "job");
	buf_adds(&b, " with ");
	add_count(&b, steps, "step");
	if (maybe)
		buf_addf(&b, "; %zu condition%s that only the run can decide", maybe, maybe == 1 ? "" : "s");
	if (elsewhere) {
		buf_adds(&b, "; ");
		add_count(&b, elsewhere, "job");
		buf_adds(&b, " not run here");
	}
	if (fail)
		buf_addf(&b, "; %zu thing%s would fail here", fail, fail == 1 ? "" : "s");
	buf_adds(&b, ". Nothing was started.");
	if (p->text.verbosity >= 0)
		buf_addc(out, '\n');
	plan_put_line(out, r->look, fail ? PAINT_RED : PAINT_RESET, 0, buf_str(&b));
}

static void write_title(struct buf *out, const struct plan_run *r, const struct ui_run *about)
{
	static const struct look plain; /* no colours within a line that may be wrapped */
	_cleanup_buf_ struct buf b = BUF_INIT;
	buf_adds(&b, "Plan of ");
	add_run_title(&b, about, &plain);
	plan_put_line(out, r->look, PAINT_BOLD, 0, buf_str(&b));
}

static void write_plan(struct plan_sink *p, struct buf *out, const struct plan_run *r, const struct ui_run *about)
{
	if (p->nruns++)
		buf_addc(out, '\n');
	write_title(out, r, about);
	write_stages(out, r, NULL, 0);
	write_left_out(out, r);
}

/* One line for what would fail, of those who want to read no more than that. */
static void write_cannot(struct buf *out, const struct plan_run *r, const struct plan_job *j, struct str step, struct str why)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	buf_addf(&b, "%.*s%s", STRF(j->label), step.n ? " / " : "");
	clean_line(&b, step, 0);
	buf_adds(&b, " fails here: ");
	clean_line(&b, why, 0);
	plan_put_line(out, r->look, PAINT_RED, 0, buf_str(&b));
}

static void write_failures(struct plan_sink *p, struct buf *out, const struct plan_run *r)
{
	p->nruns++;
	for (size_t i = 0; i < r->jobs.n; i++) {
		const struct plan_job *j = r->jobs.v[i].value;
		if (j->cannot.n || j->failure.n)
			write_cannot(out, r, j, STR_EMPTY, j->cannot.n ? j->cannot : j->failure);
	}
}

static void plan_event(struct sink *s, const struct event *e)
{
	struct plan_sink *p = (struct plan_sink *)s;
	struct text_sink *t = &p->text;
	struct ui_at at = model_apply(&t->model, e, 0);
	struct plan_run *r = run_of(p, e);
	struct plan_job *j = job_of(r, e);
	if (j)
		take_job_event(j, e);
	if (t->verbosity < 0 && e->type == EVENT_PLAN && j && e->plan.cannot.n)
		write_cannot(&t->out.buf, r, j, e->plan.name, e->plan.cannot);
	if (e->type == EVENT_RUN_END) {
		if (t->verbosity < 0)
			write_failures(p, &t->out.buf, r);
		else
			write_plan(p, &t->out.buf, r, at.run);
		write_sum(p, &t->out.buf, r, at.run);
	}
	screen_flush((struct screen *)s);
}

/* The last line is about all of them. */
static void plan_end(struct sink *s)
{
	struct plan_sink *p = (struct plan_sink *)s;
	_cleanup_buf_ struct buf b = BUF_INIT;
	if (!p->ended && p->nruns > 1) {
		buf_addf(&b, "In all: %zu workflows with ", p->nruns);
		add_count(&b, p->njobs, "job");
		if (p->nfail)
			buf_addf(&b, "; %zu thing%s would fail here", p->nfail, p->nfail == 1 ? "" : "s");
		if (p->text.verbosity >= 0)
			buf_addc(&p->text.out.buf, '\n');
		plan_put_line(&p->text.out.buf, &p->text.look, p->nfail ? PAINT_RED : PAINT_BOLD, 0, buf_str(&b));
	}
	p->ended = true;
	screen_flush((struct screen *)s);
}

static int plan_close(struct sink *s, struct err *err)
{
	struct plan_sink *p = (struct plan_sink *)s;
	plan_end(s);
	for (struct plan_run *r = p->runs, *next; r; r = next) {
		next = r->next;
		for (size_t i = 0; i < r->jobs.n; i++)
			buf_done(&((struct plan_job *)r->jobs.v[i].value)->steps);
		arena_done(&r->arena);
		free(r);
	}
	return text_sink_close(&p->text, err);
}

struct sink *sink_plan(const struct ui_options *o, bool terminal)
{
	static const struct sink_ops ops = {
		.name = "plan", .event = plan_event, .tick = screen_tick, .end = plan_end, .close = plan_close
	};
	struct plan_sink *p = xcalloc(1, sizeof(*p));
	text_sink_init(&p->text, o, &ops, terminal);
	return &p->text.sink;
}
