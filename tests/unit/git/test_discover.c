/* Where the repository is: plain, below, worktrees, submodules, bare, none, broken, foreign. */
#include <limits.h>

#include "git/git.h"
#include "unit/git/repo.h"

static void expect(struct arena *a, const char *dir, const char *root, const char *git_dir, const char *common)
{
	struct git_repo *r;
	struct err err = ERR_INIT;
	char real[PATH_MAX];
	cr_assert_eq(git_discover(&r, a, dir, &err), 0, "%s: %s", dir, err.text);
	cr_assert(r != NULL, "%s", dir);
	assert_str(r->root, root ? str_of(realpath(root, real)) : STR_EMPTY);
	assert_str(r->git_dir, str_of(realpath(git_dir, real)));
	assert_str(r->common_dir, str_of(realpath(common, real)));
}

Test(git_discover, finds_every_kind_of_repository)
{
	struct arena a = { 0 };
	char *place = place_new();
	sh("git init -q r; cd r; echo 1 >f; mkdir -p a/b; git add f; git commit -qm one; git worktree add -q ../wt -b side;"
	   "git clone -q --bare . ../bare.git; git init -q ../lib; cd ../lib; echo 2 >g; git add g; git commit -qm lib; cd ../r;"
	   "git submodule -q add ../lib sub; git commit -qm sub; git init -q --separate-git-dir ../apart.git ../apart");
	expect(&a, "r", "r", "r/.git", "r/.git");
	expect(&a, "r/a/b", "r", "r/.git", "r/.git");
	expect(&a, "wt", "wt", "r/.git/worktrees/wt", "r/.git");
	expect(&a, "r/sub", "r/sub", "r/.git/modules/sub", "r/.git/modules/sub");
	expect(&a, "bare.git", NULL, "bare.git", "bare.git");
	expect(&a, "bare.git/refs", NULL, "bare.git", "bare.git");
	expect(&a, "r/.git/objects", "r", "r/.git", "r/.git");
	expect(&a, "apart", "apart", "apart.git", "apart.git");
	sh("ln -s r/a link");
	expect(&a, "link", "r", "r/.git", "r/.git");
	if (geteuid() == 0) {
		sh("cp -r r foreign; chown -R 12345:12345 foreign");
		expect(&a, "foreign/a", "foreign", "foreign/.git", "foreign/.git");
	}
	place_done(place);
	arena_done(&a);
}

Test(git_discover, none_and_broken)
{
	struct arena a = { 0 };
	char *place = place_new();
	struct git_repo *r;
	struct err err = ERR_INIT;
	sh("mkdir -p plain/.git garbage gone; echo hello >garbage/.git; echo 'gitdir: ../nowhere' >gone/.git");
	cr_assert_eq(git_discover(&r, &a, "plain", &err), 0);
	cr_assert(r == NULL);
	cr_assert_eq(git_discover(&r, &a, "garbage", &err), -1);
	cr_assert(strstr(err.text, "garbage/.git is neither"), "%s", err.text);
	cr_assert_eq(git_discover(&r, &a, "gone", &err), -1);
	cr_assert(strstr(err.text, "nowhere"), "%s", err.text);
	cr_assert_eq(git_discover(&r, &a, "not-there", &err), -1);
	cr_assert_eq(err.kind, ERR_SYSTEM);
	place_done(place);
	arena_done(&a);
}
