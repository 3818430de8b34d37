/* npm's ranges, as the setup actions read them. */
#include <criterion/criterion.h>

#include "base/macros.h"
#include "tools/range.h"

static enum range_answer ask(const char *range, const char *version)
{
	struct version v;
	cr_assert(version_read(&v, str_of(version)), "%s", version);
	return range_has(str_of(range), &v);
}

Test(range, what_lies_in_it)
{
	static const struct {
		const char *range, *in, *out; /* versions, blanks between them */
	} cases[] = {
		{ "", "0.0.0 1.2.3 99.0.1", "" },
		{ "*", "0.0.0 99.0.1", "" },
		{ "x", "1.2.3", "" },
		{ "24", "24.0.0 24.99.1", "23.9.9 25.0.0" },
		{ "v24", "24.1.0", "25.0.0" },
		{ "24.x", "24.1.0", "25.0.0 23.1.0" },
		{ "24.1", "24.1.0 24.1.9", "24.2.0 24.0.9" },
		{ "24.1.*", "24.1.9", "24.2.0" },
		{ "24.x.5", "24.1.0", "25.0.5" },
		{ "=24.1.2", "24.1.2", "24.1.3 24.1.1" },
		{ "24.1.2+build.5", "24.1.2", "24.1.3" },
		{ ">=20", "20.0.0 30.1.2", "19.9.9" },
		{ "> 20", "21.0.0", "20.9.9" },
		{ ">20.1.2", "20.1.3", "20.1.2" },
		{ "<20", "19.9.9 0.1.0", "20.0.0" },
		{ "<=20", "20.9.9", "21.0.0" },
		{ "<=20.1.2", "20.1.2", "20.1.3" },
		{ ">=3.10 <3.13", "3.10.0 3.12.9", "3.9.9 3.13.0" },
		{ ">=3.10 <3.13 || 3.8.x", "3.8.1 3.11.0", "3.9.0 3.13.1" },
		{ "16||18 || 20", "16.0.0 18.3.0 20.1.0", "17.0.0 19.0.0" },
		{ "^1.13.1", "1.13.1 1.99.0", "1.13.0 2.0.0" },
		{ "^0.2.3", "0.2.3 0.2.9", "0.2.2 0.3.0" },
		{ "^0.0.3", "0.0.3", "0.0.4 0.0.2" },
		{ "^0.0", "0.0.9", "0.1.0" },
		{ "^0", "0.9.0", "1.0.0" },
		{ "^1.x", "1.0.0 1.9.0", "2.0.0" },
		{ "~1.2.3", "1.2.3 1.2.9", "1.2.2 1.3.0" },
		{ "~>1.2", "1.2.0", "1.3.0" },
		{ "~1", "1.9.0", "2.0.0" },
		{ "1.2 - 2.3", "1.2.0 2.3.9", "1.1.9 2.4.0" },
		{ "1.2.3 - 2", "1.2.3 2.9.9", "1.2.2 3.0.0" },
		/* borders at pre-releases */
		{ "~3.13.0-0", "3.13.0 3.13.5", "3.14.0 3.12.9" },
		{ ">=3.13.0-rc.1", "3.13.0", "3.12.9" },
		{ ">3.13.0-rc.1", "3.13.0", "3.12.9" },
		{ "<3.13.0-rc.1", "3.12.9", "3.13.0" },
		{ "<=3.13.0-rc.1", "3.12.9", "3.13.0" },
		{ "3.13.0-rc.1", "", "3.13.0 3.12.9" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		for (int in = 0; in < 2; in++) {
			char list[128], *rest = list, *one;
			snprintf(list, sizeof(list), "%s", in ? cases[i].in : cases[i].out);
			while ((one = strsep(&rest, " ")) != NULL)
				if (*one)
					cr_expect_eq(ask(cases[i].range, one), in ? RANGE_INSIDE : RANGE_OUTSIDE, "%s in '%s'",
					             one, cases[i].range);
		}
}

Test(range, what_is_none)
{
	static const char *const texts[] = { "lts/*", "lts/jod", "latest",   "current",    "pypy3.9",      "24.1.2.3",
		                             "24.",   "1.2-",    "1.2.3 -",  "9999999999", "1 || nightly", "22.0.0_",
		                             "3.13t", "1.2.3+",  "\xff\xfe", "^^1",        "1.2.3-a_b" };
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		cr_expect_eq(ask(texts[i], "1.2.3"), RANGE_UNKNOWN, "%s", texts[i]);
}

Test(version, releases_only)
{
	struct version v, w;
	static const char *const bad[] = { "", "x", "3.15.0a1", "22.0.0-rc.1", "lts", "1.2.3.4", "-1", "4294967296.0" };
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		cr_expect_not(version_read(&v, str_of(bad[i])), "%s", bad[i]);
	cr_assert(version_read(&v, STR(" v1.26 ")));
	cr_assert(v.part[0] == 1 && v.part[1] == 26 && v.part[2] == 0);
	cr_assert(version_read(&w, STR("1.26.1+5")));
	cr_assert_lt(version_compare(&v, &w), 0);
	cr_assert_gt(version_compare(&w, &v), 0);
	cr_assert_eq(version_compare(&w, &w), 0);
}
