/* Walking parsed expressions: hooks by kind of node, the paths through contexts, and where all of it stands in the file. */
#ifndef SIDESTEP_EXPR_VISIT_H
#define SIDESTEP_EXPR_VISIT_H

#include "expr/template.h"
#include "expr/tree.h"
#include "source/scalar.h"

/* How a walk goes on after a node was entered. */
enum expr_walk {
	EXPR_WALK_ON,
	EXPR_WALK_OVER, /* not below this node; it is still left */
	EXPR_WALK_END   /* nothing more is entered; what is open is not left */
};

/* What is called for nodes of one kind; parent is NULL for the root. Either may be NULL. */
struct expr_hooks {
	enum expr_walk (*enter)(void *cookie, const struct expr_node *n, const struct expr_node *parent);
	void (*leave)(void *cookie, const struct expr_node *n, const struct expr_node *parent);
};

/* Hooks by kind; a kind without any is walked through. */
struct expr_visitor {
	struct expr_hooks on[EXPR_KINDS];
};

/* Walks the tree in the order of the text, parents around their children. e may be NULL. False: a hook has ended it. */
bool expr_visit(const struct expr *e, const struct expr_visitor *v, void *cookie);

/* A path through a context: `steps.build.outputs.v` */
struct expr_ref {
	const struct str *path;               /* the context in lower case, then names; "*" for what is computed or a wildcard */
	const struct expr_node *const *nodes; /* what gives each name: the context, then the indices */
	size_t n;
	const struct expr_node *node; /* the whole path */
};

/* Calls fn for every path, the longest ones only: of `a.b.c` once, and of what stands inside of its indices before. */
typedef void (*expr_ref_fn)(void *cookie, const struct expr_ref *ref);
void expr_references(const struct expr *e, expr_ref_fn fn, void *cookie);

/* Where the parts of an expression stand in the file. */
struct expr_places {
	struct scalar_map scalar;
	const struct expr *expr;
};

/* For the expression of a token: its own, or the condition that was made of its text. */
void expr_places(struct expr_places *out, struct arena *a, const struct source *src, const struct token *t, const struct expr *e);
/* A node's place, with the parentheses around it; of the whole scalar for what is not written there: the format() of a text
 * with several ${{ }}, an implicit success(). */
struct span expr_span(const struct expr_places *p, const struct expr_node *n);

#endif
