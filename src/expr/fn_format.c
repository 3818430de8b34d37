/* format('…{0}…', …): the whole text is checked first, then arguments are evaluated as they come up,
 * each once, unused ones never. */
#include "expr/functions.h"

enum piece_kind { PIECE_END, PIECE_TEXT, PIECE_ARGUMENT, PIECE_INVALID };

struct piece {
	enum piece_kind kind;
	struct str text; /* PIECE_TEXT; PIECE_ARGUMENT: the raw specifiers */
	unsigned number; /* PIECE_ARGUMENT */
};

static char char_at(struct str s, size_t i)
{
	return i < s.n ? s.p[i] : '\0';
}

/* Digits of at most 255; false when there are none or more. */
static bool read_number(struct str f, size_t *i, unsigned *out)
{
	size_t from = *i;
	unsigned v = 0;
	for (; *i < f.n && f.p[*i] >= '0' && f.p[*i] <= '9'; ++*i) {
		v = v * 10 + (unsigned)(f.p[*i] - '0');
		if (v > 255)
			return false;
	}
	*out = v;
	return *i > from;
}

/* From behind the colon up to the closing brace, where }} stands for one. */
static bool read_specifiers(struct str f, size_t *i, struct str *out)
{
	size_t from = *i;
	for (; *i < f.n; ++*i) {
		if (f.p[*i] != '}')
			continue;
		if (char_at(f, *i + 1) != '}') {
			*out = str_n(f.p + from, *i - from);
			return true;
		}
		++*i;
	}
	return false;
}

static struct piece read_argument(struct str f, size_t *i)
{
	struct piece p = { .kind = PIECE_ARGUMENT, .text = STR_EMPTY };
	bool ok = read_number(f, i, &p.number);
	if (ok && char_at(f, *i) == ':') {
		++*i;
		ok = read_specifiers(f, i, &p.text);
	}
	if (!ok || char_at(f, *i) != '}')
		return (struct piece) { .kind = PIECE_INVALID };
	++*i;
	return p;
}

static struct piece next_piece(struct str f, size_t *i)
{
	size_t from = *i;
	if (from == f.n)
		return (struct piece) { .kind = PIECE_END };
	while (*i < f.n && f.p[*i] != '{' && f.p[*i] != '}')
		++*i;
	if (*i > from)
		return (struct piece) { .kind = PIECE_TEXT, .text = str_n(f.p + from, *i - from) };
	char brace = f.p[from];
	if (char_at(f, from + 1) == brace) {
		*i += 2;
		return (struct piece) { .kind = PIECE_TEXT, .text = str_n(f.p + from, 1) };
	}
	++*i;
	return brace == '{' ? read_argument(f, i) : (struct piece) { .kind = PIECE_INVALID };
}

static int fail_with(struct eval *ev, const struct expr_node *call, const char *what, struct str f)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	buf_adds(&b, what);
	buf_addstr(&b, f);
	return eval_fail(ev, call, arena_str(ev->a, buf_str(&b)));
}

static int check_format(struct eval *ev, const struct expr_node *call, struct str f)
{
	struct piece p;
	for (size_t i = 0; (p = next_piece(f, &i)).kind != PIECE_END;) {
		if (p.kind == PIECE_INVALID)
			return fail_with(ev, call, "The following format string is invalid: ", f);
		if (p.kind == PIECE_ARGUMENT && p.number + 1 >= call->n)
			return fail_with(ev, call,
			                 "The following format string references more arguments than were supplied: ", f);
	}
	return 0;
}

static int refuse_specifiers(struct eval *ev, const struct expr_node *call, struct str raw, enum val_kind kind)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	buf_adds(&b, "The format specifiers '");
	for (size_t i = 0; i < raw.n; i++) {
		buf_addc(&b, raw.p[i]);
		if (raw.p[i] == '}')
			i++;
	}
	buf_addf(&b, "' are not valid for objects of type '%s'", val_kind_name(kind));
	return eval_fail(ev, call, arena_str(ev->a, buf_str(&b)));
}

/* Arguments as they were when first needed. */
struct argument {
	const struct expr_node *node;
	bool known;
	enum val_kind kind;
	struct str text;
};

static struct argument *list_arguments(struct eval *ev, const struct expr_node *call)
{
	struct argument *args = arena_array(ev->a, struct argument, call->n);
	size_t i = 0;
	for (const struct expr_node *c = call->first->next; c; c = c->next)
		args[i++].node = c;
	return args;
}

static int argument_text(struct eval *ev, const struct expr_node *call, struct argument *arg, struct str specifiers,
                         struct str *out)
{
	if (!arg->known) {
		struct val v;
		if (eval_child(ev, arg->node, &v) < 0)
			return -1;
		*arg = (struct argument) { .known = true, .kind = v.kind, .text = val_to_str(ev->a, v) };
	}
	if (specifiers.n)
		return refuse_specifiers(ev, call, specifiers, arg->kind);
	*out = arg->text;
	return 0;
}

static int build(struct eval *ev, const struct expr_node *call, struct str f, struct buf *b)
{
	struct counter counter = { ev, call, 0 };
	struct argument *args = list_arguments(ev, call);
	struct piece p;
	for (size_t i = 0; (p = next_piece(f, &i)).kind != PIECE_END;) {
		struct str text = p.text;
		if (p.kind == PIECE_ARGUMENT && argument_text(ev, call, &args[p.number], p.text, &text) < 0)
			return -1;
		if (text.n && memory_count_string(&counter, text) < 0)
			return -1;
		buf_addstr(b, text);
	}
	return 0;
}

int fn_format(struct eval *ev, const struct expr_node *call, struct result *out)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	struct str f;
	if (eval_child_str(ev, call->first, &f) < 0 || check_format(ev, call, f) < 0 || build(ev, call, f, &b) < 0)
		return -1;
	out->v = val_str(arena_str(ev->a, buf_str(&b)));
	return 0;
}
