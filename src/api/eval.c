/* Evaluating one expression or one text with ${{ }}, outside any workflow. */
#include <sidestep/workflow.h>

#include "answer/text.h"
#include "base/file.h"
#include "expr/template.h"

enum { CONTEXT_MAX = 64 << 20, EXPRESSION_MEMORY = 1 << 20 };

static struct val from_object(void *cookie, struct str name)
{
	struct val v;
	return val_get(*(struct val *)cookie, name, &v) ? v : val_null();
}

static int load_contexts(struct val *out, struct arena *a, const char *path, struct err *err)
{
	*out = val_object(a);
	if (!path)
		return 0;
	_cleanup_buf_ struct buf text = BUF_INIT;
	if (file_read_given(&text, path, CONTEXT_MAX, err) < 0)
		return -1;
	if (val_from_json(out, a, arena_str(a, buf_str(&text)), err) < 0)
		return err_wrap(err, "%s", path);
	if (out->kind != VAL_OBJECT)
		return err_set(err, ERR_INVALID, "%s: a JSON object of contexts was expected, this is %s", path,
		               val_kind_name(out->kind));
	return 0;
}

static struct expr_scope scope_of(struct arena *a, struct val contexts)
{
	const char **names = arena_array(a, const char *, contexts.o->n + 1);
	for (size_t i = 0; i < contexts.o->n; i++)
		names[i] = arena_cstr(a, contexts.o->keys[i]);
	return (struct expr_scope) { .contexts = names, .ncontexts = contexts.o->n };
}

static int eval_expression(struct val *out, struct arena *a, struct str text, const struct expr_scope *scope,
                           struct val *contexts, struct expr_error *error)
{
	struct expr_env env = { .cookie = contexts, .context = from_object, .max_memory = EXPRESSION_MEMORY };
	struct expr *e;
	*out = val_null();
	if (expr_parse(&e, a, text, scope, error) < 0)
		return -1;
	return e ? expr_eval(out, e, a, &env, error) : 0;
}

static int eval_template(struct val *out, struct arena *a, struct str text, const struct expr_scope *scope, struct val *contexts,
                         struct expr_error *error)
{
	struct expr_env env = { .cookie = contexts, .context = from_object };
	struct template_scan scan;
	template_scan(&scan, a, text, scope);
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

enum sidestep_status sidestep_eval(const char *text, const struct sidestep_eval_options *o, const struct sidestep_render *render,
                                   struct sidestep_text *result)
{
	(void)render;
	struct arena a = { 0 };
	struct buf out = BUF_INIT, messages = BUF_INIT;
	struct err err = ERR_INIT;
	struct expr_error error = { 0 };
	struct val contexts, v;
	enum sidestep_status status = SIDESTEP_OK;
	if (load_contexts(&contexts, &a, o->context_file, &err) < 0) {
		text_error(&messages, &err);
		status = err.kind == ERR_INVALID ? SIDESTEP_INVALID : SIDESTEP_USAGE;
	} else {
		/* with any context known, a scope without contexts still allows expressions in a template */
		struct expr_scope scope = scope_of(&a, contexts);
		int rc = o->template_text ? eval_template(&v, &a, str_of(text), &scope, &contexts, &error)
		                          : eval_expression(&v, &a, str_of(text), &scope, &contexts, &error);
		if (rc < 0) {
			buf_addf(&messages, "sidestep: error: %.*s\n", STRF(error.text));
			status = SIDESTEP_INVALID;
		} else if (o->expect_type && !str_is_nocase(str_of(o->expect_type), val_kind_name(v.kind))) {
			buf_addf(&messages, "sidestep: error: the result is %s, not %s\n", val_kind_name(v.kind), o->expect_type);
			status = SIDESTEP_FAILED;
		}
		if (rc == 0)
			print_value(&out, v, o->json);
	}
	text_take(result, &out, &messages);
	arena_done(&a);
	return status;
}
