/* `if` keys: an expression with or without ${{ }}, with the implicit success(). */
#include "model/internal.h"

/* Text beside ${{ }} makes a condition a text, and a text is true. */
static void warn_about_text(struct loader *l, const struct token *t)
{
	struct diag *d = diag_add(
		l->diags, "if-always-true", SEVERITY_WARNING, t->at,
		"Conditional expression contains literal text outside replacement tokens. This will cause the expression to "
		"always evaluate to truthy. Did you mean to put the entire expression inside ${{ }}?");
	diag_help(l->diags, d, "write the whole condition inside one ${{ }}, or leave the braces away");
}

const struct expr *condition_read(struct loader *l, const struct token *t, const struct expr_scope *scope, struct str *text)
{
	struct template_scan scan;
	struct str value = t ? t->raw : STR_EMPTY;
	template_scan_condition(&scan, l->a, value, scope);
	if (scan.result == TEMPLATE_EXPR) {
		if (scan.mixed)
			warn_about_text(l, t);
	} else {
		struct diag *d = diag_error(l->diags, "expression", t ? t->at : SPAN_NONE, "%.*s", STRF(scan.error.text));
		if (str_starts(scan.error.text, STR("Unrecognized named-value")))
			diag_help(l->diags, d, "this context does not exist or is not available in a condition");
		template_scan_condition(&scan, l->a, STR_EMPTY, scope);
	}
	*text = scan.text;
	return scan.expr;
}
