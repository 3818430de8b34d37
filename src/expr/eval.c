/* Evaluation: walks the tree, which is at most 50 levels deep, and never changes it. */
#include "expr/eval.h"

#include "expr/error.h"
#include "expr/functions.h"

int eval_fail(struct eval *ev, const struct expr_node *n, struct str message)
{
	error_plain(ev->error, message, true);
	ev->error->at = (size_t)(n->raw.p - ev->expr->text.p);
	ev->error->len = n->raw.n;
	return -1;
}

int eval_unknown(struct eval *ev, const struct expr_node *n)
{
	size_t size = n->to > n->from ? n->to - n->from : n->raw.n;
	const char *from = n->to > n->from ? ev->expr->text.p + n->from : n->raw.p;
	error_plain(ev->error, arena_str(ev->a, str_n(from, size)), true);
	ev->error->unknown = true;
	return -1;
}

bool eval_is_unknown(const struct eval *ev)
{
	return ev->env && ev->env->unknowns && ev->error->unknown;
}

static int eval_name(struct eval *ev, const struct expr_node *n, struct result *out)
{
	out->v = ev->env && ev->env->context ? ev->env->context(ev->env->cookie, n->name) : val_null();
	out->stored = true;
	return 0;
}

static int eval_not(struct eval *ev, const struct expr_node *n, struct result *out)
{
	struct val v;
	if (eval_child(ev, n->first, &v) < 0)
		return -1;
	out->v = val_bool(!val_truthy(v));
	return 0;
}

/* The first operand that decides, or the last one, unconverted. */
static int eval_logical(struct eval *ev, const struct expr_node *n, struct result *out)
{
	bool until = n->kind == EXPR_OR, unknown = false;
	struct expr_error first;
	for (const struct expr_node *c = n->first; c; c = c->next) {
		if (eval_child(ev, c, &out->v) < 0) {
			if (!ev->truth || !eval_is_unknown(ev))
				return -1;
			first = unknown ? first : *ev->error;
			unknown = true;
			*ev->error = (struct expr_error) { 0 };
		} else if (val_truthy(out->v) == until) {
			return 0;
		}
	}
	if (unknown)
		*ev->error = first;
	return unknown ? -1 : 0;
}

static bool compare(enum expr_kind op, struct val a, struct val b)
{
	switch (op) {
	case EXPR_EQ:
		return val_equal(a, b);
	case EXPR_NE:
		return !val_equal(a, b);
	case EXPR_LT:
		return val_less(a, b);
	case EXPR_LE:
		return val_equal(a, b) || val_less(a, b);
	case EXPR_GT:
		return val_less(b, a);
	default:
		return val_equal(a, b) || val_less(b, a);
	}
}

static int eval_comparison(struct eval *ev, const struct expr_node *n, struct result *out)
{
	struct val a, b;
	if (eval_child(ev, n->first, &a) < 0 || eval_child(ev, n->last, &b) < 0)
		return -1;
	out->v = val_bool(compare(n->kind, a, b));
	return 0;
}

/* Functions look at all of what they are given. */
static int eval_call(struct eval *ev, const struct expr_node *n, struct result *out)
{
	bool was = ev->whole;
	ev->whole = true;
	int rc = n->fn->eval(ev, n, out);
	ev->whole = was;
	return rc;
}

static int eval_kind(struct eval *ev, const struct expr_node *n, struct result *out)
{
	switch (n->kind) {
	case EXPR_LITERAL:
		out->v = n->value;
		return 0;
	case EXPR_WILDCARD: /* beside an operator it is just this text */
		out->v = val_cstr("*");
		return 0;
	case EXPR_NAME:
		return eval_name(ev, n, out);
	case EXPR_CALL:
		return eval_call(ev, n, out);
	case EXPR_INDEX:
		return eval_index(ev, n, out);
	case EXPR_NOT:
		return eval_not(ev, n, out);
	case EXPR_AND:
	case EXPR_OR:
		return eval_logical(ev, n, out);
	default:
		return eval_comparison(ev, n, out);
	}
}

static int eval_node(struct eval *ev, const struct expr_node *n, struct val *out)
{
	struct result r = { .v = val_null() };
	bool truth = ev->truth, logical = n->kind == EXPR_AND || n->kind == EXPR_OR || n->kind == EXPR_NOT;
	ev->truth &= logical;
	int rc = eval_kind(ev, n, &r);
	ev->truth = truth;
	if (rc < 0 || memory_charge(ev, &r) < 0)
		return -1;
	if (ev->env && ev->env->unknowns && (ev->whole ? val_has_unknown(r.v) : r.v.kind == VAL_UNKNOWN))
		return eval_unknown(ev, n);
	*out = r.v;
	return 0;
}

int eval_child(struct eval *ev, const struct expr_node *child, struct val *out)
{
	ev->level++;
	int r = eval_node(ev, child, out);
	ev->level--;
	return r;
}

int eval_child_str(struct eval *ev, const struct expr_node *child, struct str *out)
{
	struct val v;
	if (eval_child(ev, child, &v) < 0)
		return -1;
	*out = val_to_str(ev->a, v);
	return 0;
}

int expr_eval(struct val *out, const struct expr *e, struct arena *a, const struct expr_env *env, struct expr_error *error)
{
	if (!e) {
		*out = val_null();
		return 0;
	}
	struct eval ev = { .expr = e, .a = a, .env = env, .error = error };
	ev.max = env && env->max_memory ? env->max_memory : DEFAULT_MAX_MEMORY;
	ev.whole = true;
	return eval_node(&ev, e->root, out);
}

int expr_holds(bool *out, const struct expr *e, struct arena *a, const struct expr_env *env, struct expr_error *error)
{
	struct eval ev = { .expr = e, .a = a, .env = env, .error = error, .truth = true };
	struct val v = val_null();
	ev.max = env && env->max_memory ? env->max_memory : DEFAULT_MAX_MEMORY;
	if (e && eval_node(&ev, e->root, &v) < 0)
		return -1;
	*out = val_truthy(v);
	return 0;
}
