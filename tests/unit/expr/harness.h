/* Evaluates expressions with contexts given as JSON; shared by the tests of this folder. */
#ifndef SIDESTEP_TESTS_EXPR_HARNESS_H
#define SIDESTEP_TESTS_EXPR_HARNESS_H

#include "expr/template.h"

/* Contexts by name, and a scope that allows exactly these. */
struct world {
	struct val contexts;
	struct expr_scope scope;
	struct expr_env env;
};

/* contexts_json "" or an object of contexts. The member "$status" sets what success(), … answer by the
 * job's status; "$fns" is the scope's set of functions. */
void world_init(struct world *w, struct arena *a, struct val contexts, unsigned fns);
struct val json_val(struct arena *a, const char *json);
/* Parse and evaluate; 0 or -1 with *error. */
int run_text(struct val *out, struct world *w, struct arena *a, struct str text, struct expr_error *error);
struct str compact(struct arena *a, struct val v);

#endif
