/* Finds ${{ }} in a scalar and makes one expression of it; see template.h. */
#include "expr/template.h"

#include "base/vec.h"
#include "expr/error.h"
#include "expr/pieces.h"
#include "value/blank.h"

/* A scan in progress: the pieces of format('…', …) and what is needed when there is just one piece. */
struct scan {
	struct arena *a;
	struct str value;
	const struct expr_scope *scope;
	struct template_scan *out;
	struct buf format, args; /* the format text, escaped; ", e0, e1" */
	struct {
		VEC(struct expr_piece);
	} pieces; /* when there are several: where they stand in args, and in the value */
	struct expr_piece first_piece;
	size_t nexprs;
	bool has_text;
	struct str first; /* the first expression, trimmed */
	struct expr *first_expr;
};

static const char not_closed[] =
	"The expression is not closed. An unescaped ${{ sequence was found, but the closing }} sequence was not found.";
static const char directive_inline[] =
	"The directive 'insert' is not allowed in this context. Directives are not supported for expressions that are embedded "
	"within a string. Directives are only supported when the entire value is an expression.";

static int fail(struct template_scan *out, struct str message, size_t at, size_t len)
{
	out->result = TEMPLATE_ERROR;
	error_plain(&out->error, message, false);
	out->error.at = at;
	out->error.len = len;
	return -1;
}

static bool scope_is_empty(const struct expr_scope *scope)
{
	return !scope || (scope->ncontexts == 0 && !scope->any_context && scope->fns == 0);
}

/* Escapes literal text for a format string inside quotes: ' { } are doubled. */
static void add_text(struct scan *s, struct str text)
{
	s->has_text |= text.n > 0;
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		if (c == '\'' || c == '{' || c == '}')
			buf_addc(&s->format, c);
		buf_addc(&s->format, c);
	}
}

/* Offset of the }} that ends the expression starting at from; quotes toggle. SIZE_MAX when open. */
static size_t find_end(struct str value, size_t from)
{
	bool in_string = false;
	for (size_t i = from; i < value.n; i++) {
		if (value.p[i] == '\'')
			in_string = !in_string;
		else if (!in_string && value.p[i] == '}' && i + 1 < value.n && value.p[i + 1] == '}')
			return i;
	}
	return SIZE_MAX;
}

/* Words behind a directive: blanks outside quotes and parentheses separate. */
static size_t count_parameters(struct str s)
{
	size_t count = 0, start = 0;
	int parens = 0;
	bool in_string = false;
	for (size_t i = 0; i < s.n;) {
		unsigned blank = in_string || parens != 0 ? 0 : blank_at(s, i);
		if (blank) {
			count += start < i;
			i += blank;
			start = i;
			continue;
		}
		char c = s.p[i++];
		if (c == '\'')
			in_string = !in_string;
		else if (!in_string)
			parens += (c == '(') - (c == ')');
	}
	return count + (start < s.n);
}

static bool is_insert(struct str e)
{
	return str_starts(e, STR("insert")) && (e.n == 6 || blank_at(e, 6) != 0);
}

/* The directive: right only as the whole value and without parameters. */
static int on_insert(struct scan *s, struct str e, size_t at, bool whole)
{
	size_t n = count_parameters(str_from(e, 6));
	if (n > 0)
		return fail(s->out,
		            arena_printf(s->a,
		                         "Exactly 0 parameter(s) were expected following the directive 'insert'. "
		                         "Actual parameter count: %zu",
		                         n),
		            at, e.n);
	if (!whole)
		return fail(s->out, STR(directive_inline), at, e.n);
	s->out->result = TEMPLATE_INSERT;
	s->out->text = e;
	return 0;
}

static void add_piece(struct scan *s, struct expr_piece piece)
{
	if (s->nexprs == 0)
		s->first_piece = piece;
	if (s->nexprs == 1)
		*vec_add(s->a, &s->pieces) = s->first_piece;
	if (s->nexprs > 0)
		*vec_add(s->a, &s->pieces) = piece;
}

static int on_expression(struct scan *s, struct str e, size_t at)
{
	struct expr *parsed;
	if (expr_parse(&parsed, s->a, e, s->scope, &s->out->error) < 0) {
		s->out->result = TEMPLATE_ERROR;
		s->out->error.at += at;
		return -1;
	}
	buf_addf(&s->format, "{%zu}", s->nexprs);
	buf_adds(&s->args, ", ");
	add_piece(s, (struct expr_piece) { (uint32_t)s->args.n, (uint32_t)e.n, (uint32_t)at });
	buf_addstr(&s->args, e);
	if (s->nexprs++ == 0) {
		s->first = e;
		s->first_expr = parsed;
	}
	return 0;
}

/* One ${{ }} at open, which ends at *end. Sets the result when it is a directive. */
static int scan_one(struct scan *s, size_t open, size_t *end)
{
	size_t from = open + 3, to = find_end(s->value, from);
	if (to == SIZE_MAX)
		return fail(s->out, STR(not_closed), open, s->value.n - open);
	struct str e = blank_trim(str_n(s->value.p + from, to - from));
	size_t at = (size_t)(e.p - s->value.p);
	*end = to + 2;
	if (e.n == 0)
		return fail(s->out, STR("An expression was expected"), open, *end - open);
	if (is_insert(e))
		return on_insert(s, e, at, open == 0 && *end == s->value.n);
	return on_expression(s, e, at);
}

static int scan_all(struct scan *s)
{
	size_t i = 0;
	while (i < s->value.n && s->out->result != TEMPLATE_INSERT) {
		size_t open = str_find(s->value, STR("${{"), i);
		add_text(s, str_n(s->value.p + i, (open == SIZE_MAX ? s->value.n : open) - i));
		if (open == SIZE_MAX)
			break;
		if (scan_one(s, open, &i) < 0)
			return -1;
	}
	return 0;
}

void template_shift(struct template_scan *out, size_t n)
{
	for (size_t i = 0; i < out->npieces; i++)
		out->pieces[i].at += (uint32_t)n;
}

void template_place(const struct template_scan *out, struct expr *e)
{
	e->pieces = out->pieces;
	e->npieces = (uint32_t)out->npieces;
}

static bool is_string_literal(const struct scan *s, struct val *out)
{
	return s->first.p[0] == '\'' && expr_is_literal(s->first_expr, out);
}

static void take_pieces(struct scan *s)
{
	if (s->nexprs == 1)
		*(s->pieces.v = arena_make(s->a, struct expr_piece)) = s->first_piece;
	s->out->pieces = s->pieces.v;
	s->out->npieces = s->nexprs;
}

static int make_format(struct scan *s)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	struct expr *parsed;
	buf_adds(&b, "format('");
	buf_addstr(&b, buf_str(&s->format));
	buf_addc(&b, '\'');
	take_pieces(s);
	template_shift(s->out, b.n);
	buf_addstr(&b, buf_str(&s->args));
	buf_addc(&b, ')');
	s->out->text = arena_str(s->a, buf_str(&b));
	s->out->mixed = true;
	if (expr_parse(&parsed, s->a, s->out->text, s->scope, &s->out->error) < 0) {
		s->out->result = TEMPLATE_ERROR;
		s->out->error.at = 0;
		s->out->error.len = s->value.n;
		return -1;
	}
	template_place(s->out, parsed);
	s->out->expr = parsed;
	return 0;
}

/* The one expression is all there is. */
static void take_first(struct scan *s)
{
	s->out->text = s->first;
	s->out->expr = s->first_expr;
	s->first_piece.at = 0;
	take_pieces(s);
	template_place(s->out, s->first_expr);
}

static void conclude(struct scan *s)
{
	struct template_scan *out = s->out;
	struct val v;
	if (out->result == TEMPLATE_INSERT)
		return;
	out->result = TEMPLATE_EXPR;
	if (s->nexprs > 1 || s->has_text) {
		if (make_format(s) < 0)
			return;
	} else if (is_string_literal(s, &v)) {
		out->result = TEMPLATE_LITERAL;
		out->text = v.s;
		return;
	} else {
		take_first(s);
	}
	if (scope_is_empty(s->scope))
		fail(out, STR("A template expression is not allowed in this context"), 0, s->value.n);
}

void template_scan(struct template_scan *out, struct arena *a, struct str value, const struct expr_scope *scope)
{
	*out = (struct template_scan) { .result = TEMPLATE_LITERAL, .text = value };
	if (str_find(value, STR("${{"), 0) == SIZE_MAX)
		return;
	struct scan s = { .a = a, .value = value, .scope = scope, .out = out };
	if (scan_all(&s) == 0)
		conclude(&s);
	buf_done(&s.format);
	buf_done(&s.args);
}
