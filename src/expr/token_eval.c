/* Evaluates token trees: sequences splice arrays, `insert` merges mappings, typed keys check the kind.
 *
 * Sizes and depth are counted as the runner's template evaluator does: 10 MiB and 50 levels, where every
 * scalar and every expression is a level, too. */
#include <math.h>

#include "expr/error.h"
#include "expr/eval.h"
#include "expr/template.h"

enum { TEMPLATE_MAX_DEPTH = 50 };

struct teval {
	struct arena *a;
	const struct expr_env *env;
	struct expr_error *error;
	struct span *error_at;
	unsigned depth;
	size_t size, max;
};

static struct teval begin(struct arena *a, const struct expr_env *env, struct expr_error *error, struct span *error_at)
{
	return (struct teval) { .a = a,
		                .env = env,
		                .error = error,
		                .error_at = error_at,
		                .max = env && env->max_memory ? env->max_memory : DEFAULT_MAX_MEMORY };
}

static int blame(struct teval *te, const struct token *t)
{
	if (te->error_at)
		*te->error_at = t ? t->at : SPAN_NONE;
	return -1;
}

static int fail(struct teval *te, const struct token *t, struct str message)
{
	error_plain(te->error, message, true);
	return blame(te, t);
}

/* before + text + after, where text may hold any byte. */
static int fail_quoting(struct teval *te, const struct token *t, const char *before, struct str text, const char *after)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	buf_adds(&b, before);
	buf_addstr(&b, text);
	buf_adds(&b, after);
	return fail(te, t, arena_str(te->a, buf_str(&b)));
}

/* Neither true nor false, nor a number: only a run knows. */
static int not_known(struct teval *te, const struct token *t, struct val v)
{
	fail(te, t, v.s);
	te->error->unknown = true;
	return -1;
}

static int unexpected(struct teval *te, const struct token *t, struct val v)
{
	if (v.kind == VAL_ARRAY)
		return fail(te, t, STR("A sequence was not expected"));
	if (v.kind == VAL_OBJECT)
		return fail(te, t, STR("A mapping was not expected"));
	bool literal = t && t->kind != TOKEN_EXPR && t->raw.p;
	return fail_quoting(te, t, "Unexpected value '", literal ? t->raw : val_to_str(te->a, v), "'");
}

static int count(struct teval *te, const struct token *t, size_t bytes)
{
	te->size += bytes;
	return te->size > te->max ? fail(te, t, STR("Maximum object size exceeded")) : 0;
}

static int enter(struct teval *te, const struct token *t)
{
	return ++te->depth > TEMPLATE_MAX_DEPTH ? fail(te, t, STR("Maximum object depth exceeded")) : 0;
}

static void leave(struct teval *te)
{
	te->depth--;
}

static size_t scalar_size(struct val v)
{
	return v.kind == VAL_STRING ? COST_VALUE + memory_string_cost(v.s) : COST_VALUE;
}

/* Counts a value that an expression produced, as if it stood in the file. */
static int count_value(struct teval *te, const struct token *t, struct val v)
{
	if (enter(te, t) < 0 || count(te, t, scalar_size(v)) < 0)
		return -1;
	if (v.kind == VAL_ARRAY)
		for (size_t i = 0; i < v.a->n; i++)
			if (count_value(te, t, v.a->v[i]) < 0)
				return -1;
	if (v.kind == VAL_OBJECT)
		for (size_t i = 0; i < v.o->n; i++)
			if (count(te, t, scalar_size(val_str(v.o->keys[i]))) < 0 || count_value(te, t, v.o->vals[i]) < 0)
				return -1;
	leave(te);
	return 0;
}

static int eval_token(struct teval *te, const struct token *t, struct val *out);

/* Where the ${{ }} that begins at from ends. */
static size_t written_end(struct str text, size_t from)
{
	bool quoted = false;
	for (size_t i = from; i + 1 < text.n; i++) {
		quoted ^= text.p[i] == '\'';
		if (!quoted && text.p[i] == '}' && text.p[i + 1] == '}')
			return i + 2;
	}
	return text.n;
}

/* A text with several ${{ }} is a format() of them: those that are known take their places. */
static int known_text(struct teval *te, const struct token *t, struct str *out)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	const struct expr_node *root = t->expr->root, *argument = root->kind == EXPR_CALL ? root->first : NULL;
	struct str raw = t->raw;
	bool mixed = argument && !(str_starts(raw, STR("${{")) && written_end(raw, 0) == raw.n);
	size_t at = 0;
	*out = raw;
	while (mixed && argument->next) {
		size_t open = str_find(raw, STR("${{"), at);
		struct expr piece = *t->expr;
		struct val v;
		if (open == SIZE_MAX)
			return 0;
		argument = argument->next;
		size_t end = written_end(raw, open);
		piece.root = argument;
		buf_addstr(&b, str_n(raw.p + at, open - at));
		if (expr_eval(&v, &piece, te->a, te->env, te->error) == 0)
			buf_addstr(&b, val_to_str(te->a, v));
		else if (te->error->unknown)
			buf_addstr(&b, str_n(raw.p + open, end - open));
		else
			return -1;
		at = end;
	}
	if (mixed) {
		buf_addstr(&b, str_from(raw, at));
		*out = arena_str(te->a, buf_str(&b));
	}
	return 0;
}

static int eval_expression(struct teval *te, const struct token *t, struct val *out)
{
	if (expr_eval(out, t->expr, te->a, te->env, te->error) < 0) {
		struct str text;
		if (!te->env || !te->env->unknowns || !te->error->unknown || known_text(te, t, &text) < 0)
			return blame(te, t);
		*te->error = (struct expr_error) { 0 };
		*out = val_unknown(text);
		return 0;
	}
	return count_value(te, t, *out);
}

/* Items of an array that an expression produced take its place, one level deep. */
static int eval_sequence(struct teval *te, const struct token *t, struct val *out)
{
	*out = val_array(te->a);
	for (size_t i = 0; i < t->seq.n; i++) {
		const struct token *item = t->seq.items[i];
		struct val v;
		if (eval_token(te, item, &v) < 0)
			return -1;
		bool splice = item && item->kind == TOKEN_EXPR && v.kind == VAL_ARRAY;
		for (size_t k = 0; splice && k < v.a->n; k++)
			val_push(te->a, *out, v.a->v[k]);
		if (!splice)
			val_push(te->a, *out, v);
	}
	return 0;
}

static int eval_key(struct teval *te, const struct token *key, struct str *out)
{
	struct val v;
	if (eval_token(te, key, &v) < 0)
		return -1;
	if (!val_is_primitive(v))
		return fail(te, key, STR("Expected a string"));
	*out = val_to_str(te->a, v);
	return 0;
}

/* A mapping being made. Keys are unique without case, even where looking them up minds the case. */
struct mapping {
	struct teval *te;
	struct val object;
	struct val seen; /* the keys, when object itself minds the case */
	bool strings;    /* values become strings */
};

static int to_string(struct teval *te, const struct token *t, struct val v, struct str *out)
{
	if (!val_is_primitive(v))
		return unexpected(te, t, v);
	*out = val_to_str(te->a, v);
	return 0;
}

static int add_pair(struct mapping *m, const struct token *at_key, const struct token *at_value, struct str key, struct val v)
{
	struct val old, seen = m->object.o->case_sensitive ? m->seen : m->object;
	if (val_get(seen, key, &old))
		return fail_quoting(m->te, at_key, "'", key, "' is already defined");
	if (m->strings) {
		struct str text;
		if (to_string(m->te, at_value, v, &text) < 0)
			return -1;
		v = v.kind == VAL_UNKNOWN ? val_unknown(text) : val_str(text);
	}
	if (m->object.o->case_sensitive)
		val_set(m->te->a, m->seen, key, val_null());
	val_set(m->te->a, m->object, key, v);
	return 0;
}

static int add_members(struct mapping *m, const struct token *t, struct val members)
{
	for (size_t i = 0; i < members.o->n; i++)
		if (add_pair(m, t, t, members.o->keys[i], members.o->vals[i]) < 0)
			return -1;
	return 0;
}

static int insert_members(struct mapping *m, const struct token_pair *pair)
{
	struct val v;
	if (m->strings && pair->value && pair->value->kind == TOKEN_MAPPING)
		return fail(m->te, pair->value, STR("A mapping was not expected"));
	if (eval_token(m->te, pair->value, &v) < 0)
		return -1;
	if (v.kind == VAL_UNKNOWN) {
		m->object.o->open = true;
		return 0;
	}
	if (v.kind != VAL_OBJECT)
		return fail(m->te, pair->value, STR("Expected a mapping"));
	return add_members(m, pair->value, v);
}

static int eval_pairs(struct mapping *m, const struct token *t)
{
	for (size_t i = 0; i < t->map.n; i++) {
		const struct token_pair *pair = &t->map.pairs[i];
		struct str key;
		struct val v;
		if (pair->key->kind == TOKEN_INSERT) {
			if (insert_members(m, pair) < 0)
				return -1;
			continue;
		}
		if (eval_key(m->te, pair->key, &key) < 0 || eval_token(m->te, pair->value, &v) < 0 ||
		    add_pair(m, pair->key, pair->value, key, v) < 0)
			return -1;
	}
	return 0;
}

static int eval_mapping(struct teval *te, const struct token *t, struct val *out)
{
	struct mapping m = { .te = te, .object = val_object(te->a) };
	*out = m.object;
	return eval_pairs(&m, t);
}

static int eval_kind(struct teval *te, const struct token *t, struct val *out)
{
	switch (t->kind) {
	case TOKEN_SEQUENCE:
		return count(te, t, COST_VALUE) < 0 ? -1 : eval_sequence(te, t, out);
	case TOKEN_MAPPING:
		return count(te, t, COST_VALUE) < 0 ? -1 : eval_mapping(te, t, out);
	case TOKEN_EXPR:
		if (t->expr)
			return eval_expression(te, t, out);
		*out = val_str(t->raw); /* did not parse: stays the text it is */
		break;
	case TOKEN_STRING:
		*out = val_str(t->s);
		break;
	case TOKEN_BOOL:
		*out = val_bool(t->b);
		break;
	case TOKEN_NUMBER:
		*out = val_num(t->num);
		break;
	case TOKEN_INSERT:
		return fail(te, t, STR("Unexpected value '${{ insert }}'"));
	default:
		*out = val_null();
		break;
	}
	return count(te, t, scalar_size(*out));
}

static int eval_token(struct teval *te, const struct token *t, struct val *out)
{
	*out = val_null();
	if (!t)
		return 0;
	if (enter(te, t) < 0 || eval_kind(te, t, out) < 0)
		return -1;
	leave(te);
	return 0;
}

int token_eval(struct val *out, const struct token *t, struct arena *a, const struct expr_env *env, struct expr_error *error,
               struct span *error_at)
{
	struct teval te = begin(a, env, error, error_at);
	return eval_token(&te, t, out);
}

int token_eval_string(struct str *out, const struct token *t, struct arena *a, const struct expr_env *env,
                      struct expr_error *error, struct span *error_at)
{
	struct teval te = begin(a, env, error, error_at);
	struct val v;
	return eval_token(&te, t, &v) < 0 ? -1 : to_string(&te, t, v, out);
}

int token_eval_bool(bool *out, const struct token *t, struct arena *a, const struct expr_env *env, struct expr_error *error,
                    struct span *error_at)
{
	struct teval te = begin(a, env, error, error_at);
	struct val v;
	if (eval_token(&te, t, &v) < 0)
		return -1;
	if (v.kind == VAL_UNKNOWN)
		return not_known(&te, t, v);
	if (v.kind != VAL_BOOL)
		return unexpected(&te, t, v);
	*out = v.b;
	return 0;
}

/* Number keys take whole numbers: a fraction is cut off. */
int token_eval_number(double *out, const struct token *t, struct arena *a, const struct expr_env *env, struct expr_error *error,
                      struct span *error_at)
{
	struct teval te = begin(a, env, error, error_at);
	struct val v;
	if (eval_token(&te, t, &v) < 0)
		return -1;
	if (v.kind == VAL_UNKNOWN)
		return not_known(&te, t, v);
	if (v.kind != VAL_NUMBER)
		return unexpected(&te, t, v);
	*out = trunc(v.num);
	return 0;
}

static int eval_string_members(struct mapping *m, const struct token *t)
{
	struct val v;
	if (t->kind == TOKEN_MAPPING)
		return enter(m->te, t) < 0 || count(m->te, t, COST_VALUE) < 0 ? -1 : eval_pairs(m, t);
	if (eval_token(m->te, t, &v) < 0)
		return -1;
	m->object.o->open |= v.kind == VAL_UNKNOWN;
	if (v.kind == VAL_UNKNOWN)
		return 0;
	return v.kind == VAL_OBJECT ? add_members(m, t, v) : unexpected(m->te, t, v);
}

int token_eval_string_map(struct val *out, const struct token *t, struct arena *a, const struct expr_env *env,
                          bool case_sensitive, struct expr_error *error, struct span *error_at)
{
	struct teval te = begin(a, env, error, error_at);
	struct mapping m = { .te = &te, .strings = true };
	m.object = case_sensitive ? val_object_case_sensitive(a) : val_object(a);
	if (case_sensitive)
		m.seen = val_object(a);
	*out = m.object;
	if (!t || t->kind == TOKEN_NULL) /* an empty key: no members */
		return 0;
	return eval_string_members(&m, t);
}
