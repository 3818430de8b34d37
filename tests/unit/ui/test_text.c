/* Clean text measured, wrapped and cut. */
#include <criterion/criterion.h>

#include "ui/text.h"

Test(text, fit)
{
	static const struct {
		const char *in;
		size_t cells;
		const char *want;
		size_t used;
	} cases[] = {
		{ "hello", 5, "hello", 5 },
		{ "hello", 4, "hel…", 4 },
		{ "hello", 1, "…", 1 },
		{ "hello", 0, "", 0 },
		{ "日本語", 6, "日本語", 6 },
		{ "日本語", 5, "日本…", 5 },
		{ "日本語", 4, "日…", 3 },
		{ "日本語", 2, "…", 1 },
		{ "日", 1, "…", 1 },
		{ "\x1b[31mred\x1b[0m", 3, "\x1b[31mred\x1b[0m\x1b[0m", 3 },
		{ "\x1b[31mreds\x1b[0m", 3, "\x1b[31mre…\x1b[0m", 3 },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_buf_ struct buf b = BUF_INIT;
		cr_assert_eq(text_fit(&b, str_of(cases[i].in), cases[i].cells), cases[i].used, "case %zu", i);
		cr_assert_str_eq(buf_cstr(&b), cases[i].want, "case %zu: %s", i, buf_cstr(&b));
	}
	_cleanup_buf_ struct buf b = BUF_INIT, tower = BUF_INIT;
	buf_adds(&tower, "e");
	for (int i = 0; i < 10000; i++)
		buf_adds(&tower, "\xcc\x81");
	cr_assert_eq(text_fit(&b, buf_str(&tower), 10), 1);
	cr_assert_lt(b.n, 32);
}

Test(text, wrap_and_cut)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	text_wrap(&b, STR("one two three  four"), 2, 8);
	cr_assert_str_eq(buf_cstr(&b), "  one two\n  three\n  four\n");
	buf_clear(&b);
	text_wrap(&b, STR("日本語abcdefgh"), 0, 5);
	cr_assert_str_eq(buf_cstr(&b), "日本\n語abc\ndefgh\n");
	buf_clear(&b);
	text_wrap(&b, STR("日本"), 0, 1);
	cr_assert_str_eq(buf_cstr(&b), "日\n本\n");
	cr_assert_eq(text_cut(STR("日本"), 4).n, 3);
	cr_assert_eq(text_cut(STR("日本"), 6).n, 6);
}

Test(text, durations)
{
	static const struct {
		int64_t ms;
		const char *want;
	} cases[] = { { -5, "0 ms" },       { 0, "0 ms" },       { 99, "99 ms" },        { 100, "0.1 s" },
		      { 949, "0.9 s" },     { 950, "1.0 s" },    { 4120, "4.1 s" },      { 59949, "59.9 s" },
		      { 59950, "1m 00s" },  { 64000, "1m 04s" }, { 3599499, "59m 59s" }, { 3599500, "1h 00m" },
		      { 7384000, "2h 03m" } };
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_buf_ struct buf b = BUF_INIT;
		text_duration(&b, cases[i].ms);
		cr_assert_str_eq(buf_cstr(&b), cases[i].want);
	}
}
