/* From lexemes to a tree, by operator precedence with two explicit stacks: nothing recurses, so deep
 * parentheses cost memory only, and errors appear in reading order. The depth limit comes last. */
#include <assert.h>
#include <ctype.h>

#include "base/utf8.h"
#include "expr/error.h"
#include "expr/functions.h"
#include "expr/lex.h"
#include "value/blank.h"

/* What waits for operands: an operator, or an opener that everything up to its closer belongs to. */
struct pending {
	enum lex_kind kind; /* LEX_NOT, LEX_BINARY or an opener */
	enum expr_kind op;
	struct str raw;
	struct expr_node *call; /* LEX_CALL_OPEN */
};

struct parser {
	struct lexer lx;
	const struct expr_scope *scope;
	struct arena *a;
	struct expr_error *error;
	struct {
		VEC(struct expr_node *);
	} operands;
	struct {
		VEC(struct pending);
	} pending;
	bool calls_status;
};

static int fail(struct parser *p, struct str token, const char *what)
{
	return error_at_token(p->error, p->a, p->lx.text, token, what);
}

static void push(struct parser *p, struct expr_node *n)
{
	*vec_add(&p->lx.scratch, &p->operands) = n;
}

static uint32_t offset_of(const struct parser *p, struct str token)
{
	return (uint32_t)(token.p - p->lx.text.p);
}

/* A leaf, or an inner node without its children, covers its own token. */
static struct expr_node *new_node(struct parser *p, enum expr_kind kind, struct str raw)
{
	struct expr_node *n = tree_node(p->a, kind, raw);
	uint32_t from = offset_of(p, raw);
	tree_cover(n, from, from + (uint32_t)raw.n);
	return n;
}

static struct expr_node *pop(struct parser *p)
{
	assert(p->operands.n > 0);
	return p->operands.v[--p->operands.n];
}

static void wait_for(struct parser *p, struct pending w)
{
	*vec_add(&p->lx.scratch, &p->pending) = w;
}

static struct pending *top(struct parser *p)
{
	return p->pending.n ? &p->pending.v[p->pending.n - 1] : NULL;
}

static int precedence(enum expr_kind op)
{
	switch (op) {
	case EXPR_OR:
		return 1;
	case EXPR_AND:
		return 2;
	case EXPR_EQ:
	case EXPR_NE:
		return 3;
	case EXPR_LT:
	case EXPR_LE:
	case EXPR_GT:
	case EXPR_GE:
		return 4;
	default:
		return 5; /* ! */
	}
}

static void reduce_top(struct parser *p)
{
	struct pending w = p->pending.v[--p->pending.n];
	struct expr_node *right = pop(p);
	if (w.kind == LEX_NOT) {
		struct expr_node *n = new_node(p, EXPR_NOT, w.raw);
		tree_add(n, right);
		push(p, n);
	} else {
		push(p, tree_binary(p->a, w.op, w.raw, pop(p), right));
	}
}

/* Completes what binds at least as tightly; stops at an opener. */
static void reduce(struct parser *p, int at_least)
{
	struct pending *w;
	while ((w = top(p)) && (w->kind == LEX_NOT || w->kind == LEX_BINARY) && precedence(w->op) >= at_least)
		reduce_top(p);
}

static struct pending close_opener(struct parser *p)
{
	reduce(p, 0);
	assert(p->pending.n > 0);
	return p->pending.v[--p->pending.n];
}

static void push_literal(struct parser *p, struct str raw, struct val v)
{
	struct expr_node *n = new_node(p, EXPR_LITERAL, raw);
	n->value = v;
	push(p, n);
}

static struct str lower_case(struct arena *a, struct str s)
{
	char *p = arena_cstr(a, s);
	for (size_t i = 0; i < s.n; i++)
		p[i] = (char)tolower((unsigned char)p[i]);
	return str_n(p, s.n);
}

static int on_name(struct parser *p, struct str raw)
{
	bool known = p->scope && p->scope->any_context;
	for (size_t i = 0; p->scope && i < p->scope->ncontexts && !known; i++)
		known = str_is_nocase(raw, p->scope->contexts[i]);
	if (!known)
		return fail(p, raw, "Unrecognized named-value");
	struct expr_node *n = new_node(p, EXPR_NAME, raw);
	n->name = lower_case(p->a, raw);
	push(p, n);
	return 0;
}

static int on_function(struct parser *p, struct str raw)
{
	const struct function *f = function_find(raw, p->scope ? p->scope->fns : 0);
	if (!f)
		return fail(p, raw, "Unrecognized function");
	struct expr_node *call = new_node(p, EXPR_CALL, raw);
	call->fn = f;
	p->calls_status |= function_is_status(f);
	wait_for(p, (struct pending) { .kind = LEX_CALL_OPEN, .call = call });
	return 0;
}

static int check_arity(struct parser *p, const struct pending *w)
{
	const struct function *f = w->call->fn;
	unsigned n = w->call->n;
	if (n < f->min)
		return fail(p, w->raw, "Too few parameters supplied");
	if (n > f->max)
		return fail(p, w->raw, "Too many parameters supplied");
	if (f->odd && n % 2 == 0)
		return fail(p, w->call->raw, "Even number of parameters supplied, requires an odd number of parameters");
	return 0;
}

static int on_call_close(struct parser *p, struct str closer, bool empty)
{
	struct pending w = close_opener(p);
	if (!empty)
		tree_add(w.call, pop(p));
	tree_cover(w.call, w.call->from, offset_of(p, closer) + 1);
	push(p, w.call);
	return check_arity(p, &w);
}

static void on_comma(struct parser *p)
{
	reduce(p, 0);
	tree_add(top(p)->call, pop(p));
}

static void on_index_close(struct parser *p, struct str closer)
{
	struct pending w = close_opener(p);
	struct expr_node *index = pop(p), *n = tree_index(p->a, w.raw, pop(p), index);
	tree_cover(n, n->from, offset_of(p, closer) + 1);
	push(p, n);
}

static void on_group_close(struct parser *p, struct str closer)
{
	struct pending w = close_opener(p);
	assert(p->operands.n > 0);
	tree_cover(p->operands.v[p->operands.n - 1], offset_of(p, w.raw), offset_of(p, closer) + 1);
}

static void on_star(struct parser *p, struct str raw, bool after_dot)
{
	struct expr_node *star = new_node(p, EXPR_WILDCARD, raw);
	push(p, after_dot ? tree_index(p->a, raw, pop(p), star) : star);
}

static void on_property(struct parser *p, struct str raw)
{
	struct expr_node *object = pop(p);
	push_literal(p, raw, val_str(raw));
	struct expr_node *key = pop(p);
	push(p, tree_index(p->a, raw, object, key));
}

static int on_lexeme(struct parser *p, const struct lexeme *t, enum lex_kind prev)
{
	switch (t->kind) {
	case LEX_LITERAL:
		push_literal(p, t->raw, t->value);
		return 0;
	case LEX_NAME:
		return on_name(p, t->raw);
	case LEX_FUNCTION:
		return on_function(p, t->raw);
	case LEX_CALL_OPEN:
		top(p)->raw = t->raw;
		return 0;
	case LEX_BINARY:
		reduce(p, precedence(t->op));
		/* fall through */
	case LEX_NOT:
	case LEX_GROUP_OPEN:
	case LEX_INDEX_OPEN:
		wait_for(p, (struct pending) { .kind = t->kind, .op = t->op, .raw = t->raw });
		return 0;
	case LEX_GROUP_CLOSE:
		on_group_close(p, t->raw);
		return 0;
	case LEX_CALL_CLOSE:
		return on_call_close(p, t->raw, prev == LEX_CALL_OPEN);
	case LEX_INDEX_CLOSE:
		on_index_close(p, t->raw);
		return 0;
	case LEX_COMMA:
		on_comma(p);
		return 0;
	case LEX_STAR:
		on_star(p, t->raw, prev == LEX_DOT);
		return 0;
	case LEX_PROPERTY:
		on_property(p, t->raw);
		return 0;
	default:
		return 0; /* a dot waits for its property */
	}
}

static int parse_all(struct parser *p)
{
	for (;;) {
		struct lexeme prev = p->lx.last;
		struct lexeme t = lex_next(&p->lx);
		if (t.kind == LEX_BAD)
			return fail(p, t.raw, "Unexpected symbol");
		if (t.kind == LEX_END)
			break;
		if (on_lexeme(p, &t, prev.kind) < 0)
			return -1;
	}
	if (!lex_may_end(&p->lx))
		return fail(p, p->lx.last.raw, "Unexpected end of expression");
	reduce(p, 0);
	assert(p->operands.n == 1 && p->pending.n == 0);
	if (p->operands.v[0]->height > EXPR_MAX_DEPTH)
		return error_plain(p->error, STR("Exceeded max expression depth 50"), false);
	return 0;
}

static struct expr *make_expr(const struct parser *p)
{
	struct expr *e = arena_make(p->a, struct expr);
	e->text = p->lx.text;
	e->root = p->operands.v[0];
	e->calls_status = p->calls_status;
	return e;
}

int expr_parse(struct expr **out, struct arena *a, struct str text, const struct expr_scope *scope, struct expr_error *error)
{
	if (text.n > EXPR_MAX_LENGTH && utf8_utf16_units(text) > EXPR_MAX_LENGTH)
		return error_plain(error, STR("Exceeded max expression length 21000"), false);
	*out = NULL;
	if (blank_trim(text).n == 0)
		return 0;
	struct parser p = { .scope = scope, .a = a, .error = error };
	p.lx = (struct lexer) { .text = arena_str(a, text), .a = a };
	int r = parse_all(&p);
	if (r == 0)
		*out = make_expr(&p);
	lex_done(&p.lx);
	return r;
}
