/* The entry of the schema reader, scopes, and the walk over values: a tree against the tables, see schema.h.
 * The rules are those of GitHub's template reader: scalars are tried as they are, then as text; expressions
 * may stand for any value where a context is available; one error does not hide the next. */
#include "schema_tables.h"

#include "base/vec.h"
#include "model/schema_reader.h"
#include "value/val.h"

static const char *const context_names[SCHEMA_CONTEXTS] = {
	"github", "inputs", "vars", "needs", "strategy", "matrix", "secrets", "steps", "job", "runner", "env", "jobs",
};

struct schema_place schema_below(struct schema_place outer, const struct schema_def *def)
{
	return (struct schema_place) { def, outer.contexts | def->contexts, outer.fns | def->fns };
}

static struct schema_scope *make_scope(struct arena *a, struct schema_place p)
{
	struct schema_scope *s = arena_make(a, struct schema_scope);
	const char **names = arena_array(a, const char *, SCHEMA_CONTEXTS);
	s->contexts = p.contexts;
	s->fns = p.fns;
	s->scope = (struct expr_scope) { .contexts = names, .fns = p.fns };
	for (unsigned i = 0; i < SCHEMA_CONTEXTS; i++)
		if (p.contexts & (1u << i))
			names[s->scope.ncontexts++] = context_names[i];
	return s;
}

const struct expr_scope *schema_scope(struct schema_reader *r, struct schema_place p)
{
	if (!schema_takes_expressions(p))
		return NULL;
	for (size_t i = 0; i < r->nscopes; i++)
		if (r->scopes[i]->contexts == p.contexts && r->scopes[i]->fns == p.fns)
			return &r->scopes[i]->scope;
	struct schema_scope *s = make_scope(r->a, p);
	if (r->nscopes < ARRAY_LEN(r->scopes))
		r->scopes[r->nscopes++] = s;
	return &s->scope;
}

const struct expr_scope *schema_job_condition_scope(void)
{
	static const char *const names[] = { "github", "inputs", "vars", "needs" };
	static const struct expr_scope scope = { .contexts = names, .ncontexts = ARRAY_LEN(names), .fns = EXPR_FN_STATUS_IDS };
	return &scope;
}

const struct expr_scope *schema_step_condition_scope(void)
{
	static const char *const names[] = {
		"github", "inputs", "vars", "needs", "strategy", "matrix", "steps", "job", "runner", "env",
	};
	static const struct expr_scope scope = {
		.contexts = names,
		.ncontexts = ARRAY_LEN(names),
		.fns = EXPR_FN_STATUS | EXPR_FN_HASHFILES,
	};
	return &scope;
}

const struct expr_scope *schema_action_step_condition_scope(void)
{
	static const char *const names[] = { "github", "inputs", "strategy", "matrix", "steps", "job", "runner", "env" };
	static const struct expr_scope scope = {
		.contexts = names,
		.ncontexts = ARRAY_LEN(names),
		.fns = EXPR_FN_STATUS | EXPR_FN_HASHFILES,
	};
	return &scope;
}

const struct expr_scope *schema_hook_condition_scope(void)
{
	static const char *const names[] = { "runner", "github", "job", "strategy", "matrix", "env", "inputs" };
	static const struct expr_scope scope = {
		.contexts = names,
		.ncontexts = ARRAY_LEN(names),
		.fns = EXPR_FN_STATUS | EXPR_FN_HASHFILES,
	};
	return &scope;
}

struct token *schema_token(struct schema_reader *r, enum token_kind kind, const struct ynode *n)
{
	struct token *t = arena_make(r->a, struct token);
	t->kind = kind;
	t->style = ynode_scalar_style(n);
	t->at = n->at;
	t->raw = n->kind == YNODE_SEQ || n->kind == YNODE_MAP ? STR_EMPTY : n->text;
	return t;
}

/* ---- the messages of the YAML layer ---- */

/* Stable: equal places keep their order. */
static void sort_by_place(struct diag *v, size_t n, struct diag *scratch)
{
	if (n < 2)
		return;
	size_t half = n / 2, left = 0, right = half;
	sort_by_place(v, half, scratch);
	sort_by_place(v + half, n - half, scratch);
	for (size_t i = 0; i < n; i++)
		scratch[i] = right == n || (left < half && v[left].at.from <= v[right].at.from) ? v[left++] : v[right++];
	memcpy(v, scratch, n * sizeof(*v));
}

/* Takes the messages about this file out of the list; they come back one by one. */
static void take_pending(struct schema_reader *r)
{
	struct diag_list *l = r->diags;
	while (r->npending < l->n && l->v[l->n - r->npending - 1].at.file == r->src->id)
		r->npending++;
	if (r->npending == 0)
		return;
	r->pending = arena_array(r->a, struct diag, r->npending);
	l->n -= r->npending;
	memcpy(r->pending, l->v + l->n, r->npending * sizeof(*r->pending));
	sort_by_place(r->pending, r->npending, arena_array(r->a, struct diag, r->npending));
}

void schema_catch_up(struct schema_reader *r, uint32_t offset)
{
	while (r->nshown < r->npending && r->pending[r->nshown].at.from < offset)
		*vec_add(r->diags->arena, r->diags) = r->pending[r->nshown++];
}

/* ---- values ---- */

static struct token *sequence(struct schema_reader *r, const struct ynode *n, struct schema_place p)
{
	struct token *t = schema_token(r, TOKEN_SEQUENCE, n);
	struct schema_place item = schema_below(p, p.def->item);
	t->seq.items = arena_array(r->a, struct token *, n->seq.n + 1);
	for (size_t i = 0; i < n->seq.n; i++) {
		schema_catch_up(r, n->seq.items[i]->at.from);
		struct token *value = schema_value(r, n->seq.items[i], item);
		if (value)
			t->seq.items[t->seq.n++] = value;
	}
	return t;
}

/* The place where the YAML layer gave up: nothing is known about the value. */
static bool is_cut_off(const struct ynode *n)
{
	return (n->kind == YNODE_SEQ || n->kind == YNODE_MAP) && n->events == 0 &&
	       (n->kind == YNODE_SEQ ? n->seq.n : n->map.n) == 0;
}

static struct token *any_value(struct schema_reader *r, const struct ynode *n, struct schema_place p)
{
	if (is_cut_off(n))
		return NULL;
	if (n->kind == YNODE_SEQ && p.def->item)
		return sequence(r, n, p);
	if (n->kind == YNODE_MAP && p.def->nmaps)
		return schema_mapping(r, n, p);
	if (n->kind != YNODE_SEQ && n->kind != YNODE_MAP)
		return schema_scalar(r, n, p);
	schema_bad_kind(r, n, p);
	return NULL;
}

/* The tree's own limit is far below this one: it only keeps a tree from elsewhere from exhausting the stack. */
struct token *schema_value(struct schema_reader *r, const struct ynode *n, struct schema_place p)
{
	if (r->depth >= SCHEMA_DEPTH_MAX) {
		diag_add(r->diags, RULE_YAML_SIZE_LIMITS, n->at, "Maximum object depth exceeded");
		return NULL;
	}
	r->depth++;
	struct token *t = any_value(r, n, p);
	r->depth--;
	return t;
}

static void report_empty(struct schema_reader *r, struct span at, enum schema_root kind)
{
	struct diag *d = diag_add(r->diags, RULE_YAML_EMPTY_FILE, at, "The file is empty");
	diag_help(r->diags, d,
	          kind != SCHEMA_ACTION ? "a workflow has at least the keys on and jobs"
	                                : "an action has at least the keys name, description and runs");
}

static const struct schema_def *root_def(enum schema_root root)
{
	return root == SCHEMA_ACTION             ? schema_def_action
	       : root == SCHEMA_WORKFLOW_RELAXED ? schema_def_workflow_relaxed
	                                         : schema_def_workflow;
}

struct token *schema_read_as(struct arena *a, const struct ynode *root, const struct source *src,
                             const struct schema_options *options, struct diag_list *diags)
{
	struct schema_reader r = { .a = a, .src = src, .diags = diags, .options = *options };
	struct schema_place nowhere = { 0 };
	if (!root || (root->kind == YNODE_NULL && root->text.n == 0)) {
		report_empty(&r, (struct span) { src->id, 0, 0 }, options->root);
		return NULL;
	}
	take_pending(&r);
	struct token *t = schema_value(&r, root, schema_below(nowhere, root_def(options->root)));
	schema_catch_up(&r, UINT32_MAX);
	return t && t->kind == TOKEN_MAPPING ? t : NULL;
}

struct token *schema_read(struct arena *a, const struct ynode *root, const struct source *src, enum schema_root kind,
                          struct diag_list *diags)
{
	return schema_read_as(a, root, src, &(struct schema_options) { .root = kind }, diags);
}
