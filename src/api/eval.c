/* Evaluating one expression or one text with ${{ }}, outside any workflow. What it can name is in eval_place.c. */
#include <sidestep/workflow.h>

#include "answer/text.h"
#include "api/eval_place.h"
#include "base/clean.h"
#include "expr/template.h"
#include "model/schema_reader.h"

enum { EXPRESSION_MEMORY = 1 << 20 };

static int eval_expression(struct val *out, struct arena *a, struct str text, struct eval_place *p, struct expr_error *error)
{
	struct expr_env env = eval_place_env(p);
	struct expr *e;
	env.max_memory = EXPRESSION_MEMORY;
	*out = val_null();
	if (expr_parse(&e, a, text, eval_place_scope(p), error) < 0)
		return -1;
	return e ? expr_eval(out, e, a, &env, error) : 0;
}

static int eval_template(struct val *out, struct arena *a, struct str text, struct eval_place *p, struct expr_error *error)
{
	struct expr_env env = eval_place_env(p);
	struct template_scan scan;
	/* with any context known, a scope without contexts still allows expressions in a template */
	template_scan(&scan, a, text, eval_place_scope(p));
	*error = scan.error;
	switch (scan.result) {
	case TEMPLATE_LITERAL:
		*out = val_str(scan.text);
		return 0;
	case TEMPLATE_EXPR:
		return expr_eval(out, scan.expr, a, &env, error);
	case TEMPLATE_INSERT:
		error->text = STR("Unexpected value '${{ insert }}'");
		return -1;
	default:
		return -1;
	}
}

static void print_value(struct buf *out, struct val v, bool json)
{
	if (json) {
		buf_addf(out, "{\"kind\":\"%s\",\"value\":", val_kind_name(v.kind));
		val_to_json(out, v, JSON_COMPACT);
		buf_addc(out, '}');
	} else {
		val_to_json(out, v, JSON_PRETTY);
	}
	buf_addc(out, '\n');
}

/* ---- what is wrong ---- */

static struct str quoted(struct str text)
{
	size_t from = str_find_c(text, '\'', 0);
	size_t to = from == SIZE_MAX ? SIZE_MAX : str_find_c(text, '\'', from + 1);
	return to == SIZE_MAX ? STR_EMPTY : str_n(text.p + from + 1, to - from - 1);
}

static void help_name(struct diag_list *diags, struct diag *d, const struct expr_scope *scope)
{
	const char *near = str_nearest(quoted(d->text), scope->contexts, scope->ncontexts);
	if (near)
		diag_help(diags, d, "did you mean '%s'?", near);
	else if (d->rule == RULE_EXPR_CONTEXT_UNAVAILABLE)
		diag_help(diags, d, "it is known only in a run; --context FILE gives one, {\"%.*s\": {...}}",
		          STRF(quoted(d->text)));
}

static void help_wrong(struct diag_list *diags, struct diag *d, const struct expr_scope *scope)
{
	const char *near = d->rule == RULE_EXPR_UNKNOWN_FUNCTION ? expr_nearest_function(quoted(d->text), scope->fns) : NULL;
	if (near)
		diag_help(diags, d, "did you mean '%s'?", near);
	else if (d->rule == RULE_EXPR_UNKNOWN_CONTEXT || d->rule == RULE_EXPR_CONTEXT_UNAVAILABLE)
		help_name(diags, d, scope);
	else if (d->rule == RULE_EXPR_FUNCTION_UNAVAILABLE)
		diag_help(diags, d, "it is known only in a run");
	else if (d->rule == RULE_EXPR_DOUBLE_QUOTE)
		diag_help(diags, d, "strings in expressions stand in single quotes");
}

/* A mistake has its place in the text; what an evaluation meets has none. */
static void tell(struct buf *messages, struct arena *a, struct str text, const struct expr_error *error,
                 const struct eval_place *p, const struct sidestep_render *render)
{
	struct source_set sources = { .arena = a };
	struct diag_list diags = { .arena = a, .sources = &sources };
	if (error->evaluation) {
		buf_adds(messages, "sidestep: error: ");
		clean_append(messages, error->text);
		buf_addc(messages, '\n');
		return;
	}
	struct source *src = source_add(&sources, STR("expression"), text);
	uint32_t from = (uint32_t)MIN(error->at, text.n), to = (uint32_t)MIN(error->at + error->len, text.n);
	struct span at = { src->id, error->len ? from : 0, error->len ? to : (uint32_t)text.n };
	struct diag *d = diag_add(&diags, schema_expression_rule(error->text), at, "%.*s", STRF(error->text));
	help_wrong(&diags, d, eval_place_scope(p));
	text_diags(messages, &diags, render);
}

static enum sidestep_status evaluate(struct arena *a, struct str text, const struct sidestep_eval_options *o,
                                     struct eval_place *p, const struct sidestep_render *render, struct buf *out,
                                     struct buf *messages)
{
	struct expr_error error = { 0 };
	struct val v;
	if (!o->template_text && str_trim(text).n == 0) {
		buf_adds(messages, "sidestep: error: the expression is empty\n");
		return SIDESTEP_USAGE;
	}
	int rc = o->template_text ? eval_template(&v, a, text, p, &error) : eval_expression(&v, a, text, p, &error);
	const struct err *trouble = eval_place_trouble(p);
	if (trouble->kind != ERR_NONE) {
		text_error(messages, trouble);
		return status_of_error(trouble);
	}
	if (rc < 0) {
		tell(messages, a, text, &error, p, render);
		return SIDESTEP_INVALID;
	}
	print_value(out, v, o->json);
	if (!o->expect_type || str_is_nocase(str_of(o->expect_type), val_kind_name(v.kind)))
		return SIDESTEP_OK;
	buf_addf(messages, "sidestep: error: the result is %s, not %s\n", val_kind_name(v.kind), o->expect_type);
	return SIDESTEP_FAILED;
}

enum sidestep_status sidestep_eval(const char *text, const struct sidestep_eval_options *o, const struct sidestep_render *render,
                                   struct sidestep_text *result)
{
	struct arena a = { 0 };
	struct buf out = BUF_INIT, messages = BUF_INIT;
	struct err err = ERR_INIT;
	struct eval_place *p;
	enum sidestep_status status;
	if (eval_place_new(&p, o, &err) < 0) {
		text_error(&messages, &err);
		status = err.kind == ERR_INVALID ? SIDESTEP_INVALID : SIDESTEP_USAGE;
	} else {
		status = evaluate(&a, str_of(text), o, p, render, &out, &messages);
	}
	text_take(result, &out, &messages);
	arena_done(&a);
	eval_place_free(p);
	return status;
}
