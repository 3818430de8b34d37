/* The lexer; see lex.h. Tokens end at blanks and boundary characters; anything that is neither a known
 * sign, a string nor a number must be a keyword. */
#include "expr/lex.h"

#include <ctype.h>
#include <math.h>

#include "base/utf8.h"
#include "value/blank.h"

static bool is_boundary_at(struct str s, size_t i)
{
	return strchr("()[],.!><=&|", s.p[i]) ? s.p[i] != '\0' : blank_at(s, i) != 0;
}

/* Length of the character at i. */
static size_t char_at(struct str s, size_t i)
{
	uint32_t cp;
	return (unsigned char)s.p[i] < 0x80 ? 1 : utf8_decode(s, i, &cp);
}

/* From the first character, whatever it is, up to the next boundary. */
static struct str read_run(const struct lexer *lx, bool through_dots)
{
	size_t i = lx->at + char_at(lx->text, lx->at);
	while (i < lx->text.n && (!is_boundary_at(lx->text, i) || (through_dots && lx->text.p[i] == '.')))
		i += char_at(lx->text, i);
	return str_n(lx->text.p + lx->at, i - lx->at);
}

bool lex_is_keyword(struct str s)
{
	if (s.n == 0 || !(isalpha((unsigned char)s.p[0]) || s.p[0] == '_'))
		return false;
	for (size_t i = 1; i < s.n; i++)
		if (!isalnum((unsigned char)s.p[i]) && s.p[i] != '_' && s.p[i] != '-')
			return false;
	return true;
}

static bool starts_operand(enum lex_kind prev)
{
	switch (prev) {
	case LEX_NONE:
	case LEX_COMMA:
	case LEX_GROUP_OPEN:
	case LEX_CALL_OPEN:
	case LEX_INDEX_OPEN:
	case LEX_BINARY:
	case LEX_NOT:
		return true;
	default:
		return false;
	}
}

static bool ends_indexable(enum lex_kind prev)
{
	switch (prev) {
	case LEX_GROUP_CLOSE:
	case LEX_CALL_CLOSE:
	case LEX_INDEX_CLOSE:
	case LEX_STAR:
	case LEX_PROPERTY:
	case LEX_NAME:
		return true;
	default:
		return false;
	}
}

static bool ends_value(enum lex_kind prev)
{
	return prev == LEX_LITERAL || ends_indexable(prev);
}

static enum lex_kind innermost(const struct lexer *lx)
{
	return lx->openers.n ? (enum lex_kind)lx->openers.v[lx->openers.n - 1] : LEX_NONE;
}

static bool may_follow(const struct lexer *lx, enum lex_kind kind)
{
	enum lex_kind prev = lx->last.kind;
	switch (kind) {
	case LEX_GROUP_OPEN:
	case LEX_LITERAL:
	case LEX_FUNCTION:
	case LEX_NAME:
	case LEX_NOT:
		return starts_operand(prev);
	case LEX_CALL_OPEN:
		return prev == LEX_FUNCTION;
	case LEX_INDEX_OPEN:
	case LEX_DOT:
		return ends_indexable(prev);
	case LEX_GROUP_CLOSE:
		return ends_value(prev) && innermost(lx) == LEX_GROUP_OPEN;
	case LEX_INDEX_CLOSE:
		return ends_value(prev) && innermost(lx) == LEX_INDEX_OPEN;
	case LEX_COMMA:
		return ends_value(prev) && innermost(lx) == LEX_CALL_OPEN;
	case LEX_CALL_CLOSE:
		return ends_value(prev) || prev == LEX_CALL_OPEN;
	case LEX_BINARY:
		return ends_value(prev);
	case LEX_STAR:
		return prev == LEX_INDEX_OPEN || prev == LEX_DOT;
	case LEX_PROPERTY:
		return prev == LEX_DOT;
	default:
		return kind == LEX_END;
	}
}

bool lex_may_end(const struct lexer *lx)
{
	return lx->openers.n == 0 && ends_value(lx->last.kind);
}

static struct lexeme sign(const struct lexer *lx, enum lex_kind kind, size_t n)
{
	return (struct lexeme) { .kind = kind, .raw = str_n(lx->text.p + lx->at, n) };
}

static struct lexeme literal(struct str raw, struct val v)
{
	return (struct lexeme) { .kind = LEX_LITERAL, .raw = raw, .value = v };
}

static struct lexeme bad(struct str raw)
{
	return (struct lexeme) { .kind = LEX_BAD, .raw = raw };
}

static struct lexeme read_operator(const struct lexer *lx)
{
	static const struct {
		const char *text;
		enum lex_kind kind;
		enum expr_kind op;
	} table[] = { { "!=", LEX_BINARY, EXPR_NE }, { ">=", LEX_BINARY, EXPR_GE },  { "<=", LEX_BINARY, EXPR_LE },
		      { "==", LEX_BINARY, EXPR_EQ }, { "&&", LEX_BINARY, EXPR_AND }, { "||", LEX_BINARY, EXPR_OR },
		      { "!", LEX_NOT, EXPR_NOT },    { ">", LEX_BINARY, EXPR_GT },   { "<", LEX_BINARY, EXPR_LT } };
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct str op = str_of(table[i].text);
		if (str_starts(str_from(lx->text, lx->at), op)) {
			struct lexeme t = sign(lx, table[i].kind, op.n);
			t.op = table[i].op;
			return t;
		}
	}
	return bad(read_run(lx, false)); /* a lone = & or | */
}

/* The text between the quotes, with '' as one quote. */
static struct str unquote(struct arena *a, struct str inner)
{
	if (str_find_c(inner, '\'', 0) == SIZE_MAX)
		return inner;
	char *p = arena_alloc(a, inner.n);
	size_t n = 0;
	for (size_t i = 0; i < inner.n; i++) {
		p[n++] = inner.p[i];
		if (inner.p[i] == '\'')
			i++;
	}
	return str_n(p, n);
}

static struct lexeme read_string(const struct lexer *lx)
{
	struct str s = str_from(lx->text, lx->at);
	for (size_t i = 1; i < s.n; i++) {
		if (s.p[i] != '\'')
			continue;
		if (i + 1 < s.n && s.p[i + 1] == '\'') {
			i++;
			continue;
		}
		return literal(str_to(s, i + 1), val_str(unquote(lx->a, str_n(s.p + 1, i - 1))));
	}
	return bad(s);
}

static struct lexeme read_number(const struct lexer *lx)
{
	struct str raw = read_run(lx, true);
	double d = val_number_of(raw);
	return isnan(d) ? bad(raw) : literal(raw, val_num(d));
}

static bool call_follows(struct str s, size_t i)
{
	unsigned n;
	while (i < s.n && (n = blank_at(s, i)) != 0)
		i += n;
	return i < s.n && s.p[i] == '(';
}

static struct lexeme read_keyword(const struct lexer *lx)
{
	struct str raw = read_run(lx, false);
	if (!lex_is_keyword(raw))
		return bad(raw);
	if (lx->last.kind == LEX_DOT)
		return sign(lx, LEX_PROPERTY, raw.n);
	if (str_is(raw, "null"))
		return literal(raw, val_null());
	if (str_is(raw, "true") || str_is(raw, "false"))
		return literal(raw, val_bool(raw.n == 4));
	if (str_is(raw, "NaN"))
		return literal(raw, val_num(NAN));
	if (str_is(raw, "Infinity"))
		return literal(raw, val_num(INFINITY));
	return sign(lx, call_follows(lx->text, lx->at + raw.n) ? LEX_FUNCTION : LEX_NAME, raw.n);
}

static struct lexeme read_lexeme(const struct lexer *lx)
{
	char c = lx->text.p[lx->at];
	switch (c) {
	case '(':
		return sign(lx, lx->last.kind == LEX_FUNCTION ? LEX_CALL_OPEN : LEX_GROUP_OPEN, 1);
	case ')':
		return sign(lx, innermost(lx) == LEX_CALL_OPEN ? LEX_CALL_CLOSE : LEX_GROUP_CLOSE, 1);
	case '[':
		return sign(lx, LEX_INDEX_OPEN, 1);
	case ']':
		return sign(lx, LEX_INDEX_CLOSE, 1);
	case ',':
		return sign(lx, LEX_COMMA, 1);
	case '*':
		return sign(lx, LEX_STAR, 1);
	case '\'':
		return read_string(lx);
	case '!':
	case '>':
	case '<':
	case '=':
	case '&':
	case '|':
		return read_operator(lx);
	case '.':
		return starts_operand(lx->last.kind) ? read_number(lx) : sign(lx, LEX_DOT, 1);
	case '-':
	case '+':
		return read_number(lx);
	default:
		return isdigit((unsigned char)c) ? read_number(lx) : read_keyword(lx);
	}
}

static void track_openers(struct lexer *lx, enum lex_kind kind)
{
	if (kind == LEX_GROUP_OPEN || kind == LEX_CALL_OPEN || kind == LEX_INDEX_OPEN)
		*vec_add(&lx->scratch, &lx->openers) = (unsigned char)kind;
	else if (kind == LEX_GROUP_CLOSE || kind == LEX_CALL_CLOSE || kind == LEX_INDEX_CLOSE)
		lx->openers.n--;
}

struct lexeme lex_next(struct lexer *lx)
{
	unsigned n;
	while (lx->at < lx->text.n && (n = blank_at(lx->text, lx->at)) != 0)
		lx->at += n;
	if (lx->at == lx->text.n)
		return (struct lexeme) { .kind = LEX_END };
	struct lexeme t = read_lexeme(lx);
	if (t.kind == LEX_BAD)
		return t;
	if (!may_follow(lx, t.kind))
		return bad(t.raw);
	track_openers(lx, t.kind);
	lx->at += t.raw.n;
	lx->last = t;
	return t;
}

void lex_done(struct lexer *lx)
{
	arena_done(&lx->scratch);
}
