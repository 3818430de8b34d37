/* Payloads in GitHub's shape: made from the repository, or given in a file. */
#include <time.h>

#include "unit/payload/event.h"

static void make_repo(void)
{
	sh("git init -q r; cd r; git remote add origin git@github.com:octo/demo.git; echo 1 >f; git add f; git commit -qm one; "
	   "git tag v1;"
	   "git checkout -q -b feature/x; echo 2 >f; git commit -qam 'two\n\nbody'; git tag same");
}

Test(payload, push)
{
	struct arena a = { 0 };
	char *place = place_new();
	make_repo();
	struct trigger_event e = event_of(&a, "push", NULL);
	struct str head = sh_out(&a, "git -C r rev-parse HEAD"), parent = sh_out(&a, "git -C r rev-parse HEAD~1");
	const struct expectation rows[] = {
		{ "ref", "refs/heads/feature/x" },
		{ "after", head.p },
		{ "before", parent.p },
		{ "created", "false" },
		{ "deleted", "false" },
		{ "forced", "false" },
		{ "base_ref", "null" },
		{ "pusher.name", "Ada Test" },
		{ "pusher.email", "ada@example.com" },
		{ "sender.login", "Ada Test" },
		{ "sender.type", "User" },
		{ "repository.id", "1" },
		{ "repository.name", "demo" },
		{ "repository.full_name", "octo/demo" },
		{ "repository.private", "false" },
		{ "repository.owner.login", "octo" },
		{ "repository.html_url", "https://github.com/octo/demo" },
		{ "repository.clone_url", "https://github.com/octo/demo.git" },
		{ "repository.ssh_url", "git@github.com:octo/demo.git" },
		{ "repository.default_branch", "main" },
	};
	expect_all(&a, e.payload, rows);
	assert_str(e.ref, STR("refs/heads/feature/x"));
	assert_str(e.ref_name, STR("feature/x"));
	assert_str(e.ref_type, STR("branch"));
	assert_str(e.sha, head);
	assert_str(e.base_ref, STR_EMPTY);
	assert_str(e.head_ref, STR_EMPTY);
	assert_str(e.repository, STR("octo/demo"));
	assert_str(e.owner, STR("octo"));
	assert_str(e.server_url, STR("https://github.com"));
	cr_assert(str_starts(at(&a, e.payload, "compare"), STR("https://github.com/octo/demo/compare/")));

	const struct expectation more[] = {
		{ "head_commit.id", head.p },
		{ "head_commit.message", "two\n\nbody" },
		{ "head_commit.distinct", "true" },
		{ "head_commit.author.name", "Ada Test" },
		{ "head_commit.committer.email", "ada@example.com" },
		{ "before", parent.p },
		{ "ref", "refs/heads/feature/x" },
		{ "repository.name", "demo" },
	};
	expect_all(&a, e.payload, more);
	assert_str(at(&a, e.payload, "head_commit.tree_id"), sh_out(&a, "git -C r rev-parse 'HEAD^{tree}'"));
	cr_assert_eq(val_at(e.payload, "commits").a->n, 1);
	place_done(place);
	arena_done(&a);
}

/* Where the parent comes from, when the reflog knows nothing or the branch is new. */
Test(payload, the_commit_before)
{
	struct arena a = { 0 };
	char *place = place_new();
	sh("git init -q r; cd r; git commit -q --allow-empty -m one");
	struct trigger_event e = event_of(&a, "push", NULL);
	assert_str(at(&a, e.payload, "before"), STR(ZERO));
	assert_str(at(&a, e.payload, "created"), STR("true"));
	cr_assert(str_find(at(&a, e.payload, "compare"), STR("/commit/"), 0) != SIZE_MAX);
	sh("cd r; git commit -q --allow-empty -m two; git commit -q --amend --allow-empty -m three");
	e = event_of(&a, "push", NULL);
	assert_str(at(&a, e.payload, "created"), STR("false"));
	assert_str(at(&a, e.payload, "before"), sh_out(&a, "git -C r rev-parse HEAD~1"));
	sh("cd r; for i in $(seq 100); do git commit -q --allow-empty -m n$i; done");
	e = event_of(&a, "push", NULL);
	assert_str(at(&a, e.payload, "before"), sh_out(&a, "git -C r rev-parse HEAD~1"));
	sh("rm -rf r/.git/logs; printf '\\0\\377' >junk; mkdir r/.git/logs; cp junk r/.git/logs/HEAD; git -C r checkout -q "
	   "--detach; "
	   "cp junk r/.git/logs/HEAD");
	e = event_of(&a, "push", NULL);
	assert_str(at(&a, e.payload, "before"), sh_out(&a, "git -C r rev-parse HEAD~1"));
	assert_str(e.ref, STR("refs/heads/main"));
	place_done(place);
	arena_done(&a);
}

Test(payload, pull_request_and_others)
{
	struct arena a = { 0 };
	char *place = place_new();
	make_repo();
	struct str head = sh_out(&a, "git -C r rev-parse HEAD"), base = sh_out(&a, "git -C r rev-parse main");
	struct trigger_event e = event_of(&a, "pull_request", NULL);
	const struct expectation rows[] = {
		{ "action", "opened" },
		{ "number", "1" },
		{ "pull_request.number", "1" },
		{ "pull_request.head.ref", "feature/x" },
		{ "pull_request.head.sha", head.p },
		{ "pull_request.head.label", "octo:feature/x" },
		{ "pull_request.head.repo.full_name", "octo/demo" },
		{ "pull_request.head.user.login", "octo" },
		{ "pull_request.base.ref", "main" },
		{ "pull_request.base.sha", base.p },
		{ "pull_request.draft", "false" },
		{ "pull_request.merged", "false" },
		{ "pull_request.labels", "Array" },
		{ "repository.full_name", "octo/demo" },
		{ "sender.login", "Ada Test" },
	};
	expect_all(&a, e.payload, rows);
	assert_str(e.ref, STR("refs/pull/1/merge"));
	assert_str(e.ref_name, STR("1/merge"));
	assert_str(e.ref_type, STR("branch"));
	assert_str(e.base_ref, STR("main"));
	assert_str(e.head_ref, STR("feature/x"));
	assert_str(e.sha, head);
	e = event_of(&a, "pull_request_target", NULL);
	assert_str(e.ref, STR("refs/heads/main"));
	assert_str(e.sha, base);
	e = event_of(&a, "workflow_dispatch", NULL);
	assert_str(at(&a, e.payload, "inputs"), STR("null"));
	assert_str(at(&a, e.payload, "ref"), STR("refs/heads/feature/x"));
	assert_str(at(&a, e.payload, "workflow"), STR_EMPTY);
	e = event_of(&a, "repository_dispatch", NULL);
	assert_str(at(&a, e.payload, "client_payload"), STR("Object"));
	e = event_of(&a, "schedule", NULL);
	assert_str(at(&a, e.payload, "repository.full_name"), STR("octo/demo"));
	e = event_of(&a, "made_up", NULL);
	assert_str(at(&a, e.payload, "sender.login"), STR("Ada Test"));
	place_done(place);
	arena_done(&a);
}

/* A branch is never taken for a tag at the same commit; detached, unborn, no remote, none at all. */
Test(payload, odd_repositories)
{
	struct arena a = { 0 };
	char *place = place_new();
	make_repo();
	sh("cd r; git checkout -q --detach");
	assert_str(event_of(&a, "push", NULL).ref, STR("refs/heads/feature/x"));
	sh("cd r; git checkout -q main; git checkout -q --detach");
	assert_str(event_of(&a, "push", NULL).ref, STR("refs/heads/main"));
	sh("cd r; git checkout -q --detach feature/x; git branch -qD feature/x");
	struct trigger_event e = event_of(&a, "push", NULL);
	assert_str(e.ref, STR("refs/tags/same"));
	assert_str(e.ref_type, STR("tag"));
	assert_str(e.ref_name, STR("same"));
	sh("cd r; git tag -d same");
	e = event_of(&a, "push", NULL);
	assert_str(e.ref, STR_EMPTY);
	assert_str(e.ref_type, STR_EMPTY);
	cr_assert(e.sha.n == 40);
	sh("rm -rf r; git init -q r; git -C r symbolic-ref HEAD refs/heads/trunk");
	e = event_of(&a, "push", NULL);
	assert_str(e.ref, STR("refs/heads/trunk"));
	assert_str(e.sha, STR_EMPTY);
	assert_str(e.repository, STR("local/r"));
	assert_str(at(&a, e.payload, "after"), STR(ZERO));
	assert_str(at(&a, e.payload, "repository.default_branch"), STR("trunk"));
	struct err err = ERR_INIT;
	sh("mkdir 'my dir'");
	setenv("USER", "grace", 1);
	sh("rm .gitconfig");
	cr_assert_eq(trigger_event_make(&e, &a, STR("push"), NULL, NULL, "my dir/", &err), 0);
	assert_str(e.repository, STR("local/my_dir"));
	assert_str(e.owner, STR("local"));
	assert_str(e.actor, STR("grace"));
	assert_str(e.ref, STR_EMPTY);
	sh("cd r; git config github.user ghost");
	assert_str(event_of(&a, "push", NULL).actor, STR("ghost"));
	place_done(place);
	arena_done(&a);
}

static struct trigger_event from_text(struct arena *a, const char *name, const char *json)
{
	cr_assert_eq(file_write("event.json", str_of(json), 0644, NULL), 0);
	return event_of(a, name, "event.json");
}

Test(payload, from_a_file)
{
	struct arena a = { 0 };
	char *place = place_new();
	make_repo();
	struct str head = sh_out(&a, "git -C r rev-parse HEAD");
	struct trigger_event e = from_text(&a, "push", "{\"ref\":\"refs/tags/v7\",\"after\":\"abc\",\"x\":{\"y\":[1]}}");
	assert_str(e.ref, STR("refs/tags/v7"));
	assert_str(e.ref_type, STR("tag"));
	assert_str(e.sha, STR("abc"));
	assert_str(e.repository, STR("octo/demo"));
	assert_str(at(&a, e.payload, "x.y"), STR("Array"));
	assert_str(at(&a, e.payload, "repository"), STR("-"));
	e = from_text(&a, "push", "{}");
	assert_str(e.ref, STR("refs/heads/feature/x"));
	assert_str(e.sha, head);
	struct err err = ERR_INIT;
	assert_str(at(&a, e.payload, "head_commit"), STR("-"));
	e = from_text(&a, "pull_request",
	              "{\"number\":42,\"pull_request\":{\"head\":{\"ref\":\"h\",\"sha\":\"s1\"},\"base\":{\"ref\":\"b\",\"sha\":"
	              "\"s2\"}},"
	              "\"repository\":{\"full_name\":\"me/it\",\"html_url\":\"https://forge.example/me/"
	              "it\"},\"sender\":{\"login\":\"bot\"}}");
	assert_str(e.ref, STR("refs/pull/42/merge"));
	assert_str(e.head_ref, STR("h"));
	assert_str(e.base_ref, STR("b"));
	assert_str(e.sha, STR("s1"));
	assert_str(e.repository, STR("me/it"));
	assert_str(e.owner, STR("me"));
	assert_str(e.server_url, STR("https://forge.example"));
	assert_str(e.actor, STR("bot"));
	e = from_text(&a, "pull_request", "{}");
	assert_str(e.ref, STR("refs/pull/1/merge"));
	assert_str(e.base_ref, STR("main"));
	assert_str(e.head_ref, STR("feature/x"));
	e = from_text(&a, "release", "{\"release\":{\"tag_name\":\"v3\"}}");
	assert_str(e.ref, STR("refs/tags/v3"));
	e = from_text(&a, "create", "{\"ref\":\"v4\",\"ref_type\":\"tag\"}");
	assert_str(e.ref, STR("refs/tags/v4"));
	e = from_text(&a, "workflow_dispatch", "{\"ref\":\"dev\",\"inputs\":{\"a\":\"b\"}}");
	assert_str(e.ref, STR("refs/heads/dev"));
	e = from_text(&a, "push", "\xef\xbb\xbf{\"ref\":5,\"after\":null,\"repository\":[],\"sender\":\"x\",\"pull_request\":1}");
	assert_str(e.ref, STR("refs/heads/feature/x"));
	e = from_text(&a, "pull_request", "{\"number\":\"x\",\"pull_request\":{\"head\":[],\"base\":3}}");
	assert_str(e.ref, STR("refs/pull/1/merge"));

	static const struct {
		const char *text, *says;
	} bad[] = { { "{\n \"a\": }", "event.json:2:" },
		    { "", "event.json:1:1: " },
		    { "[]", "event.json:1:1: an event is a JSON object" } };
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		cr_assert_eq(file_write("event.json", str_of(bad[i].text), 0644, NULL), 0);
		cr_assert_eq(trigger_event_make(&e, &a, STR("push"), "event.json", NULL, ".", &err), -1);
		cr_assert(strstr(err.text, bad[i].says), "%s", err.text);
	}
	cr_assert_eq(trigger_event_make(&e, &a, STR("push"), "absent.json", NULL, ".", &err), -1);
	cr_assert(strstr(err.text, "absent.json"), "%s", err.text);
	place_done(place);
	arena_done(&a);
}

/* Far below what a run of one step may take. */
Test(payload, costs)
{
	struct arena a = { 0 };
	char *place = place_new();
	make_repo();
	double best = 1e9;
	for (int i = 0; i < 20; i++) {
		struct timespec t0, t1;
		struct arena own = { 0 };
		clock_gettime(CLOCK_MONOTONIC, &t0);
		struct trigger_event e = event_of(&own, "push", NULL);
		github_context(&own, &e, STR_EMPTY, STR("1"), STR("1"), STR_EMPTY);
		clock_gettime(CLOCK_MONOTONIC, &t1);
		double ms = (double)(t1.tv_sec - t0.tv_sec) * 1e3 + (double)(t1.tv_nsec - t0.tv_nsec) / 1e6;
		best = MIN(best, ms);
		arena_done(&own);
	}
	cr_log_info("event and context: %.3f ms", best);
	cr_assert_lt(best, 5.0); /* sanitizers included; about 0.1 without */
	place_done(place);
	arena_done(&a);
}
