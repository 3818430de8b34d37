/* The schema-driven reader: a YAML tree is checked against the tables made from schemas/ and becomes a tree of
 * template tokens. Every structural error is reported, with GitHub's wording, in the order of the file. */
#ifndef SIDESTEP_MODEL_SCHEMA_H
#define SIDESTEP_MODEL_SCHEMA_H

#include "expr/template.h"
#include "source/diag.h"
#include "yaml/ytree.h"

/* SCHEMA_WORKFLOW_RELAXED: of `on` only workflow_call is looked into. */
enum schema_root { SCHEMA_WORKFLOW, SCHEMA_WORKFLOW_RELAXED, SCHEMA_ACTION };
struct schema_options {
	enum schema_root root;
	bool no_background; /* wait, wait-all, cancel and background are unknown */
};

/* The whole file as validated tokens; what did not fit is left out of it (unknown keys, values of the wrong
 * kind), so that converters see only what may be there. root NULL (an empty file) is reported, too; NULL is
 * returned when the root is no mapping. Expressions are parsed with the contexts of their place. `if` keys of
 * jobs and steps (and pre-if, post-if) stay as they are written, as TOKEN_STRING or TOKEN_EXPR with .raw the
 * whole text: their owner reads them with template_scan_condition and the scope of its place. Those of a workflow whose
 * ${{ }} do not parse are reported here and left out. What diags already holds about this file (from the YAML layer) is
 * moved to where a reader that goes through the file once would say it. */
struct token *schema_read(struct arena *a, const struct ynode *root, const struct source *src, enum schema_root kind,
                          struct diag_list *diags);
struct token *schema_read_as(struct arena *a, const struct ynode *root, const struct source *src,
                             const struct schema_options *options, struct diag_list *diags);

/* What a job's `if` and a step's `if` may name. */
const struct expr_scope *schema_job_condition_scope(void);
const struct expr_scope *schema_step_condition_scope(void);
/* The same in an action: of its own steps' `if`, and of pre-if and post-if. */
const struct expr_scope *schema_action_step_condition_scope(void);
const struct expr_scope *schema_hook_condition_scope(void);

#endif
