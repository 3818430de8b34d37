/* Ids that are unique in a job. Generated numbering starts anew inside each parallel group, so two groups
 * may both have a "__run"; events and edges need one name per node. Explicit ids and those of top-level
 * steps keep what they have; members give way. */
#include "base/map.h"
#include "graph/internal.h"

enum { ID_MAX = 100 };

struct ids {
	struct arena *a;
	struct map used;     /* every id taken */
	struct map counters; /* base → uint32_t: the last number tried */
};

/* "__run_2" → "__run" when "__run" is there too, so that the numbering goes on instead of nesting. */
static struct str base_of(const struct ids *ids, struct str id)
{
	size_t n = id.n;
	while (n > 0 && id.p[n - 1] >= '0' && id.p[n - 1] <= '9')
		n--;
	if (n == id.n || n < 2 || id.p[n - 1] != '_')
		return id;
	struct str base = str_to(id, n - 1);
	return map_has(&ids->used, base) ? base : id;
}

static struct str numbered(struct ids *ids, struct str base)
{
	uint32_t *counter = map_get(&ids->counters, base);
	if (!counter) {
		counter = arena_make(ids->a, uint32_t);
		*counter = 1;
		map_put(ids->a, &ids->counters, base, counter);
	}
	for (;;) {
		char tail[16];
		size_t n = (size_t)snprintf(tail, sizeof(tail), "_%u", ++*counter);
		struct str head = str_to(base, ID_MAX - n);
		char id[ID_MAX + 1];
		memcpy(id, head.p, head.n);
		memcpy(id + head.n, tail, n);
		if (!map_has(&ids->used, str_n(id, head.n + n)))
			return arena_str(ids->a, str_n(id, head.n + n));
	}
}

static void take(struct ids *ids, struct str id)
{
	map_put(ids->a, &ids->used, id, ids);
}

static void assign(struct ids *ids, struct gnode *n)
{
	if (n->id.n == 0)
		n->id = arena_printf(ids->a, "__%s", step_kind_name(n->kind));
	if (map_has(&ids->used, n->id))
		n->id = numbered(ids, base_of(ids, n->id));
	take(ids, n->id);
}

static bool is_generated(const struct gnode *n)
{
	return n->step->id_generated || n->id.n == 0;
}

void node_ids_assign(struct arena *a, struct gnode *nodes, size_t n, const uint32_t *group_wait)
{
	struct ids ids = { .a = a };
	take(&ids, IMPLICIT_WAIT_ID);
	for (size_t i = 0; i < n; i++)
		if (!is_generated(&nodes[i]))
			take(&ids, nodes[i].id);
	for (int members = 0; members < 2; members++)
		for (size_t i = 0; i < n; i++) {
			bool is_member = group_wait[i] != UINT32_MAX && group_wait[i] != i;
			if (is_generated(&nodes[i]) && is_member == members)
				assign(&ids, &nodes[i]);
		}
}
