/* The workspace's own repository: where HEAD is, how much history it has, what it takes over. */
#include "unit/checkout/served.h"

static void make_history(void)
{
	sh("git init -q r; cd r; for i in 1 2 3 4 5; do echo $i >f; git add f; git commit -qm c$i; done; git tag -a -m note v1 "
	   "HEAD~1; git tag light;"
	   "git checkout -q -b side HEAD~2; echo s >s; git add s; git commit -qm s1; git checkout -q main; git merge -q --no-ff "
	   "-m merge side;"
	   "git branch feature/x; git update-ref refs/remotes/origin/far HEAD~1");
}

static struct str git_out(struct served *s, const char *args)
{
	struct buf line = BUF_INIT;
	buf_addf(&line, "git -C ws %s", args);
	struct str out = sh_out(&s->a, buf_cstr(&line));
	buf_done(&line);
	return out;
}

Test(checkout_gitdir, depths)
{
	struct served s;
	served_init(&s);
	make_history();
	static const struct {
		const char *depth, *count;
	} cases[] = { { "1", "1" }, { "2", "3" }, { "3", "5" }, { "4", "6" }, { "50", "7" }, { "0", "7" } };
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		with(&s, "fetch-depth", cases[i].depth);
		assert_served(&s);
		/* The very same as a real fetch of that depth gets. */
		setenv("DEPTH", strcmp(cases[i].depth, "0") == 0 ? "1000" : cases[i].depth, 1);
		sh("rm -rf real; git clone -q --no-local --depth $DEPTH --branch main file://$PWD/r real");
		assert_same(&s, "git -C ws rev-list HEAD", "git -C real rev-list HEAD");
		assert_str(git_out(&s, "rev-list --count HEAD"), str_of(cases[i].count));
		assert_str(git_out(&s, "status --porcelain"), STR_EMPTY);
		sh("cd ws; git fsck");
	}
	assert_str(git_out(&s, "for-each-ref --format='%(refname)'"),
	           STR("refs/heads/main\nrefs/remotes/origin/far\nrefs/remotes/origin/feature/x\nrefs/remotes/origin/main\n"
	               "refs/remotes/origin/side\nrefs/tags/light\nrefs/tags/v1"));
	assert_same(&s, "git -C ws describe", "git -C r describe");
	with(&s, "fetch-depth", "1");
	with(&s, "fetch-tags", "true");
	assert_served(&s);
	assert_str(git_out(&s, "tag"), STR("light\nv1"));
	assert_str(git_out(&s, "branch -a --format='%(refname)'"), STR("refs/heads/main\nrefs/remotes/origin/main"));
	served_done(&s);
}

Test(checkout_gitdir, where_head_is)
{
	struct served s;
	served_init(&s);
	make_history();
	sh("cd r; git checkout -q v1");
	struct str sha = sh_out(&s.a, "git -C r rev-parse HEAD");
	s.r.ref = STR("refs/tags/v1");
	assert_served(&s);
	assert_str(git_out(&s, "rev-parse --symbolic-full-name HEAD"), STR("HEAD"));
	assert_str(git_out(&s, "for-each-ref --format='%(refname) %(objecttype)'"), STR("refs/tags/v1 tag"));
	assert_str(git_out(&s, "describe --exact-match"), STR("v1"));
	s.r.ref = STR("refs/pull/7/merge");
	assert_served(&s);
	assert_str(git_out(&s, "for-each-ref --format='%(refname)'"), STR("refs/remotes/pull/7/merge"));
	assert_str(git_out(&s, "rev-parse HEAD"), sha);
	assert_has(s.outputs, "ref=refs/pull/7/merge\n");
	s.r.ref = STR_EMPTY;
	assert_served(&s);
	assert_str(git_out(&s, "for-each-ref"), STR_EMPTY);
	assert_str(git_out(&s, "rev-parse HEAD"), sha);
	served_done(&s);
}

Test(checkout_gitdir, odd_sources)
{
	struct served s;
	served_init(&s);
	make_history();
	with(&s, "fetch-depth", "3");
	/* A shallow source; settings that matter; a sparse tree; packed objects; an alternate; a strange name. */
	sh("mv r full; git clone -q --no-local --depth 2 file://$PWD/full r; cd r; git config core.autocrlf input; git config "
	   "filter.up.clean 'tr a-z A-Z';"
	   "git config alias.bad status; echo '*.up filter=up' >.git/info/attributes; echo '*.skip' >>.git/info/exclude; echo x "
	   ">a.skip; git gc -q");
	assert_served(&s);
	assert_str(git_out(&s, "status --porcelain"), STR_EMPTY);
	assert_str(git_out(&s, "rev-list --count HEAD"), STR("3"));
	assert_str(git_out(&s, "config filter.up.clean"), STR("tr a-z A-Z"));
	assert_str(sh_out(&s.a, "git -C ws config --local alias.bad || true"), STR_EMPTY);
	sh("cd ws; git fsck; printf 'b\\r\\n' >crlf; echo up >z.up; git add crlf z.up; git show :z.up | grep UP");
	with(&s, "fetch-depth", "0");
	assert_served(&s);
	assert_str(git_out(&s, "rev-list --count HEAD"), STR("3"));
	sh("rm -rf r; git clone -q --shared full 'odd \"name'; mv 'odd \"name' r; cd r; git sparse-checkout set --cone none; git "
	   "status");
	assert_served(&s);
	assert_str(git_out(&s, "status --porcelain"), STR_EMPTY);
	assert_str(git_out(&s, "rev-list --count HEAD"), STR("7"));
	sh("rm -rf r; git init -q --object-format=sha256 r; cd r; echo 1 >f; git add f; git commit -qm one");
	assert_served(&s);
	assert_same(&s, "git -C ws log --format=%H", "git -C r log --format=%H");
	sh("rm -rf r; cp -r full r; cd r; git update-index --split-index; echo 1 >>f");
	assert_served(&s);
	assert_str(git_out(&s, "status --porcelain"), STR("M f"));
	if (geteuid() == 0) {
		sh("chown -R 12345:12345 r");
		assert_served(&s);
		assert_str(git_out(&s, "status --porcelain"), STR("M f"));
		s.r.overlay = workspace_private_mounts();
		assert_served(&s);
		assert_str(git_out(&s, "status --porcelain"), STR("M f"));
	}
	served_done(&s);
}

Test(checkout_gitdir, sparse)
{
	struct served s;
	served_init(&s);
	sh("git init -q r; cd r; mkdir -p a/b c; echo 1 >top; echo 2 >a/b/f; echo 3 >c/g; git add -A; git commit -qm one");
	with(&s, "sparse-checkout", "a\n");
	assert_served(&s);
	assert_str(sh_out(&s.a, "cd ws; find . -path ./.git -prune -o -type f -print | sort | tr '\\n' ' '"),
	           STR("./a/b/f ./top"));
	with(&s, "sparse-checkout", "/c/\n");
	with(&s, "sparse-checkout-cone-mode", "false");
	s.r.overlay = workspace_private_mounts();
	assert_served(&s);
	assert_str(sh_out(&s.a, "cd ws; find . -path ./.git -prune -o -type f -print | sort | tr '\\n' ' '"), STR("./c/g"));
	assert_str(sh_out(&s.a, "git -C ws status --porcelain"), STR_EMPTY);
	cr_assert_eq(access("r/a/b/f", F_OK), 0);
	served_done(&s);
}
