/* A run as a whole: its beginning, its workflows, its cancellation, its end. */
#include "schedule/run.h"

#include "base/path.h"
#include "schedule/call.h"
#include "schedule/critical.h"
#include "schedule/flow.h"
#include "schedule/leg.h"
#include "service/service.h"

/* ---- beginning ---- */

static void make_run_github(struct run *r)
{
	struct arena *a = &r->arena;
	const struct workflow *w = r->spec.plan->workflow;
	r->github = val_object_copy(a, r->spec.github);
	val_set_str(a, r->github, "workflow", w->name);
	struct str repository = val_at(r->github, "repository").s, ref = val_at(r->github, "ref").s;
	val_set_str(a, r->github, "workflow_ref",
	            arena_printf(a, "%.*s/%.*s@%.*s", STRF(repository), STRF(r->flow->path), STRF(ref)));
	val_set(a, r->github, STR("workflow_sha"), val_at(r->github, "sha"));
	if (r->session->opt.dry_run) /* each run has its own */
		val_set(a, r->github, STR("run_id"), val_unknown(STR_EMPTY));
	if (r->session->opt.dry_run && !r->spec.run_number.n)
		val_set(a, r->github, STR("run_number"), val_unknown(STR_EMPTY));
}

static struct masker *make_masker(struct val secrets)
{
	struct masker *m = masker_new();
	for (size_t i = 0; secrets.kind == VAL_OBJECT && i < secrets.o->n; i++)
		if (!str_is_nocase(secrets.o->keys[i], "ACTIONS_STEP_DEBUG") &&
		    !str_is_nocase(secrets.o->keys[i], "ACTIONS_RUNNER_DEBUG"))
			masker_add_secret(m, secrets.o->vals[i].s);
	return m;
}

static struct str first_text_line(struct str text)
{
	struct str line = STR_EMPTY;
	str_next_line(&text, &line);
	return str_trim(line);
}

static struct str text_at(struct val o, const char *key)
{
	struct val v = val_at(o, key);
	return v.kind == VAL_STRING ? v.s : STR_EMPTY;
}

/* What GitHub shows for a run without run-name. */
static struct str title_of_event(const struct run *r)
{
	struct val event = val_at(r->github, "event");
	struct str title = first_text_line(text_at(val_at(event, "head_commit"), "message"));
	if (!title.n)
		title = str_trim(text_at(val_at(event, "pull_request"), "title"));
	return title.n ? title : r->spec.plan->workflow->name;
}

/* run-name, evaluated; an error in it is said by *error and the event's own title is taken. */
static struct str make_title(struct run *r, struct str *error)
{
	struct str title = STR_EMPTY;
	*error = STR_EMPTY;
	scope_text(&title, r->spec.plan->workflow->run_name, &r->flow->scope, error);
	return str_trim(title).n ? title : title_of_event(r);
}

static void emit_run_start(struct run *r)
{
	struct str error;
	struct event e = journal_event(&r->journal, EVENT_RUN_START);
	e.run_start.workflow = r->spec.plan->workflow->path;
	e.run_start.name = r->spec.plan->workflow->name;
	e.run_start.title = masker_str(r->journal.masker, &r->arena, make_title(r, &error));
	e.run_start.event = r->spec.event->name;
	e.run_start.ref = r->spec.event->ref;
	e.run_start.sha = r->spec.event->sha;
	e.run_start.version = r->spec.version;
	journal_emit(&r->journal, &e);
	if (error.n)
		r->flow->failed = arena_printf(&r->arena, "Error when evaluating 'run-name'. %.*s", STRF(error));
}

struct run *run_new(struct session *session, struct gates *gates, const struct run_spec *spec)
{
	struct run *r = xcalloc(1, sizeof(*r));
	r->session = session;
	r->gates = gates;
	r->call = &call_ops;
	r->spec = *spec;
	r->journal.session = session;
	r->journal.run = spec->id;
	r->journal.sinks = spec->sinks;
	r->journal.nsinks = spec->nsinks;
	return r;
}

void run_start(struct run *r)
{
	r->started = true;
	r->started_at = session_now(r->session);
	r->conclusions = val_object_case_sensitive(&r->arena);
	r->journal.masker = make_masker(r->session->opt.secrets);
	r->flow = flow_new(r, r->spec.plan, NULL, NULL);
	r->flow->inputs = r->spec.inputs.kind == VAL_OBJECT ? r->spec.inputs : r->session->opt.inputs;
	r->flow->secrets = r->session->opt.secrets;
	make_run_github(r);
	emit_run_start(r);
	flow_line_up(r->flow);
	if (r->cancelled)
		run_cancel(r);
}

/* ---- going on ---- */

enum { ARTIFACT_LIST_MAX = 16 << 20 };

static void say_artifact(struct run *r, struct arena *a, struct val v)
{
	const struct masker *m = r->journal.masker;
	struct val size = val_at(v, "size"), file = val_at(v, "file"), name = val_at(v, "name"), digest = val_at(v, "digest");
	struct event e = journal_event(&r->journal, EVENT_ARTIFACT);
	if (file.kind != VAL_STRING || name.kind != VAL_STRING)
		return;
	e.artifact.name = masker_str(m, a, name.s);
	e.artifact.path = masker_str(m, a, path_join(a, r->spec.artifacts, file.s));
	e.artifact.digest = digest.kind == VAL_STRING ? digest.s : STR_EMPTY;
	e.artifact.size = size.kind == VAL_NUMBER ? (int64_t)size.num : 0;
	journal_emit(&r->journal, &e);
}

/* What was uploaded, as the services have listed it. */
static void say_artifacts(struct run *r)
{
	const struct service *service = r->session->opt.service;
	struct host *h = r->session->host;
	struct arena a = { 0 };
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct val list;
	if (!service || !service_used(service))
		return;
	struct str path = path_join(&a, r->spec.artifacts, STR(SERVICE_ARTIFACT_LIST));
	if (h->ops->read_file(h, path.p, &text, ARTIFACT_LIST_MAX, NULL) == 0 &&
	    val_from_json(&list, &a, buf_str(&text), NULL) == 0)
		for (size_t i = 0; list.kind == VAL_ARRAY && i < list.a->n; i++)
			say_artifact(r, &a, list.a->v[i]);
	/* of uploads that nobody has finished; what is too much for now goes with the run's folder */
	h->ops->remove_tree(h, path_join(&a, r->spec.artifacts, STR(SERVICE_INCOMING)).p, NULL);
	arena_done(&a);
}

static void end_run(struct run *r)
{
	r->done = true;
	r->conclusion = flow_result(r->flow);
	bool skipped = r->conclusion == RESULT_SKIPPED;
	if (skipped)
		r->conclusion = RESULT_SUCCESS;
	if (r->flow->cancelled && r->conclusion == RESULT_SUCCESS)
		r->conclusion = RESULT_CANCELLED;
	if (r->refused && r->conclusion == RESULT_SUCCESS)
		r->conclusion = RESULT_FAILURE;
	say_artifacts(r);
	uint64_t critical;
	struct event e = journal_event(&r->journal, EVENT_RUN_END);
	bool nothing = r->session->opt.dry_run || skipped || (r->not_here.n && !r->did_something);
	e.run_end.conclusion = r->conclusion;
	if (nothing && r->conclusion == RESULT_SUCCESS)
		e.run_end.conclusion = r->journal.unsupported ? RESULT_FAILURE : RESULT_SKIPPED;
	e.run_end.wall_ms = (int64_t)((session_now(r->session) - r->started_at) / 1000000);
	e.run_end.work_ms = (int64_t)(r->journal.work_ns / 1000000);
	critical_flow(r->flow, &critical, &e.run_end.critical_path);
	e.run_end.critical_path_ms = (int64_t)(critical / 1000000);
	e.run_end.jobs = r->conclusions;
	e.run_end.side_by_side = r->journal.most_running_steps;
	e.run_end.not_here = r->not_here.v;
	e.run_end.nnot_here = r->not_here.n;
	journal_emit(&r->journal, &e);
}

void run_advance(struct run *r)
{
	for (size_t i = 0; i < r->flows.n; i++) /* a flow that starts here is at the end of the list */
		if (!r->flows.v[i]->done)
			flow_advance(r->flows.v[i]);
	if (r->flow->done)
		end_run(r);
}

void run_cancel(struct run *r)
{
	r->cancelled = true;
	r->session->changed = true;
	if (r->flow)
		flow_cancel(r->flow, STR("the run was cancelled"));
}

void run_cancel_calls(struct run *r)
{
	for (size_t i = 1; i < r->flows.n; i++)
		flow_cancel(r->flows.v[i], STR("cancelled"));
}

void run_each_job(struct run *r, void (*fn)(struct job_run *j, uint64_t now), uint64_t now)
{
	for (size_t f = 0; f < r->flows.n; f++) {
		const struct flow *flow = r->flows.v[f];
		for (size_t g = 0; g < flow->ngroups && !flow->done; g++)
			for (size_t l = 0; flow->groups[g]->running_legs && l < flow->groups[g]->nlegs; l++)
				if (flow->groups[g]->legs[l]->job)
					fn(flow->groups[g]->legs[l]->job, now);
	}
}

uint64_t run_deadline(struct run *r)
{
	uint64_t next = NEVER;
	for (size_t f = 0; f < r->flows.n && !r->done; f++) {
		const struct flow *flow = r->flows.v[f];
		for (size_t g = 0; g < flow->ngroups && !flow->done; g++)
			for (size_t l = 0; flow->groups[g]->running_legs && l < flow->groups[g]->nlegs; l++)
				if (flow->groups[g]->legs[l]->job)
					next = MIN(next, job_deadline(flow->groups[g]->legs[l]->job));
	}
	return next;
}

void run_free(struct run *r)
{
	for (size_t f = 0; f < r->flows.n; f++)
		for (size_t g = 0; g < r->flows.v[f]->ngroups; g++)
			for (size_t l = 0; l < r->flows.v[f]->groups[g]->nlegs; l++)
				leg_release(r->flows.v[f]->groups[g]->legs[l]);
	masker_free(r->journal.masker);
	arena_done(&r->arena);
	free(r);
}

enum result run_conclusion(const struct run *r)
{
	return r->conclusion;
}

bool run_unsupported(const struct run *r)
{
	return r->journal.unsupported;
}

bool run_not_here(const struct run *r)
{
	return r->not_here.n > 0;
}

bool run_decided_here(const struct run *r)
{
	return r->did_something || r->decided;
}

const char *run_trouble(const struct run *r)
{
	return r->journal.trouble[0] ? r->journal.trouble : NULL;
}
