/* What ran side by side, from when steps and jobs began and ended; see result.h. */
#include "ui/result.h"

struct interval {
	int64_t from, to;
};

/* It has done work, and was not stopped in it: a server that is there until it is cancelled saves nobody any time. */
static bool is_work(const struct ui_step *s)
{
	return s->started && !s->control && s->outcome == RESULT_SUCCESS && s->conclusion == RESULT_SUCCESS && s->duration_ms > 0;
}

static int by_begin(const void *a, const void *b)
{
	const struct interval *x = a, *y = b;
	return (x->from > y->from) - (x->from < y->from);
}

static int by_number(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

/* Most at once; *covered: the time in which there was at least one. Reorders v. */
static size_t overlap(struct interval *v, size_t n, int64_t *covered)
{
	size_t most = 0, ended = 0;
	int64_t *ends = xmalloc((n + 1) * sizeof(*ends)), until = INT64_MIN;
	*covered = 0;
	for (size_t i = 0; i < n; i++)
		ends[i] = v[i].to;
	qsort(v, n, sizeof(*v), by_begin);
	qsort(ends, n, sizeof(*ends), by_number);
	for (size_t i = 0; i < n; i++) {
		while (ended < n && ends[ended] <= v[i].from)
			ended++;
		most = MAX(most, i + 1 - ended);
		*covered += MAX(v[i].to - MAX(v[i].from, until), INT64_C(0));
		until = MAX(until, v[i].to);
	}
	free(ends);
	return most;
}

static void add_steps(struct saving *s, const struct ui_job *j)
{
	struct interval *v = xmalloc((j->steps.n + 1) * sizeof(*v));
	int64_t work = 0, took;
	size_t n = 0;
	for (size_t i = 0; i < j->steps.n; i++) {
		const struct ui_step *step = j->steps.v[i].value;
		if (!is_work(step))
			continue;
		v[n++] = (struct interval) { step->ended_ms - step->duration_ms, step->ended_ms };
		work += step->duration_ms;
	}
	size_t most = overlap(v, n, &took);
	free(v);
	if (most < 2)
		return;
	s->steps = MAX(s->steps, most);
	s->work_ms += work;
	s->took_ms += took;
}

static size_t jobs_at_once(const struct ui_run *r)
{
	struct interval *v = xmalloc((r->jobs.n + 1) * sizeof(*v));
	int64_t took;
	size_t n = 0;
	for (size_t i = 0; i < r->jobs.n; i++) {
		const struct ui_job *j = r->jobs.v[i].value;
		if (!j->calls && j->duration_ms > 0)
			v[n++] = (struct interval) { j->ended_ms - j->duration_ms, j->ended_ms };
	}
	size_t most = overlap(v, n, &took);
	free(v);
	return most;
}

struct saving run_saving(const struct ui_run *r)
{
	struct saving s = { 0 };
	if (!r->ended || r->conclusion != RESULT_SUCCESS)
		return s;
	for (size_t i = 0; i < r->jobs.n; i++)
		add_steps(&s, r->jobs.v[i].value);
	s.jobs = jobs_at_once(r);
	return s;
}
