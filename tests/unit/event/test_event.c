/* Events as JSON lines and back. */
#include <criterion/criterion.h>

#include "event/event_read.h"

static struct event base_event(enum event_type type)
{
	return (struct event) { .type = type,
		                .time_ms = INT64_C(1795248000123),
		                .run = STR("r1"),
		                .job = STR("test (1, 2)"),
		                .job_id = STR("test"),
		                .step = STR("__run"),
		                .index = 3 };
}

static void expect_json(const struct event *e, const char *want)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	event_json(&b, e);
	cr_assert_str_eq(buf_cstr(&b), want);
}

#define COMMON(type) "{\"type\":\"" type "\",\"time\":\"2026-11-21T08:00:00.123Z\",\"run\":\"r1\""
#define STEP(type)   COMMON(type) ",\"job\":\"test (1, 2)\",\"job_id\":\"test\",\"step\":\"__run\",\"index\":3"

Test(event, fields_are_the_contract)
{
	struct event e = base_event(EVENT_STEP_START);
	e.step_start.name = STR("Say \"hi\"");
	e.step_start.kind = STR("run");
	e.step_start.group = STR_EMPTY;
	expect_json(&e, STEP("step.start") ",\"name\":\"Say \\\"hi\\\"\",\"kind\":\"run\",\"background\":false,\"group\":null,"
	                                   "\"pid\":null}\n");
	e = base_event(EVENT_STEP_END);
	e.step_end.name = e.step_end.kind = STR("run");
	e.step_end.reason = STR_EMPTY;
	e.step_end.outcome = RESULT_FAILURE;
	e.step_end.conclusion = RESULT_SUCCESS;
	e.step_end.exit_code = 0;
	e.step_end.signal = 9;
	e.step_end.queued_ms = e.step_end.max_rss_kb = -1;
	e.step_end.duration_ms = e.step_end.cpu_ms = 0;
	expect_json(&e, STEP("step.end") ",\"name\":\"run\",\"kind\":\"run\",\"outcome\":\"failure\",\"conclusion\":\"success\","
	                                 "\"exit_code\":0,\"signal\":9,\"queued_ms\":null,\"duration_ms\":0,\"max_rss_kb\":null,"
	                                 "\"cpu_ms\":0}\n");
	e = base_event(EVENT_ANNOTATION);
	e.annotation.level = LOG_WARNING;
	e.annotation.message = STR("look");
	e.annotation.file = STR("a.c");
	e.annotation.line = 3;
	expect_json(&e, STEP("annotation") ",\"level\":\"warning\",\"message\":\"look\",\"file\":\"a.c\",\"line\":3,"
	                                   "\"end_line\":null,\"col\":null,\"end_col\":null,\"title\":null}\n");
	e = (struct event) { .type = EVENT_RUN_START, .time_ms = INT64_C(1795248000123), .run = STR("r1") };
	e.run_start.workflow = e.run_start.name = STR("ci.yml");
	e.run_start.event = STR("push");
	e.run_start.version = STR("0.1.0");
	expect_json(&e, COMMON("run.start") ",\"workflow\":\"ci.yml\",\"name\":\"ci.yml\",\"event\":\"push\",\"ref\":null,"
	                                    "\"sha\":null,\"version\":\"0.1.0\"}\n");
	e = base_event(EVENT_STEP_JOIN);
	e.step_join.by = STR("w");
	expect_json(&e, STEP("step.join") ",\"by\":\"w\",\"outputs\":{}}\n");
}

Test(event, log_batches)
{
	struct str lines[] = { STR("one"), STR("bin\377ary"), STR(""), STR("t\x1b[0m\n") };
	struct event e = base_event(EVENT_LOG);
	e.log.stream = LOG_STDERR;
	e.log.level = LOG_INFO;
	e.log.lines = lines;
	e.log.n = ARRAY_LEN(lines);
	_cleanup_buf_ struct buf b = BUF_INIT;
	event_json(&b, &e);
	struct str rest = buf_str(&b), line;
	struct arena a = { 0 };
	const char *want[] = { "one",
		               ("bin\xef\xbf\xbd"
		                "ary"),
		               "", "t\x1b[0m\n" };
	size_t n = 0;
	while (str_next_line(&rest, &line)) {
		struct event back;
		struct err err = ERR_INIT;
		cr_assert_eq(event_parse(&back, &a, line, &err), 0, "%s", err.text);
		cr_assert_eq(back.log.stream, LOG_STDERR);
		cr_assert_eq(back.index, 3);
		cr_assert(str_is(back.log.lines[0], want[n]));
		n++;
	}
	cr_assert_eq(n, 4);
	e.log.n = 0;
	buf_clear(&b);
	event_json(&b, &e);
	cr_assert_eq(b.n, 0);
	arena_done(&a);
}

Test(event, read_is_lenient_about_fields_and_strict_about_lines)
{
	static const char *const bad[] = {
		"", "{", "[]", "null", "{}", "{\"type\":\"x\"}", "{\"type\":1}", "\xff", "{\"type\":\"log\""
	};
	struct arena a = { 0 };
	struct event e;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err err = ERR_INIT;
		cr_assert_lt(event_parse(&e, &a, str_of(bad[i]), &err), 0, "%s", bad[i]);
		cr_assert(err.text[0]);
	}
	static const char *const fine[] = { "{\"type\":\"log\"}", "{\"type\":\"step.end\",\"index\":-5,\"exit_code\":1e300}",
		                            "{\"type\":\"run.end\",\"not_here\":[1,null,\"x\"],\"jobs\":7}",
		                            "{\"type\":\"job.start\",\"needs\":{},\"runs_on\":\"x\",\"matrix\":[]}" };
	for (size_t i = 0; i < ARRAY_LEN(fine); i++) {
		_cleanup_buf_ struct buf b = BUF_INIT;
		cr_assert_eq(event_parse(&e, &a, str_of(fine[i]), NULL), 0, "%s", fine[i]);
		event_json(&b, &e);
		cr_assert_gt(b.n, 20);
		struct event again;
		cr_assert_eq(event_parse(&again, &a, str_to(buf_str(&b), b.n - 1), NULL), 0, "%s", buf_cstr(&b));
	}
	arena_done(&a);
}

Test(event, times)
{
	static const struct {
		int64_t ms;
		const char *text;
	} cases[] = { { 0, "1970-01-01T00:00:00.000Z" },
		      { INT64_C(951782399999), "2000-02-28T23:59:59.999Z" },
		      { INT64_C(951782400000), "2000-02-29T00:00:00.000Z" },
		      { INT64_C(1709251199001), "2024-02-29T23:59:59.001Z" },
		      { INT64_C(1795248000123), "2026-11-21T08:00:00.123Z" },
		      { INT64_C(4107542400000), "2100-03-01T00:00:00.000Z" },
		      { INT64_C(253402300799999), "9999-12-31T23:59:59.999Z" } };
	char text[25];
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int64_t back = -1;
		event_time_text(text, cases[i].ms);
		cr_assert_str_eq(text, cases[i].text);
		cr_assert(event_time_read(&back, str_of(text)));
		cr_assert_eq(back, cases[i].ms);
	}
	event_time_text(text, INT64_MIN);
	cr_assert_str_eq(text, "1970-01-01T00:00:00.000Z");
	event_time_text(text, INT64_MAX);
	cr_assert_str_eq(text, "9999-12-31T23:59:59.999Z");
	int64_t none;
	cr_assert_not(event_time_read(&none, STR("2026-11-21 08:00:00.123Z")));
	cr_assert_not(event_time_read(&none, STR("2026-13-21T08:00:00.123Z")));
	cr_assert_not(event_time_read(&none, STR("")));
}
