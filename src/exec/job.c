/* One leg of a job: set-up, slots for background steps, cancellation, end. */
#include "exec/internal.h"

#include "base/path.h"
#include "base/utf8.h"
#include "model/permissions.h"

enum { DEFAULT_JOB_MINUTES = 360, DEFAULT_CANCEL_MINUTES = 5 };

static struct engine *engine_of(const struct job_run *j)
{
	return j->run->engine;
}

static struct host *host_of(const struct job_run *j)
{
	return j->run->engine->host;
}

/* ---- set-up ---- */

/* A folder name for the job's logs: its key, without what a file name cannot hold, never twice. */
static struct str log_dir(struct job_run *j)
{
	struct run *r = j->run;
	struct str name = arena_str(&r->arena, str_to(j->key, 180));
	char *p = (char *)(uintptr_t)name.p; /* just made */
	name.n = utf8_valid_prefix(name);
	for (size_t i = 0; i < name.n; i++)
		if (p[i] == '/' || (unsigned char)p[i] < ' ')
			p[i] = '_';
	if (p[0] == '.')
		p[0] = '_';
	struct str unique = name;
	for (unsigned k = 2, again = 1; again; k++) {
		again = 0;
		for (size_t i = 0; i < r->dirs.n; i++)
			again |= str_eq(r->dirs.v[i], unique);
		if (again)
			unique = arena_printf(&r->arena, "%.*s [%u]", STRF(name), k);
	}
	*vec_add(&r->arena, &r->dirs) = unique;
	return unique;
}

static int make_dirs(struct job_run *j, struct err *err)
{
	struct engine *e = engine_of(j);
	struct arena *a = &j->arena;
	struct str name = log_dir(j);
	if (j->run->spec.dir.n) {
		j->log_dir = arena_printf(a, "%.*s/jobs/%.*s", STRF(j->run->spec.dir), STRF(name));
		if (e->host->ops->make_dir(e->host, j->log_dir.p, err) < 0)
			return -1;
	}
	/* the work folder's name holds no blanks: tools trip over them, and the hosted runner has none */
	j->dir = arena_printf(a, "%.*s/%zu-%.*s", STRF(e->opt.work_dir), ++e->job_dirs, STRF(path_safe_name(a, j->key, 40)));
	struct str repo = path_base(val_at(j->run->github, "repository").s);
	repo = path_safe_name(a, repo, 100);
	j->workspace =
		e->opt.in_place ? e->opt.source_dir : arena_printf(a, "%.*s/%.*s/%.*s", STRF(j->dir), STRF(repo), STRF(repo));
	j->temp = path_join(a, j->dir, STR("_temp"));
	if (e->opt.dry_run)
		return 0;
	struct str dirs[] = { j->workspace, path_join(a, j->temp, STR("_runner_file_commands")),
		              path_join(a, j->temp, STR("_github_workflow")) };
	for (size_t i = 0; i < ARRAY_LEN(dirs); i++)
		if (e->host->ops->make_dir(e->host, dirs[i].p, err) < 0)
			return -1;
	struct str event = path_join(a, dirs[2], STR("event.json"));
	_cleanup_buf_ struct buf json = BUF_INIT;
	val_to_json(&json, j->run->spec.event->payload, JSON_PRETTY);
	return e->host->ops->put_file(e->host, event.p, buf_str(&json), 0600, err);
}

static void make_github(struct job_run *j)
{
	struct arena *a = &j->arena;
	j->github = val_object_copy(a, j->run->github);
	val_set_str(a, j->github, "job", j->group->plan->job->id);
	val_set_str(a, j->github, "workspace", j->workspace);
	val_set_str(a, j->github, "event_path", path_join(a, j->temp, STR("_github_workflow/event.json")));
}

/* Says an error that fails the whole job before its first step. */
static void setup_error(struct job_run *j, struct str text)
{
	emit_job_line(j, LOG_ERROR, text);
	if (!j->reason.n)
		j->reason = arena_str(&j->run->arena, text);
	job_fail(j);
}

static bool add_env(struct job_run *j, const struct token *t)
{
	if (!t)
		return true;
	struct expr_env env = job_expr_env(j);
	struct expr_error error;
	struct span at = t->at;
	struct val map;
	if (token_eval_string_map(&map, t, &j->arena, &env, true, &error, &at) < 0) {
		setup_error(j, eval_error_text(&j->arena, j->run, &error, at));
		return false;
	}
	struct val merged = val_object_copy(&j->arena, j->env);
	for (size_t i = 0; i < map.o->n; i++)
		val_set(&j->arena, merged, map.o->keys[i], map.o->vals[i]);
	j->env = merged;
	return true;
}

/* A job's defaults.run replaces the workflow's as a whole, as the hosted runner does it. */
static bool eval_defaults(struct job_run *j)
{
	const struct token *t = j->group->plan->job->defaults_run;
	if (!t)
		t = j->flow->plan->workflow->defaults_run;
	if (!t)
		return true;
	struct expr_env env = job_expr_env(j);
	struct expr_error error;
	struct span at = t->at;
	struct val map;
	if (token_eval_string_map(&map, t, &j->arena, &env, false, &error, &at) < 0) {
		setup_error(j, eval_error_text(&j->arena, j->run, &error, at));
		return false;
	}
	struct val v = val_at(map, "shell");
	j->default_shell = v.kind == VAL_STRING ? v.s : STR_EMPTY;
	v = val_at(map, "working-directory");
	j->default_wd = v.kind == VAL_STRING ? v.s : STR_EMPTY;
	return true;
}

static bool eval_minutes(struct job_run *j, const struct token *t, int fallback, int *out)
{
	*out = fallback;
	if (!t)
		return true;
	struct expr_env env = job_expr_env(j);
	struct expr_error error;
	struct span at = t->at;
	double minutes;
	if (token_eval_number(&minutes, t, &j->arena, &env, &error, &at) < 0) {
		setup_error(j, eval_error_text(&j->arena, j->run, &error, at));
		return false;
	}
	if (minutes >= 1)
		*out = minutes > 5e6 ? 5000000 : (int)minutes;
	return true;
}

/* Everything a job asks for that is not there, said before anything of it runs. */
static bool all_supported(struct job_run *j)
{
	bool ok = true;
	if (engine_of(j)->opt.dry_run)
		return true;
	if (j->unsupported.n) {
		setup_error(j, j->unsupported);
		ok = false;
	}
	const struct job_graph *g = j->group->plan->graph;
	for (size_t i = 0; i < g->n; i++) {
		const struct step *step = g->nodes[i].step;
		const char *why = g->nodes[i].kind == STEP_USES ? composite_unsupported(j, step) : NULL;
		if (why) {
			setup_error(j, str_of(why));
			ok = false;
		}
		if (engine_of(j)->opt.sequential && g->nodes[i].kind == STEP_CANCEL && g->nodes[i].ntargets) {
			setup_error(j,
			            arena_printf(
					    &j->arena,
					    "the background step '%.*s' is ended by the cancel step on line %u, so it cannot run "
					    "at its place: --sequential needs steps that end by themselves",
					    STRF(g->nodes[g->nodes[i].targets[0]].id), g->nodes[i].line));
			ok = false;
		}
	}
	if (!ok)
		j->run->unsupported = true;
	return ok;
}

static struct val mask_val(struct job_run *j, struct val v)
{
	struct arena *a = &j->arena;
	struct val out = v;
	if (v.kind == VAL_STRING) {
		out.s = masker_str(j->run->masker, a, v.s);
	} else if (v.kind == VAL_ARRAY) {
		out = val_array(a);
		for (size_t i = 0; i < v.a->n; i++)
			val_push(a, out, mask_val(j, v.a->v[i]));
	} else if (v.kind == VAL_OBJECT) {
		out = val_object(a);
		for (size_t i = 0; i < v.o->n; i++)
			val_set(a, out, masker_str(j->run->masker, a, v.o->keys[i]), mask_val(j, v.o->vals[i]));
	}
	return out;
}

static struct str *mask_labels(struct job_run *j)
{
	struct str *out = arena_array(&j->arena, struct str, j->nlabels + 1);
	for (size_t i = 0; i < j->nlabels; i++)
		out[i] = masker_str(j->run->masker, &j->arena, j->labels[i]);
	return out;
}

const struct token *job_permissions(const struct job_run *j)
{
	const struct token *own = j->group->plan->job->permissions, *file = j->flow->plan->workflow->permissions;
	return own ? own : file ? file : j->flow->permissions;
}

static struct val permissions_value(struct job_run *j)
{
	struct permissions p;
	if (!permissions_read(&p, job_permissions(j)))
		return val_null();
	struct val out = val_object(&j->arena);
	for (int i = 0; i < PERMISSIONS; i++)
		if (p.level[i] != PERMISSION_NONE)
			val_set_str(&j->arena, out, permission_name(i), str_of(permission_level_name(p.level[i])));
	return out;
}

void job_emit_start(struct job_run *j)
{
	const struct plan_job *p = j->group->plan;
	struct event e = emit_for_job(j, EVENT_JOB_START);
	struct str *needs = arena_array(&j->arena, struct str, p->job->nneeds + 1);
	for (size_t i = 0; i < p->job->nneeds; i++)
		needs[i] = p->job->needs[i].name;
	e.job_start.name = j->name;
	e.job_start.matrix = mask_val(j, j->matrix);
	e.job_start.needs = needs;
	e.job_start.nneeds = p->job->nneeds;
	e.job_start.runs_on = mask_labels(j);
	e.job_start.nruns_on = j->nlabels;
	e.job_start.workspace = j->workspace;
	e.job_start.uses = p->job->uses;
	e.job_start.permissions = permissions_value(j);
	e.job_start.environment = masker_str(j->run->masker, &j->arena, j->environment);
	e.job_start.concurrency = masker_str(j->run->masker, &j->arena, j->turn.group);
	emit(j->run, &e);
}

static bool set_up(struct job_run *j)
{
	const struct job *job = j->group->plan->job;
	j->env = val_object_copy(&j->arena, engine_of(j)->opt.env);
	int minutes;
	return all_supported(j) && add_env(j, j->flow->plan->workflow->env) && add_env(j, job->env) && eval_defaults(j) &&
	       eval_minutes(j, job->timeout_minutes, DEFAULT_JOB_MINUTES, &j->timeout_minutes) &&
	       eval_minutes(j, job->cancel_timeout_minutes, DEFAULT_CANCEL_MINUTES, &minutes);
}

void job_start(struct job_run *j)
{
	if (j->group->plan->job->is_call) {
		call_start(j);
		return;
	}
	struct engine *e = engine_of(j);
	j->state = JOB_RUNNING;
	e->running_jobs++;
	j->group->running_legs++;
	e->changed = true;
	j->started_at = engine_now(e);
	j->timeout_at = j->kill_at = NEVER;
	j->status = RESULT_SUCCESS;
	j->masker = masker_clone(j->run->masker);
	char id[37];
	id_uuid(id);
	j->tracking_id = arena_printf(&j->arena, "github_%s", id);
	struct err err = ERR_INIT;
	int made = make_dirs(j, &err);
	make_github(j);
	j->log = log_job_new(j->masker, j->workspace, e->opt.step_debug);
	log_job_set_repository(j->log, val_at(j->github, "server_url").s, val_at(j->github, "repository").s);
	job_emit_start(j);
	if (made < 0) {
		setup_error(j, str_of(err.text));
		run_set_trouble(j->run, err.text);
	} else if (j->early_error.n) {
		setup_error(j, j->early_error);
	} else if (set_up(j)) {
		j->timeout_at = j->started_at + (uint64_t)j->timeout_minutes * 60 * SECOND;
		if (!e->opt.dry_run)
			j->procs = e->host->ops->group_open(e->host, j->tracking_id.p);
		const struct job_graph *g = j->group->plan->graph;
		j->frame = frame_new(j, NULL, g->nodes, g->n);
	}
}

/* ---- while it runs ---- */

void job_fail(struct job_run *j)
{
	if (j->status == RESULT_SUCCESS)
		j->status = RESULT_FAILURE;
}

static void hand_out_slots(struct job_run *j)
{
	const struct exec_options *opt = &engine_of(j)->opt;
	unsigned most = opt->sequential ? 1 : opt->max_background;
	while (j->queue_head && j->background_running < most) {
		struct step_run *s = j->queue_head;
		j->queue_head = s->next_queued;
		if (!j->queue_head)
			j->queue_tail = NULL;
		step_event(s, SE_SLOT);
	}
}

static void eval_outputs(struct job_run *j)
{
	const struct token *t = j->group->plan->job->outputs;
	struct arena *a = &j->run->arena;
	j->outputs = val_object(a);
	if (!t || !j->frame)
		return;
	struct expr_env env = job_expr_env(j);
	struct expr_error error;
	struct span at = t->at;
	struct val map;
	if (token_eval_string_map(&map, t, &j->arena, &env, false, &error, &at) < 0) {
		emit_job_line(j, LOG_ERROR, STR("Fail to evaluate job outputs"));
		setup_error(j, eval_error_text(&j->arena, j->run, &error, at));
		return;
	}
	for (size_t i = 0; i < map.o->n; i++) {
		struct str key = arena_str(a, map.o->keys[i]), value = map.o->vals[i].s;
		if (value.n == 0)
			continue;
		if (masker_hits(j->masker, value))
			emit_job_line(j, LOG_WARNING,
			              arena_printf(&j->arena, "Skip output '%.*s' since it may contain secret.", STRF(key)));
		else
			val_set(a, j->outputs, key, val_str(arena_str(a, value)));
	}
}

/* The address of the environment: shown, unless a secret is in it. */
static void eval_environment_url(struct job_run *j)
{
	const struct token *t = token_get(j->group->plan->job->environment, "url");
	struct expr_env env = job_expr_env(j);
	struct expr_error error;
	struct span at = SPAN_NONE;
	struct str url;
	if (!t || !j->frame)
		return;
	if (token_eval_string(&url, t, &j->arena, &env, &error, &at) < 0)
		setup_error(j, eval_error_text(&j->arena, j->run, &error, at));
	else if (masker_hits(j->masker, url))
		emit_job_line(j, LOG_WARNING, STR("Skip setting environment url as environment 'url' may contain secret."));
	else
		j->environment_url = url;
}

/* The step whose failure decided, for the closing table. */
static struct str failure_reason(struct job_run *j)
{
	for (size_t i = 0; j->frame && i < j->frame->n; i++) {
		const struct step_run *s = j->frame->steps[i];
		if (s && s->conclusion == RESULT_FAILURE && !s->forgiven && s->node->kind != STEP_WAIT &&
		    s->node->kind != STEP_WAIT_ALL)
			return arena_printf(&j->run->arena, "step '%.*s' failed: %.*s", STRF(s->name), STRF(s->reason));
	}
	return STR_EMPTY;
}

void job_emit_end(struct job_run *j)
{
	struct event e = emit_for_job(j, EVENT_JOB_END);
	bool dry = engine_of(j)->opt.dry_run && j->conclusion == RESULT_SUCCESS;
	e.job_end.name = j->name;
	e.job_end.conclusion = dry ? RESULT_SKIPPED : j->conclusion;
	e.job_end.outputs = j->outputs;
	e.job_end.duration_ms = j->started_at ? (int64_t)((j->ended_at - j->started_at) / 1000000) : 0;
	e.job_end.reason = dry ? STR("dry run") : j->reason;
	e.job_end.environment_url = j->environment_url;
	emit(j->run, &e);
}

static void end_job(struct job_run *j)
{
	struct engine *e = engine_of(j);
	j->ended_at = engine_now(e);
	j->state = JOB_DONE;
	job_emit_end(j);
	e->running_jobs--;
	j->group->running_legs--;
	e->changed = true;
	group_leg_done(j);
	job_release(j);
}

/* Its steps are over: the result is settled, then what they left behind is cleared away. */
static void conclude(struct job_run *j)
{
	if (j->frame)
		control_merge_all(j);
	eval_outputs(j);
	eval_environment_url(j);
	critical_job(j);
	j->conclusion = j->cancelled ? RESULT_CANCELLED : j->status;
	if (!j->reason.n && j->conclusion == RESULT_FAILURE)
		j->reason = failure_reason(j);
	_cleanup_buf_ struct buf reason = BUF_INIT;
	masker_apply(j->masker, j->reason, &reason);
	j->reason = arena_str(&j->run->arena, buf_str(&reason));
	j->timeout_at = j->kill_at = NEVER;
	j->state = JOB_ENDING;
	if (cleanup_begin(j))
		end_job(j);
}

void job_release(struct job_run *j)
{
	if (j->frame)
		frame_release(j->frame);
	log_job_free(j->log);
	masker_free(j->masker);
	j->log = NULL;
	j->masker = NULL;
	j->frame = NULL;
	j->live = NULL;
	arena_done(&j->arena);
}

void job_end_unstarted(struct job_run *j, enum result conclusion, const char *reason)
{
	j->state = JOB_DONE;
	j->conclusion = conclusion;
	j->outputs = val_object(&j->run->arena);
	j->reason = str_of(reason);
	struct event e = emit_for_job(j, EVENT_JOB_SKIP);
	e.job_skip.name = j->name;
	e.job_skip.reason = j->reason;
	emit(j->run, &e);
	group_leg_done(j);
}

static void check_waiting(struct job_run *j)
{
	struct frame *f = j->frame;
	if (f->cursor < f->n && f->steps[f->cursor] && f->steps[f->cursor]->state == ST_WAITING)
		control_check(f->steps[f->cursor]);
}

void job_advance(struct job_run *j)
{
	if (j->state == JOB_RUNNING && j->turn.lost && !(j->callee ? j->callee->cancelled : j->cancelled))
		job_cancel(j, j->turn.why.p);
	if (j->state == JOB_ENDING && cleanup_go_on(j))
		end_job(j);
	if (j->state != JOB_RUNNING || j->callee)
		return;
	if (j->frame) {
		hand_out_slots(j);
		check_waiting(j);
		composites_advance(j);
		frame_advance(j->frame);
		if (!frame_over(j->frame) || j->open_background || j->live)
			return;
	}
	conclude(j);
}

/* ---- cancellation and time ---- */

/* A running foreground step goes on if its condition holds in the new status. */
static bool protected_by_condition(struct step_run *s)
{
	struct expr_env env = step_expr_env(s);
	struct expr_error error;
	struct val v;
	return expr_eval(&v, s->node->step->condition, &s->arena, &env, &error) == 0 && val_truthy(v);
}

static void stop_for_job(struct step_run *s)
{
	if (s->stop == STOP_NONE && s->state != ST_DRAINING)
		s->stop = STOP_JOB;
	step_event(s, SE_CANCEL);
}

void job_cancel(struct job_run *j, const char *why)
{
	if (j->state != JOB_RUNNING || j->cancelled)
		return;
	if (j->callee) {
		flow_cancel(j->callee, str_of(why));
		return;
	}
	struct engine *e = engine_of(j);
	j->cancelled = true;
	j->status = RESULT_CANCELLED;
	if (!j->reason.n)
		j->reason = str_of(why);
	e->changed = true;
	j->timeout_at = NEVER;
	int minutes = DEFAULT_CANCEL_MINUTES;
	eval_minutes(j, j->group->plan->job->cancel_timeout_minutes, DEFAULT_CANCEL_MINUTES, &minutes);
	j->kill_at = engine_now(e) + (uint64_t)minutes * 60 * SECOND;
	while (j->queue_head)
		stop_for_job(j->queue_head);
	struct frame *f = j->frame;
	if (f && f->cursor < f->n && f->steps[f->cursor] && f->steps[f->cursor]->state == ST_WAITING)
		f->steps[f->cursor]->stop = STOP_JOB;
	for (struct step_run *s = j->live; s; s = s->next_live)
		if (s->inner)
			s->inner->status = RESULT_CANCELLED;
	for (struct step_run *s = j->live, *next; s; s = next) {
		next = s->next_live;
		bool background = step_top(s)->node->background;
		if (background || (!s->inner && !protected_by_condition(s))) /* of an action the running step decides */
			stop_for_job(s);
	}
}

void job_kill(struct job_run *j)
{
	job_cancel(j, "killed");
	if (j->state != JOB_RUNNING || j->callee)
		return; /* its jobs are killed one by one */
	if (j->frame) {
		/* nothing more is visited: what has not begun never will */
		for (size_t i = 0; i < j->frame->n; i++) {
			struct step_run *s = j->frame->steps[i];
			if (s && s->state == ST_WAITING) {
				s->outcome = RESULT_CANCELLED;
				s->targets = NULL;
				s->ntargets = 0;
				step_finish(s);
			}
		}
		j->frame->cursor = j->frame->n;
	}
	for (struct step_run *s = j->live, *next; s; s = next) {
		next = s->next_live;
		if (s->stop == STOP_NONE)
			s->stop = STOP_JOB;
		if (s->proc)
			host_of(j)->ops->signal(host_of(j), s->proc, 9);
		if (s->inner)
			s->inner->closed = true;
		s->state = ST_KILLED;
		s->timeout_at = NEVER;
		s->deadline = engine_now(engine_of(j)) + KILL_GRACE;
	}
	j->kill_at = NEVER;
	engine_of(j)->changed = true;
}

void job_timers(struct job_run *j, uint64_t now)
{
	if (j->timeout_at <= now) {
		emit_job_line(j, LOG_ERROR,
		              arena_printf(&j->arena, "The job has exceeded the maximum execution time of %d minutes.",
		                           j->timeout_minutes));
		job_cancel(j, arena_printf(&j->run->arena, "it took longer than its limit of %d minutes", j->timeout_minutes).p);
	}
	if (j->kill_at <= now) {
		emit_job_line(j, LOG_ERROR, STR("The job did not end in time after it was cancelled and is killed."));
		job_kill(j);
	}
	for (struct step_run *s = j->live, *next; s; s = next) {
		next = s->next_live;
		if (s->timeout_at <= now)
			step_event(s, SE_TIMEOUT);
		else if (s->deadline <= now)
			step_event(s, SE_GRACE);
	}
}

uint64_t job_deadline(const struct job_run *j)
{
	uint64_t next = MIN(j->timeout_at, j->kill_at);
	for (const struct step_run *s = j->live; s; s = s->next_live)
		next = MIN(next, MIN(s->timeout_at, s->deadline));
	return next;
}
