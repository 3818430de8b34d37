/* What a problem matcher file may say, and the flavour of its expressions. */
#include <criterion/criterion.h>

#include "base/buf.h"
#include "log/matcher.h"
#include "log/regex.h"

#define ONE(rest)     "{\"problemMatcher\":[{\"owner\":\"o\"," rest "}]}"
#define PATTERN(rest) ONE("\"pattern\":[" rest "]")

static const struct {
	const char *json, *error;
} files[] = {
	{ "{}", NULL },
	{ "{\"problemMatcher\":[]}", NULL },
	{ "null", NULL },
	{ "\xEF\xBB\xBF{\"ProblemMatcher\":null}", NULL },
	{ "[]", "A problem matcher file must be a JSON object" },
	{ "{\"problemMatcher\":{}}", "The property 'problemMatcher' must be an array" },
	{ "{\"problemMatcher\":[1]}", "A problem matcher must be an object" },
	{ "{\"problemMatcher\":[{}]}", "Owner must not be empty" },
	{ "{\"problemMatcher\":[{\"owner\":3}]}", "The property 'owner' must be a string" },
	{ ONE("\"severity\":\"fatal\""), "Matcher 'o' contains unexpected default severity 'fatal'" },
	{ ONE("\"severity\":\"\""), "Matcher 'o' does not contain any patterns" },
	{ ONE("\"pattern\":[]"), "Matcher 'o' does not contain any patterns" },
	{ ONE("\"pattern\":{}"), "The property 'pattern' must be an array" },
	{ PATTERN("1"), "A pattern must be an object" },
	{ PATTERN("{\"regexp\":\"x\"}"), "At least one pattern must set 'message'" },
	{ PATTERN("{\"regexp\":\"x\",\"message\":1}"), "The property 'message' is set to 1 which is out of range" },
	{ PATTERN("{\"regexp\":\"x\",\"message\":-1}"), "The property 'message' is set to -1 which is out of range" },
	{ PATTERN("{\"regexp\":\"x\",\"message\":0.5}"), "The property 'message' must be an integer" },
	{ PATTERN("{\"regexp\":\"x\",\"message\":true}"), "The property 'message' must be an integer" },
	{ PATTERN("{\"regexp\":\"x\",\"message\":1e300}"), "The property 'message' must be an integer" },
	{ PATTERN("{\"regexp\":\"x\",\"message\":0,\"line\":2}"), "The property 'line' is set to 2 which is out of range" },
	{ PATTERN("{\"regexp\":\"x\",\"message\":0,\"loop\":true}"),
	  "Only the last pattern in a multiline matcher may set 'loop'" },
	{ PATTERN("{\"regexp\":\"x\",\"loop\":true,\"message\":0},{\"regexp\":\"y\"}"),
	  "Only the last pattern in a multiline matcher may set 'loop'" },
	{ PATTERN("{\"regexp\":\"x\",\"message\":0},{\"regexp\":\"y\",\"loop\":true}"), "The loop pattern must set 'message'" },
	{ PATTERN("{\"regexp\":\"x\",\"message\":0},{\"regexp\":\"y\",\"loop\":1}"), "The property 'loop' must be a boolean" },
	{ PATTERN("{\"regexp\":\"x\",\"message\":0},{\"regexp\":\"y\",\"message\":0}"), "The property 'message' is set twice" },
	{ PATTERN("{\"regexp\":\"(x\",\"message\":0}"), "Invalid pattern '(x'. missing closing parenthesis" },
	{ PATTERN("{\"regexp\":\"\\\\C\",\"message\":0}"), "Invalid pattern '\\C'. using \\C is disabled by the application" },
	{ PATTERN("{\"regexp\":\"(?<=a+)b\",\"message\":0}"),
	  "Invalid pattern '(?<=a+)b'. lookbehind assertion is not fixed length" },
	{ PATTERN("{\"message\":0}"), NULL },
	{ PATTERN("{\"regexp\":\"x\",\"message\":0}"), NULL },
	{ "{\"problemMatcher\":[{\"owner\":\"o\",\"pattern\":[{\"regexp\":\"\",\"message\":0}]},{\"owner\":\"O\"}]}",
	  "Duplicate owner name 'O'" },
};

Test(log_matchers, files)
{
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		struct matcher_list l;
		struct err err = ERR_INIT;
		int rc = matcher_config_read(&l, str_of(files[i].json), &err);
		cr_expect_eq(rc < 0, files[i].error != NULL, "%s: %s", files[i].json, err.text);
		cr_expect_str_eq(err.text, files[i].error ? files[i].error : "", "%s", files[i].json);
		matcher_list_done(&l);
	}
	struct matcher_list l;
	struct err err = ERR_INIT;
	cr_expect_lt(matcher_config_read(&l, STR("{"), &err), 0);
	cr_expect_gt(strlen(err.text), 0u);
}

static const struct {
	const char *regexp, *text, *match;
} searches[] = {
	{ "\\d+", "x12", "12" },
	{ "\\d", "\xD9\xA1", NULL },
	{ "\\w+", "\xC3\xA4 a", "a" },
	{ "^.$", "\xC3\xA4", "\xC3\xA4" },
	{ "\\u0041", "xA", "A" },
	{ "\\x41", "xA", "A" },
	{ "[]", "x", NULL },
	{ "[^]", "x", "x" },
	{ "(a)?b\\1$", "xb", "b" },
	{ "a.c", "a\rc", "a\rc" },
	{ "A", "a", NULL },
	{ "(?i)A", "a", "a" },
	{ "$", "abc", "" },
	{ "", "", "" },
	{ "(?<name>b)c", "abc", "bc" },
};

static void expect_search(const char *regexp, struct str text, const char *match)
{
	struct regex *re;
	struct err err = ERR_INIT;
	cr_assert_eq(regex_new(&re, str_of(regexp), &err), 0, "%s", err.text);
	enum regex_result r = regex_search(re, text, &err);
	cr_expect_eq(r, match ? REGEX_YES : REGEX_NO, "%s", regexp);
	if (r == REGEX_YES && match)
		cr_expect(str_is(regex_group(re, text, 0), match), "%s", regexp);
	cr_expect_null(regex_group(re, text, 99).p);
	regex_free(re);
}

Test(log_matchers, expressions)
{
	for (size_t i = 0; i < ARRAY_LEN(searches); i++)
		expect_search(searches[i].regexp, str_of(searches[i].text), searches[i].match);
	/* Longer than one window of starting places, with characters across their borders. */
	for (size_t n = 250; n < 780; n += 3) {
		_cleanup_buf_ struct buf b = BUF_INIT;
		for (size_t i = 0; i < n; i++)
			buf_adds(&b, i % 5 ? "x" : "\xE2\x82\xAC");
		buf_adds(&b, "end");
		expect_search("e.d$", buf_str(&b), "end");
		expect_search("(?<=x|\xE2\x82\xAC)end", buf_str(&b), "end");
		expect_search("^end", buf_str(&b), NULL);
		expect_search("$", buf_str(&b), "");
	}
}
