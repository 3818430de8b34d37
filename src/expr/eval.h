/* One evaluation in progress, and the services functions get from it. */
#ifndef SIDESTEP_EXPR_EVAL_H
#define SIDESTEP_EXPR_EVAL_H

#include "expr/tree.h"

struct eval {
	const struct expr *expr;
	struct arena *a;
	const struct expr_env *env;
	struct expr_error *error;
	bool whole;     /* what is evaluated is looked at as a whole: nothing in it may be unknown */
	bool truth;     /* only whether it is true counts */
	unsigned level; /* of the node being evaluated, from 0 */
	/* Memory accounting by the runner's cost model, see memory.c. */
	size_t max, total;
	unsigned deepest;
	size_t charged[EXPR_MAX_DEPTH];
};

/* What a node evaluated to. */
struct result {
	struct val v;
	bool stored;  /* read from a context or container, not made here */
	size_t bytes; /* cost when it is more than the value's own; 0: the usual cost */
};

/* Evaluates a child of the node being evaluated. */
int eval_child(struct eval *ev, const struct expr_node *child, struct val *out);
/* The same, as text of a primitive ("Array", "Object" for containers). */
int eval_child_str(struct eval *ev, const struct expr_node *child, struct str *out);
int eval_index(struct eval *ev, const struct expr_node *n, struct result *out);
/* Ends the evaluation with a message; returns -1. */
int eval_fail(struct eval *ev, const struct expr_node *n, struct str message);

/* Ends it since the node's value is not known yet; returns -1. */
int eval_unknown(struct eval *ev, const struct expr_node *n);
/* Whether an evaluation that has failed has done so for that. */
bool eval_is_unknown(const struct eval *ev);

/* A private counter over what one node gathers. */
struct counter {
	struct eval *ev;
	const struct expr_node *node;
	size_t bytes;
};

enum { COST_VALUE = 24, COST_STRING = 26, COST_REFERENCE = 8, DEFAULT_MAX_MEMORY = 10 << 20 };

/* Cost of a value without what a container holds. */
size_t memory_cost(struct val v);
size_t memory_string_cost(struct str s);
/* Cost with everything below. */
size_t memory_deep_cost(struct val v);
/* Charges a node's result at its level; -1 when that is too much. */
int memory_charge(struct eval *ev, const struct result *r);
/* Adds to a private counter; -1 when that is too much. */
int memory_count(struct counter *c, size_t bytes);
int memory_count_string(struct counter *c, struct str s);
int memory_exceeded(struct eval *ev, const struct expr_node *n);

#endif
