/* case, and the functions that ask the environment: status functions and hashFiles. */
#include "expr/functions.h"

int fn_case(struct eval *ev, const struct expr_node *call, struct result *out)
{
	const struct expr_node *n = call->first;
	while (n->next) {
		struct val predicate;
		if (eval_child(ev, n, &predicate) < 0)
			return -1;
		if (predicate.kind != VAL_BOOL)
			return eval_fail(ev, n, STR("case predicate must evaluate to a boolean value"));
		n = n->next;
		if (predicate.b)
			break;
		n = n->next;
	}
	return eval_child(ev, n, &out->v);
}

static int argument_texts(struct eval *ev, const struct expr_node *call, struct str **ret_texts)
{
	struct str *texts = arena_array(ev->a, struct str, call->n + 1);
	size_t i = 0;
	for (const struct expr_node *c = call->first; c; c = c->next)
		if (eval_child_str(ev, c, &texts[i++]) < 0)
			return -1;
	*ret_texts = texts;
	return 0;
}

int fn_hash_files(struct eval *ev, const struct expr_node *call, struct result *out)
{
	struct str *patterns, hash = STR_EMPTY;
	struct err err = ERR_INIT;
	if (argument_texts(ev, call, &patterns) < 0)
		return -1;
	if (!ev->env || !ev->env->hash_files)
		return eval_fail(ev, call, STR("hashFiles is not available here"));
	int rc = ev->env->hash_files(ev->env->cookie, ev->a, patterns, call->n, &hash, &err);
	if (rc > 0)
		return eval_unknown(ev, call);
	if (rc < 0)
		return eval_fail(ev, call, arena_str(ev->a, str_of(err.text)));
	out->v = val_str(hash);
	return 0;
}

/* Without somebody to ask, everything has gone well so far. */
static enum expr_status default_status(struct str name)
{
	return str_is(name, "success") || str_is(name, "always") ? EXPR_STATUS_YES : EXPR_STATUS_NO;
}

int fn_status(struct eval *ev, const struct expr_node *call, struct result *out)
{
	struct str *ids;
	struct str name = str_of(call->fn->name); /* already in lower case */
	if (argument_texts(ev, call, &ids) < 0)
		return -1;
	bool asked = ev->env && ev->env->status;
	enum expr_status answer = asked ? ev->env->status(ev->env->cookie, name, ids, call->n) : default_status(name);
	if (answer == EXPR_STATUS_UNKNOWN)
		return eval_unknown(ev, call);
	out->v = val_bool(answer == EXPR_STATUS_YES);
	return 0;
}
