/* The expression tree, and how it is put together. Children are linked lists, so that chains of && and
 * of || can be flattened in constant time. After parsing nothing here changes; visit.h walks it. */
#ifndef SIDESTEP_EXPR_TREE_H
#define SIDESTEP_EXPR_TREE_H

#include "expr/expr.h"

enum expr_kind {
	EXPR_LITERAL,
	EXPR_NAME,     /* a context */
	EXPR_WILDCARD, /* the * of x.* */
	EXPR_CALL,
	EXPR_INDEX, /* object, index; x.name is x['name'] */
	EXPR_NOT,
	EXPR_EQ,
	EXPR_NE,
	EXPR_LT,
	EXPR_LE,
	EXPR_GT,
	EXPR_GE,
	EXPR_AND, /* any number of operands */
	EXPR_OR,
};
enum { EXPR_KINDS = EXPR_OR + 1 };

struct function;

struct expr_node {
	enum expr_kind kind : 8;
	unsigned height : 24;           /* 1 for a leaf */
	unsigned n;                     /* children */
	uint32_t from, to;              /* its bytes in the expression's text, with the parentheses around it */
	struct expr_node *first, *last; /* children */
	struct expr_node *next;         /* sibling */
	struct str raw;                 /* source of the token that made it */
	union {
		struct val value;          /* EXPR_LITERAL */
		struct str name;           /* EXPR_NAME: in lower case */
		const struct function *fn; /* EXPR_CALL */
	};
};

/* A part of the text that was taken from the scalar as it stands there; the rest (a format() around it, an implicit
 * success()) stands nowhere in the file. */
struct expr_piece {
	uint32_t at, len; /* in the expression's text */
	uint32_t value;   /* where it begins in the scalar's value */
};

struct expr {
	struct str text;
	const struct expr_node *root;
	const struct expr_piece *pieces; /* in order; none when it was not read from a scalar */
	uint32_t npieces;
	bool calls_status;
};

struct expr_node *tree_node(struct arena *a, enum expr_kind kind, struct str raw);
/* The node covers these bytes, too. */
void tree_cover(struct expr_node *n, uint32_t from, uint32_t to);
/* Appends a child, which the parent then covers. */
void tree_add(struct expr_node *parent, struct expr_node *child);
/* left op right; one n-ary node for chains of && or ||. */
struct expr_node *tree_binary(struct arena *a, enum expr_kind kind, struct str raw, struct expr_node *left,
                              struct expr_node *right);
struct expr_node *tree_index(struct arena *a, struct str raw, struct expr_node *object, struct expr_node *index);
/* The operator's spelling. */
const char *tree_operator(enum expr_kind kind);

/* Appends the canonical text: operators in parentheses, literals normalised. */
void canon_write(struct buf *out, const struct expr_node *n);

#endif
