/* The schema-driven reader: a YAML tree is checked against the tables made from schemas/ and becomes a tree of
 * template tokens. Every structural error is reported, with GitHub's wording, in the order of the file. */
#ifndef SIDESTEP_MODEL_SCHEMA_H
#define SIDESTEP_MODEL_SCHEMA_H

#include "expr/template.h"
#include "source/diag.h"
#include "yaml/ytree.h"

enum schema_root { SCHEMA_WORKFLOW, SCHEMA_ACTION };

/* The whole file as validated tokens; what did not fit is left out of it (unknown keys, values of the wrong
 * kind), so that converters see only what may be there. root NULL (an empty file) is reported, too; NULL is
 * returned when the root is no mapping. Expressions are parsed with the contexts of their place. `if` keys of
 * jobs and steps (and pre-if, post-if) stay as they are written, as TOKEN_STRING or TOKEN_EXPR with .raw the
 * whole text: their owner reads them with template_scan_condition and schema_condition_scope. */
struct token *schema_read(struct arena *a, const struct ynode *root, const struct source *src, enum schema_root kind,
                          struct diag_list *diags);

/* What a job's `if` and a step's `if` may name. */
const struct expr_scope *schema_job_condition_scope(void);
const struct expr_scope *schema_step_condition_scope(void);

#endif
