/* The walk over an expression's tree; see visit.h. Trees are at most EXPR_MAX_DEPTH high, so it may recurse. */
#include "expr/visit.h"

struct walk {
	const struct expr_visitor *visitor;
	void *cookie;
};

static bool visit_node(const struct walk *w, const struct expr_node *n, const struct expr_node *parent)
{
	const struct expr_hooks *hooks = &w->visitor->on[n->kind];
	enum expr_walk next = hooks->enter ? hooks->enter(w->cookie, n, parent) : EXPR_WALK_ON;
	if (next == EXPR_WALK_END)
		return false;
	for (const struct expr_node *c = next == EXPR_WALK_ON ? n->first : NULL; c; c = c->next)
		if (!visit_node(w, c, n))
			return false;
	if (hooks->leave)
		hooks->leave(w->cookie, n, parent);
	return true;
}

bool expr_visit(const struct expr *e, const struct expr_visitor *v, void *cookie)
{
	return !e || visit_node(&(struct walk) { v, cookie }, e->root, NULL);
}

/* ---- paths ---- */

struct collector {
	expr_ref_fn fn;
	void *cookie;
};

/* The name of a literal index, or "*". */
static struct str segment(const struct expr_node *index)
{
	if (index->kind != EXPR_LITERAL)
		return STR("*");
	return index->value.kind == VAL_STRING ? index->value.s : index->raw;
}

/* At the outermost node of a chain of indices that begins at a context. */
static void leave_path(void *cookie, const struct expr_node *n, const struct expr_node *parent)
{
	const struct collector *c = cookie;
	struct str path[EXPR_MAX_DEPTH];
	const struct expr_node *nodes[EXPR_MAX_DEPTH];
	size_t at = ARRAY_LEN(path);
	struct expr_ref ref = { .node = n };
	if (parent && parent->kind == EXPR_INDEX && parent->first == n)
		return; /* the middle of a longer one */
	for (; n->kind == EXPR_INDEX; n = n->first) {
		nodes[--at] = n->last;
		path[at] = segment(n->last);
	}
	if (n->kind != EXPR_NAME)
		return;
	nodes[--at] = n;
	path[at] = n->name;
	ref.path = path + at;
	ref.nodes = nodes + at;
	ref.n = ARRAY_LEN(path) - at;
	c->fn(c->cookie, &ref);
}

void expr_references(const struct expr *e, expr_ref_fn fn, void *cookie)
{
	static const struct expr_visitor visitor = {
		.on = { [EXPR_NAME] = { .leave = leave_path }, [EXPR_INDEX] = { .leave = leave_path } },
	};
	expr_visit(e, &visitor, &(struct collector) { fn, cookie });
}

/* ---- places ---- */

void expr_places(struct expr_places *out, struct arena *a, const struct source *src, const struct token *t, const struct expr *e)
{
	out->expr = e;
	scalar_map(&out->scalar, a, src, t->at, t->style, t->raw);
}

struct span expr_span(const struct expr_places *p, const struct expr_node *n)
{
	size_t from = SIZE_MAX, to = 0;
	for (size_t i = 0; i < p->expr->npieces; i++) {
		const struct expr_piece *piece = &p->expr->pieces[i];
		size_t begin = MAX(n->from, piece->at), end = MIN(n->to, piece->at + piece->len);
		if (begin >= end)
			continue;
		from = MIN(from, piece->value + (begin - piece->at));
		to = MAX(to, piece->value + (end - piece->at));
	}
	return from == SIZE_MAX ? p->scalar.at : scalar_span(&p->scalar, from, to);
}
