/* x[i], x.name and the filters x.* and x[*]. Nothing here is an error: what is missing is null, or is
 * dropped when the container is a filtered array. */
#include <math.h>

#include "expr/eval.h"

/* An index as key and as position, as far as it has those forms. */
struct key {
	bool has_name, has_position;
	struct str name;
	size_t position;
};

static struct key make_key(struct arena *a, struct val v)
{
	struct key k = { 0 };
	if (val_is_primitive(v)) {
		k.has_name = true;
		k.name = val_to_str(a, v);
	}
	double d = floor(val_to_number(v));
	if (d >= 0 && d <= INT32_MAX) {
		k.has_position = true;
		k.position = (size_t)d;
	}
	return k;
}

/* True and *out when the container holds it. */
static bool lookup(struct val container, const struct key *k, struct val *out)
{
	if (container.kind == VAL_OBJECT)
		return k->has_name && val_get(container, k->name, out);
	if (container.kind != VAL_ARRAY || !k->has_position || k->position >= container.a->n)
		return false;
	*out = container.a->v[k->position];
	return true;
}

/* A filtered array being gathered. */
struct gather {
	struct counter counter;
	struct arena *a;
	struct val array;
};

static int gather_begin(struct gather *g, struct eval *ev, const struct expr_node *n)
{
	*g = (struct gather) { .counter = { ev, n, 0 }, .a = ev->a, .array = val_array(ev->a) };
	g->array.filtered = true;
	return memory_count(&g->counter, COST_VALUE);
}

static int gather_add(struct gather *g, struct val v)
{
	if (memory_count(&g->counter, COST_REFERENCE) < 0)
		return -1;
	val_push(g->a, g->array, v);
	return 0;
}

/* What is not known may have this member or others: the whole is not known then. */
static bool may_hold_more(struct val container)
{
	return container.kind == VAL_UNKNOWN || (container.kind == VAL_OBJECT && container.o->open);
}

static int gather_all(struct gather *g, struct val container)
{
	const struct val *v = NULL;
	size_t n = 0;
	if (container.kind == VAL_OBJECT) {
		v = container.o->vals;
		n = container.o->n;
	} else if (container.kind == VAL_ARRAY) {
		v = container.a->v;
		n = container.a->n;
	}
	for (size_t i = 0; i < n; i++)
		if (gather_add(g, v[i]) < 0)
			return -1;
	return may_hold_more(container) ? gather_add(g, val_unknown(STR_EMPTY)) : 0;
}

static void gather_end(const struct gather *g, struct result *out)
{
	out->v = g->array;
	out->bytes = g->counter.bytes;
}

static bool is_filtered(struct val v)
{
	return v.kind == VAL_ARRAY && v.filtered;
}

static int eval_filter(struct eval *ev, const struct expr_node *n, struct val object, struct result *out)
{
	struct gather g;
	if (gather_begin(&g, ev, n) < 0)
		return -1;
	if (!is_filtered(object)) {
		if (gather_all(&g, object) < 0)
			return -1;
	} else {
		for (size_t i = 0; i < object.a->n; i++)
			if (gather_all(&g, object.a->v[i]) < 0)
				return -1;
	}
	gather_end(&g, out);
	return 0;
}

static int index_filtered(struct eval *ev, const struct expr_node *n, struct val object, const struct key *k, struct result *out)
{
	struct gather g;
	struct val v;
	if (gather_begin(&g, ev, n) < 0)
		return -1;
	for (size_t i = 0; i < object.a->n; i++) {
		bool known = lookup(object.a->v[i], k, &v);
		bool counts = known || may_hold_more(object.a->v[i]);
		if (counts && gather_add(&g, known ? v : val_unknown(STR_EMPTY)) < 0)
			return -1;
	}
	gather_end(&g, out);
	return 0;
}

int eval_index(struct eval *ev, const struct expr_node *n, struct result *out)
{
	struct val object, index;
	bool whole = ev->whole;
	ev->whole = false;
	int rc = eval_child(ev, n->first, &object);
	ev->whole = whole;
	if (rc < 0)
		return eval_is_unknown(ev) ? eval_unknown(ev, n) : -1;
	if (n->last->kind == EXPR_WILDCARD)
		return eval_filter(ev, n, object, out);
	if (val_is_primitive(object))
		return 0; /* null, and the index is not looked at */
	if (eval_child(ev, n->last, &index) < 0)
		return -1;
	struct key k = make_key(ev->a, index);
	if (is_filtered(object))
		return index_filtered(ev, n, object, &k, out);
	out->stored = lookup(object, &k, &out->v);
	if (!out->stored && object.kind == VAL_OBJECT && object.o->open)
		out->v = val_unknown(STR_EMPTY);
	return 0;
}
