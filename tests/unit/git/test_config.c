/* The config format, value by value, against what the git program says about the same file. */
#include "git/git.h"
#include "git/internal.h"
#include "unit/git/repo.h"

static const char text[] = "; comment\n"
			   "# comment\n"
			   "[core]\n\tbare = false\n\tFileMode\n"
			   "[Section \"Sub.With Dots\"]\n key = plain value  \n"
			   "\tquoted = \"  kept  \" ; comment\n"
			   "\tmixed = a \"b # c\" d # comment\n"
			   "\tescapes = \"tab\\tnl\\nquote\\\"back\\\\\"\n"
			   "\tlong = one \\\n   two\n"
			   "\tempty =\n"
			   "\ttwice = 1\n\ttwice = 2\n"
			   "[old.Style] x = 1\n"
			   "[a \"q\\\"uote\"] y = z\r\n"
			   "[remote \"origin\"] url = https://github.com/o/r.git\n";

Test(git_config, values_are_what_git_says)
{
	struct arena a = { 0 };
	char *place = place_new();
	static const char *const keys[] = {
		"core.bare",
		"core.filemode",
		"core.FILEMODE",
		"section.Sub.With Dots.key",
		"SECTION.Sub.With Dots.KEY",
		"section.Sub.With Dots.quoted",
		"section.Sub.With Dots.mixed",
		"section.Sub.With Dots.escapes",
		"section.Sub.With Dots.long",
		"section.Sub.With Dots.empty",
		"section.Sub.With Dots.twice",
		"old.style.x",
		"a.q\"uote.y",
		"remote.origin.url",
		"user.name",
	};
	sh("git init -q r");
	cr_assert_eq(file_write("r/.git/config", str_of(text), 0644, NULL), 0);
	struct git_repo *r;
	cr_assert_eq(git_discover(&r, &a, "r", NULL), 0);
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		setenv("KEY", keys[i], 1);
		struct str want = sh_out(&a, "git -C r config --get \"$KEY\"");
		struct str got = git_config(r, keys[i]);
		cr_assert(str_eq(str_trim(got), want) || (want.n == 0 && str_is(got, "true")), "%s: got \"%.*s\" want \"%.*s\"",
		          keys[i], STRF(got), STRF(want));
	}
	assert_str(git_config(r, "section.Sub.With Dots.quoted"), STR("  kept  "));
	assert_str(git_config(r, "section.sub.with dots.key"), STR_EMPTY);
	assert_str(git_config(r, "none"), STR_EMPTY);
	assert_str(git_config(r, ""), STR_EMPTY);
	assert_str(git_user_config(&a, "user.email"), STR("ada@example.com"));
	place_done(place);
	arena_done(&a);
}

Test(git_config, malformed_text_costs_its_line_only)
{
	struct arena a = { 0 };
	struct map m = { 0 };
	git_config_parse(&m, &a,
	                 STR("stray = 1\n[]\nx=1\n[bad section]\ny=1\n[s]\na = \"open\nb = \\q\n1c = 1\n= 3\nc d = 4\nk = v\n[t "
	                     "\"x\n[u]\nz"));
	cr_assert(map_get(&m, STR("stray")) == NULL);
	assert_str(*(struct str *)map_get(&m, STR("s.k")), STR("v"));
	assert_str(*(struct str *)map_get(&m, STR("u.z")), STR("true"));
	cr_assert(map_get(&m, STR("s.b")) == NULL);
	cr_assert(map_get(&m, STR("s.a")) == NULL);

	/* Any bytes at all: no crash, no hang. */
	unsigned seed = 7;
	static const char alphabet[] = "[]\"\\=#;.\n\r\t ab1\xff";
	for (int round = 0; round < 3000; round++) {
		char bytes[64];
		size_t n = (size_t)(rand_r(&seed) % (int)sizeof(bytes));
		for (size_t i = 0; i < n; i++)
			bytes[i] = alphabet[(size_t)rand_r(&seed) % (sizeof(alphabet) - 1)];
		char *exact = malloc(n ? n : 1);
		memcpy(exact, bytes, n);
		git_config_parse(&m, &a, str_n(exact, n));
		free(exact);
	}
	arena_done(&a);
}
