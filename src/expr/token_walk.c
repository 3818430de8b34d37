/* Questions about a token tree that need no evaluation. */
#include "expr/template.h"

bool token_has_expr(const struct token *t)
{
	if (!t)
		return false;
	if (t->kind == TOKEN_SEQUENCE) {
		for (size_t i = 0; i < t->seq.n; i++)
			if (token_has_expr(t->seq.items[i]))
				return true;
	} else if (t->kind == TOKEN_MAPPING) {
		for (size_t i = 0; i < t->map.n; i++)
			if (token_has_expr(t->map.pairs[i].key) || token_has_expr(t->map.pairs[i].value))
				return true;
	}
	return t->kind == TOKEN_EXPR || t->kind == TOKEN_INSERT;
}

void token_each_expr(const struct token *t, void (*fn)(void *cookie, const struct token *t), void *cookie)
{
	if (!t)
		return;
	if (t->kind == TOKEN_SEQUENCE) {
		for (size_t i = 0; i < t->seq.n; i++)
			token_each_expr(t->seq.items[i], fn, cookie);
	} else if (t->kind == TOKEN_MAPPING) {
		for (size_t i = 0; i < t->map.n; i++) {
			token_each_expr(t->map.pairs[i].key, fn, cookie);
			token_each_expr(t->map.pairs[i].value, fn, cookie);
		}
	} else if (t->kind == TOKEN_EXPR && t->expr) {
		fn(cookie, t);
	}
}
