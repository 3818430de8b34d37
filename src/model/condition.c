/* `if` keys: an expression with or without ${{ }}, with the implicit success(). */
#include "model/internal.h"
#include "model/schema_reader.h"

/* Only blanks stand beside the one ${{ }}: the newline that a block scalar ends with. */
static bool only_blanks_around(struct str value)
{
	struct str s = str_trim(value);
	return s.n < value.n && str_starts(s, STR("${{")) && str_find(s, STR("${{"), 3) == SIZE_MAX && str_ends(s, STR("}}"));
}

/* Text beside ${{ }} makes a condition a text, and a text is true. */
static void warn_about_text(struct loader *l, const struct token *t)
{
	bool blanks = only_blanks_around(t->raw);
	struct diag *d = diag_add(
		l->diags, blanks ? RULE_IF_BLOCK_NEWLINE : RULE_IF_ALWAYS_TRUE_TEXT, t->at,
		"Conditional expression contains literal text outside replacement tokens. This will cause the expression to "
		"always evaluate to truthy. Did you mean to put the entire expression inside ${{ }}?");
	diag_help(l->diags, d, "%s",
	          blanks ? "blanks and the line end of a block count as text: leave the braces away, or write |- for |"
	                 : "write the whole condition inside one ${{ }}, or leave the braces away");
}

static void help_contexts(struct diag_list *diags, struct diag *d, const struct expr_scope *scope)
{
	_cleanup_buf_ struct buf list = BUF_INIT;
	for (size_t i = 0; i < scope->ncontexts; i++)
		buf_addf(&list, "%s%s", i ? ", " : "", scope->contexts[i]);
	diag_help(diags, d, "available here: %s", buf_cstr(&list));
}

static void help_function(struct diag_list *diags, struct diag *d, const struct expr_scope *scope)
{
	size_t from = str_find_c(d->text, '\'', 0);
	size_t to = from == SIZE_MAX ? SIZE_MAX : str_find_c(d->text, '\'', from + 1);
	const char *near = to == SIZE_MAX ? NULL : expr_nearest_function(str_n(d->text.p + from + 1, to - from - 1), scope->fns);
	if (near)
		diag_help(diags, d, "did you mean '%s'?", near);
}

void condition_report(struct diag_list *diags, struct span at, const struct expr_scope *scope, struct str text)
{
	bool env = str_starts(text, STR("Unrecognized named-value: 'env'")) && scope == schema_job_condition_scope();
	enum rule rule = env ? RULE_EXPR_ENV_IN_JOB_IF : schema_expression_rule(text);
	struct diag *d = diag_add(diags, rule, at, "%.*s", STRF(text));
	if (env)
		diag_help(diags, d,
		          "a job's condition is evaluated before there is an env: use vars, or an output of another job");
	else if (str_starts(text, STR("Unrecognized named-value: 'secrets'")) && scope != schema_job_condition_scope())
		diag_help(diags, d, "hand it over through 'env' and ask for that: env.NAME != ''");
	else if (str_starts(text, STR("Unrecognized named-value")))
		help_contexts(diags, d, scope);
	else if (rule == RULE_EXPR_UNKNOWN_FUNCTION)
		help_function(diags, d, scope);
	else if (rule == RULE_EXPR_DOUBLE_QUOTE)
		diag_help(diags, d, "strings in expressions stand in single quotes");
}

const struct expr *condition_read(struct loader *l, const struct token *t, const struct expr_scope *scope, struct str *text)
{
	struct template_scan scan;
	template_scan_condition(&scan, l->a, t ? t->raw : STR_EMPTY, scope);
	if (scan.result == TEMPLATE_EXPR) {
		if (scan.mixed)
			warn_about_text(l, t);
	} else {
		condition_report(l->diags, t ? t->at : SPAN_NONE, scope, scan.error.text);
		template_scan_condition(&scan, l->a, STR_EMPTY, scope);
	}
	*text = scan.text;
	return scan.expr;
}
