/* contains, startsWith, endsWith, join. */
#include "expr/functions.h"

/* What the elements of an array are compared with; its number is worked out once. */
struct needle {
	struct val v;
	bool has_number;
	double number;
};

static bool element_equals(struct val element, struct needle *needle)
{
	bool mixed = val_is_primitive(element) && element.kind != VAL_STRING;
	if (needle->v.kind != VAL_STRING || !mixed)
		return val_equal(element, needle->v);
	if (!needle->has_number) {
		needle->number = val_number_of(needle->v.s);
		needle->has_number = true;
	}
	return val_to_number(element) == needle->number;
}

static bool array_contains(const struct val_array *array, struct val v)
{
	struct needle needle = { .v = v };
	for (size_t i = 0; i < array->n; i++)
		if (element_equals(array->v[i], &needle))
			return true;
	return false;
}

int fn_contains(struct eval *ev, const struct expr_node *call, struct result *out)
{
	struct val h, n;
	if (eval_child(ev, call->first, &h) < 0)
		return -1;
	out->v = val_bool(false);
	if (h.kind == VAL_OBJECT || (h.kind == VAL_ARRAY && h.a->n == 0))
		return 0;
	if (eval_child(ev, call->last, &n) < 0)
		return -1;
	if (h.kind == VAL_ARRAY)
		out->v = val_bool(array_contains(h.a, n));
	else if (val_is_primitive(n))
		out->v = val_bool(fold_find(val_to_str(ev->a, h), val_to_str(ev->a, n)) != SIZE_MAX);
	return 0;
}

static int affix(struct eval *ev, const struct expr_node *call, struct result *out, bool (*test)(struct str, struct str))
{
	struct val s, part;
	if (eval_child(ev, call->first, &s) < 0)
		return -1;
	out->v = val_bool(false);
	if (!val_is_primitive(s))
		return 0;
	if (eval_child(ev, call->last, &part) < 0)
		return -1;
	if (val_is_primitive(part))
		out->v = val_bool(test(val_to_str(ev->a, s), val_to_str(ev->a, part)));
	return 0;
}

int fn_starts_with(struct eval *ev, const struct expr_node *call, struct result *out)
{
	return affix(ev, call, out, fold_starts);
}

int fn_ends_with(struct eval *ev, const struct expr_node *call, struct result *out)
{
	return affix(ev, call, out, fold_ends);
}

/* The separator is looked at only when there is something to separate. */
static int separator(struct eval *ev, const struct expr_node *call, size_t items, struct str *out)
{
	struct val v;
	*out = STR(",");
	if (items < 2 || call->n < 2)
		return 0;
	if (eval_child(ev, call->last, &v) < 0)
		return -1;
	if (val_is_primitive(v))
		*out = val_to_str(ev->a, v);
	return 0;
}

static int add_piece(struct buf *b, struct counter *c, struct str s)
{
	if (memory_count_string(c, s) < 0)
		return -1;
	buf_addstr(b, s);
	return 0;
}

static int join_array(struct eval *ev, const struct expr_node *call, const struct val_array *array, struct result *out)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	struct counter counter = { ev, call, 0 };
	struct str between;
	if (separator(ev, call, array->n, &between) < 0)
		return -1;
	for (size_t i = 0; i < array->n; i++) {
		if (i > 0 && add_piece(&b, &counter, between) < 0)
			return -1;
		if (add_piece(&b, &counter, val_to_str(ev->a, array->v[i])) < 0)
			return -1;
	}
	out->v = val_str(arena_str(ev->a, buf_str(&b)));
	return 0;
}

int fn_join(struct eval *ev, const struct expr_node *call, struct result *out)
{
	struct val items;
	if (eval_child(ev, call->first, &items) < 0)
		return -1;
	if (items.kind == VAL_ARRAY)
		return join_array(ev, call, items.a, out);
	out->v = val_str(items.kind == VAL_OBJECT ? STR_EMPTY : val_to_str(ev->a, items));
	return 0;
}
