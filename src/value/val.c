/* Arrays, deep copies and the coercions of the expression language. */
#include <assert.h>
#include <math.h>

#include "value/internal.h"

struct val val_array(struct arena *a)
{
	return (struct val) { .kind = VAL_ARRAY, .a = arena_make(a, struct val_array) };
}

void val_push(struct arena *a, struct val array, struct val item)
{
	assert(array.kind == VAL_ARRAY);
	struct val_array *v = array.a;
	if (v->n == v->cap) {
		size_t cap = v->cap ? v->cap * 2 : 4;
		v->v = arena_grow(a, v->v, v->n * sizeof(*v->v), cap * sizeof(*v->v));
		v->cap = cap;
	}
	v->v[v->n++] = item;
}

struct val val_copy(struct arena *a, struct val v)
{
	struct val copy = v;
	if (v.kind == VAL_STRING || v.kind == VAL_UNKNOWN) {
		copy.s = arena_str(a, v.s);
	} else if (v.kind == VAL_ARRAY) {
		copy = val_array(a);
		copy.filtered = v.filtered;
		for (size_t i = 0; i < v.a->n; i++)
			val_push(a, copy, val_copy(a, v.a->v[i]));
	} else if (v.kind == VAL_OBJECT) {
		copy = val_object(a);
		copy.o->case_sensitive = v.o->case_sensitive;
		copy.o->open = v.o->open;
		for (size_t i = 0; i < v.o->n; i++)
			val_set(a, copy, arena_str(a, v.o->keys[i]), val_copy(a, v.o->vals[i]));
	}
	return copy;
}

bool val_has_unknown(struct val v)
{
	bool any = v.kind == VAL_UNKNOWN || (v.kind == VAL_OBJECT && v.o->open);
	for (size_t i = 0; !any && v.kind == VAL_ARRAY && i < v.a->n; i++)
		any = val_has_unknown(v.a->v[i]);
	for (size_t i = 0; !any && v.kind == VAL_OBJECT && i < v.o->n; i++)
		any = val_has_unknown(v.o->vals[i]);
	return any;
}

const char *val_kind_name(enum val_kind k)
{
	static const char *const names[] = {
		[VAL_NULL] = "Null",   [VAL_BOOL] = "Boolean",  [VAL_NUMBER] = "Number",   [VAL_STRING] = "String",
		[VAL_ARRAY] = "Array", [VAL_OBJECT] = "Object", [VAL_UNKNOWN] = "Unknown",
	};
	return names[k];
}

bool val_truthy(struct val v)
{
	switch (v.kind) {
	case VAL_NULL:
		return false;
	case VAL_BOOL:
		return v.b;
	case VAL_NUMBER:
		return v.num != 0 && !isnan(v.num);
	case VAL_STRING:
		return v.s.n > 0;
	case VAL_UNKNOWN:
		return false;
	default:
		return true;
	}
}

double val_to_number(struct val v)
{
	switch (v.kind) {
	case VAL_NULL:
		return 0;
	case VAL_BOOL:
		return v.b ? 1 : 0;
	case VAL_NUMBER:
		return v.num;
	case VAL_STRING:
		return val_number_of(v.s);
	default:
		return NAN;
	}
}

struct str val_to_str(struct arena *a, struct val v)
{
	switch (v.kind) {
	case VAL_NULL:
		return STR_EMPTY;
	case VAL_BOOL:
		return v.b ? STR("true") : STR("false");
	case VAL_NUMBER:
		return val_number_text(a, v.num);
	case VAL_STRING:
	case VAL_UNKNOWN:
		return v.s;
	default:
		return str_of(val_kind_name(v.kind));
	}
}

/* Brings two operands of a comparison to one kind where the language can. Between primitives of
 * different kinds every rule ends with two numbers. */
static void coerce(struct val *a, struct val *b)
{
	if (a->kind == b->kind)
		return;
	bool left = val_is_primitive(*a), right = val_is_primitive(*b);
	if (left && right) {
		*a = val_num(val_to_number(*a));
		*b = val_num(val_to_number(*b));
	}
}

bool val_equal(struct val a, struct val b)
{
	coerce(&a, &b);
	if (a.kind != b.kind)
		return false;
	switch (a.kind) {
	case VAL_NULL:
		return true;
	case VAL_BOOL:
		return a.b == b.b;
	case VAL_NUMBER:
		return a.num == b.num;
	case VAL_STRING:
		return fold_equal(a.s, b.s);
	case VAL_ARRAY:
		return a.a == b.a;
	default:
		return a.o == b.o;
	}
}

bool val_less(struct val a, struct val b)
{
	coerce(&a, &b);
	if (a.kind != b.kind)
		return false;
	switch (a.kind) {
	case VAL_BOOL:
		return !a.b && b.b;
	case VAL_NUMBER:
		return a.num < b.num;
	case VAL_STRING:
		return fold_compare(a.s, b.s) < 0;
	default:
		return false;
	}
}
