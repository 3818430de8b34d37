/* A leg while it runs: the job, or the workflow it calls; what is said of it at its beginning and at its end. */
#include "base/utf8.h"
#include "expr/template.h"
#include "kinds/kinds.h"
#include "model/cache_mode.h"
#include "model/permissions.h"
#include "schedule/flow.h"
#include "schedule/leg.h"

/* ---- its beginning, said ---- */

static struct val masked_value(struct leg *l, struct val v)
{
	struct arena *a = &l->arena;
	struct val out = v;
	if (v.kind == VAL_STRING) {
		out.s = masker_str(l->run->journal.masker, a, v.s);
	} else if (v.kind == VAL_ARRAY) {
		out = val_array(a);
		for (size_t i = 0; i < v.a->n; i++)
			val_push(a, out, masked_value(l, v.a->v[i]));
	} else if (v.kind == VAL_OBJECT) {
		out = val_object(a);
		for (size_t i = 0; i < v.o->n; i++)
			val_set(a, out, masker_str(l->run->journal.masker, a, v.o->keys[i]), masked_value(l, v.o->vals[i]));
	}
	return out;
}

static struct str *mask_labels(struct leg *l)
{
	struct str *out = arena_array(&l->arena, struct str, l->nlabels + 1);
	for (size_t i = 0; i < l->nlabels; i++)
		out[i] = masker_str(l->run->journal.masker, &l->arena, l->labels[i]);
	return out;
}

const struct token *leg_permissions(const struct leg *l)
{
	const struct token *own = l->group->plan->job->permissions, *file = l->flow->plan->workflow->permissions;
	return own ? own : file ? file : l->flow->permissions;
}

unsigned leg_cache_mode(const struct leg *l)
{
	return cache_mode_effective(l->group->plan->job->cache_mode, l->flow->plan->workflow->cache_mode, l->flow->cache_mode);
}

static struct val permissions_value(struct leg *l)
{
	struct permissions p;
	if (!permissions_read(&p, leg_permissions(l)))
		return val_null();
	struct val out = val_object(&l->arena);
	for (int i = 0; i < PERMISSIONS; i++)
		if (p.level[i] != PERMISSION_NONE)
			val_set_str(&l->arena, out, permission_name(i), str_of(permission_level_name(p.level[i])));
	return out;
}

static void say_plan(struct leg *l)
{
	const struct masker *m = l->run->journal.masker;
	struct event e = speaker_event(&l->speaker, EVENT_PLAN);
	bool implicit;
	struct str text = l->group->plan->job->condition_text;
	bool asks = str_is(text, "success()") && l->group->outlook == OUTLOOK_MAYBE; /* nobody has written it */
	struct str condition = asks ? text : template_condition_written(text, &implicit);
	e.plan.name = l->name;
	e.plan.runs = l->group->outlook;
	e.plan.condition = masker_str(m, &l->arena, condition);
	e.plan.reason = masker_str(m, &l->arena, l->group->depends);
	e.plan.cannot = masker_str(m, &l->arena, l->unsupported);
	journal_emit(&l->run->journal, &e);
}

static const struct str *needs_of(const struct group *g, struct arena *a, size_t *ret_n)
{
	const struct job *job = g->plan->job;
	struct str *needs = arena_array(a, struct str, job->nneeds + 1);
	for (size_t i = 0; i < job->nneeds; i++)
		needs[i] = job->needs[i].name;
	*ret_n = job->nneeds;
	return needs;
}

void leg_begun(struct leg *l, struct str workspace)
{
	const struct plan_job *p = l->group->plan;
	struct event e = speaker_event(&l->speaker, EVENT_JOB_START);
	e.job_start.name = l->name;
	e.job_start.matrix = masked_value(l, l->matrix);
	e.job_start.needs = needs_of(l->group, &l->arena, &e.job_start.nneeds);
	e.job_start.runs_on = mask_labels(l);
	e.job_start.nruns_on = l->nlabels;
	e.job_start.workspace = workspace;
	e.job_start.uses = masker_str(l->run->journal.masker, &l->arena, p->job->uses);
	e.job_start.permissions = permissions_value(l);
	e.job_start.continue_on_error = l->continue_on_error;
	e.job_start.environment = masker_str(l->run->journal.masker, &l->arena, l->environment);
	e.job_start.concurrency = masker_str(l->run->journal.masker, &l->arena, l->turn.group);
	journal_emit(&l->run->journal, &e);
	if (l->scope.plans)
		say_plan(l);
}

/* ---- its job ---- */

/* A folder name for the job's logs: its key, without what a file name cannot hold, never twice. */
static struct str log_name(struct leg *l)
{
	struct run *r = l->run;
	struct str name = arena_str(&r->arena, str_to(l->speaker.key, 180));
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

static struct str log_dir(struct leg *l)
{
	struct str dir = l->run->spec.dir;
	return dir.n ? arena_printf(&l->run->arena, "%.*s/jobs/%.*s", STRF(dir), STRF(log_name(l))) : STR_EMPTY;
}

static void job_begun(void *owner, struct job_run *j)
{
	leg_begun(owner, j->base.workspace);
}

static void job_ended(void *owner, struct job_run *j)
{
	struct leg *l = owner;
	l->conclusion = j->conclusion;
	l->outputs = j->outputs;
	l->reason = j->reason;
	l->refused = masker_str(l->run->journal.masker, &l->run->arena, j->base.plan_refused);
	l->doubtful = j->base.plan_doubtful;
	l->critical_ns = j->critical_ns;
	l->critical_steps = j->critical_steps;
	l->job = NULL;
	l->run->session->running_jobs--;
	leg_ended(l, j->environment_url);
	job_free(j);
}

static bool may_have_identity(const struct leg *l)
{
	struct permissions p;
	return permissions_read(&p, leg_permissions(l)) && p.level[PERM_ID_TOKEN] == PERMISSION_WRITE;
}

/* How GitHub's log names the called workflow that a job is of. */
static struct str called_as(struct leg *l)
{
	const struct workflow *w = l->flow->plan->workflow;
	struct val gh = l->run->github;
	if (!l->flow->caller)
		return STR_EMPTY;
	if (!w->repository.n)
		return arena_printf(&l->run->arena, "%.*s/%.*s@%.*s (%.*s)", STRF(val_at(gh, "repository").s),
		                    STRF(l->flow->path), STRF(val_at(gh, "ref").s), STRF(val_at(gh, "sha").s));
	return arena_printf(&l->run->arena, "%.*s/%.*s@%.*s (%.*s)", STRF(w->repository), STRF(l->flow->path), STRF(w->ref),
	                    STRF(w->sha));
}

static void start_job(struct leg *l)
{
	static const struct job_ops ops = { .begun = job_begun, .ended = job_ended };
	struct run *r = l->run;
	struct job_spec spec = { .speaker = l->speaker,
		                 .name = l->name,
		                 .called_as = called_as(l),
		                 .job = l->group->plan->job,
		                 .workflow = l->flow->plan->workflow,
		                 .graph = l->group->plan->graph,
		                 .around = &l->scope,
		                 .github = r->github,
		                 .payload = r->spec.event->payload,
		                 .masker = r->journal.masker,
		                 .kind_of = kind_of,
		                 .prepare = kinds_prepare,
		                 .log_dir = log_dir(l),
		                 .artifacts = r->spec.artifacts,
		                 .environment = l->environment,
		                 .id_token = may_have_identity(l),
		                 .cache_mode = leg_cache_mode(l),
		                 .missing = l->unsupported,
		                 .error = l->early_error,
		                 .results = &r->arena,
		                 .ops = &ops,
		                 .owner = l };
	r->session->running_jobs++;
	r->did_something = true;
	l->job = job_start(r->session, &spec);
}

/* ---- its life ---- */

void leg_wait(struct leg *l, struct str reason)
{
	if (l->queued)
		return;
	l->queued = true;
	struct event e = speaker_event(&l->speaker, EVENT_JOB_QUEUE);
	e.job_queue.name = l->name;
	e.job_queue.reason = reason;
	journal_emit(&l->run->journal, &e);
}

void leg_start(struct leg *l)
{
	l->state = LEG_RUNNING;
	l->group->running_legs++;
	l->started_at = session_now(l->run->session);
	l->run->session->changed = true;
	if (l->group->plan->job->is_call)
		l->run->call->start(l);
	else
		start_job(l);
}

void leg_advance(struct leg *l)
{
	if (l->state == LEG_RUNNING && l->turn.lost)
		leg_cancel(l, l->turn.why);
	if (l->job)
		job_advance(l->job);
}

void leg_cancel(struct leg *l, struct str why)
{
	if (l->callee && l->state == LEG_RUNNING)
		l->run->call->cancel(l, why);
	if (l->job)
		job_cancel(l->job, why);
}

/* ---- its end ---- */

enum result leg_shown_conclusion(const struct leg *l)
{
	if (!l->scope.plans || l->conclusion != RESULT_SUCCESS)
		return l->conclusion;
	return l->refused.n ? RESULT_FAILURE : RESULT_SKIPPED;
}

static void emit_job_end(struct leg *l, struct str environment_url)
{
	struct event e = speaker_event(&l->speaker, EVENT_JOB_END);
	bool dry = l->scope.plans && l->conclusion == RESULT_SUCCESS;
	l->run->refused |= l->scope.plans && leg_shown_conclusion(l) == RESULT_FAILURE && !l->continue_on_error;
	e.job_end.name = l->name;
	e.job_end.conclusion = leg_shown_conclusion(l);
	e.job_end.outputs = l->outputs;
	e.job_end.duration_ms = (int64_t)((l->ended_at - l->started_at) / 1000000);
	e.job_end.reason = !dry ? l->reason : l->refused.n ? l->refused : STR("dry run");
	e.job_end.environment_url = environment_url;
	e.job_end.continue_on_error = l->continue_on_error && l->conclusion == RESULT_FAILURE;
	journal_emit(&l->run->journal, &e);
}

void leg_ended(struct leg *l, struct str environment_url)
{
	l->ended_at = session_now(l->run->session);
	l->state = LEG_DONE;
	emit_job_end(l, environment_url);
	l->group->running_legs--;
	l->run->session->changed = true;
	l->ended(l);
	arena_done(&l->arena);
}

static void emit_skip(const struct speaker *who, const struct group *g, struct str name, struct str reason, enum result result,
                      bool not_here)
{
	struct arena a = { 0 };
	struct event e = speaker_event(who, EVENT_JOB_SKIP);
	e.job_skip.name = name;
	e.job_skip.reason = reason;
	e.job_skip.conclusion = result;
	e.job_skip.not_here = not_here;
	e.job_skip.needs = needs_of(g, &a, &e.job_skip.nneeds);
	journal_emit(&g->run->journal, &e);
	arena_done(&a);
}

void leg_end_unstarted(struct leg *l, enum result conclusion, struct str reason)
{
	l->state = LEG_DONE;
	l->conclusion = conclusion;
	l->outputs = val_object(&l->run->arena);
	l->reason = masker_str(l->run->journal.masker, &l->run->arena, reason);
	emit_skip(&l->speaker, l->group, l->name, l->reason, conclusion, false);
	l->ended(l);
}

void leg_emit_skip(const struct speaker *who, const struct group *g, struct str name, struct str reason, enum result result,
                   bool not_here)
{
	struct run *r = g->run;
	emit_skip(who, g, name, reason, result, not_here);
	val_set(&r->arena, r->conclusions, who->key, val_cstr(result_name(result)));
}

void leg_release(struct leg *l)
{
	if (l->job)
		job_free(l->job);
	l->job = NULL;
	arena_done(&l->arena);
}
