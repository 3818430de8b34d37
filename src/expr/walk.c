/* Questions about a parsed expression that need no evaluation. */
#include "expr/tree.h"

bool expr_calls_status(const struct expr *e)
{
	return e && e->calls_status;
}

struct str expr_text(const struct expr *e)
{
	return e ? e->text : STR_EMPTY;
}

bool expr_is_literal(const struct expr *e, struct val *out)
{
	if (!e || e->root->kind != NODE_LITERAL)
		return false;
	*out = e->root->value;
	return true;
}

struct walk {
	expr_ref_fn fn;
	void *cookie;
};

/* The name of a literal index, or "*". */
static struct str segment(const struct node *index)
{
	if (index->kind != NODE_LITERAL)
		return STR("*");
	return index->value.kind == VAL_STRING ? index->value.s : index->raw;
}

static void walk_node(const struct walk *w, const struct node *n);

/* A chain of index operations: one reference when it starts at a context; computed indices are walked. */
static void walk_chain(const struct walk *w, const struct node *n)
{
	struct str path[EXPR_MAX_DEPTH];
	size_t at = ARRAY_LEN(path);
	for (; n->kind == NODE_INDEX; n = n->first) {
		path[--at] = segment(n->last);
		walk_node(w, n->last);
	}
	if (n->kind == NODE_NAME) {
		path[--at] = n->name;
		w->fn(w->cookie, path + at, ARRAY_LEN(path) - at);
	} else {
		walk_node(w, n);
	}
}

static void walk_node(const struct walk *w, const struct node *n)
{
	if (n->kind == NODE_INDEX || n->kind == NODE_NAME) {
		walk_chain(w, n);
		return;
	}
	for (const struct node *c = n->first; c; c = c->next)
		walk_node(w, c);
}

void expr_references(const struct expr *e, expr_ref_fn fn, void *cookie)
{
	if (e)
		walk_node(&(struct walk) { fn, cookie }, e->root);
}
