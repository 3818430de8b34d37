/* What a push is: from which commit it leads to HEAD, what it brings, which files it changes. */
#include "unit/payload/event.h"

/* The files an event changed, one a line; "unknown". */
static struct str changes_of(struct arena *a, struct trigger_event *e)
{
	struct git_changes c;
	struct err err = ERR_INIT;
	struct buf text = BUF_INIT;
	cr_assert_eq(trigger_event_changes(&c, e, a, repo_of(a, "r"), &err), 0, "%s", err.text);
	if (c.unknown)
		return STR("unknown");
	for (size_t i = 0; i < c.n; i++)
		buf_addf(&text, "%s%.*s", i ? " " : "", STRF(c.paths[i]));
	struct str s = arena_str(a, buf_str(&text));
	buf_done(&text);
	return s;
}

/* Subjects of the commits of a push, in order. */
static struct str subjects(struct arena *a, struct val payload)
{
	struct buf text = BUF_INIT;
	struct val list = val_at(payload, "commits");
	for (size_t i = 0; i < list.a->n; i++)
		buf_addf(&text, "%s%.*s", i ? " " : "", STRF(at(a, list.a->v[i], "message")));
	struct str s = arena_str(a, buf_str(&text));
	buf_done(&text);
	return s;
}

/* A step in the life of a branch; before: a revision, "0" for none. */
struct push_case {
	const char *script, *ref, *before, *created, *forced, *commits, *files;
};

static void check(struct arena *a, const struct push_case *c)
{
	struct buf line = BUF_INIT;
	buf_addf(&line,
	         "cd r; put() { echo $1 >>$1; git add $1; git commit -qm $1; }; away() { git update-ref "
	         "refs/remotes/origin/$1 $2; }; %s",
	         c->script);
	sh(buf_cstr(&line));
	buf_done(&line);
	struct trigger_event e = event_of(a, "push", NULL);
	struct str before = STR(ZERO), head = sh_out(a, "git -C r rev-parse HEAD");
	if (!str_is(str_of(c->before), "0"))
		before = sh_out(a, arena_printf(a, "git -C r rev-parse %s", c->before).p);
	const struct expectation rows[] = { { "ref", c->ref },           { "before", before.p },  { "after", head.p },
		                            { "created", c->created },   { "forced", c->forced }, { "deleted", "false" },
		                            { "head_commit.id", head.p } };
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		cr_assert(str_is(at(a, e.payload, rows[i].path), rows[i].value), "%s: %s is %.*s, want %s", c->script,
		          rows[i].path, STRF(at(a, e.payload, rows[i].path)), rows[i].value);
	cr_assert(str_is(subjects(a, e.payload), c->commits), "%s: commits %.*s", c->script, STRF(subjects(a, e.payload)));
	struct str files = changes_of(a, &e);
	cr_assert(str_is(files, c->files), "%s: files %.*s", c->script, STRF(files));
	assert_str(e.action, STR_EMPTY);
	cr_assert_eq(e.tag_push, str_starts(e.ref, STR("refs/tags/")));
}

Test(push, life_of_a_branch)
{
	static const struct push_case cases[] = {
		{ "put a", "refs/heads/main", "0", "true", "false", "a", "a" },
		{ "put b", "refs/heads/main", "HEAD~1", "false", "false", "b", "b" },
		/* a remote that was never seen tells nothing; a branch that was pushed was so with its last commit */
		{ "git remote add origin https://github.com/octo/demo", "refs/heads/main", "HEAD~1", "false", "false", "b", "b" },
		{ "away main HEAD", "refs/heads/main", "HEAD~1", "false", "false", "b", "b" },
		{ "put c; put d", "refs/heads/main", "origin/main", "false", "false", "c d", "c d" },
		/* the remote is ahead */
		{ "away main HEAD; git reset -q --hard HEAD~1", "refs/heads/main", "HEAD~1", "false", "false", "c", "c" },
		/* history was rewritten: what the remote has and we have not is gone */
		{ "git reset -q --hard HEAD~1; put e", "refs/heads/main", "origin/main", "false", "true", "e", "c d e" },
		{ "away main HEAD; git checkout -q -b side", "refs/heads/side", "0", "true", "false", "", "" },
		{ "put f; put g", "refs/heads/side", "0", "true", "false", "f g", "f g" },
		{ "git checkout -q main; put h; away main HEAD; git checkout -q side; git merge -q --no-ff -m merged main",
		  "refs/heads/side", "0", "true", "false", "f g merged", "f g" },
		{ "away side HEAD~1; put i", "refs/heads/side", "origin/side", "false", "false", "h merged i", "h i" },
		/* an upstream of another name, and one that is only where the branch came from */
		{ "git config branch.side.remote origin; git config branch.side.merge refs/heads/there; away there HEAD~1",
		  "refs/heads/side", "origin/there", "false", "false", "i", "i" },
		{ "git update-ref -d refs/remotes/origin/side; git config branch.side.merge refs/heads/main", "refs/heads/side",
		  "0", "true", "false", "f g merged i", "f g i" },
		{ "git mv i j; git rm -q f; git commit -qm moved; away side HEAD~1", "refs/heads/side", "HEAD~1", "false",
		  "false", "moved", "f i j" },
		/* tags */
		{ "git tag -am x v1; git checkout -q v1", "refs/tags/v1", "0", "true", "false", "", "unknown" },
		/* detached where nothing is */
		{ "git checkout -q --detach; put k", "", "HEAD~1", "false", "false", "k", "k" },
	};
	struct arena a = { 0 };
	char *place = place_new();
	sh("git init -q r");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		check(&a, &cases[i]);
	place_done(place);
	arena_done(&a);
}

/* What commits look like, and the addresses. */
Test(push, commits)
{
	struct arena a = { 0 };
	char *place = place_new();
	setenv("GIT_COMMITTER_DATE", "2026-01-02T03:04:05 +0530", 1);
	sh("git init -q r; cd r; git remote add origin git@github.com:octo/demo.git; git config github.user ada; echo 1 >f; git "
	   "add f;"
	   "git commit -qm one; git update-ref refs/remotes/origin/main HEAD; git commit -q --allow-empty -m 'two\n\nbody' "
	   "--author "
	   "'Mona <7+octocat@users.noreply.github.com>'; git commit -q --allow-empty -m three --author 'X <x@example.com>'");
	struct trigger_event e = event_of(&a, "push", NULL);
	struct val list = val_at(e.payload, "commits");
	cr_assert_eq(list.a->n, 2);
	struct str id = sh_out(&a, "git -C r rev-parse HEAD~1");
	const struct expectation rows[] = {
		{ "id", id.p },
		{ "tree_id", sh_out(&a, "git -C r rev-parse 'HEAD^{tree}'").p },
		{ "distinct", "true" },
		{ "message", "two\n\nbody" },
		{ "timestamp", "2026-01-02T03:04:05+05:30" },
		{ "url", arena_printf(&a, "https://github.com/octo/demo/commit/%s", id.p).p },
		{ "author.name", "Mona" },
		{ "author.email", "7+octocat@users.noreply.github.com" },
		{ "author.username", "octocat" },
		{ "committer.name", "Ada Test" },
		{ "committer.username", "ada" },
		{ "added", "-" },
		{ "removed", "-" },
		{ "modified", "-" },
	};
	expect_all(&a, list.a->v[0], rows);
	assert_str(at(&a, list.a->v[1], "author.username"), STR("-"));
	assert_str(at(&a, e.payload, "compare"), sh_out(&a, "cd r; echo https://github.com/octo/demo/compare/$(git rev-parse "
	                                                    "--short=12 HEAD~2)...$(git rev-parse --short=12 HEAD)"));
	place_done(place);
	arena_done(&a);
}

/* Limits: 300 files are looked at, more than 1000 commits or commits that are not here leave it open. */
Test(push, limits, .timeout = 60)
{
	struct arena a = { 0 };
	char *place = place_new();
	struct git_changes c;
	struct err err = ERR_INIT;
	sh("git init -q r; cd r; git remote add origin https://github.com/octo/demo; git commit -q --allow-empty -m 0; for i in "
	   "$(seq "
	   "301); do echo >f$i; done; git add .; git commit -qm files");
	struct trigger_event e = event_of(&a, "push", NULL);
	cr_assert_eq(trigger_event_changes(&c, &e, &a, repo_of(&a, "r"), &err), 0);
	cr_assert(c.n == 300 && c.cut && !c.unknown);
	sh("cd r; git update-ref refs/remotes/origin/main HEAD; { for i in $(seq 1000); do printf 'commit refs/heads/main\\n"
	   "committer A <a@b> %d +0000\\ndata 0\\n' $((1800000000 + i)); [ $i -gt 1 ] || echo 'from refs/heads/main^0'; printf "
	   "'M 644 "
	   "inline n\\ndata 4\\n%04d\\n' $i; done; } | git fast-import --quiet");
	e = event_of(&a, "push", NULL);
	assert_str(changes_of(&a, &e), STR("n"));
	cr_assert_eq(val_at(e.payload, "commits").a->n, 1000);
	sh("cd r; git reset -q --hard; git commit -q --allow-empty -m more");
	e = event_of(&a, "push", NULL);
	assert_str(changes_of(&a, &e), STR("unknown"));
	sh("mv r whole; git clone -q --depth 1 file://$PWD/whole r");
	e = event_of(&a, "push", NULL);
	assert_str(at(&a, e.payload, "before"), sh_out(&a, "git -C whole rev-parse HEAD~1"));
	assert_str(changes_of(&a, &e), STR("unknown"));
	sh("rm -rf r; git init -q r");
	e = event_of(&a, "push", NULL);
	assert_str(at(&a, e.payload, "head_commit"), STR("null"));
	assert_str(changes_of(&a, &e), STR("unknown"));
	sh("cd r; git commit -q --allow-empty -m one; chmod -R u+w .git; o=.git/objects/$(git rev-parse HEAD | cut -c1-2)/$(git "
	   "rev-parse HEAD | cut -c3-); echo damaged >$o");
	cr_assert_eq(trigger_event_make(&e, &a, STR("push"), NULL, repo_of(&a, "r"), "r", &err), -1);
	cr_assert(strstr(err.text, "cannot read the commit of the event: object "), "%s", err.text);
	place_done(place);
	arena_done(&a);
}

/* Pull requests compare with the merge base, of the branch as the remote has it. */
Test(push, pull_requests)
{
	struct arena a = { 0 };
	char *place = place_new();
	sh("git init -q r; cd r; put() { echo $1 >>$1; git add $1; git commit -qm $1; }; put a; git checkout -q -b side; put b; "
	   "put c;"
	   "git checkout -q main; put d; git checkout -q side");
	static const char *const names[] = { "pull_request", "pull_request_target", "pull_request_review" };
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct trigger_event e = event_of(&a, names[i], NULL);
		assert_str(e.action, i == 2 ? STR("submitted") : STR("opened"));
		assert_str(changes_of(&a, &e), STR("b c"));
		assert_str(at(&a, e.payload, "pull_request.title"), STR("c"));
		assert_str(at(&a, e.payload, "pull_request.base.sha"), sh_out(&a, "git -C r rev-parse main"));
		assert_str(at(&a, e.payload, "pull_request.base.repo.full_name"), STR("local/r"));
	}
	sh("cd r; git remote add origin https://github.com/octo/demo; git update-ref refs/remotes/origin/main side~1");
	struct trigger_event e = event_of(&a, "pull_request", NULL);
	assert_str(changes_of(&a, &e), STR("c"));
	struct git_changes again;
	cr_assert_eq(trigger_event_changes(&again, &e, &a, NULL, NULL), 0); /* nothing is read twice */
	cr_assert(again.n == 1 && !again.unknown);
	sh("cd r; git update-ref -d refs/remotes/origin/main; git branch -qm main trunk");
	e = event_of(&a, "pull_request", NULL);
	assert_str(e.base_ref, STR("side"));
	assert_str(changes_of(&a, &e), STR_EMPTY);
	place_done(place);
	arena_done(&a);
}

static struct trigger_event given(struct arena *a, const char *name, struct str json)
{
	cr_assert_eq(file_write("event.json", json, 0644, NULL), 0);
	return event_of(a, name, "event.json");
}

/* With -e: its commits when they are here, else its lists, else nobody knows. */
Test(push, changes_of_a_file)
{
	struct arena a = { 0 };
	char *place = place_new();
	sh("git init -q r; cd r; for i in a b c; do echo >$i; git add .; git commit -qm $i; done");
	struct str one = sh_out(&a, "git -C r rev-parse HEAD~2"), two = sh_out(&a, "git -C r rev-parse HEAD~1"),
		   three = sh_out(&a, "git -C r rev-parse HEAD");
	struct trigger_event e = given(&a, "push", arena_printf(&a, "{\"before\":\"%s\",\"after\":\"%s\"}", one.p, three.p));
	assert_str(changes_of(&a, &e), STR("b c"));
	e = given(&a, "push",
	          arena_printf(&a, "{\"before\":\"" ZERO "\",\"after\":\"%s\",\"commits\":[{\"id\":\"%s\"}]}", three.p, two.p));
	assert_str(changes_of(&a, &e), STR("b c"));
	e = given(&a, "push",
	          arena_printf(&a, "{\"before\":\"" ZERO "\",\"after\":\"%s\",\"commits\":[{\"id\":\"%s\"}]}", three.p, one.p));
	assert_str(changes_of(&a, &e), STR("a b c"));
	e = given(&a, "push",
	          STR("{\"before\":\"1111111111111111111111111111111111111111\",\"after\":"
	              "\"2222222222222222222222222222222222222222\",\"commits\":[{\"added\":[\"x\",5],\"modified\":[\"y\"]},"
	              "{\"removed\":[\"x\",\"z\"]}]}"));
	assert_str(changes_of(&a, &e), STR("x y z"));
	static const char *const open[] = { "{}", "{\"commits\":[]}", "{\"commits\":[{\"id\":\"x\"}]}", "{\"commits\":7}",
		                            "{\"ref\":\"refs/tags/v1\",\"commits\":[{\"added\":[\"x\"]}]}" };
	for (size_t i = 0; i < ARRAY_LEN(open); i++) {
		e = given(&a, "push", str_of(open[i]));
		assert_str(changes_of(&a, &e), STR("unknown"));
	}
	e = given(&a, "pull_request",
	          arena_printf(
			  &a,
			  "{\"action\":\"synchronize\",\"pull_request\":{\"base\":{\"sha\":\"%s\"},\"head\":{\"sha\":\"%s\"}}}",
			  one.p, two.p));
	assert_str(changes_of(&a, &e), STR("b"));
	assert_str(e.action, STR("synchronize"));
	place_done(place);
	arena_done(&a);
}
