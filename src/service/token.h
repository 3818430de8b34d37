/* Tokens of jobs, as GitHub's clients read them: JSON web tokens. */
#ifndef SIDESTEP_SERVICE_TOKEN_H
#define SIDESTEP_SERVICE_TOKEN_H

#include "value/val.h"

/* A token with these claims. Its signature is a number that nobody can know: the helper compares tokens as a whole, so none is
 * ever computed or verified, and the program needs no cryptography for it. */
int token_make(struct str *out, struct arena *a, struct val claims, struct err *err);

#endif
