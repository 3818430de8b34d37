/* The environment of a step's process, in layers from low to high: what the program inherited, workflow and
 * job env with GITHUB_ENV's changes, the step's own env, PATH with GITHUB_PATH's additions, then GITHUB_*
 * and RUNNER_*, which nobody may replace. Source: actions/runner, ScriptHandler and the variables
 * reference. */
#include "exec/internal.h"

struct layers {
	struct arena *a;
	struct map vars; /* name → struct str * */
};

static void set(struct layers *l, struct str name, struct str value)
{
	if (name.n == 0 || str_find_c(name, '=', 0) != SIZE_MAX || memchr(name.p, '\0', name.n))
		return; /* no process could have it */
	struct str *v = arena_make(l->a, struct str);
	*v = value;
	map_put(l->a, &l->vars, name, v);
}

static struct str get(const struct layers *l, const char *name)
{
	const struct str *v = map_get(&l->vars, str_of(name));
	return v ? *v : STR_EMPTY;
}

/* What belongs to another run that this one may be started from. */
static bool foreign(struct str name)
{
	static const char *const prefixes[] = { "GITHUB_", "RUNNER_", "ACTIONS_", "INPUT_", "STATE_" };
	for (size_t i = 0; i < ARRAY_LEN(prefixes); i++)
		if (str_starts(name, str_of(prefixes[i])))
			return true;
	return false;
}

static void add_inherited(struct layers *l, char **inherited)
{
	for (char **e = inherited; e && *e; e++) {
		struct str entry = str_of(*e);
		size_t eq = str_find_c(entry, '=', 0);
		if (eq != SIZE_MAX && !foreign(str_to(entry, eq)))
			set(l, str_to(entry, eq), str_from(entry, eq + 1));
	}
}

static void add_object(struct layers *l, struct val o)
{
	for (size_t i = 0; o.kind == VAL_OBJECT && i < o.o->n; i++)
		set(l, o.o->keys[i], val_to_str(l->a, o.o->vals[i]));
}

static void add_path(struct layers *l, struct step_run *s)
{
	size_t n;
	const struct str *paths = step_paths(s, &n);
	if (n == 0)
		return;
	_cleanup_buf_ struct buf path = BUF_INIT;
	for (size_t i = n; i > 0; i--)
		buf_addf(&path, "%s%.*s", i == n ? "" : ":", STRF(paths[i - 1]));
	struct str base = get(l, "PATH"), added = buf_str(&path);
	if (base.n > added.n && str_starts(base, added) && base.p[added.n] == ':')
		return;
	set(l, STR("PATH"), base.n ? arena_printf(l->a, "%.*s:%.*s", STRF(added), STRF(base)) : arena_str(l->a, added));
}

/* Members of the github context that processes see (variables reference). */
static const char *const exported[] = { "actor",
	                                "actor_id",
	                                "api_url",
	                                "base_ref",
	                                "event_name",
	                                "event_path",
	                                "graphql_url",
	                                "head_ref",
	                                "job",
	                                "ref",
	                                "ref_name",
	                                "ref_protected",
	                                "ref_type",
	                                "repository",
	                                "repository_id",
	                                "repository_owner",
	                                "repository_owner_id",
	                                "retention_days",
	                                "run_attempt",
	                                "run_id",
	                                "run_number",
	                                "server_url",
	                                "sha",
	                                "triggering_actor",
	                                "workflow",
	                                "workflow_ref",
	                                "workflow_sha",
	                                "workspace" };

static struct str upper(struct arena *a, const char *prefix, struct str name)
{
	struct str out = arena_printf(a, "%s%.*s", prefix, STRF(name));
	char *p = (char *)(uintptr_t)out.p; /* just made */
	for (size_t i = 0; i < out.n; i++)
		if (p[i] >= 'a' && p[i] <= 'z')
			p[i] = (char)(p[i] - 'a' + 'A');
	return out;
}

static void add_github(struct layers *l, const struct step_run *s)
{
	for (size_t i = 0; i < ARRAY_LEN(exported); i++) {
		struct val v;
		if (val_get(s->job->github, str_of(exported[i]), &v) && (v.kind == VAL_STRING || v.kind == VAL_BOOL))
			set(l, upper(l->a, "GITHUB_", str_of(exported[i])), val_to_str(l->a, v));
	}
	static const char *const files[FILE_COUNT] = { "GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STATE",
		                                       "GITHUB_STEP_SUMMARY" };
	for (size_t i = 0; i < FILE_COUNT; i++)
		set(l, str_of(files[i]), s->files[i]);
	const struct step_run *top = s;
	while (top->frame->outer)
		top = top->frame->outer;
	set(l, STR("GITHUB_ACTION"), top->node->id);
	if (s->frame->outer)
		set(l, STR("GITHUB_ACTION_PATH"), s->frame->action->dir);
	set(l, STR("GITHUB_ACTION_REPOSITORY"), STR_EMPTY);
	set(l, STR("GITHUB_ACTION_REF"), STR_EMPTY);
}

static void add_runner(struct layers *l, struct step_run *s)
{
	struct expr_env env = step_expr_env(s);
	struct val runner = env.context(env.cookie, STR("runner"));
	for (size_t i = 0; runner.kind == VAL_OBJECT && i < runner.o->n; i++)
		set(l, upper(l->a, "RUNNER_", runner.o->keys[i]), val_to_str(l->a, runner.o->vals[i]));
}

char **procenv_build(struct step_run *s)
{
	struct job_run *j = s->job;
	struct layers l = { .a = &s->arena };
	add_inherited(&l, j->run->engine->opt.environ);
	bool inherited_ci = map_has(&l.vars, STR("CI"));
	set(&l, STR("RUNNER_TRACKING_ID"), j->tracking_id);
	add_object(&l, s->env);
	add_path(&l, s);
	add_github(&l, s);
	add_runner(&l, s);
	set(&l, STR("GITHUB_ACTIONS"), STR("true"));
	if (!inherited_ci && !map_has(&l.vars, STR("CI")))
		set(&l, STR("CI"), STR("true"));
	char **envp = arena_array(&s->arena, char *, l.vars.n + 1);
	for (size_t i = 0; i < l.vars.n; i++) {
		const struct str *v = l.vars.v[i].value;
		struct str name = l.vars.v[i].key;
		char *p = envp[i] = arena_alloc(&s->arena, name.n + v->n + 2);
		memcpy(p, name.p, name.n);
		p[name.n] = '=';
		memcpy(p + name.n + 1, v->p, v->n);
		p[name.n + 1 + v->n] = '\0';
	}
	return envp;
}
