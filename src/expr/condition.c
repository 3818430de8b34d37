/* `if` conditions: the braces may be left out, and success() && (…) is implied unless the condition asks
 * for a status itself. */
#include "expr/error.h"
#include "expr/pieces.h"
#include "value/blank.h"

/* The text that counts as the condition: what template_scan made of the value. */
static int condition_text(struct template_scan *out, struct arena *a, struct str value, const struct expr_scope *scope)
{
	template_scan(out, a, value, scope);
	if (out->result == TEMPLATE_LITERAL && out->text.p == value.p) { /* without braces: all of it */
		out->pieces = arena_make(a, struct expr_piece);
		out->pieces->len = (uint32_t)value.n;
		out->npieces = 1;
	}
	if (out->result == TEMPLATE_INSERT) {
		out->result = TEMPLATE_ERROR;
		error_plain(&out->error, STR("Unexpected value '${{ insert }}'"), false);
		out->error.len = value.n;
	}
	if (out->result == TEMPLATE_ERROR)
		return -1;
	if (blank_trim(out->text).n == 0) {
		out->text = STR("success()");
		out->npieces = 0;
	}
	return 0;
}

static int parse_condition(struct template_scan *out, struct arena *a, const struct expr_scope *scope, struct str value)
{
	struct expr *e;
	if (expr_parse(&e, a, out->text, scope, &out->error) < 0) {
		out->result = TEMPLATE_ERROR;
		/* Where the text is a part of the value, the place in the value. */
		if (out->text.p >= value.p && out->text.p < value.p + value.n)
			out->error.at += (size_t)(out->text.p - value.p);
		else
			out->error.at = 0;
		return -1;
	}
	out->result = TEMPLATE_EXPR;
	template_place(out, e);
	out->expr = e;
	return 0;
}

static const char implicit_head[] = "success() && (";

/* Whether the last character closes the parenthesis before `from`: success() && (a) || (b) is somebody's own. */
static bool closes_at_end(struct str text, size_t from)
{
	size_t depth = 1, i = from;
	bool quoted = false;
	for (; i < text.n && depth; i++) {
		quoted ^= text.p[i] == '\''; /* '' within a string: twice */
		depth += !quoted && text.p[i] == '(';
		depth -= !quoted && text.p[i] == ')';
	}
	return depth == 0 && i == text.n;
}

struct str template_condition_written(struct str stored, bool *implicit)
{
	size_t head = sizeof(implicit_head) - 1;
	bool wrapped = str_starts(stored, str_of(implicit_head)) && closes_at_end(stored, head);
	*implicit = wrapped || str_is(stored, "success()");
	if (wrapped)
		return str_n(stored.p + head, stored.n - head - 1);
	return *implicit ? STR_EMPTY : stored;
}

static struct str with_success(struct template_scan *out, struct arena *a, struct str condition)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	buf_adds(&b, implicit_head);
	template_shift(out, b.n);
	buf_addstr(&b, condition);
	buf_addc(&b, ')');
	return arena_str(a, buf_str(&b));
}

void template_scan_condition(struct template_scan *out, struct arena *a, struct str value, const struct expr_scope *scope)
{
	struct expr_scope with_status = scope ? *scope : (struct expr_scope) { 0 };
	if (!(with_status.fns & (EXPR_FN_STATUS | EXPR_FN_STATUS_IDS)))
		with_status.fns |= EXPR_FN_STATUS;
	if (condition_text(out, a, value, &with_status) < 0 || parse_condition(out, a, &with_status, value) < 0)
		return;
	if (expr_calls_status(out->expr))
		return;
	out->text = with_success(out, a, out->text);
	parse_condition(out, a, &with_status, value);
}
