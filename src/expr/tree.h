/* The expression tree and how it is put together. Children are linked lists, so that chains of && and
 * of || can be flattened in constant time. After parsing nothing here changes. */
#ifndef SIDESTEP_EXPR_TREE_H
#define SIDESTEP_EXPR_TREE_H

#include "expr/expr.h"

enum node_kind {
	NODE_LITERAL,
	NODE_NAME,     /* a context */
	NODE_WILDCARD, /* the * of x.* */
	NODE_CALL,
	NODE_INDEX, /* object, index; x.name is x['name'] */
	NODE_NOT,
	NODE_EQ,
	NODE_NE,
	NODE_LT,
	NODE_LE,
	NODE_GT,
	NODE_GE,
	NODE_AND, /* any number of operands */
	NODE_OR,
};

struct function;

struct node {
	enum node_kind kind;
	unsigned height;           /* 1 for a leaf */
	unsigned n;                /* children */
	struct node *first, *last; /* children */
	struct node *next;         /* sibling */
	struct str raw;            /* source of the token that made it */
	union {
		struct val value;          /* NODE_LITERAL */
		struct str name;           /* NODE_NAME: in lower case */
		const struct function *fn; /* NODE_CALL */
	};
};

struct expr {
	struct str text;
	const struct node *root;
	bool calls_status;
};

struct node *tree_node(struct arena *a, enum node_kind kind, struct str raw);
/* Appends a child. */
void tree_add(struct node *parent, struct node *child);
/* left op right; one n-ary node for chains of && or ||. */
struct node *tree_binary(struct arena *a, enum node_kind kind, struct str raw, struct node *left, struct node *right);
struct node *tree_index(struct arena *a, struct str raw, struct node *object, struct node *index);
/* The operator's spelling. */
const char *tree_operator(enum node_kind kind);

/* Appends the canonical text: operators in parentheses, literals normalised. */
void canon_write(struct buf *out, const struct node *n);

#endif
