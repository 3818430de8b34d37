/* Repositories that are laid out in other ways, and big ones: worktrees, submodules, git directories elsewhere, many refs, tags.
 */
#include <time.h>

#include "git/git.h"
#include "unit/git/repo.h"

static struct git_repo *repo_at(struct arena *a, const char *dir)
{
	struct git_repo *r;
	struct err err = ERR_INIT;
	cr_assert_eq(git_discover(&r, a, dir, &err), 0, "%s", err.text);
	cr_assert(r != NULL, "%s", dir);
	return r;
}

/* In each the root is what git calls the top level, and the last commit can be read and compared. */
Test(git_layouts, as_git_says)
{
	struct arena a = { 0 };
	char *place = place_new();
	sh("git init -q r; cd r; mkdir d; echo 1 >d/f; git add .; git commit -qm one; echo 2 >d/f; git commit -qam two; git "
	   "branch x;"
	   "git worktree add -q ../linked x; cd ..; git init -q super; cd super; git submodule -q add ../r sub 2>/dev/null;"
	   "git -c user.name=x commit -qm sub; git worktree add -q ../super2; git -C ../super2 submodule -q update --init; cd ..;"
	   "git clone -q --separate-git-dir store r apart; git clone -q r moved; mkdir tree; cp -r moved/d tree;"
	   "git -C moved config core.worktree \"$PWD/tree\"; mkdir hub; cd hub; git clone -q --bare ../r .bare; echo 'gitdir: "
	   "./.bare' >.git;"
	   "git worktree add -q main; cd ..; git clone -q --depth 2 file://$PWD/r shallow; git clone -q --reference r r "
	   "borrowed");
	static const char *const dirs[] = { "r",       "r/d",   "linked/d",   "super/sub/d", "super2/sub",
		                            "apart/d", "moved", "hub/main/d", "shallow",     "borrowed" };
	for (size_t i = 0; i < ARRAY_LEN(dirs); i++) {
		struct git_repo *r = repo_at(&a, dirs[i]);
		struct git_head h;
		struct git_commit c;
		struct git_changes changes;
		struct err err = ERR_INIT;
		assert_str(r->root, sh_out(&a, arena_printf(&a, "git -C %s rev-parse --show-toplevel", dirs[i]).p));
		cr_assert_eq(git_head(&h, r, &err), 0, "%s", err.text);
		assert_str(h.sha, sh_out(&a, arena_printf(&a, "git -C %s rev-parse HEAD", dirs[i]).p));
		cr_assert_eq(git_commit(&c, r, h.sha, &err), 0, "%s: %s", dirs[i], err.text);
		cr_assert_eq(git_changed_files(&changes, r, c.parents[0], h.sha, 9, &err), 0, "%s: %s", dirs[i], err.text);
		cr_assert_eq(changes.n, 1);
		assert_str(changes.paths[0], STR("d/f"));
	}
	place_done(place);
	arena_done(&a);
}

static double ms_since(const struct timespec *from)
{
	struct timespec now;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)(now.tv_sec - from->tv_sec) * 1e3 + (double)(now.tv_nsec - from->tv_nsec) / 1e6;
}

/* Ten thousand refs, packed or loose: right, and no slower than one look each way needs. */
Test(git_layouts, ten_thousand_refs, .timeout = 120)
{
	struct arena a = { 0 };
	char *place = place_new();
	sh("git init -q r; cd r; git commit -q --allow-empty -m one; git commit -q --allow-empty -m two; c=$(git rev-parse "
	   "HEAD~1);"
	   "for i in $(seq 5000); do echo \"create refs/heads/b$i $c\"; echo \"create refs/tags/t$i $c\"; done | git -c "
	   "core.fsync=none update-ref "
	   "--stdin; git tag -am x annotated; git clone -q --mirror . ../packed");
	static const char *const dirs[] = { "r", "packed" };
	for (size_t i = 0; i < ARRAY_LEN(dirs); i++) {
		struct arena own = { 0 };
		struct timespec t;
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
		struct git_repo *r = repo_at(&own, dirs[i]);
		struct git_head h;
		struct str sha, tag;
		cr_assert_eq(git_head(&h, r, NULL), 0);
		cr_assert_eq(git_ref(&sha, r, STR("refs/tags/t4321"), NULL), 0);
		assert_str(git_default_branch(r), STR("main"));
		double plain = ms_since(&t);
		assert_str(sha, sh_out(&own, "git -C r rev-parse HEAD~1"));
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
		cr_assert_eq(git_tag_at(&tag, r, h.sha, NULL), 0);
		assert_str(tag, STR("annotated"));
		double search = ms_since(&t);
		cr_assert_eq(git_tag_at(&tag, r, STR("1234567890123456789012345678901234567890"), NULL), 0);
		assert_str(tag, STR_EMPTY);
		cr_log_info("%s: a ref %.2f ms, a tag by its commit %.2f ms, no tag %.2f ms", dirs[i], plain, search,
		            ms_since(&t));
		cr_assert_lt(plain, 60.0); /* sanitizers included; below 1 without */
		arena_done(&own);
	}
	place_done(place);
	arena_done(&a);
}

/* A tag by its commit: loose, packed, annotated twice; moved after packing. What a checkout said, from the log. */
Test(git_layouts, tags_and_checkouts)
{
	struct arena a = { 0 };
	char *place = place_new();
	struct str tag;
	sh("git init -q r; cd r; git commit -q --allow-empty -m one; git tag -am x a1; git tag -am x a2 a1; git commit -q "
	   "--allow-empty -m two; git tag -am x b1; git commit -q --allow-empty -m three");
	struct str head = sh_out(&a, "git -C r rev-parse HEAD"), two = sh_out(&a, "git -C r rev-parse HEAD~1"),
		   one = sh_out(&a, "git -C r rev-parse HEAD~2");
	for (int packed = 0; packed < 2; packed++) {
		struct git_repo *r = repo_at(&a, "r");
		cr_assert_eq(git_tag_at(&tag, r, one, NULL), 0);
		assert_str(tag, STR("a1"));
		cr_assert_eq(git_tag_at(&tag, r, two, NULL), 0);
		assert_str(tag, STR("b1"));
		cr_assert_eq(git_tag_at(&tag, r, head, NULL), 0);
		assert_str(tag, STR_EMPTY);
		sh("git -C r pack-refs --all");
	}
	sh("cd r; git tag -f -am y b1 HEAD");
	struct git_repo *r = repo_at(&a, "r");
	cr_assert_eq(git_tag_at(&tag, r, two, NULL), 0);
	assert_str(tag, STR_EMPTY);
	cr_assert_eq(git_tag_at(&tag, r, head, NULL), 0);
	assert_str(tag, STR("b1"));
	assert_str(git_last_checkout(r), STR_EMPTY);
	sh("cd r; git checkout -q a2");
	assert_str(git_last_checkout(r), STR("a2"));
	sh("cd r; git checkout -q main; git commit -q --allow-empty -m four");
	assert_str(git_last_checkout(r), STR_EMPTY);
	place_done(place);
	arena_done(&a);
}

/* The remote of a branch: its own, origin, the only one. */
Test(git_layouts, remotes)
{
	struct arena a = { 0 };
	char *place = place_new();
	sh("git init -q r; cd r; git commit -q --allow-empty -m one; git remote add fork git@github.com:me/it.git");
	assert_str(git_remote_of(repo_at(&a, "r"), STR("main")), STR("fork"));
	sh("cd r; git remote add origin https://github.com/they/it");
	assert_str(git_remote_of(repo_at(&a, "r"), STR("main")), STR("origin"));
	sh("cd r; git config branch.main.remote fork; git config branch.main.merge refs/heads/main");
	assert_str(git_remote_of(repo_at(&a, "r"), STR("main")), STR("fork"));
	assert_str(git_remote_of(repo_at(&a, "r"), STR("other")), STR("origin"));
	assert_str(git_remote_url(repo_at(&a, "r")), STR("git@github.com:me/it.git"));
	sh("cd r; git config branch.main.remote .");
	assert_str(git_remote_of(repo_at(&a, "r"), STR("main")), STR("origin"));
	sh("cd r; git remote remove origin; git remote add other https://github.com/x/y");
	assert_str(git_remote_of(repo_at(&a, "r"), STR_EMPTY), STR_EMPTY);
	place_done(place);
	arena_done(&a);
}
