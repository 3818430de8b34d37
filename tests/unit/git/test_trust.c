/* GIT_FOREIGN with the real git: whatever a repository's files say, nothing of it is started, asked or changed, and what is read
 * is right. Every trap leaves a marker; that a trap can spring is proved by running git as it is. */
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "git/foreign.h"
#include "git/run.h"
#include "unit/git/repo.h"

/* A repository r with two commits, a change and a file that is not tracked. */
static void make_repository(void)
{
	sh("git init -q r; cd r; echo 1 >f; echo x >x.dat; echo '*.log' >.gitignore; git add .; git commit -qm one; echo 2 >f;"
	   " git commit -qam two; echo 3 >f; echo new >u; echo n >n.log");
}

static struct git_repo *open_repository(struct arena *a, const char *dir)
{
	struct git_repo *r = NULL;
	struct err err = ERR_INIT;
	cr_assert_eq(git_discover(&r, a, dir, &err), 0, "%s", err.text);
	cr_assert_not_null(r);
	return r;
}

static int foreign(struct arena *a, struct git_repo *r, struct str *out, struct err *err, const char *const *args)
{
	struct buf text = BUF_INIT;
	struct git_call call = { .repo = r, .index = true, .args = args, .seconds = 20 };
	int rc = git_run(&call, &text, err);
	*out = arena_str(a, buf_str(&text));
	buf_done(&text);
	return rc;
}

#define STATUS GIT("status", "--porcelain", "--untracked-files=all", "--ignored=matching")

static struct str listing(struct arena *a)
{
	return sh_out(a, "find r -printf '%p %y %m %s %T@ %C@ %i %l\\n' | sort | sha1sum");
}

Test(git_trust, a_foreign_tree_is_read_as_git_reads_it)
{
	struct arena a = { 0 };
	char *place = place_new();
	setenv("TMPDIR", arena_printf(&a, "%s/tmp", place).p, 1);
	make_repository();
	sh("mkdir tmp");
	struct str before = listing(&a), out;
	struct git_repo *r = open_repository(&a, "r");
	struct err err = ERR_INIT;
	cr_assert_eq(foreign(&a, r, &out, &err, STATUS), 0, "%s", err.text);
	assert_str(out, STR(" M f\n?? u\n!! n.log\n"));
	cr_assert_eq(foreign(&a, r, &out, &err, GIT("ls-files")), 0);
	assert_str(out, STR(".gitignore\nf\nx.dat\n"));
	cr_assert_eq(foreign(&a, r, &out, &err, GIT("cat-file", "blob", "HEAD:f")), 0);
	assert_str(out, STR("2\n"));
	assert_str(listing(&a), before);

	/* layouts: a split index, packed, alternates, a linked worktree, SHA-256, no commit yet */
	sh("cd r; git update-index --split-index; git repack -qad; cd ..; find r -printf '%p %T@\n' | sort >before; git clone -q "
	   "--shared --no-checkout r s; cd s; git "
	   "reset -q --hard;"
	   " echo 9 >f; git worktree add -q ../w; echo 8 >../w/f; cd ..; git init -q --object-format=sha256 b; cd b; echo 1 >f; "
	   "git add .;"
	   " git commit -qm x; echo 2 >f; cd ..; git init -q e; echo 1 >e/f");
	static const char *const dirs[][2] = {
		{ "r", " M f\n?? u\n!! n.log\n" }, { "s", " M f\n" }, { "w", " M f\n" }, { "b", " M f\n" }, { "e", "?? f\n" }
	};
	for (size_t i = 0; i < ARRAY_LEN(dirs); i++) {
		cr_assert_eq(foreign(&a, open_repository(&a, dirs[i][0]), &out, &err, STATUS), 0, "%s: %s", dirs[i][0], err.text);
		cr_assert(str_is(out, dirs[i][1]), "%s: %.*s", dirs[i][0], STRF(out));
	}
	sh("find r -printf '%p %T@\n' | grep -v worktrees | sort | diff - before | grep sharedindex && exit 1; true");
	assert_str(sh_out(&a, "ls tmp"), STR_EMPTY);
	arena_done(&a);
	place_done(place);
}

/* What a repository can name; MARK is a command that leaves a marker. */
static const char *const traps[] = {
	"git config core.fsmonitor 'MARK fsmonitor; false'",
	"git config filter.t.clean 'MARK clean; cat'; git config filter.t.smudge 'MARK smudge; cat'; git config "
	"filter.t.required true;"
	" echo '*.dat filter=t diff=t merge=t' >.git/info/attributes; echo y >x.dat",
	"git config filter.p.process 'MARK process'; echo '*.dat filter=p' >.gitattributes; echo z >x.dat",
	"git config core.hooksPath .hooks; mkdir .hooks; for h in post-index-change post-checkout reference-transaction "
	"pre-commit fsmonitor-watchman;"
	" do printf '#!/bin/sh\\nMARK hook\\n' >.hooks/$h; chmod +x .hooks/$h; done; cp .hooks/* .git/hooks/",
	"git config core.pager 'MARK pager; cat'; git config pager.status true",
	"git config diff.external 'MARK external'; git config diff.t.textconv 'MARK textconv; cat'; git config diff.t.command "
	"'MARK command'",
	"git config alias.status '!MARK alias'; git config alias.lsx '!MARK alias'",
	"git config core.sshCommand 'MARK ssh'; git config core.gitProxy 'MARK proxy'; git config core.askPass 'MARK askpass'",
	"git config credential.helper '!MARK helper'; git config remote.origin.uploadpack 'MARK uploadpack'",
	"printf '[filter \"t\"]\\n\\tclean = MARK included\\n' >.git/more; git config include.path more; git config "
	"includeIf.gitdir:/.path more",
	"git config extensions.worktreeConfig true; printf '[core]\\n\\tfsmonitor = MARK worktree\\n' >.git/config.worktree",
	"git config core.worktree /; git config --unset core.worktree; git config uploadpack.packObjectsHook 'MARK packhook'",
};

static void spring(const char *place, const char *trap)
{
	struct buf script = BUF_INIT;
	buf_adds(&script, "cd r; ");
	for (const char *p = trap, *m;; p = m + 4) {
		m = strstr(p, "MARK");
		buf_add(&script, p, m ? (size_t)(m - p) : strlen(p));
		if (!m)
			break;
		buf_addf(&script, "touch %s/marker;:", place);
	}
	sh(buf_cstr(&script));
	buf_done(&script);
}

Test(git_trust, nothing_that_a_configuration_names_is_started)
{
	struct arena a = { 0 };
	char *place = place_new();
	for (size_t i = 0; i <= ARRAY_LEN(traps); i++) {
		sh("rm -rf r marker");
		make_repository();
		for (size_t j = 0; j < ARRAY_LEN(traps); j++)
			if (j == i || i == ARRAY_LEN(traps)) /* each, then all */
				spring(place, traps[j]);
		unlink("marker");
		sh("touch r/f r/x.dat");
		struct str before = listing(&a), out;
		struct git_repo *r = open_repository(&a, "r");
		struct err err = ERR_INIT;
		cr_assert_eq(foreign(&a, r, &out, &err, STATUS), 0, "%zu: %s", i, err.text);
		cr_assert_eq(foreign(&a, r, &out, &err, GIT("diff", "--name-only", "HEAD")), 0, "%zu: %s", i, err.text);
		cr_assert_eq(foreign(&a, r, &out, &err, GIT("cat-file", "blob", "HEAD:x.dat")), 0, "%zu: %s", i, err.text);
		cr_assert(!file_exists("marker"), "%zu", i);
		assert_str(listing(&a), before);
	}
	sh("cd r; git status || true"); /* the traps are traps */
	cr_assert(file_exists("marker"));
	arena_done(&a);
	place_done(place);
}

Test(git_trust, a_partial_clone_asks_nobody)
{
	struct arena a = { 0 };
	char *place = place_new();
	make_repository();
	sh("git -C r config uploadpack.allowFilter true; git -C r config uploadpack.allowAnySHA1InWant true;"
	   "git clone -q --filter=blob:none --no-checkout file://$PWD/r p; cd p; git reset -q;"
	   "printf '#!/bin/sh\\ntouch %s/marker\\nexit 1\\n' $HOME >$HOME/trap; chmod +x $HOME/trap;"
	   "git config remote.origin.url \"ext::$HOME/trap\"; git config protocol.ext.allow always; git config protocol.allow "
	   "always");
	struct git_repo *r = open_repository(&a, "p");
	struct str out;
	struct err err = ERR_INIT;
	cr_assert_eq(foreign(&a, r, &out, &err, GIT("ls-tree", "--name-only", "HEAD")), 0, "%s", err.text);
	cr_assert_eq(foreign(&a, r, &out, &err, GIT("cat-file", "blob", "HEAD:f")), -1);
	struct git_call offline = { .trust = GIT_OFFLINE, .repo = r, .args = GIT("cat-file", "blob", "HEAD:f") };
	cr_assert_eq(git_run(&offline, NULL, &err), -1);
	struct git_call narrow = { .trust = GIT_OWN, .repo = r, .args = GIT("cat-file", "blob", "HEAD:f"), .protocols = "https" };
	cr_assert_eq(git_run(&narrow, NULL, &err), -1);
	cr_assert(!file_exists("marker"));
	sh("cd p; git cat-file blob HEAD:f || true");
	cr_assert(file_exists("marker"));
	arena_done(&a);
	place_done(place);
}

/* Files that never end in places where git reads one: a refusal with a name, or not even looked at, but no waiting. */
Test(git_trust, pipes_in_place_of_files)
{
	static const struct {
		const char *make, *error; /* NULL: it is read all the same */
	} cases[] = {
		{ "mkfifo r/.git/pipe; git -C r config include.path pipe", NULL },
		{ "rm r/.git/config; mkfifo r/.git/config", NULL },
		{ "mkfifo r/.git/config.worktree; git -C r config extensions.worktreeConfig true", NULL },
		{ "mkfifo r/.git/objects/info/alternates", "/objects/info/alternates is no regular file" },
		{ "mkdir o; mkfifo o/info; mkfifo r/.git/objects/pack/x.idx", "/objects/pack/x.idx is no regular file" },
		{ "mkfifo pipe; echo $PWD/pipe >r/.git/objects/info/alternates", NULL },
		{ "mkdir -p o/info; mkfifo o/info/alternates; echo $PWD/o >r/.git/objects/info/alternates",
		  "/o/info/alternates is no regular file" },
		{ "rm r/.git/index; mkfifo r/.git/index", "/.git/index is no regular file" },
		{ "rm -f r/.git/info/exclude; mkfifo r/.git/info/exclude r/.git/info/attributes", NULL },
		{ "mkfifo r/.git/packed-refs", NULL },
	};
	struct arena a = { 0 };
	char *place = place_new();
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct str out;
		struct err err = ERR_INIT;
		sh("rm -rf r o pipe");
		make_repository();
		sh(cases[i].make);
		int rc = foreign(&a, open_repository(&a, "r"), &out, &err, STATUS);
		cr_assert_eq(rc, cases[i].error ? -1 : 0, "%s: %s", cases[i].make, err.text);
		cr_assert(!cases[i].error || strstr(err.text, cases[i].error), "%s: %s", cases[i].make, err.text);
	}
	arena_done(&a);
	place_done(place);
}

/* What is copied is the stranger's own and no larger than can be borne; what lies beside the index without being named stays. */
Test(git_trust, only_the_index_itself_is_copied)
{
	struct arena a = { 0 };
	char *place = place_new();
	struct err err = ERR_INIT;
	make_repository();
	sh("echo secret >secret; mkdir to other; cd r; git update-index --split-index; ln -s ../../secret .git/sharedindex.1; ln "
	   "-s "
	   "../../secret .git/sharedindex.0123456789012345678901234567890123456789; chmod 4711 .git/index");
	cr_assert_eq(foreign_copy_index(&a, STR("r/.git"), STR("to"), 0640, &err), 0, "%s", err.text);
	assert_str(
		sh_out(&a, "ls to | wc -l; stat -c %a to/index; cd r/.git; for f in $(ls ../../to); do cmp $f ../../to/$f; done"),
		STR("2\n640"));
	sh("rm r/.git/index; ln -s ../../secret r/.git/index");
	cr_assert_eq(foreign_copy_index(&a, STR("r/.git"), STR("other"), 0640, &err), -1);
	cr_assert(strstr(err.text, "r/.git/index is no regular file"), "%s", err.text);
	sh("rm r/.git/index; truncate -s 257M r/.git/index");
	cr_assert_eq(foreign_copy_index(&a, STR("r/.git"), STR("other"), 0640, &err), -1);
	cr_assert(strstr(err.text, "r/.git/index is larger than 256 MiB"), "%s", err.text);
	assert_str(sh_out(&a, "ls other"), STR_EMPTY);
	arena_done(&a);
	place_done(place);
}

/* A program that was killed leaves its stand-in: the next one removes it, but none that is used, young, or something else. */
Test(git_trust, what_killed_programs_left_is_removed)
{
	struct arena a = { 0 };
	char *place = place_new();
	struct str out;
	struct err err = ERR_INIT;
	make_repository();
	setenv("TMPDIR", arena_printf(&a, "%s/tmp", place).p, 1);
	sh("mkdir -p tmp/sidestep-git-stale/refs tmp/sidestep-git-used tmp/sidestep-git-young tmp/other; touch "
	   "tmp/sidestep-git-stale/HEAD; "
	   "touch -d '1 hour ago' tmp/sidestep-git-stale tmp/sidestep-git-used tmp/other; ln -s other tmp/sidestep-git-link");
	int used = open("tmp/sidestep-git-used", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cr_assert_eq(flock(used, LOCK_EX), 0);
	cr_assert_eq(foreign(&a, open_repository(&a, "r"), &out, &err, GIT("ls-files")), 0, "%s", err.text);
	assert_str(sh_out(&a, "ls tmp"), STR("other\nsidestep-git-link\nsidestep-git-used\nsidestep-git-young"));
	close(used);
	/* in a folder of one's own */
	git_run_place(arena_printf(&a, "%s/own", place).p);
	sh("chmod 500 tmp");
	cr_assert_eq(foreign(&a, open_repository(&a, "r"), &out, &err, GIT("rev-parse", "--git-dir")), 0, "%s", err.text);
	cr_assert(str_starts(out, arena_printf(&a, "%s/own/sidestep-git-", place)), "%.*s", STRF(out));
	assert_str(sh_out(&a, "ls own; chmod 700 tmp"), STR_EMPTY);
	arena_done(&a);
	place_done(place);
}

Test(git_trust, what_never_ends_is_ended)
{
	struct arena a = { 0 };
	char *place = place_new();
	make_repository();
	sh("cd r; sha=$(git rev-parse HEAD:f | sed 's,..,&/,'); rm -f .git/objects/$sha; mkfifo .git/objects/$sha");
	struct err err = ERR_INIT;
	struct git_call call = { .repo = open_repository(&a, "r"), .args = GIT("cat-file", "blob", "HEAD:f"), .seconds = 1 };
	cr_assert_eq(git_run(&call, NULL, &err), -1);
	cr_assert_eq(err.errnum, ETIMEDOUT, "%s", err.text);
	arena_done(&a);
	place_done(place);
}

Test(git_trust, no_repository_is_met_by_chance)
{
	struct arena a = { 0 };
	char *place = place_new();
	sh("git init -q --bare bare; cd bare; git config core.fsmonitor 'touch ../marker'; git config user.name EVIL");
	struct git_call call = { .trust = GIT_OFFLINE, .dir = "bare", .args = GIT("config", "user.name") };
	struct buf out = BUF_INIT;
	cr_assert_eq(git_run(&call, &out, NULL), 0);
	assert_str(buf_str(&out), STR("Ada Test\n"));
	buf_done(&out);
	arena_done(&a);
	place_done(place);
}

Test(git_trust, whose_a_repository_is)
{
	struct arena a = { 0 };
	char *place = place_new();
	make_repository();
	cr_assert(git_repo_is_own(open_repository(&a, "r")));
	if (geteuid() != 0) {
		arena_done(&a);
		place_done(place);
		cr_skip_test("only root can give files away");
	}
	sh("chown -R 12345 r");
	cr_assert(!git_repo_is_own(open_repository(&a, "r")));
	setenv("SUDO_UID", "12345", 1);
	cr_assert(git_repo_is_own(open_repository(&a, "r")));
	unsetenv("SUDO_UID");
	static const char *const says[] = { "git config --global --add safe.directory /elsewhere",
		                            "git config --global --add safe.directory $PWD/r",
		                            "git config --global --add safe.directory ''",
		                            "git config --global --add safe.directory \"$PWD/*\"" };
	for (size_t i = 0; i < ARRAY_LEN(says); i++) {
		sh(says[i]);
		cr_assert_eq(git_repo_is_own(open_repository(&a, "r")), i % 2 == 1, "%s", says[i]);
	}
	sh("git config --global --unset-all safe.directory; chown -R 0 r; chown 12345 r/.git");
	cr_assert(!git_repo_is_own(open_repository(&a, "r")));
	arena_done(&a);
	place_done(place);
}
