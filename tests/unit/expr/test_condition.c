/* What is told of a condition: as it is written, without the success() that nobody has written. */
#include <criterion/criterion.h>

#include "expr/template.h"

Test(condition, written)
{
	static const struct {
		const char *stored, *written;
		bool implicit;
	} rows[] = {
		{ "success()", "", true },
		{ "success() && (github.ref == 'x')", "github.ref == 'x'", true },
		{ "success() && ((a) || (b))", "(a) || (b)", true },
		{ "success() && (contains(a, ')'' (') && b)", "contains(a, ')'' (') && b", true },
		{ "success() && (a) || (b)", "success() && (a) || (b)", false },
		{ "success() && (a) || b == '(' && (c)", "success() && (a) || b == '(' && (c)", false },
		{ "success() && (", "success() && (", false },
		{ "always()", "always()", false },
		{ "", "", false },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		bool implicit = !rows[i].implicit;
		struct str written = template_condition_written(str_of(rows[i].stored), &implicit);
		cr_expect(str_is(written, rows[i].written), "row %zu: %.*s", i, STRF(written));
		cr_expect_eq(implicit, rows[i].implicit, "row %zu", i);
	}
}
