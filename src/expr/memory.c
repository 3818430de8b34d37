/* Memory accounting by the runner's cost model: results are charged at their level of the tree; a result
 * that is primitive and made here releases what lies deeper. Only the limit is visible to users. */
#include "expr/eval.h"

/* UTF-16 units of UTF-8: every byte but continuations counts, four-byte sequences twice. */
static size_t units(struct str s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		n += ((c & 0xC0) != 0x80) + (c >= 0xF0);
	}
	return n;
}

size_t memory_string_cost(struct str s)
{
	return COST_STRING + 2 * units(s);
}

size_t memory_cost(struct val v)
{
	return v.kind == VAL_STRING ? memory_string_cost(v.s) : COST_VALUE;
}

size_t memory_deep_cost(struct val v)
{
	size_t sum = memory_cost(v);
	if (v.kind == VAL_ARRAY)
		for (size_t i = 0; i < v.a->n; i++)
			sum += memory_deep_cost(v.a->v[i]);
	if (v.kind == VAL_OBJECT)
		for (size_t i = 0; i < v.o->n; i++)
			sum += memory_string_cost(v.o->keys[i]) + memory_deep_cost(v.o->vals[i]);
	return sum;
}

int memory_exceeded(struct eval *ev, const struct expr_node *n)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	buf_adds(&b, "The maximum allowed memory size was exceeded while evaluating the following expression: ");
	canon_write(&b, n);
	return eval_fail(ev, n, arena_str(ev->a, buf_str(&b)));
}

static void release_deeper(struct eval *ev)
{
	for (; ev->deepest > ev->level; ev->deepest--) {
		ev->total -= ev->charged[ev->deepest];
		ev->charged[ev->deepest] = 0;
	}
}

int memory_charge(struct eval *ev, const struct result *r)
{
	bool primitive = val_is_primitive(r->v);
	size_t bytes = r->bytes ? r->bytes : memory_cost(r->v);
	if (primitive && r->stored)
		bytes += COST_VALUE;
	else if (primitive)
		release_deeper(ev);
	if (ev->deepest < ev->level)
		ev->deepest = ev->level;
	ev->charged[ev->level] += bytes;
	ev->total += bytes;
	return ev->total > ev->max ? memory_exceeded(ev, ev->expr->root) : 0;
}

int memory_count(struct counter *c, size_t bytes)
{
	c->bytes += bytes;
	return c->bytes > c->ev->max ? memory_exceeded(c->ev, c->node) : 0;
}

int memory_count_string(struct counter *c, struct str s)
{
	return memory_count(c, memory_string_cost(s));
}
