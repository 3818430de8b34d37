/* The canonical text of a tree, as the runner's debug log and memory errors show it. */
#include "expr/lex.h"

static void write_list(struct buf *out, const struct expr_node *n, const char *between)
{
	for (const struct expr_node *c = n->first; c; c = c->next) {
		if (c != n->first)
			buf_adds(out, between);
		canon_write(out, c);
	}
}

static void write_literal(struct buf *out, struct val v)
{
	struct arena scratch = { 0 };
	if (v.kind == VAL_STRING) {
		buf_addc(out, '\'');
		for (size_t i = 0; i < v.s.n; i++) {
			if (v.s.p[i] == '\'')
				buf_addc(out, '\'');
			buf_addc(out, v.s.p[i]);
		}
		buf_addc(out, '\'');
	} else if (v.kind == VAL_NULL) {
		buf_adds(out, "null");
	} else {
		buf_addstr(out, val_to_str(&scratch, v));
	}
	arena_done(&scratch);
}

static void write_index(struct buf *out, const struct expr_node *n)
{
	const struct expr_node *key = n->last;
	canon_write(out, n->first);
	if (key->kind == EXPR_WILDCARD) {
		buf_adds(out, ".*");
	} else if (key->kind == EXPR_LITERAL && key->value.kind == VAL_STRING && lex_is_keyword(key->value.s)) {
		buf_addc(out, '.');
		buf_addstr(out, key->value.s);
	} else {
		buf_addc(out, '[');
		canon_write(out, key);
		buf_addc(out, ']');
	}
}

static void write_operator(struct buf *out, const struct expr_node *n)
{
	char between[8];
	snprintf(between, sizeof(between), " %s ", tree_operator(n->kind));
	buf_addc(out, '(');
	write_list(out, n, between);
	buf_addc(out, ')');
}

void canon_write(struct buf *out, const struct expr_node *n)
{
	switch (n->kind) {
	case EXPR_LITERAL:
		write_literal(out, n->value);
		break;
	case EXPR_NAME:
		buf_addstr(out, n->raw);
		break;
	case EXPR_WILDCARD:
		buf_addc(out, '*');
		break;
	case EXPR_CALL:
		buf_addstr(out, n->raw);
		buf_addc(out, '(');
		write_list(out, n, ", ");
		buf_addc(out, ')');
		break;
	case EXPR_INDEX:
		write_index(out, n);
		break;
	case EXPR_NOT:
		buf_addc(out, '!');
		canon_write(out, n->first);
		break;
	default:
		write_operator(out, n);
		break;
	}
}
