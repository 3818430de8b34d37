/* The longest chain within a flow, along needs; see job/critical.c for what it is good for. */
#include "schedule/critical.h"

#include "schedule/leg.h"

static struct leg *longest_leg(const struct group *g)
{
	struct leg *best = NULL;
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
		const struct leg *leg = longest_leg(f->groups[i]);
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
		const struct leg *leg = longest_leg(f->groups[last]);
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
