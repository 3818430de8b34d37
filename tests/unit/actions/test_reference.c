/* Names of actions: how they are taken apart, and which of them can be. */
#include <criterion/criterion.h>

#include "actions/reference.h"

Test(reference, forms)
{
	static const struct {
		const char *uses, *repository, *path, *ref; /* repository NULL: none */
	} cases[] = {
		{ "o/r@v1", "o/r", "", "v1" },
		{ "o/r/a/b@v1", "o/r", "a/b", "v1" },
		{ "o\\r\\a\\b@v1", "o/r", "a/b", "v1" },
		{ "o/r/a/@x/y", "o/r", "a", "x/y" },
		{ "o//r@v1", "o/r", "", "v1" },
		{ "o/r", NULL, NULL, NULL },
		{ "o/r@", NULL, NULL, NULL },
		{ "o@v1", NULL, NULL, NULL },
		{ "o/@v1", NULL, NULL, NULL },
		{ "/@v1", NULL, NULL, NULL },
		{ "o/r@v1@v2", NULL, NULL, NULL },
		{ "@", NULL, NULL, NULL },
		{ "", NULL, NULL, NULL },
	};
	struct arena a = { 0 };
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct action_ref ref;
		bool ok = action_ref_parse(&ref, &a, str_of(cases[i].uses));
		cr_assert_eq(ok, cases[i].repository != NULL, "%s", cases[i].uses);
		if (!ok)
			continue;
		cr_assert_str_eq(arena_cstr(&a, ref.repository), cases[i].repository);
		cr_assert_str_eq(arena_cstr(&a, ref.path), cases[i].path);
		cr_assert_str_eq(arena_cstr(&a, ref.ref), cases[i].ref);
	}
	arena_done(&a);
}

Test(reference, what_can_be)
{
	static const char *const good[] = { "v1", "a/b", "1.2.3", "feature/x-y_z", "refs/heads/main", "a.b", "0123abc" };
	static const char *const bad[] = { "",   "-x", ".x", "a/.b", "a//b", "/a",   "a/",     "a..b", "a b",  "a\tb", "a~b",
		                           "a^", "a:", "a?", "a*",   "a[",   "a\\b", "a.lock", "@",    "a@{b", "a.",   "../x" };
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		cr_assert(action_ref_possible(str_of(good[i])), "%s", good[i]);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		cr_assert_not(action_ref_possible(str_of(bad[i])), "%s", bad[i]);
	static const char *const names[] = { "o/r", "o-1/r.x_y", "O/R" }, *const none[] = { "o",     "o/..", "../r",  "o/.",
		                                                                            "o/r/x", "-o/r", "o/r\n", "o/" };
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		cr_assert(action_repository_possible(str_of(names[i])), "%s", names[i]);
	for (size_t i = 0; i < ARRAY_LEN(none); i++)
		cr_assert_not(action_repository_possible(str_of(none[i])), "%s", none[i]);
	cr_assert(action_path_possible(STR("")));
	cr_assert(action_path_possible(STR("a/../b")));
	cr_assert_not(action_path_possible(STR("a/../../b")));
	cr_assert_not(action_path_possible(STR("..")));
	cr_assert(action_ref_is_short(STR("0123abc")));
	cr_assert_not(action_ref_is_short(STR("v1")));
	cr_assert_not(action_ref_is_short(STR("0123456789012345678901234567890123456789")));
}
