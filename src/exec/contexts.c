/* The contexts of expressions, made when an expression asks for them: for a step, for a leg of a job before
 * its steps, and for a job before its matrix is known. */
#include <sys/utsname.h>

#include "base/path.h"
#include "exec/internal.h"

/* What is being evaluated: the innermost known of the three. */
struct scope {
	struct run *run;
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
		const struct group *need = c->run->groups[c->group->plan->needs[i]->index];
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

static struct val job_context(const struct scope *c)
{
	struct val out = val_object(c->arena);
	val_set_str(c->arena, out, "status", str_of(result_name(c->job->status)));
	static const char *const from_github[][2] = { { "workflow_ref", "workflow_ref" },
		                                      { "workflow_sha", "workflow_sha" },
		                                      { "workflow_repository", "repository" } };
	for (size_t i = 0; i < ARRAY_LEN(from_github); i++)
		val_set(c->arena, out, str_of(from_github[i][0]), val_at(c->run->github, from_github[i][1]));
	val_set_str(c->arena, out, "workflow_file_path", c->run->spec.plan->workflow->source->path);
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
	static const char *const files[FILE_COUNT] = { "env", "output", "path", "state", "step_summary" };
	for (size_t i = 0; c->step->files[0].n && i < FILE_COUNT; i++)
		val_set_str(c->arena, out, files[i], c->step->files[i]);
	return out;
}

static struct val secrets_context(const struct scope *c)
{
	return c->run->engine->opt.secrets;
}

static struct val vars_context(const struct scope *c)
{
	return c->run->engine->opt.vars;
}

static struct val inputs_context(const struct scope *c)
{
	return c->run->engine->opt.inputs;
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

static const struct {
	const char *name;
	struct val (*make)(const struct scope *c);
	bool needs_job; /* null before a leg is known */
} contexts[] = {
	{ "env", env_context, true },        { "steps", steps_context, true },       { "matrix", matrix_context, true },
	{ "github", github_of_step, false }, { "secrets", secrets_context, false },  { "needs", needs_context, false },
	{ "vars", vars_context, false },     { "inputs", inputs_context, false },    { "job", job_context, true },
	{ "runner", runner_context, true },  { "strategy", strategy_context, true },
};

static struct val make_context(const struct scope *c, struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(contexts); i++)
		if (str_is(name, contexts[i].name))
			return contexts[i].needs_job && !c->job ? val_null() : contexts[i].make(c);
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
		return g->run->cancelled;
	if (g->run->cancelled)
		return false;
	bool success = str_is(fn, "success");
	size_t seen = 0;
	for (size_t i = 0; i < g->plan->nancestors; i++) {
		const struct plan_job *p = g->plan->ancestors[i];
		if (!named(p, ids, n))
			continue;
		seen++;
		enum result result = g->run->groups[p->index]->result;
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
	struct scope c = { s->job->run, s->job->group, s->job, s, &s->arena };
	return make_context(&c, name);
}

static struct val job_lookup(void *cookie, struct str name)
{
	struct job_run *j = cookie;
	struct scope c = { j->run, j->group, j, NULL, &j->arena };
	return make_context(&c, name);
}

static struct val group_lookup(void *cookie, struct str name)
{
	struct group *g = cookie;
	struct scope c = { g->run, g, NULL, NULL, &g->run->arena };
	return make_context(&c, name);
}

static int no_hash_files(void *cookie, struct arena *a, const struct str *patterns, size_t n, struct str *out, struct err *err)
{
	(void)cookie;
	(void)a;
	(void)patterns;
	(void)n;
	(void)out;
	return err_set(err, ERR_UNSUPPORTED, "hashFiles is not available in this version of sidestep");
}

struct expr_env step_expr_env(struct step_run *s)
{
	return (struct expr_env) { .cookie = s, .context = step_lookup, .status = step_status, .hash_files = no_hash_files };
}

struct expr_env job_expr_env(struct job_run *j)
{
	return (struct expr_env) { .cookie = j, .context = job_lookup };
}

struct expr_env group_expr_env(struct group *g)
{
	return (struct expr_env) { .cookie = g, .context = group_lookup, .status = group_status };
}

struct str eval_error_text(struct arena *a, const struct run *r, const struct expr_error *error, struct span at)
{
	const struct source *src = source_get(r->spec.sources, at.file);
	if (!src)
		return arena_str(a, error->text);
	struct pos p = source_pos(src, at.from);
	return arena_printf(a, "%.*s (Line: %u, Col: %u): %.*s", STRF(src->path), p.line, p.col, STRF(error->text));
}
