/* Commit facts through libgit2. */
#include "git/git.h"
#include "unit/git/repo.h"

Test(git_commit, facts)
{
	struct arena a = { 0 };
	char *place = place_new();
	setenv("GIT_COMMITTER_DATE", "2026-01-02T03:04:05 +0530", 1);
	sh("git init -q r; cd r; echo 1 >f; git add f; git commit -qm one; git checkout -q -b x; git commit -q --allow-empty -m "
	   "two;"
	   "git checkout -q main; git commit -q --allow-empty -m three; git merge -q --no-ff -m 'merge\n\nbody' x; git gc -q");
	struct git_repo *r;
	struct git_head h;
	struct git_commit c;
	struct err err = ERR_INIT;
	cr_assert_eq(git_discover(&r, &a, "r", &err), 0);
	cr_assert_eq(git_head(&h, r, &err), 0);
	cr_assert_eq(git_commit(&c, r, h.sha, &err), 0, "%s", err.text);
	assert_str(c.sha, h.sha);
	assert_str(c.tree, sh_out(&a, "git -C r rev-parse 'HEAD^{tree}'"));
	assert_str(str_trim(c.message), sh_out(&a, "git -C r log -1 --format=%B"));
	assert_str(c.author_name, STR("Ada Test"));
	assert_str(c.committer_email, STR("ada@example.com"));
	assert_str(c.time, STR("2026-01-02T03:04:05+05:30"));
	cr_assert_eq(c.nparents, 2);
	assert_str(c.parents[0], sh_out(&a, "git -C r rev-parse HEAD^1"));
	assert_str(c.parents[1], sh_out(&a, "git -C r rev-parse HEAD^2"));
	cr_assert_eq(git_commit(&c, r, STR("0000000000000000000000000000000000000001"), &err), -1);
	cr_assert_eq(git_commit(&c, r, STR("main"), &err), -1);
	cr_assert(strstr(err.text, "not the name of a commit"), "%s", err.text);
	if (geteuid() == 0) {
		sh("chown -R 12345:12345 r");
		cr_assert_eq(git_commit(&c, r, h.sha, &err), 0, "%s", err.text);
	}
	sh("git init -q --object-format=sha256 s; cd s; git commit -q --allow-empty -m one");
	cr_assert_eq(git_discover(&r, &a, "s", &err), 0);
	cr_assert_eq(git_head(&h, r, &err), 0);
	cr_assert_eq(git_commit(&c, r, h.sha, &err), -1);
	cr_assert_eq(err.kind, ERR_UNSUPPORTED);
	place_done(place);
	arena_done(&a);
}
