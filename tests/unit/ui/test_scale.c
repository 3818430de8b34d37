/* 256 jobs, 10,000 steps, many lines: the time grows with the events, not faster. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <time.h>

#include "unit/ui/feed.h"

typedef struct sink *maker(const struct ui_options *);

static double seconds(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void send(struct sink *s, enum event_type type, struct str job, uint32_t index, enum result result)
{
	struct event e = { .type = type, .run = STR("r"), .job = job, .job_id = STR("j"), .step = STR("s"), .index = index };
	struct str line = STR("some output of the step");
	if (!index)
		e.step = STR_EMPTY;
	if (type == EVENT_STEP_QUEUE)
		e.step_queue.name = STR("A step");
	if (type == EVENT_STEP_START) {
		e.step_start.name = STR("A step");
		e.step_start.kind = STR("run");
		e.step_start.background = true;
	}
	if (type == EVENT_LOG) {
		e.log.lines = &line;
		e.log.n = 1;
	}
	if (type == EVENT_STEP_END) {
		e.step_end.name = STR("A step");
		e.step_end.outcome = e.step_end.conclusion = result;
		e.step_end.duration_ms = index;
	}
	s->ops->event(s, &e);
	if (s->ops->tick && s->next_tick && index % 100 == 0)
		s->ops->tick(s, s->next_tick);
}

/* All steps are queued, then all run, then all end. */
static double run(maker *make, uint32_t jobs, uint32_t steps)
{
	int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	struct sink *s = make(&(struct ui_options) { .fd = fd, .width = 80 });
	double start = seconds();
	static const enum event_type order[] = { EVENT_STEP_QUEUE, EVENT_STEP_START, EVENT_LOG, EVENT_STEP_END };
	char key[32];
	for (uint32_t j = 0; j < jobs; j++) {
		snprintf(key, sizeof(key), "job (%u)", j);
		send(s, EVENT_JOB_START, str_of(key), 0, RESULT_NONE);
	}
	for (size_t k = 0; k < ARRAY_LEN(order); k++)
		for (uint32_t i = 1; i <= steps; i++)
			for (uint32_t j = 0; j < jobs; j++) {
				snprintf(key, sizeof(key), "job (%u)", j);
				send(s, order[k], str_of(key), i, i % 50 ? RESULT_SUCCESS : RESULT_FAILURE);
			}
	for (uint32_t j = 0; j < jobs; j++) {
		snprintf(key, sizeof(key), "job (%u)", j);
		send(s, EVENT_JOB_END, str_of(key), 0, RESULT_NONE);
	}
	cr_assert_eq(s->ops->close(s, NULL), 0);
	close(fd);
	return seconds() - start;
}

Test(scale, time_is_linear)
{
	static maker *const makers[] = { sink_plain, sink_tty, sink_github, sink_quiet, sink_json };
	for (size_t i = 0; i < ARRAY_LEN(makers); i++) {
		double one = run(makers[i], 1, 1000), ten = run(makers[i], 1, 10000), wide = run(makers[i], 256, 40);
		if (getenv("SCALE_TIMES"))
			fprintf(stderr, "sink %zu: 1000 steps %.3f s, 10000 steps %.3f s, 256 jobs of 40 %.3f s\n", i, one, ten,
			        wide);
		cr_assert_lt(ten, 30 * one + 0.5, "sink %zu: %.3f s and %.3f s", i, one, ten);
		cr_assert_lt(wide, 30 * one + 1.5, "sink %zu: %.3f s and %.3f s", i, one, wide);
	}
}
