/* Filling struct expr_error with the official texts. */
#ifndef SIDESTEP_EXPR_ERROR_H
#define SIDESTEP_EXPR_ERROR_H

#include "expr/expr.h"

/* A parse error at a token (a part of text), with its position in UTF-16 units. Returns -1. */
int error_at_token(struct expr_error *error, struct arena *a, struct str text, struct str token, const char *what);
/* An error whose message says it all. Returns -1. */
int error_plain(struct expr_error *error, struct str message, bool evaluation);

#endif
