/* Building blocks of the tree; see tree.h. */
#include "expr/tree.h"

struct node *tree_node(struct arena *a, enum node_kind kind, struct str raw)
{
	struct node *n = arena_make(a, struct node);
	n->kind = kind;
	n->height = 1;
	n->raw = raw;
	return n;
}

static void link_children(struct node *parent, struct node *first, struct node *last, unsigned n)
{
	if (parent->last)
		parent->last->next = first;
	else
		parent->first = first;
	parent->last = last;
	parent->n += n;
}

void tree_add(struct node *parent, struct node *child)
{
	link_children(parent, child, child, 1);
	parent->height = MAX(parent->height, child->height + 1);
}

/* Adds the operand, or its operands when it is a chain of the same operator. */
static void add_operand(struct node *chain, struct node *operand)
{
	if (operand->kind != chain->kind) {
		tree_add(chain, operand);
		return;
	}
	link_children(chain, operand->first, operand->last, operand->n);
	chain->height = MAX(chain->height, operand->height);
}

struct node *tree_binary(struct arena *a, enum node_kind kind, struct str raw, struct node *left, struct node *right)
{
	struct node *n = tree_node(a, kind, raw);
	if (kind == NODE_AND || kind == NODE_OR) {
		add_operand(n, left);
		add_operand(n, right);
	} else {
		tree_add(n, left);
		tree_add(n, right);
	}
	return n;
}

struct node *tree_index(struct arena *a, struct str raw, struct node *object, struct node *index)
{
	struct node *n = tree_node(a, NODE_INDEX, raw);
	tree_add(n, object);
	tree_add(n, index);
	return n;
}

const char *tree_operator(enum node_kind kind)
{
	static const char *const text[] = {
		[NODE_NOT] = "!", [NODE_EQ] = "==", [NODE_NE] = "!=",  [NODE_LT] = "<",  [NODE_LE] = "<=",
		[NODE_GT] = ">",  [NODE_GE] = ">=", [NODE_AND] = "&&", [NODE_OR] = "||",
	};
	return text[kind];
}
