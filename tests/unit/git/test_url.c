/* Remote URLs: which remote counts, and what server and owner/name it stands for. */
#include "git/git.h"
#include "unit/git/repo.h"

Test(git_url, splitting)
{
	static const struct {
		const char *url, *server, *slug; /* slug NULL: is none */
	} cases[] = {
		{ "https://github.com/o/r.git", "https://github.com", "o/r" },
		{ "https://github.com/o/r", "https://github.com", "o/r" },
		{ "https://github.com/o/r/", "https://github.com", "o/r" },
		{ "https://user:pw@github.com/o/r.git", "https://github.com", "o/r" },
		{ "http://localhost:3000/o/r.git", "http://localhost:3000", "o/r" },
		{ "https://host/git/o/r.git", "https://host/git", "o/r" },
		{ "git@github.com:o/r.git", "https://github.com", "o/r" },
		{ "github.com:o/r", "https://github.com", "o/r" },
		{ "git@github.com:/o/r.git", "https://github.com", "o/r" },
		{ "ssh://git@github.com/o/r.git", "https://github.com", "o/r" },
		{ "ssh://git@ssh.github.com:443/o/r.git", "https://github.com", "o/r" },
		{ "ssh://git@forge.example:2222/o/r.git", "https://forge.example", "o/r" },
		{ "git://forge.example/o/r.js", "https://forge.example", "o/r.js" },
		{ "  https://github.com/o/r.git\n", "https://github.com", "o/r" },
		{ "https://github.com/o-1/r_2.x", "https://github.com", "o-1/r_2.x" },
		{ "/srv/git/o/r.git", NULL, NULL },
		{ "../r", NULL, NULL },
		{ "./a:b/c", NULL, NULL },
		{ "file:///srv/o/r.git", NULL, NULL },
		{ "https://github.com", NULL, NULL },
		{ "https://github.com/", NULL, NULL },
		{ "https://github.com/o", NULL, NULL },
		{ "https:///o/r", NULL, NULL },
		{ "git@github.com:r", NULL, NULL },
		{ "https://github.com/o/..", NULL, NULL },
		{ "https://github.com/o/r r", NULL, NULL },
		{ "", NULL, NULL },
		{ ":", NULL, NULL },
		{ "://", NULL, NULL },
	};
	struct arena a = { 0 };
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct str server = STR_EMPTY, slug = STR_EMPTY;
		bool got = git_split_url(&a, str_of(cases[i].url), &server, &slug);
		cr_assert_eq(got, cases[i].slug != NULL, "%s", cases[i].url);
		assert_str(server, str_of(cases[i].server));
		assert_str(slug, str_of(cases[i].slug));
	}
	arena_done(&a);
}

static struct str remote_of(struct arena *a, const char *dir)
{
	struct git_repo *r;
	cr_assert_eq(git_discover(&r, a, dir, NULL), 0);
	return git_remote_url(r);
}

Test(git_url, which_remote_counts)
{
	struct arena a = { 0 };
	char *place = place_new();
	sh("git init -q r");
	assert_str(remote_of(&a, "r"), STR_EMPTY);
	sh("git -C r remote add fork git@github.com:me/r.git");
	assert_str(remote_of(&a, "r"), STR("git@github.com:me/r.git"));
	sh("git -C r remote add other https://example.com/x/y");
	assert_str(remote_of(&a, "r"), STR_EMPTY);
	sh("git -C r remote add origin https://github.com/o/r.git");
	assert_str(remote_of(&a, "r"), STR("https://github.com/o/r.git"));
	sh("git -C r config branch.main.remote fork");
	assert_str(remote_of(&a, "r"), STR("git@github.com:me/r.git"));
	sh("git -C r config remote.fork.url gh:me/r; git config --global url.https://github.com/.insteadOf gh:");
	assert_str(remote_of(&a, "r"), STR("https://github.com/me/r"));
	place_done(place);
	arena_done(&a);
}
