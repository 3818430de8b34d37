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
	s->given_secrets = token.kind == VAL_STRING ? x->secrets : val_object_copy(a, x->secrets);
	if (token.kind != VAL_STRING)
		val_set_str(a, x->secrets, "GITHUB_TOKEN", STR_EMPTY);
	return 0;
}

static bool is_true(struct val v)
{
	return v.kind == VAL_STRING && str_is_nocase(v.s, "true");
}

/* A secret goes before a variable. */
static bool asks_for_debug(const struct exec_options *x)
{
	struct val v;
	return val_get(x->secrets, STR("ACTIONS_STEP_DEBUG"), &v) ? is_true(v) : is_true(val_at(x->vars, "ACTIONS_STEP_DEBUG"));
}

/* act takes what stands behind LABEL= for an image, unless it is -self-hosted. A slip of the pen is none. */
static bool is_image(struct str target)
{
	static const char *const words[] = { "host", "skip", "-self-hosted" };
	bool named = target.n && target.p[0] != '-' && str_find_c(target, ' ', 0) == SIZE_MAX;
	return named && !str_nearest(target, words, ARRAY_LEN(words));
}

/* Adds a rule. Of an image of act nothing comes: the label is served as without it, so that act's own habits do no harm. */
static int add_platform(struct sidestep_session *s, struct platform_rule *rules, struct str rule, struct err *err)
{
	size_t eq = str_find_c(rule, '=', 0);
	struct str target = eq == SIZE_MAX ? STR_EMPTY : str_from(rule, eq + 1);
	bool known = str_is(target, "host") || str_is(target, "skip") || str_starts(target, STR("docker://"));
	if (str_is(target, "-self-hosted"))
		target = STR("host");
	else if (!known && eq != SIZE_MAX && is_image(target)) {
		*vec_add(&s->arena, &s->images) = rule;
		return 0;
	} else if (eq == SIZE_MAX || eq == 0 || !known)
		return err_set(err, ERR_USAGE, "-P %.*s: LABEL=host, LABEL=docker://IMAGE or LABEL=skip was expected",
		               STRF(rule));
	rules[s->exec.nplatforms++] = (struct platform_rule) { str_to(rule, eq), target };
	return 0;
}

static int read_platforms(struct sidestep_session *s, struct err *err)
{
	const struct sidestep_strings *list = &s->opt.platforms;
	struct platform_rule *rules = arena_array(&s->arena, struct platform_rule, list->n + 1);
	s->exec.platforms = rules;
	for (size_t i = 0; i < list->n; i++)
		if (add_platform(s, rules, str_of(list->v[i]), err) < 0)
			return -1;
	return 0;
}

void session_say_options(const struct sidestep_session *s, struct buf *messages)
{
	if (s->images.n == 0)
		return;
	buf_addf(messages, "sidestep: note: no images are used (-P %.*s", STRF(s->images.v[0]));
	if (s->images.n > 1)
		buf_addf(messages, " and %zu more", s->images.n - 1);
	buf_adds(messages, "): ubuntu-... jobs run on this machine, others where -P LABEL=host says so\n");
}

/* act takes the server's name in front of OWNER/REPO, too: "https://github.com/o/r@v1". It says nothing here. */
static void forget_servers(struct arena *a, struct val *repositories)
{
	struct val out = val_object(a);
	for (size_t i = 0; i < repositories->o->n; i++) {
		struct str key = repositories->o->keys[i];
		size_t scheme = str_find(key, STR("://"), 0);
		size_t slash = scheme == SIZE_MAX ? SIZE_MAX : str_find_c(key, '/', scheme + 3);
		val_set(a, out, slash == SIZE_MAX ? key : str_from(key, slash + 1), val_at(*repositories, arena_cstr(a, key)));
	}
	*repositories = out;
}

int session_read_options(struct sidestep_session *s, struct err *err)
{
	const struct sidestep_run_options *o = &s->opt;
	struct exec_options *x = &s->exec;
	if (read_values(s, err) < 0 || read_platforms(s, err) < 0)
		return -1;
	forget_servers(&s->arena, &x->local_repositories);
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
	x->offline = o->offline;
	x->real_checkout = o->real_checkout;
	x->step_debug = o->step_debug || asks_for_debug(x);
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
