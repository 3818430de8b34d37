/* What of an expression's text stands in the scalar; shared by the scans of templates and of conditions. */
#ifndef SIDESTEP_EXPR_PIECES_H
#define SIDESTEP_EXPR_PIECES_H

#include "expr/template.h"
#include "expr/tree.h"

/* n bytes were put in front of the scan's text. */
void template_shift(struct template_scan *out, size_t n);
/* The expression was parsed from the scan's text. */
void template_place(const struct template_scan *out, struct expr *e);

#endif
