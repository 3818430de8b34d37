/* The longest chain: within a job along the edges of its graph, within a run along needs. What is on it
 * decides how long everything takes; speeding up anything else saves nothing. */
#include "exec/internal.h"

static bool is_work(const struct step_run *s)
{
	return s->node->kind == STEP_RUN || s->node->kind == STEP_USES;
}

/* Waiting is not work: a control step's own time belongs to what it waits for, and a service lasts until it is
 * cancelled, however long that is. */
static uint64_t duration(const struct step_run *s)
{
	if (s && s->cancel_asked && s->conclusion == RESULT_CANCELLED)
		return 0;
	return s && is_work(s) && s->started_at ? s->ended_at - s->started_at : 0;
}

static struct str chain_text(struct job_run *j, const uint32_t *before, uint32_t last, uint64_t total)
{
	struct {
		VEC(struct str);
	} names = { 0 };
	struct arena a = { 0 };
	for (uint32_t i = last; i != UINT32_MAX; i = before[i])
		if (duration(j->frame->steps[i]) * 100 > total)
			*vec_add(&a, &names) = j->frame->steps[i]->name;
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
	return arena_str(&j->run->arena, buf_str(&out));
}

void critical_job(struct job_run *j)
{
	const struct job_graph *g = j->group->plan->graph;
	if (!j->frame || g->n == 0)
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
		end[i] = start + duration(j->frame->steps[i]);
		if (end[i] > end[last])
			last = i;
	}
	j->critical_ns = end[last];
	j->critical_steps = chain_text(j, before, last, end[last]);
	arena_done(&a);
}

static struct job_run *longest_leg(const struct group *g)
{
	struct job_run *best = NULL;
	for (size_t i = 0; i < g->nlegs; i++)
		if (!best || g->legs[i]->critical_ns > best->critical_ns)
			best = g->legs[i];
	return best;
}

/* Every job after those it needs. */
static uint32_t *by_stage(struct arena *a, const struct flow *f)
{
	uint32_t *order = arena_alloc(a, (f->ngroups + 1) * sizeof(*order));
	size_t *first = arena_array(a, size_t, f->ngroups + 2);
	for (size_t i = 0; i < f->ngroups; i++)
		first[f->groups[i]->plan->stage + 1]++;
	for (size_t i = 0; i < f->ngroups; i++)
		first[i + 1] += first[i];
	for (uint32_t i = 0; i < f->ngroups; i++)
		order[first[f->groups[i]->plan->stage]++] = i;
	return order;
}

void critical_flow(struct flow *f, uint64_t *ns, struct str *names)
{
	struct arena a = { 0 };
	uint64_t *end = arena_array(&a, uint64_t, f->ngroups + 1);
	uint32_t *before = arena_alloc(&a, (f->ngroups + 1) * sizeof(*before));
	uint32_t last = 0, *order = by_stage(&a, f);
	for (size_t k = 0; k < f->ngroups; k++) {
		uint32_t i = order[k];
		const struct plan_job *p = f->groups[i]->plan;
		uint64_t start = 0;
		before[i] = UINT32_MAX;
		for (size_t n = 0; n < p->nneeds; n++)
			if (end[p->needs[n]->index] > start) {
				start = end[p->needs[n]->index];
				before[i] = p->needs[n]->index;
			}
		const struct job_run *leg = longest_leg(f->groups[i]);
		end[i] = start + (leg ? leg->critical_ns : 0);
		if (end[i] > end[last])
			last = i;
	}
	*ns = f->ngroups ? end[last] : 0;
	*names = STR_EMPTY;
	if (f->ngroups) {
		struct {
			VEC(struct str);
		} chain = { 0 };
		for (uint32_t i = last; i != UINT32_MAX; i = before[i])
			*vec_add(&a, &chain) = f->groups[i]->plan->job->id;
		const struct job_run *leg = longest_leg(f->groups[last]);
		_cleanup_buf_ struct buf out = BUF_INIT;
		for (size_t i = chain.n; i > 0; i--)
			buf_addf(&out, "%s%.*s", i == chain.n ? "" : " → ", STRF(chain.v[i - 1]));
		if (chain.n > 1)
			*names = arena_str(&f->run->arena, buf_str(&out));
		else if (leg)
			*names = leg->critical_steps;
	}
	arena_done(&a);
}
