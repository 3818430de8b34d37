/* The rules of concurrency groups, and a store of them in memory; see gate.h. */
#include "schedule/gate.h"

#include "base/map.h"
#include "value/val.h"

static size_t find_ticket(const struct gate_list *l, uint64_t id)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].id == id)
			return i;
	return SIZE_MAX;
}

void gate_list_settle(struct gate_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].running)
			return;
	for (size_t i = 0; i < l->n; i++)
		if (!l->v[i].cancelled) {
			l->v[i].running = true;
			return;
		}
}

void gate_list_enter(struct gate_list *l, struct arena *a, struct gate_ticket newcomer, const struct gate_request *r)
{
	size_t waiting = 0;
	for (size_t i = 0; i < l->n; i++) {
		struct gate_ticket *t = &l->v[i];
		if (t->running)
			t->cancelled |= r->cancel_in_progress;
		else if (!r->queue_max)
			t->cancelled = true;
		else
			waiting += !t->cancelled;
	}
	newcomer.running = false;
	newcomer.cancelled = waiting >= GATE_QUEUE_MAX;
	*vec_add(a, l) = newcomer;
	gate_list_settle(l);
}

void gate_list_leave(struct gate_list *l, uint64_t id)
{
	size_t at = find_ticket(l, id);
	if (at == SIZE_MAX)
		return;
	memmove(l->v + at, l->v + at + 1, (l->n - at - 1) * sizeof(*l->v));
	l->n--;
	gate_list_settle(l);
}

enum gate_state gate_list_state(const struct gate_list *l, uint64_t id)
{
	size_t at = find_ticket(l, id);
	if (at == SIZE_MAX || l->v[at].cancelled)
		return GATE_CANCELLED;
	return l->v[at].running ? GATE_OPEN : GATE_WAITING;
}

/* ---- in memory ---- */

struct memory_group {
	struct str name; /* compared without case */
	struct gate_list list;
};

struct memory_gate {
	struct gate gate;
	struct arena arena;
	uint64_t last;
	struct {
		VEC(struct memory_group *);
	} groups;
};

static struct memory_group *group_of(struct memory_gate *m, struct str name)
{
	for (size_t i = 0; i < m->groups.n; i++)
		if (fold_equal(m->groups.v[i]->name, name))
			return m->groups.v[i];
	struct memory_group *g = arena_make(&m->arena, struct memory_group);
	g->name = arena_str(&m->arena, name);
	*vec_add(&m->arena, &m->groups) = g;
	return g;
}

static int memory_enter(struct gate *g, const struct gate_request *r, uint64_t *id, struct err *err)
{
	struct memory_gate *m = (struct memory_gate *)g;
	(void)err;
	*id = ++m->last;
	gate_list_enter(&group_of(m, r->group)->list, &m->arena, (struct gate_ticket) { .id = *id }, r);
	return 0;
}

static enum gate_state memory_look(struct gate *g, struct str group, uint64_t id, struct err *err)
{
	(void)err;
	return gate_list_state(&group_of((struct memory_gate *)g, group)->list, id);
}

static bool memory_leave(struct gate *g, struct str group, uint64_t id)
{
	gate_list_leave(&group_of((struct memory_gate *)g, group)->list, id);
	return true;
}

static bool memory_settle(struct gate *g)
{
	(void)g;
	return true;
}

static void memory_free(struct gate *g)
{
	struct memory_gate *m = (struct memory_gate *)g;
	arena_done(&m->arena);
	free(m);
}

struct gate *gate_memory_new(void)
{
	static const struct gate_ops ops = { memory_enter, memory_look, memory_leave, memory_settle, memory_free };
	struct memory_gate *m = xcalloc(1, sizeof(*m));
	m->gate.ops = &ops;
	return &m->gate;
}
