/* Building blocks of the tree; see tree.h. */
#include "expr/tree.h"

struct expr_node *tree_node(struct arena *a, enum expr_kind kind, struct str raw)
{
	struct expr_node *n = arena_make(a, struct expr_node);
	n->kind = kind;
	n->height = 1;
	n->raw = raw;
	n->from = UINT32_MAX;
	return n;
}

static void link_children(struct expr_node *parent, struct expr_node *first, struct expr_node *last, unsigned n)
{
	if (parent->last)
		parent->last->next = first;
	else
		parent->first = first;
	parent->last = last;
	parent->n += n;
}

void tree_cover(struct expr_node *n, uint32_t from, uint32_t to)
{
	n->from = MIN(n->from, from);
	n->to = MAX(n->to, to);
}

void tree_add(struct expr_node *parent, struct expr_node *child)
{
	tree_cover(parent, child->from, child->to);
	link_children(parent, child, child, 1);
	parent->height = MAX(parent->height, child->height + 1);
}

/* Adds the operand, or its operands when it is a chain of the same operator. */
static void add_operand(struct expr_node *chain, struct expr_node *operand)
{
	if (operand->kind != chain->kind) {
		tree_add(chain, operand);
		return;
	}
	tree_cover(chain, operand->from, operand->to);
	link_children(chain, operand->first, operand->last, operand->n);
	chain->height = MAX(chain->height, operand->height);
}

struct expr_node *tree_binary(struct arena *a, enum expr_kind kind, struct str raw, struct expr_node *left,
                              struct expr_node *right)
{
	struct expr_node *n = tree_node(a, kind, raw);
	if (kind == EXPR_AND || kind == EXPR_OR) {
		add_operand(n, left);
		add_operand(n, right);
	} else {
		tree_add(n, left);
		tree_add(n, right);
	}
	return n;
}

struct expr_node *tree_index(struct arena *a, struct str raw, struct expr_node *object, struct expr_node *index)
{
	struct expr_node *n = tree_node(a, EXPR_INDEX, raw);
	tree_add(n, object);
	tree_add(n, index);
	return n;
}

const char *tree_operator(enum expr_kind kind)
{
	static const char *const text[] = {
		[EXPR_NOT] = "!", [EXPR_EQ] = "==", [EXPR_NE] = "!=",  [EXPR_LT] = "<",  [EXPR_LE] = "<=",
		[EXPR_GT] = ">",  [EXPR_GE] = ">=", [EXPR_AND] = "&&", [EXPR_OR] = "||",
	};
	return text[kind];
}

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
	if (!e || e->root->kind != EXPR_LITERAL)
		return false;
	*out = e->root->value;
	return true;
}
