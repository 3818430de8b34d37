/* Trie with suffix links; children are found in one hash table for all nodes. See automaton.h. */
#include "log/automaton.h"

#include "base/arena.h"

struct node {
	uint32_t suffix; /* the node of the longest proper suffix that is in the trie */
	uint32_t parent;
	uint32_t any, line; /* longest pattern that ends here: of all, of those without a line break */
	unsigned char c;
};

struct automaton {
	struct node *nodes; /* 0 is the root; parents stand before their children */
	size_t n, cap;
	uint32_t *slots; /* hash of (parent, byte) to node, 0 = free */
	size_t nslots;
};

struct automaton *automaton_new(void)
{
	struct automaton *a = xcalloc(1, sizeof(*a));
	a->cap = 64;
	a->nodes = xcalloc(a->cap, sizeof(*a->nodes));
	a->n = 1;
	a->nslots = 256;
	a->slots = xcalloc(a->nslots, sizeof(*a->slots));
	return a;
}

void automaton_free(struct automaton *a)
{
	if (!a)
		return;
	free(a->nodes);
	free(a->slots);
	free(a);
}

static size_t first_slot(const struct automaton *a, uint32_t parent, unsigned char c)
{
	uint64_t h = ((uint64_t)parent << 8 | c) * 0x9E3779B97F4A7C15u;
	return (size_t)(h >> 32) & (a->nslots - 1);
}

static uint32_t child(const struct automaton *a, uint32_t parent, unsigned char c)
{
	for (size_t i = first_slot(a, parent, c);; i = (i + 1) & (a->nslots - 1)) {
		uint32_t node = a->slots[i];
		if (!node || (a->nodes[node].parent == parent && a->nodes[node].c == c))
			return node;
	}
}

static void enter(struct automaton *a, uint32_t node)
{
	size_t i = first_slot(a, a->nodes[node].parent, a->nodes[node].c);
	while (a->slots[i])
		i = (i + 1) & (a->nslots - 1);
	a->slots[i] = node;
}

static void grow_slots(struct automaton *a)
{
	free(a->slots);
	a->nslots *= 2;
	a->slots = xcalloc(a->nslots, sizeof(*a->slots));
	for (size_t i = 1; i < a->n; i++)
		enter(a, (uint32_t)i);
}

static uint32_t add_child(struct automaton *a, uint32_t parent, unsigned char c)
{
	if (a->n == a->cap) {
		a->cap *= 2;
		a->nodes = xrealloc(a->nodes, a->cap * sizeof(*a->nodes));
	}
	uint32_t node = (uint32_t)a->n++;
	a->nodes[node] = (struct node) { .parent = parent, .c = c };
	if (a->n * 2 > a->nslots)
		grow_slots(a);
	else
		enter(a, node);
	return node;
}

void automaton_add(struct automaton *a, struct str pattern, bool breaks)
{
	uint32_t at = 0;
	for (size_t i = 0; i < pattern.n; i++) {
		unsigned char c = (unsigned char)pattern.p[i];
		uint32_t next = child(a, at, c);
		at = next ? next : add_child(a, at, c);
	}
	a->nodes[at].any = (uint32_t)pattern.n;
	if (!breaks)
		a->nodes[at].line = (uint32_t)pattern.n;
}

static uint32_t follow(const struct automaton *a, uint32_t at, unsigned char c)
{
	uint32_t next;
	while (!(next = child(a, at, c)) && at)
		at = a->nodes[at].suffix;
	return next;
}

/* Node numbers in order of depth: a node's links only ever point at shallower ones. */
static uint32_t *by_depth(const struct automaton *a)
{
	uint32_t *depth = xcalloc(a->n, sizeof(*depth));
	uint32_t deepest = 0;
	for (size_t i = 1; i < a->n; i++) {
		depth[i] = depth[a->nodes[i].parent] + 1;
		if (depth[i] > deepest)
			deepest = depth[i];
	}
	size_t *start = xcalloc((size_t)deepest + 2, sizeof(*start));
	for (size_t i = 0; i < a->n; i++)
		start[depth[i] + 1]++;
	for (size_t d = 1; d <= deepest; d++)
		start[d] += start[d - 1];
	uint32_t *order = xcalloc(a->n, sizeof(*order));
	for (size_t i = 0; i < a->n; i++)
		order[start[depth[i]]++] = (uint32_t)i;
	free(depth);
	free(start);
	return order;
}

void automaton_link(struct automaton *a)
{
	uint32_t *order = by_depth(a);
	for (size_t i = 1; i < a->n; i++) {
		struct node *node = &a->nodes[order[i]];
		node->suffix = node->parent ? follow(a, a->nodes[node->parent].suffix, node->c) : 0;
		const struct node *suffix = &a->nodes[node->suffix];
		if (!node->any)
			node->any = suffix->any;
		if (!node->line)
			node->line = suffix->line;
	}
	free(order);
}

size_t automaton_step(const struct automaton *a, uint32_t *state, unsigned char c, bool lines_only)
{
	*state = follow(a, *state, c);
	return lines_only ? a->nodes[*state].line : a->nodes[*state].any;
}
