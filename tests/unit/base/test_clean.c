/* Foreign text made safe for a screen. */
#include <criterion/criterion.h>

#include "base/clean.h"
#include "base/utf8.h"

Test(clean, line)
{
	static const struct {
		struct str in;
		unsigned flags;
		const char *want;
	} cases[] = {
		{ STR("plain"), 0, "plain" },
		{ STR(""), 0, "" },
		{ STR("a\x1b[31mb\x1b[0m"), 0, "ab" },
		{ STR("a\x1b[31mb"), CLEAN_SGR, "a\x1b[31mb\x1b[0m" },
		{ STR("a\x1b[2Jb\x1b[Hc"), CLEAN_SGR, "abc" },
		{ STR("\x1b[?25l!"), CLEAN_SGR, "!" },
		{ STR("\x1b[>4;2m!"), CLEAN_SGR, "!" },
		{ STR("\x1b]0;t\x07x\x1b]8;;u\x1b\\y"), CLEAN_SGR, "xy" },
		{ STR("\x1b]0;never ends"), 0, "^[]0;never ends" },
		{ STR("\x1b"), 0, "^[" },
		{ STR("\x1b["), CLEAN_SGR, "^[[" },
		{ STR("\x1b[31"), CLEAN_SGR, "^[[31" },
		{ STR("\x1b(0x\x1b"
		      "7y"),
		  0, "xy" },
		{ STR("a\0b\x07"
		      "c\x7f"),
		  0, "a^@b^Gc^?" },
		{ STR("a\nb\r"), 0, "a b " },
		{ STR("safe\xe2\x80\xaetxt.exe"), 0, "safe<U+202E>txt.exe" },
		{ STR("\xe2\x81\xa6x\xe2\x81\xa9\xe2\x80\xa8y"), CLEAN_SGR, "<U+2066>x<U+2069><U+2028>y" },
		{ STR("\xe2\x80\x8f\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d"), 0, "\xe2\x80\x8f\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d" },
		{ STR("a\tb"), 0, "a\tb" },
		{ STR("a\tb\tc"), CLEAN_TABS, "a       b       c" },
		{ STR("\xe6\x97\xa5\t|"), CLEAN_TABS, "\xe6\x97\xa5      |" },
		{ STR("a\x1b[31mb\x1b]0;t\x07\x1b"), CLEAN_SHOW, "a^[[31mb^[]0;t^G^[" },
		{ STR("\xf3\xa0\x81\x81"), 0, "<U+E0041>" },
		{ STR("\xff\xc2\x9b"
		      "2J"),
		  0,
		  "\xef\xbf\xbd\xef\xbf\xbd"
		  "2J" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_buf_ struct buf b = BUF_INIT;
		clean_line(&b, cases[i].in, cases[i].flags);
		cr_assert_str_eq(buf_cstr(&b), cases[i].want, "case %zu: %s", i, buf_cstr(&b));
	}
}

Test(clean, lines_stay)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	clean_lines(&b, STR("a\x1b[2J\n\r\xe2\x80\xae\n\nlast\x07"));
	cr_assert_str_eq(buf_cstr(&b), "a^[[2J\n <U+202E>\n\nlast^G");
}

/* Whatever the character, what is left of it neither controls nor deceives, and cleaning again changes nothing. */
Test(clean, every_character)
{
	_cleanup_buf_ struct buf in = BUF_INIT, once = BUF_INIT, again = BUF_INIT;
	for (uint32_t cp = 0, left; cp <= 0x10FFFF; cp++) {
		buf_clear(&in);
		buf_clear(&once);
		buf_clear(&again);
		utf8_append(&in, cp);
		clean_append(&once, buf_str(&in));
		clean_append(&again, buf_str(&once));
		cr_assert(str_eq(buf_str(&once), buf_str(&again)), "U+%04X", (unsigned)cp);
		for (size_t i = 0; i < once.n;) {
			i += utf8_decode(buf_str(&once), i, &left);
			cr_assert((!clean_is_control(left) || left == '\t') && !clean_is_deceiving(left), "U+%04X", (unsigned)cp);
		}
	}
}
