/* The working tree as it is: what arrives, what does not, and that nothing of it changes; by overlay and by copy. */
#include <sys/stat.h>

#include "unit/checkout/served.h"

/* A tree with one of everything. */
static void make_tree(void)
{
	sh("git init -q r; cd r; mkdir -p src/deep/er keep tools; echo one >a; echo two >src/b; echo x >src/deep/er/c; echo gone "
	   ">gone;"
	   "echo gone >keep/gone2; echo k >keep/k; echo '#!/bin/sh' >tools/run; chmod 755 tools/run; ln -s ../a src/link; ln -s "
	   "nowhere dangling;"
	   "echo u >'grün ☃'; echo b >' blank '; echo q >'quo\"te'; echo n >\"$(printf 'new\\nline')\"; echo r >ro; chmod 444 ro;"
	   "printf 'node_modules/\\n*.o\\n/build\\n' >.gitignore; mkdir forced.o; echo f >forced.o/kept; git add -A; git add -f "
	   "forced.o;"
	   "git commit -qm one; git tag v1; git remote add origin git@github.example:octo/demo.git;"
	   /* and now changes of every kind */
	   "echo changed >>src/b; rm gone keep/gone2; chmod 755 a; echo staged >staged; git add staged; echo untracked >src/new;"
	   "mkdir -p node_modules/dep build/out; echo i >node_modules/dep/i; echo o >src/x.o; echo o >build/out/o; echo n "
	   ">forced.o/not;"
	   "git rm -q --cached ro; mkdir empty; git init -q inner; echo in >inner/file; git -C inner add file; git -C inner "
	   "commit -qm in;"
	   "touch -d '2020-01-02 03:04:05.678' src/b 'grün ☃'; touch -h -d '2019-01-01' src/link; touch -d '2018-01-01' src; git "
	   "status >/dev/null");
}

/* The files that belong there, by git's own word. */
#define LIST                                                                                                                     \
	"{ git ls-files -z -co --exclude-standard; } | sort -zu | while IFS= read -r -d '' f; do [ -e \"$f\" -o -L \"$f\" ] && " \
	"printf '%s\\n' \"${f%/}\"; done"

static void check_tree(struct served *s)
{
	struct arena *a = &s->a;
	sh_out(a, "cat >list.sh <<'X'\n#!/bin/bash\ncd \"$1\"\n" LIST "\ntrue\nX\nchmod +x list.sh");
	assert_same(s, "./list.sh r", "./list.sh ws");
	/* names, kinds, modes, times, targets */
	const char *stat_all = "#!/bin/bash\ncd \"$1\"; find . -path ./.git -prune -o \\( -type f -o -type l \\) -printf "
			       "'%P|%y|%m|%s|%T@|%l\\n' | sort";
	cr_assert_eq(file_write("stat.sh", str_of(stat_all), 0755, NULL), 0);
	assert_same(s, "./stat.sh ws", "./stat.sh r | grep -v -e node_modules -e '^build' -e '[.]o|' -e forced.o/not");
	assert_same(s, "stat -c '%a %Y' ws/src", "stat -c '%a %Y' r/src");
	static const char *const absent[] = { "ws/node_modules", "ws/build", "ws/src/x.o",
		                              "ws/forced.o/not", "ws/gone",  "ws/keep/gone2" };
	for (size_t i = 0; i < ARRAY_LEN(absent); i++)
		cr_assert(access(absent[i], F_OK) < 0, "%s", absent[i]);
	cr_assert_eq(access("ws/inner/file", F_OK), 0);
	sh("diff -r --no-dereference -x .git -x node_modules -x build -x '*.o' -x empty r ws");
	/* git sees the same changes and the same history */
	assert_same(s, "git -C ws status --porcelain", "git -C r status --porcelain");
	assert_same(s, "git -C ws diff", "git -C r diff");
	assert_same(s, "git -C ws diff --cached", "git -C r diff --cached");
	assert_same(s, "git -C ws rev-parse HEAD", "git -C r rev-parse HEAD");
	assert_same(s, "git -C ws log --format=%H%n%B", "git -C r log --format=%H%n%B");
	assert_str(sh_out(a, "git -C ws symbolic-ref HEAD"), STR("refs/heads/main"));
	assert_str(sh_out(a, "git -C ws rev-parse --abbrev-ref '@{upstream}'"), STR("origin/main"));
	assert_str(sh_out(a, "git -C ws remote get-url origin"), STR("https://github.example/octo/demo"));
	assert_str(sh_out(a, "git -C ws rev-parse --is-shallow-repository"), STR("true"));
	sh("cd ws; git fsck --connectivity-only");
}

/* What steps do to a workspace. */
static void use_tree(void)
{
	sh("cd ws; echo more >>a; rm src/b; echo one >stored; git add -A; git commit -qm two; git commit -q --allow-empty -m "
	   "three; git tag t;"
	   "git checkout -q -b side; git branch -D main; mv src moved; chmod 600 tools/run; rm -rf keep dangling; mkdir "
	   "node_modules;"
	   "echo z >'grün ☃'; git add -A; git commit -qm four; git gc -q; git reset -q --hard t; git clean -qfdx; ln -s x "
	   "node_modules;"
	   "git hash-object -w --stdin </dev/null");
}

static void whole_round(struct served *s, const char *how)
{
	assert_served(s);
	assert_has(s->log, how);
	assert_has(s->log, "uncommitted changes included");
	assert_has(s->outputs, "ref=refs/heads/main\ncommit=");
	check_tree(s);
	use_tree();
}

Test(checkout_tree, by_copy)
{
	struct served s;
	served_init(&s);
	make_tree();
	sleep(1); /* so that a touched object would be seen */
	sh("find r -print0 | xargs -0 stat >/dev/null");
	struct str before = manifest(&s.a, "r/.git/refs"), tree = manifest(&s.a, "r/src"), index = manifest(&s.a, "r/.git/info");
	struct str all =
		sh_out(&s.a, "cd r; find . -path ./.git/objects -prune -o -printf '%P %m %T@ %C@ %l\\n' | sort | sha1sum");
	whole_round(&s, "by copy");
	assert_str(manifest(&s.a, "r/.git/refs"), before);
	assert_str(manifest(&s.a, "r/src"), tree);
	assert_str(manifest(&s.a, "r/.git/info"), index);
	assert_str(sh_out(&s.a, "cd r; find . -path ./.git/objects -prune -o -printf '%P %m %T@ %C@ %l\\n' | sort | sha1sum"),
	           all);
	sh("git -C r fsck");
	served_done(&s);
}

/* Nothing can be mounted in a container, nor in a chroot whose root is not a mount point. */
static bool mounts_or_skip(struct served *s)
{
	if (workspace_private_mounts())
		return true;
	served_done(s);
	fprintf(stderr, "# skipped: no overlay can be mounted here\n");
	cr_skip_test("no overlay can be mounted here");
	return false;
}

Test(checkout_tree, by_overlay)
{
	struct served s;
	served_init(&s);
	if (!mounts_or_skip(&s))
		return;
	s.r.overlay = true;
	make_tree();
	struct str before = manifest(&s.a, "r");
	whole_round(&s, "by overlay");
	assert_str(manifest(&s.a, "r"), before); /* everything: objects and their times too */
	/* again: what was there before is taken away */
	assert_served(&s);
	check_tree(&s);
	assert_str(sh_out(&s.a, "grep -c \"$PWD/ws \" /proc/self/mountinfo"), STR("1"));
	workspace_release("ws");
	assert_str(sh_out(&s.a, "ls -A ws | wc -l"), STR("0"));
	assert_str(manifest(&s.a, "r"), before);
	served_done(&s);
}

Test(checkout_tree, overlay_falls_back_to_copy)
{
	struct served s;
	served_init(&s);
	if (!mounts_or_skip(&s))
		return;
	/* an upper layer on an overlay is not possible */
	sh("mkdir l u w; mount -t overlay overlay -o lowerdir=l,upperdir=u,workdir=w scratch");
	s.r.overlay = true;
	make_tree();
	struct str before = manifest(&s.a, "r");
	whole_round(&s, "by copy");
	assert_has(s.log, "::debug::No overlay");
	assert_str(manifest(&s.a, "r"), before);
	served_done(&s);
}

Test(checkout_tree, odd_places)
{
	struct served s;
	served_init(&s);
	/* No repository: everything, and no .git. */
	sh("mkdir -p r/sub; echo 1 >r/f; echo 2 >r/sub/g; ln -s f r/l; mkfifo r/pipe; mkdir r/void");
	assert_served(&s);
	assert_has(s.log, "3 files");
	assert_has(s.log, "no git repository");
	assert_str(sh_out(&s.a, "cd ws; find . | sort | tr '\\n' ' '"), STR(". ./f ./l ./sub ./sub/g ./void"));
	/* Unborn branch, staged and untracked. */
	sh("rm -rf r; git init -q r; cd r; echo 1 >f; git add f; echo 2 >g");
	assert_served(&s);
	assert_str(sh_out(&s.a, "git -C ws status --porcelain"), STR("A  f\n?? g"));
	assert_has(s.outputs, "commit=\n");
	sh("cd ws; git commit -qm first; git log -1");
	/* A worktree, whose .git is a file; a path; the workspace below the tree itself; a name that is no UTF-8. */
	sh("rm -rf r; git init -q m; cd m; echo 1 >f; git add f; git commit -qm one; git worktree add -q ../r -b wt; echo w "
	   ">../r/w;"
	   "mkdir -p \"../r/jobs/$(printf 'caf\\351')\"");
	with(&s, "path", "sub/dir");
	s.r.workspace = path_join(&s.a, s.r.source, STR("jobs/caf\351"));
	s.r.ref = STR("refs/heads/wt");
	assert_served(&s);
	assert_str(sh_out(&s.a, "cd r/jobs/caf*/sub/dir; git status --porcelain --branch; ls"),
	           STR("## wt...origin/wt\n?? w\nf\nw"));
	/* Places that make no sense. */
	with(&s, "path", "../..");
	cr_assert_eq(serve(&s), 1);
	assert_has(s.log, "::error::checkout: Repository path '");
	with(&s, "path", "out");
	sh("cd r/jobs/caf*; ln -s /tmp out");
	cr_assert_eq(serve(&s), 1);
	assert_has(s.log, "is not under");
	s.r.workspace = str_of(s.place);
	with(&s, "path", "");
	cr_assert_eq(serve(&s), 1);
	assert_has(s.log, "holds the tree");
	served_done(&s);
}

Test(checkout_tree, submodules)
{
	struct served s;
	served_init(&s);
	bool mounts = workspace_private_mounts();
	sh("git init -q deep; cd deep; echo d >d; git add d; git commit -qm d; cd ..; git init -q lib; cd lib; echo l >l; git "
	   "add l;"
	   "git submodule -q add ../deep deep; git commit -qm l; cd ..; git init -q r; cd r; echo a >a; git add a; git submodule "
	   "-q add ../lib lib;"
	   "git submodule -q add ../deep other; git commit -qm one; git submodule -q update --init --recursive; git submodule -q "
	   "deinit -f other;"
	   "echo '*.o' >>.git/modules/lib/info/exclude; echo x >lib/x.o; echo new >lib/new; echo >>lib/deep/d");
	for (int overlay = 0; overlay <= (int)mounts; overlay++) {
		struct str before = manifest(&s.a, "r");
		s.r.overlay = overlay;
		with(&s, "submodules", "false");
		assert_served(&s);
		assert_str(sh_out(&s.a, "ls -A ws/lib ws/other"), STR("ws/lib:\n\nws/other:"));
		assert_str(sh_out(&s.a, "git -C ws status --porcelain"), STR_EMPTY);
		with(&s, "submodules", "true");
		assert_served(&s);
		assert_has(s.log, "::warning::Submodule 'other' is not initialised");
		assert_str(sh_out(&s.a, "ls -A ws/lib ws/lib/deep | tr '\\n' ' '"),
		           STR("ws/lib: .git .gitmodules deep l new  ws/lib/deep:"));
		assert_same(&s, "git -C ws/lib rev-parse HEAD", "git -C r/lib rev-parse HEAD");
		assert_str(sh_out(&s.a, "git -C ws/lib status --porcelain"), STR("?? new"));
		with(&s, "submodules", "recursive");
		assert_served(&s);
		assert_str(sh_out(&s.a, "git -C ws/lib/deep status --porcelain"), STR("M d"));
		assert_same(&s, "git -C ws submodule status lib | cut -d' ' -f1,2,3",
		            "git -C r submodule status lib | cut -d' ' -f1,2,3");
		sh("cd ws/lib; git config user.name x; git add -A; git commit -qm in");
		if (overlay)
			assert_str(manifest(&s.a, "r"), before);
	}
	served_done(&s);
}

/* git would open them and wait. */
Test(checkout_tree, a_pipe_in_place_of_a_list_of_patterns_is_refused)
{
	static const char *const lists[] = { ".gitignore", ".gitattributes", ".git/info/exclude", ".git/info/attributes",
		                             ".git/pipe" };
	struct served s;
	served_init(&s);
	sh("git init -q r; cd r; mkdir -p .git/info; echo 1 >f; git add f; git commit -qm one; git config core.excludesFile "
	   "/dev/null");
	assert_served(&s);
	sh("git -C r config core.excludesFile .git/pipe");
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		const char *path = arena_printf(&s.a, "r/%s", lists[i]).p;
		unlink(path);
		cr_assert_eq(mkfifo(path, 0644), 0);
		cr_assert_eq(serve(&s), 1);
		assert_has(s.log, arena_printf(&s.a, "%s is no regular file: git would wait for it", path).p);
		unlink(path);
	}
	assert_served(&s);
	served_done(&s);
}
