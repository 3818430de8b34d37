/* Resolving needs and numbering stages: Kahn's algorithm, linear in jobs and needs. */
#include "graph/stages.h"

#include "base/map.h"

static struct str lower_case(struct arena *a, struct str s)
{
	char *p = arena_cstr(a, s);
	for (size_t i = 0; i < s.n; i++)
		if (p[i] >= 'A' && p[i] <= 'Z')
			p[i] = (char)(p[i] + ('a' - 'A'));
	return str_n(p, s.n);
}

static void resolve_needs(struct stages *st, struct arena *a, const struct workflow *w)
{
	struct map by_id = { 0 };
	uint32_t *numbers = arena_array(a, uint32_t, w->njobs + 1), *seen = arena_array(a, uint32_t, w->njobs + 1);
	for (uint32_t i = 0; i < w->njobs; i++) {
		numbers[i] = i;
		struct str id = lower_case(a, w->jobs[i]->id);
		if (!map_has(&by_id, id))
			map_put(a, &by_id, id, &numbers[i]);
	}
	for (uint32_t i = 0; i < w->njobs; i++) {
		const struct job *j = w->jobs[i];
		st->needs[i].v = arena_array(a, uint32_t, j->nneeds);
		for (size_t k = 0; k < j->nneeds; k++) {
			const uint32_t *need = map_get(&by_id, lower_case(a, j->needs[k].name));
			if (!need || *need == i || seen[*need] == i + 1)
				continue;
			seen[*need] = i + 1;
			st->needs[i].v[st->needs[i].n++] = *need;
		}
	}
}

/* For each job those that need it, as one array with offsets. */
struct dependents {
	size_t *first;
	uint32_t *v;
};

static struct dependents turn_round(struct arena *a, const struct stages *st)
{
	struct dependents d = { .first = arena_array(a, size_t, st->njobs + 2) };
	for (size_t i = 0; i < st->njobs; i++)
		for (size_t k = 0; k < st->needs[i].n; k++)
			d.first[st->needs[i].v[k] + 2]++;
	for (size_t i = 2; i < st->njobs + 2; i++)
		d.first[i] += d.first[i - 1];
	d.v = arena_array(a, uint32_t, d.first[st->njobs + 1]);
	for (uint32_t i = 0; i < st->njobs; i++)
		for (size_t k = 0; k < st->needs[i].n; k++)
			d.v[d.first[st->needs[i].v[k] + 1]++] = i;
	return d;
}

static void number_stages(struct stages *st, struct arena *a)
{
	struct dependents d = turn_round(a, st);
	uint32_t *open = arena_array(a, uint32_t, st->njobs), *queue = st->topological;
	size_t head = 0, tail = 0;
	for (uint32_t i = 0; i < st->njobs; i++) {
		open[i] = (uint32_t)st->needs[i].n;
		if (open[i] == 0)
			queue[tail++] = i;
	}
	while (head < tail) {
		uint32_t j = queue[head++];
		st->n = MAX(st->n, st->stage[j] + 1);
		for (size_t k = d.first[j]; k < d.first[j + 1]; k++) {
			uint32_t next = d.v[k];
			st->stage[next] = MAX(st->stage[next], st->stage[j] + 1);
			if (--open[next] == 0)
				queue[tail++] = next;
		}
	}
	bool circle = tail < st->njobs;
	for (uint32_t i = 0; circle && i < st->njobs; i++) {
		if (open[i] == 0)
			continue;
		st->stage[i] = st->n;
		queue[tail++] = i;
	}
	st->n += circle;
}

/* Counting sort by stage. */
static void put_in_order(struct stages *st, struct arena *a)
{
	size_t *first = arena_array(a, size_t, st->n + 1);
	for (size_t i = 0; i < st->njobs; i++)
		first[st->stage[i] + 1]++;
	for (size_t i = 1; i <= st->n; i++)
		first[i] += first[i - 1];
	for (uint32_t i = 0; i < st->njobs; i++)
		st->order[first[st->stage[i]]++] = i;
}

void stages_make(struct stages *out, struct arena *a, const struct workflow *w)
{
	*out = (struct stages) { .njobs = w->njobs };
	out->needs = arena_array(a, struct job_needs, w->njobs);
	out->stage = arena_array(a, uint32_t, w->njobs);
	out->order = arena_array(a, uint32_t, w->njobs);
	out->topological = arena_array(a, uint32_t, w->njobs);
	resolve_needs(out, a, w);
	number_stages(out, a);
	put_in_order(out, a);
}
