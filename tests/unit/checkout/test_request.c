/* What is a checkout, the command line there and back, inputs as the action reads them. */
#include "checkout/internal.h"
#include "unit/git/repo.h"

Test(checkout_request, which_uses_are_checkouts)
{
	static const struct {
		const char *uses;
		bool is;
	} cases[] = { { "actions/checkout@v4", true },    { "Actions/Checkout@main", true }, { " actions/checkout@v4 ", true },
		      { "actions/checkout", false },      { "actions/checkout@", false },    { "actions/checkout/sub@v4", false },
		      { "actions/checkout-x@v4", false }, { "me/checkout@v4", false },       { "", false },
		      { "./actions/checkout@v4", false } };
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		cr_assert_eq(checkout_is(str_of(cases[i].uses)), cases[i].is, "%s", cases[i].uses);
}

Test(checkout_request, which_versions_write_the_token_into_the_configuration)
{
	static const struct {
		const char *uses;
		bool is;
	} cases[] = {
		{ "actions/checkout@v1", true },       { "actions/checkout@v4", true },
		{ " actions/checkout@v5.0.1 ", true }, { "actions/checkout@v6", false },
		{ "actions/checkout@v7", false },      { "actions/checkout@v10.1", false },
		{ "actions/checkout@main", false },    { "actions/checkout@v4x", false },
		{ "actions/checkout@v", false },       { "actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683", false }
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		cr_assert_eq(checkout_is_early(str_of(cases[i].uses)), cases[i].is, "%s", cases[i].uses);
}

Test(checkout_request, there_and_back)
{
	struct arena a = { 0 };
	struct err err = ERR_INIT;
	struct checkout_request r = { .source = STR("/a b/\xff"),
		                      .workspace = STR("/w"),
		                      .scratch = STR("/s/./x"),
		                      .repository = STR("o/r"),
		                      .server_url = STR("https://h"),
		                      .ref = STR_EMPTY,
		                      .sha = STR("abc"),
		                      .with = val_object(&a),
		                      .local = val_object(&a),
		                      .token = STR("secret of the run"),
		                      .others_url = STR("https://others"),
		                      .where = STR("line 3 of \xff.yml"),
		                      .facts = val_object(&a),
		                      .early = true,
		                      .keep = true };
	val_set(&a, r.facts, STR("owner"), val_num(7));
	val_set_str(&a, r.with, "ref", STR("x\"\n☃"));
	val_set_str(&a, r.with, "Token", STR("secret"));
	val_set_str(&a, r.with, "ssh-key", STR("secret"));
	val_set_str(&a, r.local, "o/other", STR("/d\xfe\\r"));
	char **argv = checkout_argv(&a, "/bin/sidestep", &r);
	int argc = 0;
	for (; argv[argc]; argc++)
		cr_assert(!strstr(argv[argc], "secret"));
	struct checkout_request back;
	cr_assert_eq(request_parse(&back, &a, argc, argv, &err), -1); /* without the variable */
	putenv(arena_strdup(&a, checkout_variable(&a, &r)));
	cr_assert_eq(request_parse(&back, &a, argc, argv, &err), 0, "%s", err.text);
	assert_str(back.source, r.source);
	assert_str(back.scratch, STR("/s/x"));
	assert_str(back.sha, STR("abc"));
	assert_str(val_at(back.with, "ref").s, STR("x\"\n☃"));
	assert_str(val_at(back.with, "token").s, STR("secret"));
	assert_str(back.token, STR("secret of the run"));
	cr_assert_null(getenv("SIDESTEP_CHECKOUT"));
	assert_str(val_at(back.local, "o/other").s, STR("/d\xfe\\r"));
	assert_str(back.others_url, r.others_url);
	assert_str(back.where, r.where);
	cr_assert_eq(val_at(back.facts, "owner").num, 7);
	cr_assert(back.keep && back.early && !back.overlay && !back.in_place && !back.offline);
	putenv(arena_strdup(&a, checkout_variable(&a, &r)));
	cr_assert_eq(request_parse(&back, &a, argc - 1, argv, &err), -1);
	argv[argc - 1] = arena_strdup(&a, "{");
	cr_assert_eq(request_parse(&back, &a, argc, argv, &err), -1);
	arena_done(&a);
}

Test(checkout_request, inputs)
{
	struct arena a = { 0 };
	struct checkout_inputs in;
	struct err err = ERR_INIT;
	struct val with = val_object(&a);
	cr_assert_eq(inputs_read(&in, &a, with, &err), 0);
	cr_assert(in.depth == 1 && in.clean && !in.tags && !in.lfs && in.sparse_cone && in.submodules == SUBMODULES_NO);
	static const struct {
		const char *text;
		long depth;
	} depths[] = { { "0", 0 },  { "1", 1 },   { " 7 ", 7 }, { "2.9", 2 },
		       { "-1", 0 }, { "all", 0 }, { "", 1 },    { "1e99", 1000000000 } };
	for (size_t i = 0; i < ARRAY_LEN(depths); i++) {
		val_set_str(&a, with, "Fetch-Depth", str_of(depths[i].text));
		cr_assert_eq(inputs_read(&in, &a, with, &err), 0);
		cr_assert_eq(in.depth, depths[i].depth, "%s: %ld", depths[i].text, in.depth);
	}
	val_set_str(&a, with, "CLEAN", STR("no"));
	val_set_str(&a, with, "submodules", STR("Recursive"));
	val_set_str(&a, with, "fetch-tags", STR("TRUE"));
	cr_assert_eq(inputs_read(&in, &a, with, &err), 0);
	cr_assert(!in.clean && in.tags && in.submodules == SUBMODULES_RECURSIVE);
	val_set_str(&a, with, "repository", STR("nope"));
	cr_assert_eq(inputs_read(&in, &a, with, &err), -1);
	arena_done(&a);
}
