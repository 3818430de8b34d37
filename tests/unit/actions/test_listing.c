/* Asking for refs by helpers: shell scripts stand for the program. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <unistd.h>

#include "actions/listing.h"
#include "base/file.h"

#define SHA "0123456789012345678901234567890123456789"

static struct arena a;
static char top[] = "/tmp/sidestep-listing-XXXXXX";

static void make_top(void)
{
	cr_assert(mkdtemp(top));
}

static void remove_top(void)
{
	file_remove_tree(top, NULL);
	arena_done(&a);
}

TestSuite(listing, .init = make_top, .fini = remove_top);

/* Asks for n repositories o/r0, o/r1, …; whose helper is this script. NULL: there is no such program. */
static int ask_all(struct listing *out, size_t n, const char *script, struct err *err)
{
	static char path[] = "PATH=/usr/bin:/bin";
	static char *environ_of_helpers[] = { path, NULL };
	struct listing **all = arena_array(&a, struct listing *, n);
	const char *self = arena_printf(&a, "%s/%s", top, script ? "self" : "none").p;
	const struct listing_options opt = { .self = self, .environ = environ_of_helpers };
	if (script)
		cr_assert_eq(file_write(self, arena_printf(&a, "#!/bin/sh\n%s\n", script), 0700, NULL), 0);
	for (size_t i = 0; i < n; i++) {
		out[i] = (struct listing) { .repository = arena_printf(&a, "o/r%zu", i),
			                    .server = STR("https://server"),
			                    .url = arena_printf(&a, "https://server/o/r%zu", i) };
		all[i] = &out[i];
	}
	return listings_ask(&a, all, n, &opt, err);
}

Test(listing, what_a_helper_says)
{
	struct listing l[1];
	struct err err = ERR_INIT;
	cr_assert_eq(ask_all(l, 1,
	                     "test \"$1 $2 $3\" = '__refs https://server https://server/o/r0' || exit 9\n"
	                     "printf 'ok\\n" SHA "\\trefs/heads/main\\n'",
	                     &err),
	             0);
	cr_assert_eq(l->state, LISTING_DONE);
	cr_assert_eq(l->n, 1);
	cr_assert_str_eq(l->v[0].name.p, "refs/heads/main");
	cr_assert_eq(ask_all(l, 1, "echo 'no-way nobody answers'", &err), 0);
	cr_assert_eq(l->state, LISTING_NO_WAY);
	cr_assert_str_eq(l->error.p, "nobody answers");
	cr_assert_eq(l->n, 0);
}

Test(listing, helpers_that_fail)
{
	static const struct {
		const char *script, *why;
	} cases[] = {
		{ "echo broken >&2; exit 3", "broken" },
		{ "kill -9 $$", "" },
		{ ":", "" },
		{ "echo 'no such word'; echo said >&2", NULL },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct listing l[1];
		struct err err = ERR_INIT;
		cr_assert_eq(ask_all(l, 1, cases[i].script, &err), 0, "case %zu", i);
		cr_expect_eq(l->state, LISTING_TROUBLE, "case %zu", i);
		if (cases[i].why)
			cr_expect_str_eq(
				l->error.p,
				arena_printf(&a, "the helper that asks for the refs of o/r0 has failed: %s", cases[i].why).p,
				"case %zu", i);
	}
}

Test(listing, more_than_run_at_once)
{
	struct listing l[20];
	struct err err = ERR_INIT;
	cr_assert_eq(ask_all(l, 20, "case $3 in *7) exit 1;; esac; echo \"nowhere $3\"", &err), 0);
	for (size_t i = 0; i < 20; i++) {
		cr_expect_eq(l[i].state, i % 10 == 7 ? LISTING_TROUBLE : LISTING_NOWHERE, "%zu", i);
		if (i % 10 != 7)
			cr_expect_str_eq(l[i].error.p, l[i].url.p);
	}
}

Test(listing, no_program)
{
	struct listing l[2];
	struct err err = ERR_INIT;
	cr_assert_eq(ask_all(l, 2, NULL, &err), -1);
	cr_assert_neq(str_find(str_of(err.text), STR("/none"), 0), SIZE_MAX, "%s", err.text);
}
