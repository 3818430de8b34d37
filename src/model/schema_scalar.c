/* Scalars of the schema reader: literals typed by what their place takes, expressions parsed with the
 * contexts of their place. */
#include "model/internal.h"
#include "model/schema_reader.h"
#include "value/val.h"

struct str schema_scalar_text(struct schema_reader *r, const struct ynode *n)
{
	switch (n->kind) {
	case YNODE_BOOL:
		return n->b ? STR("true") : STR("false");
	case YNODE_NUMBER:
		return val_number_text(r->a, n->num);
	case YNODE_STRING:
		return n->text;
	default:
		return STR_EMPTY;
	}
}

static bool is_word(const struct schema_def *d, struct str s)
{
	for (size_t i = 0; i < d->nwords; i++)
		if (str_is(s, d->words[i]))
			return true;
	return false;
}

/* Whether a string (or what became one) fits. */
static bool fits_string(const struct schema_def *d, struct str s)
{
	if (d->scalars & SCHEMA_STRING)
		return true;
	return ((d->scalars & SCHEMA_NONEMPTY) && s.n > 0) || is_word(d, s);
}

static struct token *string_token(struct schema_reader *r, const struct ynode *n, struct str s)
{
	struct token *t = schema_token(r, TOKEN_STRING, n);
	t->s = s;
	return t;
}

/* The literal as its own kind, when the place takes that kind. */
static struct token *typed(struct schema_reader *r, const struct ynode *n, const struct schema_def *d)
{
	struct token *t = NULL;
	if (n->kind == YNODE_NULL && (d->scalars & SCHEMA_NULL)) {
		t = schema_token(r, TOKEN_NULL, n);
	} else if (n->kind == YNODE_BOOL && (d->scalars & SCHEMA_BOOL)) {
		t = schema_token(r, TOKEN_BOOL, n);
		t->b = n->b;
	} else if (n->kind == YNODE_NUMBER && (d->scalars & SCHEMA_NUMBER)) {
		t = schema_token(r, TOKEN_NUMBER, n);
		t->num = n->num;
	}
	return t;
}

static struct token *literal(struct schema_reader *r, const struct ynode *n, struct schema_place p)
{
	struct token *t = typed(r, n, p.def);
	if (t)
		return t;
	struct str s = schema_scalar_text(r, n);
	if (fits_string(p.def, s))
		return string_token(r, n, s);
	schema_bad_scalar(r, n, p);
	return NULL;
}

static bool holds_expression(const struct ynode *n)
{
	return n->kind == YNODE_STRING && str_find(n->text, STR("${{"), 0) != SIZE_MAX;
}

/* A workflow's `if`: what its braces hold is read with the other expressions of the file, what they mean later. */
static struct token *job_condition(struct schema_reader *r, const struct ynode *n, struct schema_place p)
{
	bool of_step = p.contexts & SCHEMA_CONTEXT_STEPS;
	const struct expr_scope *scope = of_step ? schema_step_condition_scope() : schema_job_condition_scope();
	struct token *t = string_token(r, n, schema_scalar_text(r, n));
	struct template_scan scan;
	t->raw = t->s;
	if (!holds_expression(n))
		return t;
	template_scan(&scan, r->a, t->s, scope);
	if (scan.result == TEMPLATE_ERROR) {
		condition_report(r->diags, n->at, scope, scan.error.text);
		return NULL;
	}
	if (scan.result == TEMPLATE_INSERT) {
		condition_report(r->diags, n->at, scope, STR("Unexpected value '${{ insert }}'"));
		return NULL;
	}
	t->s = scan.text;
	t->kind = scan.result == TEMPLATE_EXPR ? TOKEN_EXPR : TOKEN_STRING;
	t->expr = scan.expr;
	return t;
}

/* The text of an `if`: kept for its owner; parsed here only where nobody else will. */
static struct token *condition(struct schema_reader *r, const struct ynode *n, struct schema_place p)
{
	struct str s = schema_scalar_text(r, n);
	if (!(p.def->scalars & SCHEMA_CHECKED) && r->options.root != SCHEMA_ACTION)
		return job_condition(r, n, p);
	struct token *t = string_token(r, n, s);
	t->raw = s;
	if (!(p.def->scalars & SCHEMA_CHECKED))
		return t;
	struct template_scan scan;
	template_scan_condition(&scan, r->a, s, schema_scope(r, p));
	if (scan.result == TEMPLATE_ERROR) {
		schema_bad_expression(r, n, p, &scan.error);
		return NULL;
	}
	template_scan(&scan, r->a, s, schema_scope(r, p));
	t->kind = scan.result == TEMPLATE_EXPR ? TOKEN_EXPR : TOKEN_STRING;
	t->s = scan.text;
	t->expr = scan.expr;
	return t;
}

static struct token *expression_token(struct schema_reader *r, const struct ynode *n, const struct template_scan *scan)
{
	struct token *t = schema_token(r, TOKEN_EXPR, n);
	t->s = scan->text;
	t->expr = scan->expr;
	return t;
}

static void bad_insert(struct schema_reader *r, const struct ynode *n)
{
	struct diag *d = diag_add(r->diags, RULE_TEMPLATE_INSERT_MISUSE, n->at, "Unexpected value '${{ insert }}'");
	diag_help(r->diags, d, "insert is written as a key, with the mapping to merge as its value");
}

/* What did not parse stays a literal and must fit as one: strings do, the others get a second message. */
static struct token *unparsed(struct schema_reader *r, const struct ynode *n, struct schema_place p,
                              const struct expr_error *error)
{
	schema_bad_expression(r, n, p, error);
	if (!str_is(error->text, "A template expression is not allowed in this context") && !fits_string(p.def, n->text))
		schema_bad_scalar(r, n, p);
	return NULL;
}

static struct token *text(struct schema_reader *r, const struct ynode *n, struct schema_place p)
{
	struct template_scan scan;
	template_scan(&scan, r->a, n->text, schema_scope(r, p));
	switch (scan.result) {
	case TEMPLATE_EXPR:
		return expression_token(r, n, &scan);
	case TEMPLATE_INSERT:
		bad_insert(r, n);
		return NULL;
	case TEMPLATE_ERROR:
		return unparsed(r, n, p, &scan.error);
	default:
		break;
	}
	if (fits_string(p.def, scan.text))
		return string_token(r, n, scan.text);
	schema_bad_scalar(r, n, p);
	return NULL;
}

struct token *schema_scalar(struct schema_reader *r, const struct ynode *n, struct schema_place p)
{
	if (p.def->scalars & SCHEMA_CONDITION)
		return condition(r, n, p);
	return holds_expression(n) ? text(r, n, p) : literal(r, n, p);
}

/* ---- keys ---- */

static struct token *expression_key(struct schema_reader *r, const struct ynode *n, struct schema_place p)
{
	static const struct expr_error forbidden = { .text = { "A template expression is not allowed in this context", 52 } };
	struct template_scan scan;
	template_scan(&scan, r->a, n->text, schema_scope(r, p));
	if (scan.result == TEMPLATE_LITERAL)
		return string_token(r, n, scan.text);
	if (scan.result == TEMPLATE_ERROR) {
		schema_bad_expression(r, n, p, &scan.error);
		return NULL;
	}
	if (!schema_takes_expressions(p)) {
		schema_bad_expression(r, n, p, &forbidden);
		return NULL;
	}
	struct token *t = expression_token(r, n, &scan);
	t->kind = scan.result == TEMPLATE_INSERT ? TOKEN_INSERT : TOKEN_EXPR;
	return t;
}

struct token *schema_key_token(struct schema_reader *r, const struct ynode *n, struct schema_place p)
{
	return holds_expression(n) ? expression_key(r, n, p) : string_token(r, n, schema_scalar_text(r, n));
}
