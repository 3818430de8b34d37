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

static enum expr_status yes_or_no(bool yes)
{
	return yes ? EXPR_STATUS_YES : EXPR_STATUS_NO;
}

static enum expr_status ask_status(void *cookie, struct str fn, const struct str *ids, size_t n)
{
	const struct evaluation *ev = cookie;
	bool always = str_is(fn, "always");
	if (ev->scope->course == COURSE_FAILED)
		return yes_or_no(always || str_is(fn, "failure"));
	if (ev->scope->course == COURSE_CANCELLED)
		return yes_or_no(always || str_is(fn, "cancelled"));
	return ev->scope->ops->status(ev->scope->owner, fn, ids, n);
}

/* To the language, what is not there yet is an error like any: the evaluation ends. */
static int ask_hash(void *cookie, struct arena *a, const struct str *patterns, size_t n, struct str *out, struct err *err)
{
	struct evaluation *ev = cookie;
	enum eval_result rc = ev->scope->ops->hash_files(ev->scope->owner, a, patterns, n, out, err);
	ev->pending |= rc == EVAL_PENDING;
	return rc == EVAL_OK ? 0 : rc == EVAL_UNKNOWN ? 1 : -1;
}

/* The environment of an evaluation that stays where it is. */
static const struct expr_env *evaluation_open(struct evaluation *ev, const struct scope *c, struct span at)
{
	*ev = (struct evaluation) { .scope = c, .at = at };
	ev->env = (struct expr_env) { .cookie = ev,
		                      .context = ask_context,
		                      .status = c->ops->status ? ask_status : NULL,
		                      .hash_files = c->ops->hash_files ? ask_hash : NULL,
		                      .unknowns = c->plans };
	return &ev->env;
}

static enum eval_result evaluation_result(const struct evaluation *ev, int rc, struct str *why)
{
	if (rc >= 0)
		return EVAL_OK;
	if (ev->pending)
		return EVAL_PENDING;
	if (ev->error.unknown && why)
		*why = arena_str(ev->scope->results, ev->error.text);
	if (ev->error.unknown)
		return EVAL_UNKNOWN;
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

enum eval_result scope_known_text(struct val *out, const struct token *t, const struct scope *c, struct str *why)
{
	struct val v;
	enum eval_result rc = scope_value(&v, t, c, why);
	struct str text = STR_EMPTY;
	if (rc == EVAL_OK && v.kind == VAL_UNKNOWN) {
		*out = v;
		return rc;
	}
	if (rc == EVAL_OK)
		rc = scope_text(&text, t, c, why);
	if (rc == EVAL_OK)
		*out = val_str(text);
	return rc;
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
	bool holds = false;
	const struct expr_env *env = evaluation_open(&ev, c, at);
	enum eval_result rc = evaluation_result(&ev, expr_holds(&holds, condition, c->results, env, &ev.error), why);
	if (rc == EVAL_OK)
		*out = holds;
	return rc;
}

/* Whether it would hold if the run went that way. */
static bool may_hold(const struct expr *condition, const struct scope *c, enum scope_course course)
{
	struct scope other = *c;
	bool holds = false;
	other.course = course;
	enum eval_result rc = scope_holds(&holds, condition, &other, SPAN_NONE, NULL);
	return rc == EVAL_UNKNOWN || (rc == EVAL_OK && holds);
}

enum eval_result scope_outlook(enum outlook *out, const struct expr *condition, const struct scope *c, struct span at,
                               struct str *why)
{
	bool holds = false;
	enum eval_result rc = scope_holds(&holds, condition, c, at, why);
	*out = holds ? OUTLOOK_YES : OUTLOOK_NO;
	if (rc == EVAL_UNKNOWN)
		*out = OUTLOOK_MAYBE;
	else if (rc == EVAL_OK && !holds && may_hold(condition, c, COURSE_FAILED))
		*out = OUTLOOK_AFTER_FAILURE;
	else if (rc == EVAL_OK && !holds && may_hold(condition, c, COURSE_CANCELLED))
		*out = OUTLOOK_AFTER_CANCELLATION;
	return rc == EVAL_UNKNOWN ? EVAL_OK : rc;
}
