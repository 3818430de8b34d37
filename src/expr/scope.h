/* Small questions about a scope that several files ask. */
#ifndef SIDESTEP_EXPR_SCOPE_H
#define SIDESTEP_EXPR_SCOPE_H

#include "expr/expr.h"

/* Whether expressions are forbidden altogether. */
bool scope_is_empty(const struct expr_scope *scope);

#endif
