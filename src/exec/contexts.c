/* The contexts of expressions, made when an expression asks for them: for a step, for a leg of a job before
 * its steps, and for a job before its matrix is known. */
#include <sys/utsname.h>

#include "base/path.h"
#include "exec/internal.h"
#include "hash/hash_files.h"

/* What is being evaluated: the innermost known of the three. */
struct scope {
	struct run *run;
	struct flow *flow;
	struct group *group;
	struct job_run *job;
	struct step_run *step;
	struct arena *arena;
};

/* ---- single contexts ---- */

static struct val needs_context(const struct scope *c)
{
	struct val out = val_object(c->arena);
	for (size_t i = 0; i < c->group->plan->nneeds; i++) {
		const struct group *need = c->flow->groups[c->group->plan->needs[i]->index];
		struct val entry = val_object(c->arena);
		val_set_str(c->arena, entry, "result", str_of(result_name(need->result)));
		val_set(c->arena, entry, STR("outputs"), need->outputs.kind == VAL_OBJECT ? need->outputs : val_object(c->arena));
		val_set(c->arena, out, need->plan->job->id, entry);
	}
	return out;
}

static struct val strategy_context(const struct scope *c)
{
	struct val out = val_object(c->arena);
	bool matrix = c->job->matrix.kind == VAL_OBJECT;
	val_set(c->arena, out, STR("fail-fast"), val_bool(c->group->fail_fast));
	val_set(c->arena, out, STR("job-index"), val_num((double)c->job->leg));
	val_set(c->arena, out, STR("job-total"), val_num((double)c->group->nlegs));
	double most = !matrix                                ? 1
	              : c->group->max_parallel != UINT32_MAX ? (double)c->group->max_parallel
	                                                     : (double)c->group->nlegs;
	val_set(c->arena, out, STR("max-parallel"), val_num(most));
	return out;
}

/* Which file defines the job. */
static void identify(const struct scope *c, struct val out)
{
	const struct workflow *w = c->flow->plan->workflow;
	struct val github = c->run->github;
	struct str repository = w->repository.n ? w->repository : val_at(github, "repository").s;
	struct str ref = w->repository.n ? w->ref : val_at(github, "ref").s, path = flow_path(c->flow);
	struct str sha = w->repository.n ? w->sha : val_at(github, "sha").s;
	val_set_str(c->arena, out, "workflow_ref",
	            arena_printf(c->arena, "%.*s/%.*s@%.*s", STRF(repository), STRF(path), STRF(ref)));
	val_set_str(c->arena, out, "workflow_sha", sha);
	val_set_str(c->arena, out, "workflow_repository", repository);
	val_set_str(c->arena, out, "workflow_file_path", path);
}

static struct val job_context(const struct scope *c)
{
	struct val out = val_object(c->arena);
	val_set_str(c->arena, out, "status", str_of(result_name(c->job->status)));
	identify(c, out);
	return out;
}

static const char *machine_arch(const struct utsname *u)
{
	static const char *const names[][2] = { { "x86_64", "X64" }, { "aarch64", "ARM64" }, { "arm64", "ARM64" },
		                                { "i686", "X86" },   { "i386", "X86" },      { "armv7l", "ARM" } };
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(u->machine, names[i][0]) == 0)
			return names[i][1];
	return u->machine;
}

static struct val runner_context(const struct scope *c)
{
	struct utsname u = { .nodename = "localhost" };
	uname(&u);
	struct val out = val_object(c->arena);
	struct arena *a = c->arena;
	const struct exec_options *opt = &c->run->engine->opt;
	val_set_str(a, out, "name", arena_str(a, str_of(u.nodename)));
	val_set_str(a, out, "os", STR("Linux"));
	val_set_str(a, out, "arch", arena_str(a, str_of(machine_arch(&u))));
	val_set_str(a, out, "temp", c->job->temp);
	val_set_str(a, out, "tool_cache", opt->tool_cache);
	val_set_str(a, out, "environment", STR("self-hosted"));
	if (opt->step_debug)
		val_set_str(a, out, "debug", STR("1"));
	val_set_str(a, out, "workspace", path_dir(c->job->workspace));
	return out;
}

static struct val github_of_step(const struct scope *c)
{
	if (!c->step)
		return c->job && c->job->github.kind == VAL_OBJECT ? c->job->github : c->run->github;
	struct val out = val_object_copy(c->arena, c->job->github);
	struct step_run *top = c->step;
	while (top->frame->outer)
		top = top->frame->outer;
	val_set_str(c->arena, out, "action", top->node->id);
	if (c->step->frame->outer) {
		val_set_str(c->arena, out, "action_path", c->step->frame->action->dir);
		val_set_str(c->arena, out, "action_status", str_of(result_name(c->step->frame->status)));
		val_set_str(c->arena, out, "action_repository", STR_EMPTY);
		val_set_str(c->arena, out, "action_ref", STR_EMPTY);
	}
	static const char *const files[FILE_COUNT] = { "env", "output", "path", "state", "step_summary" };
	for (size_t i = 0; c->step->files[0].n && i < FILE_COUNT; i++)
		val_set_str(c->arena, out, files[i], c->step->files[i]);
	return out;
}

static struct val secrets_context(const struct scope *c)
{
	return c->flow->secrets;
}

static struct val vars_context(const struct scope *c)
{
	return c->run->engine->opt.vars;
}

static struct val inputs_context(const struct scope *c)
{
	return c->step && c->step->frame->outer ? c->step->frame->inputs : c->flow->inputs;
}

/* Results and outputs of the jobs of a called workflow, for its own outputs. */
static struct val jobs_context(const struct scope *c)
{
	struct val out = val_object(c->arena);
	for (size_t i = 0; i < c->flow->ngroups; i++) {
		const struct group *g = c->flow->groups[i];
		struct val entry = val_object(c->arena);
		val_set_str(c->arena, entry, "result", str_of(result_name(g->result)));
		val_set(c->arena, entry, STR("outputs"), g->outputs);
		val_set(c->arena, out, g->plan->job->id, entry);
	}
	return out;
}

static struct val matrix_context(const struct scope *c)
{
	return c->job->matrix;
}

static struct val env_context(const struct scope *c)
{
	return c->step ? c->step->env : c->job->env;
}

static struct val steps_context(const struct scope *c)
{
	struct frame *f = c->step ? c->step->frame : c->job->frame;
	return f ? f->steps_ctx : val_null();
}

enum reach { ANYWHERE, IN_JOB, IN_LEG };

static const struct {
	const char *name;
	struct val (*make)(const struct scope *c);
	enum reach reach; /* null before that is known */
} contexts[] = {
	{ "env", env_context, IN_LEG },         { "steps", steps_context, IN_LEG },       { "matrix", matrix_context, IN_LEG },
	{ "github", github_of_step, ANYWHERE }, { "secrets", secrets_context, ANYWHERE }, { "needs", needs_context, IN_JOB },
	{ "vars", vars_context, ANYWHERE },     { "inputs", inputs_context, ANYWHERE },   { "job", job_context, IN_LEG },
	{ "runner", runner_context, IN_LEG },   { "strategy", strategy_context, IN_LEG }, { "jobs", jobs_context, ANYWHERE },
};

static struct val make_context(const struct scope *c, struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(contexts); i++)
		if (str_is(name, contexts[i].name)) {
			bool known = contexts[i].reach == ANYWHERE ||
			             (contexts[i].reach == IN_JOB ? c->group != NULL : c->job != NULL);
			return known ? contexts[i].make(c) : val_null();
		}
	return val_null();
}

/* ---- status functions ---- */

/* success, failure, always, cancelled for the status of a job or a composite action. */
static bool status_of(enum result status, bool cancelled, struct str fn)
{
	if (str_is(fn, "always"))
		return true;
	if (str_is(fn, "cancelled"))
		return cancelled;
	return str_is(fn, "success") ? status == RESULT_SUCCESS : status == RESULT_FAILURE;
}

static bool step_status(void *cookie, struct str fn, const struct str *ids, size_t n)
{
	const struct step_run *s = cookie;
	(void)ids;
	(void)n;
	return status_of(s->frame->outer ? s->frame->status : s->job->status, s->job->status == RESULT_CANCELLED, fn);
}

static bool named(const struct plan_job *p, const struct str *ids, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq_nocase(ids[i], p->job->id))
			return true;
	return n == 0;
}

/* The job level looks at all ancestors, or at those named. */
static bool group_status(void *cookie, struct str fn, const struct str *ids, size_t n)
{
	const struct group *g = cookie;
	if (str_is(fn, "always"))
		return true;
	if (str_is(fn, "cancelled"))
		return g->flow->cancelled;
	if (g->flow->cancelled)
		return false;
	bool success = str_is(fn, "success");
	size_t seen = 0;
	for (size_t i = 0; i < g->plan->nancestors; i++) {
		const struct plan_job *p = g->plan->ancestors[i];
		if (!named(p, ids, n))
			continue;
		seen++;
		enum result result = g->flow->groups[p->index]->result;
		if (success && result != RESULT_SUCCESS)
			return false;
		if (!success && result == RESULT_FAILURE)
			return true;
	}
	return success && seen >= n;
}

/* ---- environments ---- */

static struct val step_lookup(void *cookie, struct str name)
{
	struct step_run *s = cookie;
	struct scope c = { s->job->run, s->job->flow, s->job->group, s->job, s, &s->arena };
	return make_context(&c, name);
}

static struct val job_lookup(void *cookie, struct str name)
{
	struct job_run *j = cookie;
	struct scope c = { j->run, j->flow, j->group, j, NULL, &j->arena };
	return make_context(&c, name);
}

static struct val group_lookup(void *cookie, struct str name)
{
	struct group *g = cookie;
	struct scope c = { g->run, g->flow, g, NULL, NULL, &g->run->arena };
	return make_context(&c, name);
}

static struct val flow_lookup(void *cookie, struct str name)
{
	struct flow *f = cookie;
	struct scope c = { f->run, f, NULL, NULL, NULL, &f->run->arena };
	return make_context(&c, name);
}

static struct str home_of(const struct step_run *s)
{
	struct val v;
	if (s->env.kind == VAL_OBJECT && val_get(s->env, STR("HOME"), &v) && v.kind == VAL_STRING)
		return v.s;
	for (char **e = s->job->run->engine->opt.environ; e && *e; e++)
		if (strncmp(*e, "HOME=", 5) == 0)
			return str_of(*e + 5);
	return STR_EMPTY;
}

static int step_hash_files(void *cookie, struct arena *a, const struct str *patterns, size_t n, struct str *out, struct err *err)
{
	struct step_run *s = cookie;
	return hash_files(out, a, s->job->workspace, home_of(s), patterns, n, err);
}

struct expr_env step_expr_env(struct step_run *s)
{
	return (struct expr_env) { .cookie = s, .context = step_lookup, .status = step_status, .hash_files = step_hash_files };
}

struct expr_env job_expr_env(struct job_run *j)
{
	return (struct expr_env) { .cookie = j, .context = job_lookup };
}

struct expr_env group_expr_env(struct group *g)
{
	return (struct expr_env) { .cookie = g, .context = group_lookup, .status = group_status };
}

struct expr_env flow_expr_env(struct flow *f)
{
	return (struct expr_env) { .cookie = f, .context = flow_lookup };
}

struct str eval_error_text(struct arena *a, const struct run *r, const struct expr_error *error, struct span at)
{
	const struct source *src = source_get(r->spec.sources, at.file);
	if (!src)
		return arena_str(a, error->text);
	struct pos p = source_pos(src, at.from);
	return arena_printf(a, "%.*s (Line: %u, Col: %u): %.*s", STRF(src->path), p.line, p.col, STRF(error->text));
}
