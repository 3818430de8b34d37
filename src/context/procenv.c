/* The environment of a step's process, in layers from low to high: what the program inherited, workflow and
 * job env with GITHUB_ENV's changes, the step's own env, PATH with GITHUB_PATH's additions, then GITHUB_*
 * and RUNNER_*, which nobody may replace. Source: actions/runner, ScriptHandler and the variables
 * reference. */
#include "context/procenv.h"

#include "base/buf.h"

static void set_var(struct procenv *p, struct str name, struct str value)
{
	if (name.n == 0 || str_find_c(name, '=', 0) != SIZE_MAX || memchr(name.p, '\0', name.n))
		return; /* no process could have it */
	struct str *v = arena_make(p->a, struct str);
	*v = value.n ? value : STR_EMPTY; /* an empty one may have no address */
	map_put(p->a, &p->vars, name, v);
}

static struct str get_var(const struct procenv *p, const char *name)
{
	const struct str *v = map_get(&p->vars, str_of(name));
	return v ? *v : STR_EMPTY;
}

/* What belongs to another run that this one may be started from. */
static bool is_foreign(struct str name)
{
	static const char *const prefixes[] = { "GITHUB_", "RUNNER_", "ACTIONS_", "INPUT_", "STATE_" };
	for (size_t i = 0; i < ARRAY_LEN(prefixes); i++)
		if (str_starts(name, str_of(prefixes[i])))
			return true;
	return false;
}

void procenv_inherited(struct procenv *p, char **inherited)
{
	for (char **e = inherited; e && *e; e++) {
		struct str entry = str_of(*e);
		size_t eq = str_find_c(entry, '=', 0);
		if (eq != SIZE_MAX && !is_foreign(str_to(entry, eq)))
			set_var(p, str_to(entry, eq), str_from(entry, eq + 1));
	}
	p->inherited_ci = map_has(&p->vars, STR("CI"));
}

void procenv_set(struct procenv *p, const char *name, struct str value)
{
	set_var(p, str_of(name), value);
}

void procenv_object(struct procenv *p, struct val env)
{
	for (size_t i = 0; env.kind == VAL_OBJECT && i < env.o->n; i++)
		set_var(p, env.o->keys[i], val_to_str(p->a, env.o->vals[i]));
}

void procenv_path(struct procenv *p, const struct str *paths, size_t n)
{
	if (n == 0)
		return;
	_cleanup_buf_ struct buf path = BUF_INIT;
	for (size_t i = n; i > 0; i--)
		buf_addf(&path, "%s%.*s", i == n ? "" : ":", STRF(paths[i - 1]));
	struct str base = get_var(p, "PATH"), added = buf_str(&path);
	if (base.n > added.n && str_starts(base, added) && base.p[added.n] == ':')
		return;
	set_var(p, STR("PATH"), base.n ? arena_printf(p->a, "%.*s:%.*s", STRF(added), STRF(base)) : arena_str(p->a, added));
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

static struct str prefixed_upper(struct arena *a, const char *prefix, struct str name)
{
	struct str out = arena_printf(a, "%s%.*s", prefix, STRF(name));
	char *p = (char *)(uintptr_t)out.p; /* just made */
	for (size_t i = 0; i < out.n; i++)
		if (p[i] >= 'a' && p[i] <= 'z')
			p[i] = (char)(p[i] - 'a' + 'A');
	return out;
}

void procenv_github(struct procenv *p, struct val github)
{
	for (size_t i = 0; i < ARRAY_LEN(exported); i++) {
		struct val v;
		if (val_get(github, str_of(exported[i]), &v) && (v.kind == VAL_STRING || v.kind == VAL_BOOL))
			set_var(p, prefixed_upper(p->a, "GITHUB_", str_of(exported[i])), val_to_str(p->a, v));
	}
}

void procenv_prefixed(struct procenv *p, const char *prefix, struct val members)
{
	for (size_t i = 0; members.kind == VAL_OBJECT && i < members.o->n; i++)
		set_var(p, prefixed_upper(p->a, prefix, members.o->keys[i]), val_to_str(p->a, members.o->vals[i]));
}

void procenv_inputs(struct procenv *p, struct val inputs)
{
	for (size_t i = 0; inputs.kind == VAL_OBJECT && i < inputs.o->n; i++) {
		_cleanup_buf_ struct buf name = BUF_INIT;
		buf_adds(&name, "INPUT_");
		fold_text(&name, inputs.o->keys[i]);
		for (size_t k = 0; k < name.n; k++)
			if (name.p[k] == ' ')
				name.p[k] = '_';
		set_var(p, arena_str(p->a, buf_str(&name)), val_to_str(p->a, inputs.o->vals[i]));
	}
}

void procenv_remove(struct procenv *p, const char *name)
{
	map_remove(&p->vars, str_of(name));
}

char **procenv_finish(struct procenv *p)
{
	if (!p->inherited_ci && !map_has(&p->vars, STR("CI")))
		set_var(p, STR("CI"), STR("true"));
	char **envp = arena_array(p->a, char *, p->vars.n + 1);
	for (size_t i = 0; i < p->vars.n; i++) {
		const struct str *v = p->vars.v[i].value;
		struct str name = p->vars.v[i].key;
		char *entry = envp[i] = arena_alloc(p->a, name.n + v->n + 2);
		memcpy(entry, name.p, name.n);
		entry[name.n] = '=';
		memcpy(entry + name.n + 1, v->p, v->n);
		entry[name.n + 1 + v->n] = '\0';
	}
	return envp;
}
