/* HEAD and refs: branches, tags at the same commit, detached, unborn, packed, ten thousand, symbolic, malformed. */
#include <time.h>

#include "git/git.h"
#include "unit/git/repo.h"

static struct git_repo *repo_at(struct arena *a, const char *dir)
{
	struct git_repo *r;
	struct err err = ERR_INIT;
	cr_assert_eq(git_discover(&r, a, dir, &err), 0, "%s", err.text);
	cr_assert(r != NULL);
	return r;
}

static struct git_head head_of(struct arena *a, const char *dir)
{
	struct git_head h;
	struct err err = ERR_INIT;
	cr_assert_eq(git_head(&h, repo_at(a, dir), &err), 0, "%s", err.text);
	return h;
}

static struct str ref_of(struct git_repo *r, const char *name)
{
	struct str sha;
	struct err err = ERR_INIT;
	cr_assert_eq(git_ref(&sha, r, str_of(name), &err), 0, "%s: %s", name, err.text);
	return sha;
}

Test(git_refs, head_says_what_it_says)
{
	struct arena a = { 0 };
	char *place = place_new();
	sh("git init -q r; cd r");
	struct git_head h = head_of(&a, "r");
	assert_str(h.ref, STR("refs/heads/main"));
	assert_str(h.sha, STR_EMPTY);

	sh("cd r; echo 1 >f; git add f; git commit -qm one; git tag v1; git branch aaa; git branch zzz; git checkout -q -b "
	   "feature/x");
	struct str sha = sh_out(&a, "git -C r rev-parse HEAD");
	h = head_of(&a, "r");
	assert_str(h.ref, STR("refs/heads/feature/x"));
	assert_str(h.sha, sha);

	sh("cd r; git pack-refs --all");
	assert_str(head_of(&a, "r").sha, sha);
	sh("cd r; git checkout -q --detach");
	h = head_of(&a, "r");
	assert_str(h.ref, STR_EMPTY);
	assert_str(h.sha, sha);

	sh("cd r; git worktree add -q ../wt zzz; echo 2 >../wt/f; git -C ../wt commit -qam two");
	h = head_of(&a, "wt");
	assert_str(h.ref, STR("refs/heads/zzz"));
	assert_str(h.sha, sh_out(&a, "git -C wt rev-parse HEAD"));
	place_done(place);
	arena_done(&a);
}

Test(git_refs, loose_wins_over_packed_and_names_are_checked)
{
	struct arena a = { 0 };
	char *place = place_new();
	sh("git init -q r; cd r; echo 1 >f; git add f; git commit -qm one; git tag -a -m x v1; git tag v0; git branch b;"
	   "git pack-refs --all; echo 2 >f; git commit -qam two; git update-ref refs/heads/b HEAD;"
	   "git symbolic-ref refs/heads/alias refs/heads/b; git clone -q . ../c");
	struct git_repo *r = repo_at(&a, "r");
	struct str two = sh_out(&a, "git -C r rev-parse HEAD");
	assert_str(ref_of(r, "refs/heads/b"), two);
	assert_str(ref_of(r, "refs/heads/alias"), two);
	assert_str(ref_of(r, "HEAD"), two);
	assert_str(ref_of(r, "refs/tags/v0"), sh_out(&a, "git -C r rev-parse v0"));
	assert_str(ref_of(r, "refs/tags/v1"), sh_out(&a, "git -C r rev-parse v1"));
	static const char *const absent[] = { "refs/heads/none",
		                              "refs/tags/v",
		                              "refs/tags/v10",
		                              "refs/../HEAD",
		                              "/etc/passwd",
		                              "refs/heads//b",
		                              "refs/heads/b/",
		                              "config",
		                              "",
		                              "refs/heads/.x",
		                              "a/b",
		                              "refs/heads/b\n",
		                              "refs/heads",
		                              "refs/aaa/before",
		                              "refs/zzz/after" };
	for (size_t i = 0; i < ARRAY_LEN(absent); i++)
		assert_str(ref_of(r, absent[i]), STR_EMPTY);
	assert_str(git_default_branch(r), STR("main"));

	struct git_ref_list all;
	struct err err = ERR_INIT;
	cr_assert_eq(git_refs(&all, r, STR("refs/"), &err), 0);
	struct buf got = BUF_INIT;
	for (size_t i = 0; i < all.n; i++)
		buf_addf(&got, "%.*s %.*s\n", STRF(all.v[i].sha), STRF(all.v[i].name));
	assert_str(str_trim(buf_str(&got)), sh_out(&a, "git -C r for-each-ref --format='%(objectname) %(refname)'"));
	buf_done(&got);

	struct git_repo *c = repo_at(&a, "c");
	assert_str(git_symref(c, STR("refs/remotes/origin/HEAD")), STR("refs/remotes/origin/main"));
	assert_str(git_default_branch(c), STR("main"));
	place_done(place);
	arena_done(&a);
}

Test(git_refs, circles_garbage_and_other_formats_are_errors)
{
	struct arena a = { 0 };
	char *place = place_new();
	struct str sha;
	struct git_head h;
	struct err err = ERR_INIT;
	sh("git init -q r; cd r/.git; echo 'ref: refs/heads/b' >refs/heads/a; echo 'ref: refs/heads/a' >refs/heads/b;"
	   "echo nonsense >refs/heads/c; head -c 20000 /dev/zero >refs/heads/d");
	struct git_repo *r = repo_at(&a, "r");
	cr_assert_eq(git_ref(&sha, r, STR("refs/heads/a"), &err), -1);
	cr_assert(strstr(err.text, "circle"), "%s", err.text);
	cr_assert_eq(git_ref(&sha, r, STR("refs/heads/c"), &err), -1);
	cr_assert(strstr(err.text, "not a valid ref"), "%s", err.text);
	assert_str(ref_of(r, "refs/heads/d"), STR_EMPTY);
	sh("cd r; git config extensions.refStorage reftable");
	err = ERR_INIT;
	cr_assert_eq(git_head(&h, repo_at(&a, "r"), &err), -1);
	cr_assert_eq(err.kind, ERR_UNSUPPORTED);
	cr_assert(strstr(err.text, "reftable"), "%s", err.text);
	sh("git init -q --object-format=sha256 s; cd s; echo 1 >f; git add f; git commit -qm one");
	assert_str(head_of(&a, "s").sha, sh_out(&a, "git -C s rev-parse HEAD"));
	place_done(place);
	arena_done(&a);
}

/* Sorted and unsorted packed-refs: the same answers. Ten thousand refs are read in well under a tenth of a second. */
Test(git_refs, ten_thousand)
{
	struct arena a = { 0 };
	char *place = place_new();
	sh("git init -q r; cd r; echo 1 >f; git add f; git commit -qm one; s=$(git rev-parse HEAD);"
	   "{ echo '# pack-refs with: peeled fully-peeled sorted '; i=10000; while [ $i -lt 20000 ]; do echo \"$s "
	   "refs/heads/b$i\";"
	   " [ $((i % 3)) = 0 ] && echo \"^$s\"; i=$((i + 1)); done; } >.git/packed-refs; cp -r . ../u;"
	   "grep -v '^#' .git/packed-refs | tac | grep -v '^^' >../u/.git/packed-refs");
	struct str sha = sh_out(&a, "git -C r rev-parse HEAD");
	for (int unsorted = 0; unsorted < 2; unsorted++) {
		struct git_repo *r = repo_at(&a, unsorted ? "u" : "r");
		struct timespec t0, t1;
		clock_gettime(CLOCK_MONOTONIC, &t0);
		char name[64];
		for (int i = 9990; i < 20010; i++) {
			struct str want = i >= 10000 && i < 20000 ? sha : STR_EMPTY;
			snprintf(name, sizeof(name), "refs/heads/b%d", i);
			assert_str(ref_of(r, name), want);
		}
		clock_gettime(CLOCK_MONOTONIC, &t1);
		double ms = (double)(t1.tv_sec - t0.tv_sec) * 1e3 + (double)(t1.tv_nsec - t0.tv_nsec) / 1e6;
		cr_assert_lt(ms, 3000.0); /* 10,020 look-ups; a scan each would take ten times that */
		struct git_ref_list all;
		cr_assert_eq(git_refs(&all, r, STR("refs/heads/"), NULL), 0);
		cr_assert_eq(all.n, 10001);
	}
	place_done(place);
	arena_done(&a);
}
