/* Where an expression is evaluated outside of any job: the repository, and what a run would be given. */
#ifndef SIDESTEP_API_EVAL_PLACE_H
#define SIDESTEP_API_EVAL_PLACE_H

#include <sidestep/workflow.h>

#include "expr/expr.h"

struct eval_place;

/* Reads the file of contexts; the repository is looked at when something asks for it. */
int eval_place_new(struct eval_place **out, const struct sidestep_eval_options *o, struct err *err);
/* NULL is fine. */
void eval_place_free(struct eval_place *p);
/* What may be named there. */
const struct expr_scope *eval_place_scope(const struct eval_place *p);
/* Where names come from. */
struct expr_env eval_place_env(struct eval_place *p);
/* What was in the way of an answer; .kind is ERR_NONE when nothing was. */
const struct err *eval_place_trouble(const struct eval_place *p);

#endif
