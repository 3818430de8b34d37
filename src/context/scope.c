/* Asking scopes from the inside outwards, and evaluating in them. */
#include "context/scope.h"

#include "source/source.h"

/* One evaluation that goes on. */
struct evaluation {
	const struct scope *scope;
	struct expr_env env;
	struct expr_error error;
	struct span at;
	bool pending;
};

struct val scope_context(const struct scope *c, struct str name)
{
	struct val v = val_null();
	for (const struct scope *s = c; s; s = s->around)
		if (s->ops->context(s->owner, c->arena, name, &v))
			return v;
	return val_null();
}

static struct val ask_context(void *cookie, struct str name)
{
	const struct evaluation *ev = cookie;
	return scope_context(ev->scope, name);
}

static bool ask_status(void *cookie, struct str fn, const struct str *ids, size_t n)
{
	const struct evaluation *ev = cookie;
	return ev->scope->ops->status(ev->scope->owner, fn, ids, n);
}

/* To the language, what is not there yet is an error like any: the evaluation ends. */
static int ask_hash(void *cookie, struct arena *a, const struct str *patterns, size_t n, struct str *out, struct err *err)
{
	struct evaluation *ev = cookie;
	enum eval_result rc = ev->scope->ops->hash_files(ev->scope->owner, a, patterns, n, out, err);
	ev->pending |= rc == EVAL_PENDING;
	return rc == EVAL_OK ? 0 : -1;
}

/* The environment of an evaluation that stays where it is. */
static const struct expr_env *evaluation_open(struct evaluation *ev, const struct scope *c, struct span at)
{
	*ev = (struct evaluation) { .scope = c, .at = at };
	ev->env = (struct expr_env) { .cookie = ev,
		                      .context = ask_context,
		                      .status = c->ops->status ? ask_status : NULL,
		                      .hash_files = c->ops->hash_files ? ask_hash : NULL };
	return &ev->env;
}

static enum eval_result evaluation_result(const struct evaluation *ev, int rc, struct str *why)
{
	if (rc >= 0)
		return EVAL_OK;
	if (ev->pending)
		return EVAL_PENDING;
	if (why)
		*why = scope_complaint(ev->scope, ev->error.text, ev->at);
	return EVAL_ERROR;
}

struct str scope_complaint(const struct scope *c, struct str text, struct span at)
{
	const struct source *src = c->sources ? source_get(c->sources, at.file) : NULL;
	if (!src)
		return arena_str(c->results, text);
	struct pos p = source_pos(src, at.from);
	return arena_printf(c->results, "%.*s (Line: %u, Col: %u): %.*s", STRF(src->path), p.line, p.col, STRF(text));
}

static struct span token_place(const struct token *t)
{
	return t ? t->at : SPAN_NONE;
}

enum eval_result scope_value(struct val *out, const struct token *t, const struct scope *c, struct str *why)
{
	struct evaluation ev;
	const struct expr_env *env = evaluation_open(&ev, c, token_place(t));
	return evaluation_result(&ev, token_eval(out, t, c->results, env, &ev.error, &ev.at), why);
}

enum eval_result scope_text(struct str *out, const struct token *t, const struct scope *c, struct str *why)
{
	struct evaluation ev;
	const struct expr_env *env = evaluation_open(&ev, c, token_place(t));
	return evaluation_result(&ev, token_eval_string(out, t, c->results, env, &ev.error, &ev.at), why);
}

enum eval_result scope_bool(bool *out, const struct token *t, const struct scope *c, struct str *why)
{
	struct evaluation ev;
	const struct expr_env *env = evaluation_open(&ev, c, token_place(t));
	return evaluation_result(&ev, token_eval_bool(out, t, c->results, env, &ev.error, &ev.at), why);
}

enum eval_result scope_number(double *out, const struct token *t, const struct scope *c, struct str *why)
{
	struct evaluation ev;
	const struct expr_env *env = evaluation_open(&ev, c, token_place(t));
	return evaluation_result(&ev, token_eval_number(out, t, c->results, env, &ev.error, &ev.at), why);
}

enum eval_result scope_map(struct val *out, const struct token *t, const struct scope *c, bool case_sensitive, struct str *why)
{
	struct evaluation ev;
	const struct expr_env *env = evaluation_open(&ev, c, token_place(t));
	return evaluation_result(&ev, token_eval_string_map(out, t, c->results, env, case_sensitive, &ev.error, &ev.at), why);
}

enum eval_result scope_holds(bool *out, const struct expr *condition, const struct scope *c, struct span at, struct str *why)
{
	struct evaluation ev;
	struct val v;
	const struct expr_env *env = evaluation_open(&ev, c, at);
	enum eval_result rc = evaluation_result(&ev, expr_eval(&v, condition, c->results, env, &ev.error), why);
	if (rc == EVAL_OK)
		*out = val_truthy(v);
	return rc;
}
