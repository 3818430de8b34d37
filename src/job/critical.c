/* The longest chain within a job, along the edges of its graph: what is on it decides how long everything takes; speeding up
 * anything else saves nothing. */
#include "job/internal.h"

/* Waiting is not work: a control step's own time belongs to what it waits for, and a service lasts until it is
 * cancelled, however long that is. */
static uint64_t work_time(const struct step_run *s)
{
	if (s && s->cancel_asked && s->conclusion == RESULT_CANCELLED)
		return 0;
	return s && !s->ops->control && s->started_at ? s->ended_at - s->started_at : 0;
}

/* One after another, before everything or after it. */
static uint64_t stages_duration(const struct frame *f)
{
	uint64_t sum = 0;
	for (size_t i = 0; f && i < f->n; i++)
		sum += work_time(f->steps[i]);
	return sum;
}

static struct str chain_text(struct job_run *j, const uint32_t *before, uint32_t last, uint64_t total)
{
	struct {
		VEC(struct str);
	} names = { 0 };
	struct arena a = { 0 };
	for (uint32_t i = last; i != UINT32_MAX; i = before[i])
		if (work_time(j->base.frame->steps[i]) * 100 > total)
			*vec_add(&a, &names) = j->base.frame->steps[i]->name;
	_cleanup_buf_ struct buf out = BUF_INIT;
	size_t shown = MIN(names.n, (size_t)6);
	for (size_t i = 0; i < shown; i++) {
		if (i)
			buf_adds(&out, " → ");
		buf_addstr(&out, names.v[names.n - 1 - i]);
	}
	if (names.n > shown)
		buf_adds(&out, " → …");
	arena_done(&a);
	return arena_str(j->spec.results, buf_str(&out));
}

void job_critical(struct job_run *j)
{
	const struct job_graph *g = j->spec.graph;
	if (!j->base.frame || g->n == 0)
		return;
	struct arena a = { 0 };
	uint64_t *end = arena_array(&a, uint64_t, g->n); /* earliest end of each node */
	uint32_t *before = arena_alloc(&a, g->n * sizeof(*before));
	size_t *first = arena_array(&a, size_t, g->n + 1), *order = arena_array(&a, size_t, g->nedges + 1);
	for (size_t i = 0; i < g->nedges; i++)
		first[g->edges[i].to + 1]++;
	for (size_t i = 0; i < g->n; i++)
		first[i + 1] += first[i];
	size_t *fill = arena_array(&a, size_t, g->n);
	for (size_t i = 0; i < g->nedges; i++)
		order[first[g->edges[i].to] + fill[g->edges[i].to]++] = i;
	uint32_t last = 0;
	for (uint32_t i = 0; i < g->n; i++) { /* edges go forward: file order is topological */
		before[i] = UINT32_MAX;
		uint64_t start = 0;
		for (size_t k = first[i]; k < first[i + 1]; k++) {
			uint32_t from = g->edges[order[k]].from;
			if (end[from] >= start && (end[from] > start || before[i] == UINT32_MAX)) {
				start = end[from];
				before[i] = from;
			}
		}
		end[i] = start + work_time(j->base.frame->steps[i]);
		if (end[i] > end[last])
			last = i;
	}
	j->critical_ns = end[last] + stages_duration(j->before) + stages_duration(j->after);
	j->critical_steps = chain_text(j, before, last, end[last]);
	arena_done(&a);
}
