/* The closing part: what decided, what was tolerated, what is counted, what is left out, and the verdict. */
#include <criterion/criterion.h>

#include "ui/closing.h"
#include "ui/sink.h"
#include "unit/ui/feed.h"

static void plain(struct buf *out, const char *run, const char *trouble)
{
	struct arena a = { 0 };
	size_t n;
	struct event *events = feed_load(&a, run, &n);
	int fd = feed_file();
	struct sink *s = sink_plain(&(struct ui_options) { .fd = fd, .log_dir_hint = STR("runs/1"), .runs = 1 });
	for (size_t i = 0; i < n; i++)
		s->ops->event(s, &events[i]);
	ui_end(s, trouble);
	cr_assert_eq(s->ops->close(s, NULL), 0);
	feed_read(out, fd);
	close(fd);
	arena_done(&a);
}

static size_t count_of(struct str text, const char *what)
{
	size_t n = 0;
	for (size_t at = 0; (at = str_find(text, str_of(what), at)) != SIZE_MAX; at++)
		n++;
	return n;
}

static struct str closing_of(const struct buf *out)
{
	size_t at = str_find(buf_str(out), STR("\nci.yml\n"), 0);
	cr_assert_neq(at, SIZE_MAX);
	return str_from(buf_str(out), at + 8);
}

static void expect_count(struct str text, const char *what, size_t n)
{
	cr_expect_eq(count_of(text, what), n, "'%s': %zu times, not %zu, in:\n%.*s", what, count_of(text, what), n, STRF(text));
}

/* A job that may fail, a step that may fail, a member of a group that decides, and three legs that fail alike. */
Test(closing, what_decided_is_first_and_said_once)
{
	_cleanup_buf_ struct buf out = BUF_INIT;
	plain(&out, "tolerated", NULL);
	struct str c = closing_of(&out);
	cr_expect(str_starts(c, STR("failed: lint / Format: exit code 7\n")), "%.*s", STRF(c));
	expect_count(c, "Format: exit code 7", 1);
	expect_count(c, "failed: ", 2); /* the legs, together */
	expect_count(c, "failed: test (1) / Unit tests: exit code 1\n  the same in test (2), test (3)\n", 1);
	expect_count(c, "'Format' failed", 1); /* of the step that waited, in its row */
	expect_count(c, "Process completed", 0);
	expect_count(c, "t.c:10: wrong (test (1) / Unit tests, 3 times)\n", 1);
	expect_count(c, "t.c:9: slow (test (1) / Unit tests, 3 times)\n", 1);
	expect_count(c, "a.c:3: too new (Nightly compiler / Compile) tolerated\n", 1);
	expect_count(c, "README.md:1: teh (lint / Spelling) tolerated\n", 1);
	cr_expect_eq(count_of(buf_str(&out), "\n[nightly/Compile] = tolerated in "), 1, "known from the beginning: %s",
	             buf_cstr(&out));
	expect_count(c, "nothing to wait for: all 2 steps were skipped", 1);
	size_t wrong = str_find(c, STR("wrong"), 0), tolerated = str_find(c, STR("too new"), 0);
	cr_expect(wrong < tolerated, "what counts comes first:\n%.*s", STRF(c));
	golden_compare("tolerated.plain", buf_str(&out));
}

Test(closing, a_success_that_is_none_says_why)
{
	_cleanup_buf_ struct buf out = BUF_INIT;
	plain(&out, "side", "events.ndjson: No space left on device");
	cr_assert_neq(str_find(buf_str(&out), STR("\nci.yml: success in 0.5 s, but events.ndjson: No space left on device\n"), 0),
	              SIZE_MAX, "%s", buf_cstr(&out));
	buf_clear(&out);
	plain(&out, "broken", "log: No space left on device");
	cr_assert_neq(str_find(buf_str(&out), STR("\nci.yml: failure in 0.4 s; log: No space left on device\n"), 0), SIZE_MAX,
	              "%s", buf_cstr(&out));
}

static struct event step_event(enum event_type type, uint32_t index, const char *name)
{
	struct event e = { .type = type, .run = STR("r"), .job = STR("j"), .job_id = STR("j"), .step = STR("s"), .index = index };
	if (type == EVENT_STEP_START) {
		e.step_start.name = str_of(name);
		e.step_start.kind = STR("run");
	}
	return e;
}

/* A hundred steps: what failed, was skipped or slow stays, and a line tells the rest. */
Test(closing, a_long_table_leaves_out_what_is_ordinary)
{
	struct ui_model m = { 0 };
	struct look look = { .width = 80, .marks = true };
	char name[32];
	for (uint32_t i = 1; i <= 100; i++) {
		snprintf(name, sizeof(name), "step %u", i);
		struct event e = step_event(EVENT_STEP_START, i, name);
		model_apply(&m, &e, 0);
		enum result result = i == 50 ? RESULT_FAILURE : i > 97 ? RESULT_SKIPPED : RESULT_SUCCESS;
		e = step_event(EVENT_STEP_END, i, NULL);
		e.step_end.outcome = e.step_end.conclusion = result;
		e.step_end.exit_code = result == RESULT_FAILURE;
		e.step_end.duration_ms = i == 20 ? 61000 : i;
		model_apply(&m, &e, 0);
	}
	_cleanup_buf_ struct buf out = BUF_INIT;
	table_render(&out, m.first, &look);
	struct str t = buf_str(&out);
	for (size_t i = 0; i < 5; i++) {
		static const char *const there[] = { " step 50 ", " step 98 ", " step 99 ", " step 100 ", " step 20 " };
		expect_count(t, there[i], 1);
	}
	expect_count(t, " step 10 ", 0);
	expect_count(t, "\n", 1 + 4 + 10 + 1);
	expect_count(t, "  … 86 steps are not listed: 86 success, each in at most 88 ms\n", 1);
	model_done(&m);
}

/* Every line says which workflow it is of, each has its logs, and the last line is about all. */
Test(closing, several_workflows)
{
	struct arena a = { 0 };
	size_t n;
	struct event *events = feed_load(&a, "two-runs", &n);
	int fd = feed_file();
	feed_all(sink_plain(&(struct ui_options) { .fd = fd, .log_dir_hint = STR("runs"), .runs = 2 }), events, n);
	_cleanup_buf_ struct buf out = BUF_INIT;
	feed_read(&out, fd);
	close(fd);
	struct str rest = buf_str(&out), line, last = STR_EMPTY;
	while (str_next_line(&rest, &line)) {
		if (str_starts(line, STR("[")))
			cr_expect(str_starts(line, STR("[ci.yml ")) || str_starts(line, STR("[lint.yml ")), "%.*s", STRF(line));
		last = line;
	}
	cr_expect(str_starts(last, STR("2 workflows: unfinished in ")), "%.*s", STRF(last));
	for (size_t i = 0; i < 2; i++) {
		const struct str id = i ? events[1].run : events[0].run;
		expect_count(buf_str(&out), arena_printf(&a, "\nLogs: runs/%.*s\n", STRF(id)).p, 1);
	}
	expect_count(buf_str(&out), "\nci.yml: success in 0.3 s\n", 1);
	expect_count(buf_str(&out), "\nlint.yml: unfinished\n", 1);
	arena_done(&a);
}
