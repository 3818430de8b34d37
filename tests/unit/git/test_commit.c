/* Commit facts. */
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
	sh("git init -q --object-format=sha256 s; cd s; git commit -q --allow-empty -m one; git gc -q");
	cr_assert_eq(git_discover(&r, &a, "s", &err), 0);
	cr_assert_eq(git_head(&h, r, &err), 0);
	cr_assert_eq(git_commit(&c, r, h.sha, &err), 0, "%s", err.text);
	assert_str(c.tree, sh_out(&a, "git -C s rev-parse 'HEAD^{tree}'"));
	cr_assert_eq(git_commit(&c, r, c.tree, &err), -1);
	cr_assert(strstr(err.text, "is no commit"), "%s", err.text);
	place_done(place);
	arena_done(&a);
}

/* Every way a commit may be stored gives the same: loose, packed, deltas in packs, alternates. Big and signed ones, too. */
Test(git_commit, however_it_is_stored)
{
	struct arena a = { 0 };
	char *place = place_new();
	sh("git init -q r; cd r; for i in $(seq 60); do { echo \"subject $i\"; echo; seq 1 400; } | git commit -q --allow-empty "
	   "-F -; done;"
	   "head -c 300000 /dev/zero | tr '\\0' x | fold -w 80 | git commit -q --allow-empty -F -;"
	   "git cat-file commit HEAD | sed 's/^committer .*/committer Ada <a@b> 1700000000 -0330\\ngpgsig -----BEGIN\\n tree of "
	   "nothing\\n parent too/'"
	   " >c; git update-ref HEAD $(git hash-object -t commit -w c); cp -r . ../packed; git clone -q --shared . ../shared;"
	   "cd ../packed; git repack -adfq --depth 50 --window 50");
	static const char *const dirs[] = { "r", "packed", "shared" };
	for (size_t d = 0; d < ARRAY_LEN(dirs); d++) {
		struct git_repo *r;
		struct err err = ERR_INIT;
		cr_assert_eq(git_discover(&r, &a, dirs[d], &err), 0);
		struct str all = sh_out(&a, "git -C r rev-list HEAD"), sha;
		struct git_commit c = { 0 };
		size_t n = 0;
		while (str_next_line(&all, &sha)) {
			cr_assert_eq(git_commit(&c, r, sha, &err), 0, "%s %.*s: %s", dirs[d], STRF(sha), err.text);
			if (n++ > 3)
				continue;
			setenv("SHA", arena_cstr(&a, sha), 1);
			assert_str(str_trim(c.message), sh_out(&a, "git -C r log -1 --format=%B $SHA"));
			assert_str(c.time, sh_out(&a, "git -C r log -1 --format=%cI $SHA"));
			assert_str(c.author_name, STR("Ada Test"));
			assert_str(c.tree, sh_out(&a, "git -C r log -1 --format=%T $SHA"));
			assert_str(c.parents[0], sh_out(&a, "git -C r log -1 --format=%P $SHA"));
			cr_assert_eq(c.nparents, 1);
		}
		cr_assert_eq(n, 61);
	}
	place_done(place);
	arena_done(&a);
}

/* Damaged objects and packs are errors, never crashes. */
Test(git_commit, damaged)
{
	struct arena a = { 0 };
	char *place = place_new();
	struct git_repo *r;
	struct git_head h;
	struct git_commit c;
	sh("git init -q r; cd r; git commit -q --allow-empty -m one; git commit -q --allow-empty -m two; cp -r . ../p; cd ../p; "
	   "git gc -q;"
	   "chmod -R u+w . ../r");
	cr_assert_eq(git_discover(&r, &a, "r", NULL), 0);
	cr_assert_eq(git_head(&h, r, NULL), 0);
	struct str path =
		sh_out(&a, "cd r; s=$(git rev-parse HEAD); echo r/.git/objects/$(echo $s | cut -c1-2)/$(echo $s | cut -c3-)");
	struct str idx = sh_out(&a, "echo p/.git/objects/pack/*.idx"), pack = sh_out(&a, "echo p/.git/objects/pack/*.pack");
	const char *const files[] = { path.p, idx.p, pack.p };
	unsigned seed = 5;
	for (size_t f = 0; f < ARRAY_LEN(files); f++) {
		struct buf whole = BUF_INIT, bad = BUF_INIT;
		cr_assert_eq(file_read(&whole, files[f], 1 << 20, NULL), 0);
		for (int round = 0; round < 60; round++) {
			struct arena own = { 0 };
			buf_clear(&bad);
			buf_add(&bad, whole.p, round % 3 ? whole.n : (size_t)rand_r(&seed) % whole.n);
			for (int i = 0; bad.n && i < 1 + round % 5; i++)
				bad.p[(size_t)rand_r(&seed) % bad.n] = (char)rand_r(&seed);
			cr_assert_eq(file_write(files[f], buf_str(&bad), 0644, NULL), 0);
			cr_assert_eq(git_discover(&r, &own, f ? "p" : "r", NULL), 0);
			git_commit(&c, r, h.sha, NULL);
			arena_done(&own);
		}
		cr_assert_eq(file_write(files[f], buf_str(&whole), 0644, NULL), 0);
		buf_done(&whole);
		buf_done(&bad);
	}
	place_done(place);
	arena_done(&a);
}
