/* What the last line claims to have been saved, from recorded runs. */
#include <criterion/criterion.h>

#include "ui/result.h"
#include "unit/ui/feed.h"

static struct saving saving_of(struct buf *last_line, const char *run)
{
	struct arena a = { 0 };
	size_t n;
	struct event *events = feed_load(&a, run, &n);
	struct ui_model m = { 0 };
	for (size_t i = 0; i < n; i++)
		model_apply(&m, &events[i], 0);
	struct saving s = run_saving(m.first);
	model_done(&m);
	int fd = feed_file();
	feed_all(sink_quiet(&(struct ui_options) { .fd = fd }), events, n);
	_cleanup_buf_ struct buf text = BUF_INIT;
	feed_read(&text, fd);
	close(fd);
	struct str rest = buf_str(&text), line = STR_EMPTY;
	while (str_next_line(&rest, &line))
		buf_clear(last_line), buf_addstr(last_line, line);
	arena_done(&a);
	return s;
}

Test(saving, only_work_side_by_side_counts)
{
	static const struct {
		const char *run;
		size_t steps, jobs;
		const char *line; /* how it begins */
	} cases[] = {
		{ "side", 3, 1, "ci.yml: success in 0.5 s; up to 3 steps side by side: " },
		{ "server", 1, 1, "ci.yml: success in " }, /* that was there until it was cancelled */
		{ "line", 1, 1, "ci.yml: success in " },   /* one after another, all the others in line */
		{ "jobs", 1, 2, "ci.yml: success in 0.6 s; 2 jobs side by side" },
		{ "broken", 0, 0, "ci.yml: failure in " },
		{ "interrupted", 0, 0, "ci.yml: cancelled in " },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_buf_ struct buf line = BUF_INIT;
		struct saving s = saving_of(&line, cases[i].run);
		bool claims = str_find(buf_str(&line), STR("steps side by side"), 0) != SIZE_MAX;
		cr_expect(str_starts(buf_str(&line), str_of(cases[i].line)), "%s: %s", cases[i].run, buf_cstr(&line));
		cr_expect_eq(claims, cases[i].steps > 1, "%s: %s", cases[i].run, buf_cstr(&line));
		cr_expect_eq(s.jobs, cases[i].jobs, "%s: %zu jobs", cases[i].run, s.jobs);
		cr_expect(claims || (!s.work_ms && !s.took_ms), "%s", cases[i].run);
		cr_expect(s.steps == cases[i].steps || (cases[i].steps < 2 && !s.steps), "%s: %zu steps", cases[i].run, s.steps);
		cr_expect(!claims || (s.work_ms > s.took_ms && s.took_ms > 0), "%s", cases[i].run);
	}
}

/* Work in 100 ms and 300 ms, overlapping by 100: 400 of work took 300. */
Test(saving, figures)
{
	struct ui_model m = { 0 };
	struct event e = { .run = STR("r"), .job = STR("j"), .job_id = STR("j") };
	static const int64_t ends[] = { 1200, 1300 }, takes[] = { 100, 300 };
	for (uint32_t i = 0; i < 2; i++) {
		e.index = i + 1;
		e.type = EVENT_STEP_START;
		e.step_start.kind = e.step_start.name = STR("run");
		e.step_start.background = true;
		model_apply(&m, &e, 0);
	}
	for (uint32_t i = 0; i < 2; i++) {
		struct event end = {
			.type = EVENT_STEP_END, .run = STR("r"), .job = STR("j"), .job_id = STR("j"), .index = i + 1
		};
		end.time_ms = ends[i];
		end.step_end.outcome = end.step_end.conclusion = RESULT_SUCCESS;
		end.step_end.duration_ms = takes[i];
		model_apply(&m, &end, 0);
	}
	struct event end = { .type = EVENT_RUN_END, .run = STR("r") };
	end.run_end.conclusion = RESULT_SUCCESS;
	model_apply(&m, &end, 0);
	struct saving s = run_saving(m.first);
	cr_assert_eq(s.steps, 2);
	cr_assert_eq(s.work_ms, 400);
	cr_assert_eq(s.took_ms, 300);
	model_done(&m);
}
