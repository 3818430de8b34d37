/* Events into runs, jobs and steps; see model.h. */
#include "ui/model.h"

#include "base/path.h"
#include "ui/text.h"

enum { ARTIFACTS_MAX = 100, PATH_MAX_BYTES = 4096, NAME_MAX_BYTES = 400, REASON_MAX = 1000, MESSAGE_MAX = 2000 };

static struct str clean(struct ui_model *m, struct str s, size_t max)
{
	return s.n ? text_clean_copy(&m->arena, s, max) : STR_EMPTY;
}

/* ---- finding, or making on first sight ---------------------------------------------------------- */

static struct ui_run *run_of(struct ui_model *m, struct str id, uint64_t now)
{
	if (m->last && str_eq(m->last->id, id))
		return m->last;
	struct ui_run *r = map_get(&m->runs_by_id, id);
	if (r)
		return r;
	r = arena_make(&m->arena, struct ui_run);
	r->model = m;
	r->id = arena_str(&m->arena, id);
	r->since = now;
	map_put(&m->arena, &m->runs_by_id, r->id, r);
	if (m->last)
		m->last->next = r;
	else
		m->first = r;
	m->last = r;
	m->nruns++;
	return r;
}

static struct ui_job *job_of(struct ui_model *m, struct ui_run *r, struct str key, struct str id)
{
	if (!key.n)
		return NULL;
	if (m->cached_job && m->cached_job->run == r && str_eq(m->cached_job->key, key))
		return m->cached_job;
	struct ui_job *j = map_get(&r->jobs, key);
	if (!j) {
		j = arena_make(&m->arena, struct ui_job);
		j->run = r;
		j->key = arena_str(&m->arena, key);
		j->id = arena_str(&m->arena, id);
		j->label = j->name = clean(m, key, NAME_MAX_BYTES);
		j->duration_ms = -1;
		map_put(&m->arena, &r->jobs, j->key, j);
	}
	m->cached_job = j;
	return j;
}

/* Until its name is known: the id without the underscores of those that were made up. */
static struct str name_of_id(struct ui_model *m, struct str id, uint32_t index)
{
	struct str shown = str_starts(id, STR("__")) && id.n > 2 ? str_from(id, 2) : id;
	return shown.n ? clean(m, shown, NAME_MAX_BYTES) : arena_printf(&m->arena, "step %u", index);
}

static struct ui_step *step_of(struct ui_model *m, struct ui_job *j, struct str id, uint32_t index)
{
	if (!j || !index)
		return NULL;
	if (m->cached_step && m->cached_step->job == j && m->cached_step->index == index)
		return m->cached_step;
	struct str key = { (const char *)&index, sizeof(index) };
	struct ui_step *s = map_get(&j->steps, key);
	if (!s) {
		s = arena_make(&m->arena, struct ui_step);
		s->job = j;
		s->index = index;
		s->id = arena_str(&m->arena, id);
		s->name = name_of_id(m, id, index);
		s->exit_code = -1;
		s->duration_ms = -1;
		s->state = UI_DONE; /* until it is queued or starts */
		map_put(&m->arena, &j->steps, arena_str(&m->arena, key), s);
	}
	m->cached_step = s;
	return s;
}

/* ---- jobs --------------------------------------------------------------------------------------- */

static void job_leave(struct ui_job *j, struct ui_jobs *list)
{
	*(j->prev ? &j->prev->next : &list->first) = j->next;
	*(j->next ? &j->next->prev : &list->last) = j->prev;
	j->prev = j->next = NULL;
	list->n--;
}

static void job_enter(struct ui_job *j, struct ui_jobs *list)
{
	j->prev = list->last;
	*(list->last ? &list->last->next : &list->first) = j;
	list->last = j;
	list->n++;
}

/* It waits no longer. */
static void job_stop_waiting(struct ui_job *j)
{
	if (j->waiting)
		job_leave(j, &j->run->waiting);
	j->waiting = false;
}

static void on_job_queue(struct ui_model *m, struct ui_job *j, const struct event *e, uint64_t now)
{
	if (e->job_queue.name.n)
		j->name = clean(m, e->job_queue.name, NAME_MAX_BYTES);
	if (j->state != UI_QUEUED || j->waiting)
		return;
	j->waiting = true;
	j->reason = clean(m, e->job_queue.reason, REASON_MAX);
	j->since = now;
	job_enter(j, &j->run->waiting);
}

static void job_begin(struct ui_job *j, uint64_t now)
{
	if (j->state != UI_QUEUED)
		return;
	job_stop_waiting(j);
	j->reason = STR_EMPTY;
	j->state = UI_RUNNING;
	j->since = now;
	job_enter(j, &j->run->live);
}

static void job_finish(struct ui_job *j, enum result conclusion)
{
	struct ui_run *r = j->run;
	j->conclusion = conclusion;
	if (j->state == UI_DONE)
		return;
	job_stop_waiting(j);
	if (j->state == UI_RUNNING)
		job_leave(j, &r->live);
	j->state = UI_DONE;
	r->njobs_done++;
}

static void on_job_skip(struct ui_model *m, struct ui_job *j, const struct event *e)
{
	if (e->job_skip.name.n)
		j->name = clean(m, e->job_skip.name, NAME_MAX_BYTES);
	j->reason = clean(m, e->job_skip.reason, REASON_MAX);
	if (e->job_skip.not_here && !j->not_here) {
		j->not_here = true;
		j->run->njobs_not_here++;
	}
	job_finish(j, e->job_skip.conclusion);
}

static void on_job_end(struct ui_model *m, struct ui_job *j, const struct event *e)
{
	if (e->job_end.name.n)
		j->name = clean(m, e->job_end.name, NAME_MAX_BYTES);
	j->reason = clean(m, e->job_end.reason, REASON_MAX);
	j->duration_ms = e->job_end.duration_ms;
	j->ended_ms = e->time_ms;
	j->forgiven = e->job_end.continue_on_error && e->job_end.conclusion == RESULT_FAILURE;
	job_finish(j, e->job_end.conclusion);
}

/* ---- steps -------------------------------------------------------------------------------------- */

static struct ui_steps *list_of(struct ui_step *s)
{
	return s->state == UI_QUEUED ? &s->job->queued : &s->job->running;
}

static void step_leave_state(struct ui_step *s)
{
	if (s->state == UI_DONE)
		return;
	struct ui_steps *list = list_of(s);
	*(s->prev ? &s->prev->next : &list->first) = s->next;
	*(s->next ? &s->next->prev : &list->last) = s->prev;
	list->n--;
	s->prev = s->next = NULL;
	s->state = UI_DONE;
}

static void step_enter_state(struct ui_step *s, enum ui_state state, uint64_t now)
{
	step_leave_state(s);
	s->state = state;
	s->since = now;
	struct ui_steps *list = list_of(s);
	s->prev = list->last;
	*(list->last ? &list->last->next : &list->first) = s;
	list->last = s;
	list->n++;
}

static void tail_release(struct ui_model *m, struct ui_step *s)
{
	if (!s->tail)
		return;
	s->tail->next_free = m->free_tails;
	s->tail->total = 0;
	m->free_tails = s->tail;
	s->tail = NULL;
}

static void on_log(struct ui_model *m, struct ui_step *s, const struct event *e)
{
	if (s->outcome != RESULT_NONE)
		return; /* it has ended */
	if (e->log.stream == LOG_RUNNER && (e->log.level == LOG_GROUP || e->log.level == LOG_ENDGROUP))
		s->folded = e->log.level == LOG_GROUP;
	bool repeats = e->log.stream == LOG_RUNNER && e->log.level == LOG_ERROR && e->log.n == 1 &&
	               str_starts(e->log.lines[0], STR("Process completed with exit code "));
	if (repeats || (s->folded && e->log.stream == LOG_RUNNER))
		return; /* nobody looks for the reason of a failure there */
	if (!s->tail) {
		s->tail = m->free_tails ? m->free_tails : xcalloc(1, sizeof(struct tail));
		m->free_tails = s->tail->next_free;
		s->tail->next_free = NULL;
	}
	tail_add(s->tail, e->log.level, e->log.lines, e->log.n);
}

static void set_kind(struct ui_model *m, struct ui_step *s, struct str kind)
{
	s->kind = clean(m, kind, NAME_MAX_BYTES);
	s->control = str_is(kind, "wait") || str_is(kind, "wait-all") || str_is(kind, "cancel");
}

/* Who waited for them fails, and is told to go on. */
static void tolerate_joined(const struct ui_step *by)
{
	const struct ui_run *r = by->job->run;
	for (size_t i = 0; i < r->failed.n; i++)
		if (r->failed.v[i]->job == by->job && by->id.n && str_eq(r->failed.v[i]->joined_by, by->id))
			r->failed.v[i]->tolerated = true;
}

static void on_step_end(struct ui_model *m, struct ui_step *s, const struct event *e)
{
	bool again = s->state == UI_DONE && s->outcome != RESULT_NONE;
	step_leave_state(s);
	if (e->step_end.name.n)
		s->name = clean(m, e->step_end.name, NAME_MAX_BYTES);
	s->reason = clean(m, e->step_end.reason, REASON_MAX);
	if (e->step_end.kind.n)
		set_kind(m, s, e->step_end.kind);
	s->ended_ms = e->time_ms;
	s->outcome = e->step_end.outcome;
	s->conclusion = e->step_end.conclusion;
	s->exit_code = e->step_end.exit_code;
	s->signal = e->step_end.signal;
	s->duration_ms = s->started ? e->step_end.duration_ms : -1;
	if (again)
		return;
	s->job->recent[s->job->ndone++ % RECENT_STEPS] = s;
	struct ui_run *r = s->job->run;
	bool failed = s->conclusion == RESULT_FAILURE && !s->control;
	s->job->nfailed += failed;
	if (failed && r->nfailed++ < FAILED_MAX)
		*vec_add(&m->arena, &r->failed) = s;
	else
		tail_release(m, s);
	if (s->control && s->outcome == RESULT_FAILURE && s->conclusion == RESULT_SUCCESS)
		tolerate_joined(s);
}

static void on_step_begin(struct ui_model *m, struct ui_step *s, const struct event *e, uint64_t now)
{
	bool queue = e->type == EVENT_STEP_QUEUE;
	struct str name = queue ? e->step_queue.name : e->step_start.name;
	if (name.n)
		s->name = clean(m, name, NAME_MAX_BYTES);
	s->background = queue || e->step_start.background;
	if (!queue) {
		set_kind(m, s, e->step_start.kind);
		s->started = true;
	}
	job_begin(s->job, now);
	step_enter_state(s, queue ? UI_QUEUED : UI_RUNNING, now);
}

/* ---- runs --------------------------------------------------------------------------------------- */

static void on_run_start(struct ui_model *m, struct ui_run *r, const struct event *e, uint64_t now)
{
	r->workflow = clean(m, e->run_start.workflow, NAME_MAX_BYTES);
	r->name = clean(m, e->run_start.name, NAME_MAX_BYTES);
	r->title = clean(m, e->run_start.title, NAME_MAX_BYTES);
	r->event = clean(m, e->run_start.event, NAME_MAX_BYTES);
	r->ref = clean(m, e->run_start.ref, NAME_MAX_BYTES);
	r->sha = clean(m, e->run_start.sha, NAME_MAX_BYTES);
	r->since = now;
}

static enum result result_of(struct val v)
{
	for (int i = RESULT_SUCCESS; v.kind == VAL_STRING && i <= RESULT_SKIPPED; i++)
		if (str_is(v.s, result_name((enum result)i)))
			return (enum result)i;
	return RESULT_NONE;
}

static void on_run_end(struct ui_model *m, struct ui_run *r, const struct event *e)
{
	r->ended = true;
	r->conclusion = e->run_end.conclusion;
	r->wall_ms = e->run_end.wall_ms;
	r->work_ms = e->run_end.work_ms;
	r->critical_path = clean(m, e->run_end.critical_path, MESSAGE_MAX);
	r->side_by_side = e->run_end.side_by_side;
	for (size_t i = 0; i < e->run_end.nnot_here; i++)
		*vec_add(&m->arena, &r->not_here) = clean(m, e->run_end.not_here[i], NAME_MAX_BYTES);
	if (e->run_end.jobs.kind != VAL_OBJECT)
		return;
	const struct val_object *o = e->run_end.jobs.o;
	for (size_t i = 0; i < o->n; i++) {
		struct ui_job *j = job_of(m, r, o->keys[i], STR_EMPTY);
		enum result result = result_of(o->vals[i]);
		if (j && result != RESULT_NONE)
			job_finish(j, result);
	}
}

static void on_annotation(struct ui_model *m, struct ui_at at, const struct event *e)
{
	size_t kind = e->annotation.level == LOG_ERROR ? 0 : e->annotation.level == LOG_WARNING ? 1 : 2;
	if (at.run->nnotes[kind]++ >= NOTES_MAX)
		return;
	*vec_add(&m->arena, &at.run->notes) = (struct ui_note) {
		.job = at.job,
		.step = at.step,
		.level = e->annotation.level,
		.message = clean(m, e->annotation.message, MESSAGE_MAX),
		.file = clean(m, e->annotation.file, MESSAGE_MAX),
		.title = clean(m, e->annotation.title, NAME_MAX_BYTES),
		.line = e->annotation.line,
		.col = e->annotation.col,
	};
}

static void on_artifact(struct ui_model *m, struct ui_run *r, const struct event *e)
{
	if (r->nartifacts++ >= ARTIFACTS_MAX)
		return;
	*vec_add(&m->arena, &r->artifacts) = (struct ui_artifact) { .name = clean(m, e->artifact.name, NAME_MAX_BYTES),
		                                                    .path = clean(m, e->artifact.path, PATH_MAX_BYTES),
		                                                    .size = e->artifact.size };
}

struct ui_at model_apply(struct ui_model *m, const struct event *e, uint64_t now)
{
	struct ui_at at = { .run = run_of(m, e->run, now) };
	at.run->time_ms = e->time_ms;
	at.run->started_ms = at.run->started_ms ? at.run->started_ms : e->time_ms;
	at.job = job_of(m, at.run, e->job, e->job_id);
	at.step = step_of(m, at.job, e->step, e->index);
	if (e->type == EVENT_RUN_START)
		on_run_start(m, at.run, e, now);
	else if (e->type == EVENT_RUN_END)
		on_run_end(m, at.run, e);
	else if (e->type == EVENT_ARTIFACT)
		on_artifact(m, at.run, e);
	else if (e->type == EVENT_ANNOTATION)
		on_annotation(m, at, e);
	else if (e->type == EVENT_JOB_START && at.job) {
		at.job->name = e->job_start.name.n ? clean(m, e->job_start.name, NAME_MAX_BYTES) : at.job->name;
		at.job->calls = e->job_start.uses.n > 0;
		at.job->may_fail = e->job_start.continue_on_error;
		job_begin(at.job, now);
	} else if (e->type == EVENT_JOB_QUEUE && at.job)
		on_job_queue(m, at.job, e, now);
	else if (e->type == EVENT_JOB_SKIP && at.job)
		on_job_skip(m, at.job, e);
	else if (e->type == EVENT_JOB_END && at.job)
		on_job_end(m, at.job, e);
	else if ((e->type == EVENT_STEP_QUEUE || e->type == EVENT_STEP_START) && at.step)
		on_step_begin(m, at.step, e, now);
	else if (e->type == EVENT_LOG && at.step)
		on_log(m, at.step, e);
	else if (e->type == EVENT_STEP_JOIN && at.step)
		at.step->joined_by = arena_str(&m->arena, e->step_join.by);
	else if (e->type == EVENT_STEP_END && at.step)
		on_step_end(m, at.step, e);
	return at;
}

void model_done(struct ui_model *m)
{
	for (struct ui_run *r = m->first; r; r = r->next)
		for (size_t j = 0; j < r->jobs.n; j++) {
			const struct ui_job *job = r->jobs.v[j].value;
			for (size_t s = 0; s < job->steps.n; s++) {
				struct ui_step *step = job->steps.v[s].value;
				tail_free(step->tail);
				buf_done(&step->held);
			}
		}
	while (m->free_tails) {
		struct tail *t = m->free_tails;
		m->free_tails = t->next_free;
		tail_free(t);
	}
	arena_done(&m->arena);
	*m = (struct ui_model) { 0 };
}

/* ---- questions ---------------------------------------------------------------------------------- */

struct str step_label(struct ui_step *s)
{
	enum { LABEL_CELLS = 40 };
	struct arena *a = &s->job->run->model->arena;
	if (s->label.n)
		return s->label;
	_cleanup_buf_ struct buf name = BUF_INIT;
	text_fit(&name, s->name, LABEL_CELLS);
	size_t *uses = map_get(&s->job->labels, buf_str(&name));
	s->label = uses ? arena_printf(a, "%.*s (%zu)", STRF(buf_str(&name)), ++*uses) : arena_str(a, buf_str(&name));
	if (uses)
		return s->label;
	uses = arena_make(a, size_t);
	*uses = 1;
	map_put(a, &s->job->labels, s->label, uses);
	return s->label;
}

struct str run_title(const struct ui_run *r)
{
	struct str file = path_base(r->workflow);
	return file.n ? file : r->name.n ? r->name : r->id;
}

bool run_tagged(struct ui_run *r)
{
	if (!r->tag_decided) {
		r->tag_decided = true;
		r->tagged = r->model->several || r->model->nruns > 1;
	}
	return r->tagged;
}

void job_title(struct buf *out, const struct ui_job *j)
{
	if (run_tagged(j->run))
		buf_addf(out, "%.*s › ", STRF(run_title(j->run)));
	buf_addstr(out, j->name);
}
