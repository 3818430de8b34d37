/* Limits of length, depth and memory, and that nothing takes quadratic time. */
#include <criterion/criterion.h>
#include <time.h>

#include "harness.h"

static const char too_deep[] = "Exceeded max expression depth 50";
static const char too_long[] = "Exceeded max expression length 21000";

/* before, then unit n times, then after. */
static struct str repeat(struct arena *a, const char *before, const char *unit, size_t n, const char *after)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	buf_adds(&b, before);
	for (size_t i = 0; i < n; i++)
		buf_adds(&b, unit);
	buf_adds(&b, after);
	return arena_str(a, buf_str(&b));
}

static struct str outcome(struct arena *a, struct str text)
{
	struct world w;
	struct val v;
	struct expr_error error = { 0 };
	world_init(&w, a, json_val(a, "{\"x\":null}"), 0);
	return run_text(&v, &w, a, text, &error) < 0 ? error.summary : compact(a, v);
}

Test(limits, depth_and_length)
{
	static const struct {
		const char *before, *unit;
		size_t n;
		const char *after, *want;
	} cases[] = {
		{ "", "!", 49, "true", "false" },
		{ "", "!", 50, "true", too_deep },
		{ "", "!", 60, "nosuch", "Unrecognized named-value: 'nosuch'" },
		{ "x", ".a", 49, "", "null" },
		{ "x", ".a", 50, "", too_deep },
		{ "x", "[*]", 49, "", "[]" },
		{ "x", "[x", 49, "", "Unexpected end of expression: 'x'" },
		{ "1", " == 1", 49, "", "true" },
		{ "1", " == 1", 50, "", too_deep },
		{ "false", " || false", 1000, "", "false" },
		{ "true", " && true", 2000, "", "true" },
		{ "", "(false || ", 500, "1", "Unexpected end of expression: '1'" },
		{ "", "(", 10000, "1", "Unexpected end of expression: '1'" },
		{ "'", "a", 20998, "' ", too_long },
		{ "", "'", 20999, " ", "Unexpected symbol: '" },
		{ "", " ", 21000, "", "null" },
		{ "", " ", 21001, "", too_long },
		{ "", "é", 21001, "", too_long },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena a = { 0 };
		struct str text = repeat(&a, cases[i].before, cases[i].unit, cases[i].n, cases[i].after);
		struct str got = outcome(&a, text);
		cr_expect(str_starts(got, str_of(cases[i].want)), "case %zu: %.*s", i, (int)MIN(got.n, 200), got.p);
		arena_done(&a);
	}
}

/* Supplementary characters are two units each. */
Test(limits, length_counts_utf16_units)
{
	struct arena a = { 0 };
	cr_expect(str_is(outcome(&a, repeat(&a, "'", "😊", 10499, "' == 1")), too_long));
	cr_expect(str_is(outcome(&a, repeat(&a, "!'", "😊", 10498, "'")), "false"));
	arena_done(&a);
}

Test(limits, parentheses_make_no_nodes)
{
	struct arena a = { 0 };
	struct str inner = repeat(&a, "", "(", 10000, "1");
	struct str text = repeat(&a, arena_cstr(&a, inner), ")", 10000, "");
	cr_expect(str_is(outcome(&a, text), "1"));
	struct str chain = repeat(&a, "", "(false||", 2000, "7");
	chain = repeat(&a, arena_cstr(&a, chain), ")", 2000, "");
	cr_expect(str_is(outcome(&a, chain), "7"), "right-nested chains are one node");
	arena_done(&a);
}

Test(limits, memory)
{
	struct arena a = { 0 };
	struct world w;
	struct val v;
	struct expr_error error = { 0 };
	world_init(&w, &a, json_val(&a, "{\"x\":null}"), 0);
	struct str big = repeat(&a, "", "a", 300000, "");
	val_set(&a, w.contexts, STR("x"), val_str(big));
	cr_expect(run_text(&v, &w, &a, STR("x == x"), &error) < 0 && error.evaluation, "two texts of 600 kB are over 1 MiB");
	cr_expect(run_text(&v, &w, &a, STR("x == 'b'"), &error) == 0);
	cr_assert(run_text(&v, &w, &a, STR("!fOrmat('{0}{0}', x)"), &error) < 0);
	cr_expect(str_is(error.text, "The maximum allowed memory size was exceeded while evaluating the following expression: "
	                             "fOrmat('{0}{0}', x)"));
	cr_expect(run_text(&v, &w, &a, STR("toJSON(x) == x"), &error) < 0);
	cr_expect(run_text(&v, &w, &a, STR("case(true, 1, (x || x.y['z a'].q != .5))"), &error) == 0);
	arena_done(&a);
}

static double seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Expressions of the largest size in every shape that could provoke backtracking or copying. */
Test(limits, parsing_is_linear)
{
	static const char *const shapes[][3] = { { "", "(", "" },
		                                 { "", "(false||", "" },
		                                 { "1", "==1", "" },
		                                 { "", "!", "x" },
		                                 { "x", ".a", "" },
		                                 { "x", "[x", "" },
		                                 { "'", "''", "'" },
		                                 { "", "format(", "" },
		                                 { "format('a'", ",1", ")" },
		                                 { "success(", "1,", "1)" },
		                                 { "x", "[*]", "" },
		                                 { "", "a", "" },
		                                 { "x", " || x && x", "" },
		                                 { "1", "     ", "" },
		                                 { "x", "||x", "" },
		                                 { "", "\xe2\x80", "" },
		                                 { "", "\xff", "" },
		                                 { "", "!!(x[", "" } };
	double start = seconds();
	for (size_t i = 0; i < ARRAY_LEN(shapes); i++) {
		struct arena a = { 0 };
		size_t n = 20000 / strlen(shapes[i][1]);
		outcome(&a, repeat(&a, shapes[i][0], shapes[i][1], n, shapes[i][2]));
		arena_done(&a);
	}
	cr_expect_lt(seconds() - start, 2.0);
}

static void timed(struct world *w, struct arena *a, const char *text)
{
	struct val v;
	struct expr_error error = { 0 };
	double start = seconds();
	cr_expect(run_text(&v, w, a, str_of(text), &error) == 0, "%s: %.*s", text, (int)MIN(error.text.n, 200), error.text.p);
	cr_expect_lt(seconds() - start, 1.0, "%s", text);
}

Test(limits, evaluation_is_linear)
{
	struct arena a = { 0 };
	struct world w;
	struct val list = val_array(&a), objects = val_array(&a), numbers = val_array(&a), wide = val_object(&a);
	world_init(&w, &a,
	           json_val(&a, "{\"list\":0,\"objects\":0,\"text\":0,\"needle\":0,\"numbers\":0,\"zeros\":0,\"wide\":0}"), 0);
	w.env.max_memory = 64 << 20;
	for (int i = 0; i < 200000; i++) {
		struct val o = val_object(&a);
		val_set(&a, o, STR("name"), val_num(i));
		val_push(&a, objects, o);
		val_push(&a, list, val_str(arena_printf(&a, "entry-%d", i)));
		val_push(&a, numbers, val_num(i + 1));
		val_set(&a, wide, arena_printf(&a, "Key-%d", i), val_num(i));
	}
	val_set(&a, w.contexts, STR("list"), list);
	val_set(&a, w.contexts, STR("numbers"), numbers);
	val_set(&a, w.contexts, STR("objects"), objects);
	val_set(&a, w.contexts, STR("wide"), wide);
	val_set(&a, w.contexts, STR("text"), val_str(repeat(&a, "", "ab", 500000, "")));
	val_set(&a, w.contexts, STR("needle"), val_str(repeat(&a, "", "aB", 250000, "c")));
	val_set(&a, w.contexts, STR("zeros"), val_str(repeat(&a, "", "0", 1000000, "")));
	timed(&w, &a, "contains(list, 'ENTRY-199999')");
	timed(&w, &a, "contains(objects.*.name, 199999)");
	timed(&w, &a, "contains(text, needle)");
	timed(&w, &a, "contains(numbers, zeros)");
	timed(&w, &a, "join(list, '')");
	timed(&w, &a, "toJSON(objects)");
	timed(&w, &a, "wide['key-199999'] == 199999");
	timed(&w, &a, "endsWith(text, needle)");
	timed(&w, &a, "fromJSON(toJSON(list))");
	arena_done(&a);
}

/* Braces galore: every pair is a piece of its own. */
Test(limits, format_and_scanning_are_linear)
{
	struct arena a = { 0 };
	struct world w;
	world_init(&w, &a, json_val(&a, "{\"f\":0}"), 0);
	w.env.max_memory = 256 << 20;
	val_set(&a, w.contexts, STR("f"), val_str(repeat(&a, "", "{{", 1000000, "")));
	timed(&w, &a, "format(f, 1)");
	double start = seconds();
	struct template_scan scan;
	template_scan(&scan, &a, repeat(&a, "", "${{ f }} ", 200000, ""), &w.scope);
	cr_expect(scan.result == TEMPLATE_ERROR && str_is(scan.error.text, too_long));
	template_scan(&scan, &a, repeat(&a, "", "${ {{ '", 500000, "${{"), &w.scope);
	cr_expect(scan.result == TEMPLATE_ERROR);
	cr_expect_lt(seconds() - start, 3.0);
	arena_done(&a);
}

/* Typical conditions, parsed once and evaluated many times, take a few microseconds at most. */
Test(limits, a_condition_is_quick)
{
	enum { TIMES = 200000 };
	struct arena a = { 0 }, scratch = { 0 };
	struct world w;
	struct expr *e;
	struct val v;
	struct expr_error error = { 0 };
	world_init(&w, &a, json_val(&a, "{\"env\":{\"X\":\"y\"},\"steps\":{\"b\":{\"outputs\":{\"v\":\"1\"}}}}"), 0);
	cr_assert(expr_parse(&e, &a, STR("env.X == 'y' && steps.b.outputs.v"), &w.scope, &error) == 0);
	double start = seconds();
	for (int i = 0; i < TIMES; i++) {
		cr_assert(expr_eval(&v, e, &scratch, &w.env, &error) == 0);
		arena_clear(&scratch);
	}
	double micros = (seconds() - start) * 1e6 / TIMES;
	cr_log_info("%.3f microseconds", micros);
	cr_expect_lt(micros, 20.0);
	arena_done(&scratch);
	arena_done(&a);
}
