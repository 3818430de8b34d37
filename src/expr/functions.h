/* The table of functions and what a function may use of the evaluator. */
#ifndef SIDESTEP_EXPR_FUNCTIONS_H
#define SIDESTEP_EXPR_FUNCTIONS_H

#include "expr/eval.h"

/* Evaluates a call; returns -1 with the evaluation's error set. */
typedef int (*function_eval)(struct eval *ev, const struct expr_node *call, struct result *out);

struct function {
	const char *name; /* official spelling */
	unsigned min, max;
	unsigned set; /* enum expr_fn_set that brings it in; 0: always there */
	bool odd;     /* the number of parameters must be odd */
	function_eval eval;
};

enum { FUNCTION_MAX_PARAMETERS = 255 };

/* The function of that name (any case) when fns allows it, or NULL. */
const struct function *function_find(struct str name, unsigned fns);
bool function_is_status(const struct function *f);

int fn_contains(struct eval *ev, const struct expr_node *call, struct result *out);
int fn_starts_with(struct eval *ev, const struct expr_node *call, struct result *out);
int fn_ends_with(struct eval *ev, const struct expr_node *call, struct result *out);
int fn_join(struct eval *ev, const struct expr_node *call, struct result *out);
int fn_format(struct eval *ev, const struct expr_node *call, struct result *out);
int fn_to_json(struct eval *ev, const struct expr_node *call, struct result *out);
int fn_from_json(struct eval *ev, const struct expr_node *call, struct result *out);
int fn_case(struct eval *ev, const struct expr_node *call, struct result *out);
int fn_hash_files(struct eval *ev, const struct expr_node *call, struct result *out);
int fn_status(struct eval *ev, const struct expr_node *call, struct result *out);

#endif
