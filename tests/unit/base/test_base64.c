/* Base64: the vectors of RFC 4648, and bytes of all values. */
#include <criterion/criterion.h>

#include "base/base64.h"

Test(base64, vectors)
{
	static const char *const rows[][2] = {
		{ "", "" },
		{ "f", "Zg==" },
		{ "fo", "Zm8=" },
		{ "foo", "Zm9v" },
		{ "foob", "Zm9vYg==" },
		{ "fooba", "Zm9vYmE=" },
		{ "foobar", "Zm9vYmFy" },
		{ "\xFF\xFE\xFD", "//79" },
		{ "\xFB\xEF", "++8=" },
	};
	_cleanup_buf_ struct buf out = BUF_INIT;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		buf_clear(&out);
		base64_append(&out, str_of(rows[i][0]));
		cr_expect_str_eq(buf_cstr(&out), rows[i][1]);
	}
	buf_clear(&out);
	base64_append(&out, str_n("\0", 1));
	cr_expect_str_eq(buf_cstr(&out), "AA==");
}

Test(base64, of_urls_and_back)
{
	static const char *const rows[][2] = { { "", "" },
		                               { "Zg", "f" },
		                               { "Zm8=", "fo" },
		                               { "Zm9v", "foo" },
		                               { "Zm9vYg==", "foob" },
		                               { "-_-_", "\xFB\xFF\xBF" },
		                               { "+/+/", "\xFB\xFF\xBF" } };
	static const char *const bad[] = { "Z", "Zm9vZ", "Z===", "Zm 9", "Zm9\xFF", "Zg==Zg==" };
	_cleanup_buf_ struct buf out = BUF_INIT;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		buf_clear(&out);
		cr_expect(base64_decode(&out, str_of(rows[i][0])), "%s", rows[i][0]);
		cr_expect_str_eq(buf_cstr(&out), rows[i][1]);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		cr_expect_not(base64_decode(&out, str_of(bad[i])), "%s", bad[i]);
	buf_clear(&out);
	base64_append_url(&out, STR("\xFB\xFF\xBF\xFB"));
	cr_expect_str_eq(buf_cstr(&out), "-_-_-w");
}
