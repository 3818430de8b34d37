/* Secrets and variables that an expression of a planned job names, and that nothing gives; see not_given.h. Names that are
 * computed are not known here, and what an action asks for is its caller's to hand on. */
#include "api/not_given.h"

#include "base/clean.h"
#include "base/map.h"
#include "expr/visit.h"

/* Names of one context, each once, in the order in which the files have them. */
struct missing {
	struct val given;
	struct map seen; /* by upper case */
	VEC(struct str);
};

struct look {
	struct arena *a;
	struct missing secrets, vars;
	bool handed_on;          /* the secrets of this workflow are those of the session */
	const struct plan *plan; /* of its jobs only these count; NULL: all of them */
};

static void add_name(struct look *l, struct missing *m, struct str name)
{
	struct val ignored;
	struct str upper = arena_str(l->a, name);
	if (str_is(name, "*") || val_get(m->given, name, &ignored))
		return;
	for (size_t i = 0; i < upper.n; i++)
		((char *)(uintptr_t)upper.p)[i] =
			(char)(name.p[i] >= 'a' && name.p[i] <= 'z' ? name.p[i] - 'a' + 'A' : name.p[i]);
	if (map_has(&m->seen, upper))
		return;
	map_put(l->a, &m->seen, upper, l);
	*vec_add(l->a, m) = upper;
}

static void look_at_path(void *cookie, const struct expr_ref *ref)
{
	struct look *l = cookie;
	if (ref->n < 2)
		return;
	if (str_is(ref->path[0], "vars"))
		add_name(l, &l->vars, ref->path[1]);
	else if (str_is(ref->path[0], "secrets") && l->handed_on)
		add_name(l, &l->secrets, ref->path[1]);
}

static bool is_planned(const struct look *l, const struct job *j)
{
	for (size_t i = 0; l->plan && i < l->plan->n; i++)
		if (l->plan->jobs[i]->job == j)
			return true;
	return !l->plan;
}

static void look_at_token(void *cookie, const struct token *t)
{
	expr_references(t->expr, look_at_path, cookie);
}

/* Conditions may be expressions without braces, which the tokens do not have. */
static void look_at_conditions(struct look *l, struct step *const *steps, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		expr_references(steps[i]->condition, look_at_path, l);
		look_at_conditions(l, steps[i]->members, steps[i]->nmembers);
	}
}

static void look_at_workflow(struct look *l, const struct workflow *w, const struct plan *plan, bool handed_on, unsigned depth)
{
	struct look before = *l;
	l->plan = plan;
	l->handed_on = handed_on;
	for (size_t i = 0; i < w->root->map.n; i++)
		if (!str_is(w->root->map.pairs[i].key->raw, "jobs"))
			token_each_expr(w->root->map.pairs[i].value, look_at_token, l);
	for (size_t i = 0; i < w->njobs; i++) {
		const struct job *j = w->jobs[i];
		if (!is_planned(l, j))
			continue;
		token_each_expr(j->body, look_at_token, l);
		expr_references(j->condition, look_at_path, l);
		look_at_conditions(l, j->steps, j->nsteps);
		if (j->called && depth < 16)
			look_at_workflow(l, j->called, NULL, handed_on && j->secrets_inherit, depth + 1);
	}
	l->plan = before.plan;
	l->handed_on = before.handed_on;
}

static void add_names(struct buf *b, const struct missing *m, const char *what, const char *how, bool *any)
{
	if (m->n == 0)
		return;
	buf_addf(b, "%s%s%s ", *any ? "; " : "sidestep: note: used, but not given: ", what, m->n == 1 ? "" : "s");
	for (size_t i = 0; i < m->n; i++) {
		buf_adds(b, i ? ", " : "");
		clean_append(b, m->v[i]);
	}
	buf_addf(b, " (%s)", how);
	*any = true;
}

void session_say_not_given(struct sidestep_session *s, struct buf *messages)
{
	struct look l = { .a = &s->arena, .secrets = { .given = s->given_secrets }, .vars = { .given = s->exec.vars } };
	bool any = false;
	for (size_t i = 0; i < s->runs.n; i++)
		look_at_workflow(&l, s->runs.v[i]->plan->workflow, s->runs.v[i]->plan, true, 0);
	add_names(messages, &l.secrets, "secret", "-s NAME", &any);
	add_names(messages, &l.vars, "variable", "--var NAME=VALUE", &any);
	if (any)
		buf_addc(messages, '\n');
}
