/* JSON in and out. */
#include <criterion/criterion.h>
#include <locale.h>
#include <math.h>
#include <time.h>

#include "base/utf8.h"
#include "value/val.h"

static const char *rewrite(struct arena *a, struct str text)
{
	struct val v;
	struct err err = ERR_INIT;
	_cleanup_buf_ struct buf b = BUF_INIT;
	if (val_from_json(&v, a, text, &err) < 0)
		return NULL;
	val_to_json(&b, v, JSON_COMPACT);
	return arena_cstr(a, buf_str(&b));
}

Test(json, reading)
{
	static const char *const cases[][2] = {
		{ "1", "1" },
		{ " [ ] ", "[]" },
		{ "{\"a\":[1,2.5,true,false,null,\"x\"]}", "{\"a\":[1,2.5,true,false,null,\"x\"]}" },
		{ "{\"z\":1,\"a\":2,\"Z\":3}", "{\"z\":1,\"a\":2}" },
		{ "{\"a\":1,\"b\":2,\"a\":3}", "{\"a\":3,\"b\":2}" },
		{ "12345678901234567890", "1.2345678901234567e+19" },
		{ "9007199254740993", "9007199254740992" },
		{ "-0", "-0" },
		{ "0.1", "0.1" },
		{ "0.30000000000000004", "0.30000000000000004" },
		{ "\"a\\u0000b\"", "\"a\\u0000b\"" },
		{ "\"\\ud83d\\ude0a\"", "\"😊\"" },
	};
	struct arena a = { 0 };
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *got = rewrite(&a, str_of(cases[i][0]));
		cr_expect(got && strcmp(got, cases[i][1]) == 0, "%s: %s", cases[i][0], got ? got : "(refused)");
	}
	arena_done(&a);
}

Test(json, refusing)
{
	static const char *const bad[] = { "",       "  ",       "{",   "[1,]",     "{\"a\":1,}", "{a:1}",     "'a'",   "[1] x",
		                           "NaN",    "Infinity", "01",  "+1",       "1.",         ".5",        "1e",    "\"\t\"",
		                           "//x\n1", "\"\\x\"",  "nul", "\"\xff\"", "[1 2]",      "{\"a\" 1}", "\"abc", "tRUE" };
	struct arena a = { 0 };
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct val v;
		struct err err = ERR_INIT;
		cr_expect(val_from_json(&v, &a, str_of(bad[i]), &err) < 0, "%s", bad[i]);
		cr_expect(err.kind == ERR_INVALID && err.text[0]);
	}
	arena_done(&a);
}

static struct str nested(struct arena *a, size_t n)
{
	char *p = arena_alloc(a, n * 2);
	memset(p, '[', n);
	memset(p + n, ']', n);
	return str_n(p, n * 2);
}

Test(json, depth)
{
	struct arena a = { 0 };
	struct val v;
	cr_expect(val_from_json(&v, &a, nested(&a, 100), NULL) == 0);
	cr_expect(val_from_json(&v, &a, nested(&a, 101), NULL) < 0);
	cr_expect(val_from_json(&v, &a, nested(&a, 1000000), NULL) < 0);
	cr_expect(val_from_json(&v, &a, STR("\"[[[[\\\"[[[[\""), NULL) == 0);
	arena_done(&a);
}

Test(json, compact_is_valid_whatever_the_bytes)
{
	struct arena a = { 0 };
	_cleanup_buf_ struct buf b = BUF_INIT;
	struct val list = val_array(&a), back;
	char all[256];
	for (int i = 0; i < 256; i++)
		all[i] = (char)i;
	val_push(&a, list, val_str(str_n(all, sizeof(all))));
	val_push(&a, list, val_num(NAN));
	val_push(&a, list, val_num(-INFINITY));
	val_push(&a, list, val_num(1e-300));
	val_push(&a, list, val_num(1e300));
	val_to_json(&b, list, JSON_COMPACT);
	cr_assert(utf8_valid(buf_str(&b)));
	struct err err = ERR_INIT;
	cr_assert(val_from_json(&back, &a, buf_str(&b), &err) == 0, "%s", err.text);
	cr_expect(str_is(back.a->v[1].s, "NaN") && str_is(back.a->v[2].s, "-Infinity"));
	cr_expect(back.a->v[3].num == 1e-300 && back.a->v[4].num == 1e300);
	cr_expect(str_starts(back.a->v[0].s, str_n(all, 0x80)));
	arena_done(&a);
}

Test(json, numbers_read_back)
{
	struct arena a = { 0 };
	uint64_t state = 88172645463325252u;
	for (int i = 0; i < 20000; i++) {
		double d;
		struct val back;
		_cleanup_buf_ struct buf b = BUF_INIT;
		state ^= state << 13;
		state ^= state >> 7;
		state ^= state << 17;
		memcpy(&d, &state, sizeof(d));
		if (isnan(d) || isinf(d))
			continue;
		val_to_json(&b, val_num(d), JSON_COMPACT);
		cr_assert(val_from_json(&back, &a, buf_str(&b), NULL) == 0 && back.num == d, "%s", buf_cstr(&b));
	}
	arena_done(&a);
}

/* Every log line of a run passes through here. */
Test(json, strings_are_quick)
{
	enum { LINES = 500000 };
	const struct str line =
		STR("2026-01-01T00:00:00.0000000Z  [ 42%] Building C object src/CMakeFiles/x.dir/value/json_out.c.o");
	_cleanup_buf_ struct buf b = BUF_INIT;
	struct timespec from, to;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	for (int i = 0; i < LINES; i++) {
		buf_clear(&b);
		json_string(&b, line);
	}
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	double nanos = ((double)(to.tv_sec - from.tv_sec) * 1e9 + (double)(to.tv_nsec - from.tv_nsec)) / LINES;
	cr_log_info("%.0f ns for %zu bytes", nanos, line.n);
	cr_expect_eq(b.n, line.n + 2);
	cr_expect_lt(nanos, 3000);
}

Test(json, locale_does_not_matter)
{
	struct arena a = { 0 };
	if (!setlocale(LC_ALL, "de_DE.UTF-8"))
		return;
	cr_expect_str_eq(rewrite(&a, STR("[1.5,1e-7]")), "[1.5,1e-07]");
	cr_expect_eq(val_number_of(STR("2.5")), 2.5);
	arena_done(&a);
}
