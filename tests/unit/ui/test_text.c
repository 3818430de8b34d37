/* Foreign text made safe, measured and cut. */
#include <criterion/criterion.h>

#include "ui/text.h"

Test(text, clean)
{
	static const struct {
		struct str in;
		unsigned flags;
		const char *want;
	} cases[] = {
		{ STR("plain"), 0, "plain" },
		{ STR(""), 0, "" },
		{ STR("a\x1b[31mb\x1b[0m"), 0, "ab" },
		{ STR("a\x1b[31mb"), TEXT_SGR, "a\x1b[31mb\x1b[0m" },
		{ STR("a\x1b[2Jb\x1b[Hc"), TEXT_SGR, "abc" },
		{ STR("\x1b[?25l!"), TEXT_SGR, "!" },
		{ STR("\x1b[>4;2m!"), TEXT_SGR, "!" },
		{ STR("\x1b]0;t\x07x\x1b]8;;u\x1b\\y"), TEXT_SGR, "xy" },
		{ STR("\x1b]0;never ends"), 0, "^[]0;never ends" },
		{ STR("\x1b"), 0, "^[" },
		{ STR("\x1b["), TEXT_SGR, "^[[" },
		{ STR("\x1b[31"), TEXT_SGR, "^[[31" },
		{ STR("\x1b(0x\x1b"
		      "7y"),
		  0, "xy" },
		{ STR("a\0b\x07"
		      "c\x7f"),
		  0, "a^@b^Gc^?" },
		{ STR("a\nb\r"), 0, "a b " },
		{ STR("safe\xe2\x80\xaetxt.exe"), 0, "safe<U+202E>txt.exe" },
		{ STR("\xe2\x81\xa6x\xe2\x81\xa9\xe2\x80\xa8y"), TEXT_SGR, "<U+2066>x<U+2069><U+2028>y" },
		{ STR("\xe2\x80\x8f\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d"), 0, "\xe2\x80\x8f\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d" },
		{ STR("a\tb"), 0, "a\tb" },
		{ STR("a\tb\tc"), TEXT_TABS, "a       b       c" },
		{ STR("\xe6\x97\xa5\t|"), TEXT_TABS, "\xe6\x97\xa5      |" },
		{ STR("\xff\xc2\x9b"
		      "2J"),
		  0,
		  "\xef\xbf\xbd\xef\xbf\xbd"
		  "2J" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_buf_ struct buf b = BUF_INIT;
		text_clean(&b, cases[i].in, cases[i].flags);
		cr_assert_str_eq(buf_cstr(&b), cases[i].want, "case %zu: %s", i, buf_cstr(&b));
	}
}

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
