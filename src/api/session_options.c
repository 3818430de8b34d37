/* The options of a session as the engine wants them: values from files and flags, platforms, limits. */
#include <limits.h>
#include <unistd.h>

#include "api/machine.h"
#include "api/session.h"
#include "base/path.h"
#include "config/pairs.h"

static struct str *strings(struct arena *a, const struct sidestep_strings *list)
{
	struct str *out = arena_array(a, struct str, list->n + 1);
	for (size_t i = 0; i < list->n; i++)
		out[i] = str_of(list->v[i]);
	return out;
}

static int read_values(struct sidestep_session *s, struct err *err)
{
	struct arena *a = &s->arena;
	const struct sidestep_run_options *o = &s->opt;
	struct exec_options *x = &s->exec;
	x->secrets = val_object(a);
	x->vars = val_object(a);
	x->inputs = val_object(a);
	x->env = val_object_case_sensitive(a);
	x->local_repositories = val_object(a);
	x->stubs = val_object(a);
	if (o->act_compat)
		val_set_str(a, x->env, "ACT", STR("true"));
	const struct {
		struct val into;
		const struct sidestep_strings *files, *given;
		const char *option;
	} lists[] = {
		{ x->secrets, &o->secret_files, &o->secrets, "--secret" },
		{ x->vars, &o->var_files, &o->vars, "--var" },
		{ x->env, &o->env_files, &o->env, "--env" },
		{ x->inputs, &o->input_files, &o->inputs, "--input" },
		{ x->local_repositories, NULL, &o->local_repositories, "--local-repository" },
		{ x->stubs, NULL, &o->stubs, "--stub" },
	};
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		if (lists[i].files && pairs_add_files(lists[i].into, a, s->project.dir, lists[i].files, err) < 0)
			return -1;
		if (pairs_add(lists[i].into, a, lists[i].given, lists[i].option, err) < 0)
			return -1;
	}
	struct sidestep_strings asked = o->inputs;
	size_t configured = MIN(o->configured_inputs, asked.n);
	if (configured)
		asked = (struct sidestep_strings) { asked.v + configured, asked.n - configured };
	s->asked_inputs = val_object(a);
	if (pairs_add(s->asked_inputs, a, &asked, "--input", err) < 0)
		return -1;
	struct val token = val_at(x->secrets, "GITHUB_TOKEN");
	x->token = token.kind == VAL_STRING ? token.s : STR_EMPTY;
	if (token.kind != VAL_STRING)
		val_set_str(a, x->secrets, "GITHUB_TOKEN", STR_EMPTY);
	return 0;
}

static bool is_true(struct val v)
{
	return v.kind == VAL_STRING && str_is_nocase(v.s, "true");
}

static int read_platforms(struct sidestep_session *s, struct err *err)
{
	const struct sidestep_strings *list = &s->opt.platforms;
	struct platform_rule *rules = arena_array(&s->arena, struct platform_rule, list->n + 1);
	for (size_t i = 0; i < list->n; i++) {
		struct str rule = str_of(list->v[i]);
		size_t eq = str_find_c(rule, '=', 0);
		struct str target = eq == SIZE_MAX ? STR_EMPTY : str_from(rule, eq + 1);
		bool known = str_is(target, "host") || str_is(target, "skip") || str_starts(target, STR("docker://"));
		if (eq == SIZE_MAX || eq == 0 || !known)
			return err_set(err, ERR_USAGE, "-P %s: LABEL=host, LABEL=docker://IMAGE or LABEL=skip was expected",
			               list->v[i]);
		rules[i] = (struct platform_rule) { str_to(rule, eq), target };
	}
	s->exec.platforms = rules;
	s->exec.nplatforms = list->n;
	return 0;
}

int session_read_options(struct sidestep_session *s, struct err *err)
{
	const struct sidestep_run_options *o = &s->opt;
	struct exec_options *x = &s->exec;
	if (read_values(s, err) < 0 || read_platforms(s, err) < 0)
		return -1;
	for (size_t i = 0; i < o->matrix.n; i++)
		if (!strchr(o->matrix.v[i], ':'))
			return err_set(err, ERR_USAGE, "--matrix %s: KEY:VALUE was expected", o->matrix.v[i]);
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	x->max_parallel = o->max_parallel > 0 ? (unsigned)o->max_parallel : cpus > 2 ? (unsigned)cpus : 2;
	x->max_background = o->max_background > 0 ? (unsigned)o->max_background : 10;
	x->sequential = o->sequential;
	x->strict_platforms = o->strict_platforms;
	x->machine = machine_label(&s->arena);
	x->dry_run = o->dry_run;
	x->in_place = o->in_place;
	x->keep = o->keep;
	x->step_debug = o->step_debug || is_true(val_at(x->secrets, "ACTIONS_STEP_DEBUG")) ||
	                is_true(val_at(x->vars, "ACTIONS_STEP_DEBUG"));
	x->timeout_ns = o->timeout_minutes > 0 ? (uint64_t)o->timeout_minutes * 60 * UINT64_C(1000000000) : 0;
	x->source_dir = s->project.root;
	x->matrix_filters = strings(&s->arena, &o->matrix);
	x->nmatrix_filters = o->matrix.n;
	x->environ = environ;
	if (o->self) {
		x->self = str_of(o->self);
	} else {
		char self[PATH_MAX];
		ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
		x->self = n > 0 ? arena_str(&s->arena, str_n(self, (size_t)n)) : STR("/proc/self/exe");
	}
	return 0;
}
