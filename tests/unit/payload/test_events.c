/* Every event that workflows know has a payload: the activity that GitHub sends first, its own object, repository and sender. */
#include "unit/payload/event.h"

static const struct {
	const char *event, *action, *path, *value;
} rows[] = {
	{ "branch_protection_rule", "created", "rule.id", "1" },
	{ "check_run", "created", "check_run.check_suite.head_branch", "side" },
	{ "check_suite", "completed", "check_suite.conclusion", "success" },
	{ "create", "", "ref", "side" },
	{ "create", "", "ref_type", "branch" },
	{ "create", "", "master_branch", "main" },
	{ "delete", "", "pusher_type", "user" },
	{ "deployment", "created", "deployment.environment", "production" },
	{ "deployment", "created", "deployment.ref", "side" },
	{ "deployment_status", "created", "deployment_status.state", "success" },
	{ "deployment_status", "created", "deployment.task", "deploy" },
	{ "discussion", "created", "discussion.number", "1" },
	{ "discussion_comment", "created", "comment.user.login", "Ada Test" },
	{ "fork", "", "forkee.id", "1" },
	{ "gollum", "", "pages", "Array" },
	{ "image_version", "created", "image_version.id", "1" },
	{ "issue_comment", "created", "issue.number", "1" },
	{ "issue_comment", "created", "comment.body", "" },
	{ "issues", "opened", "issue.state", "open" },
	{ "issues", "opened", "issue.labels", "Array" },
	{ "label", "created", "label.name", "label" },
	{ "merge_group", "checks_requested", "merge_group.base_ref", "refs/heads/main" },
	{ "merge_group", "checks_requested", "merge_group.head_commit.message", "two" },
	{ "milestone", "created", "milestone.number", "1" },
	{ "page_build", "", "build.id", "1" },
	{ "project", "created", "project.id", "1" },
	{ "project_card", "created", "project_card.id", "1" },
	{ "project_column", "created", "project_column.id", "1" },
	{ "public", "", "sender.login", "Ada Test" },
	{ "pull_request", "opened", "pull_request.head.ref", "side" },
	{ "pull_request", "opened", "pull_request.html_url", "https://github.com/local/r/pull/1" },
	{ "pull_request_comment", "created", "comment.id", "1" },
	{ "pull_request_review", "submitted", "review.state", "approved" },
	{ "pull_request_review", "submitted", "pull_request.base.ref", "main" },
	{ "pull_request_review_comment", "created", "comment.pull_request_review_id", "1" },
	{ "pull_request_target", "opened", "number", "1" },
	{ "push", "", "head_commit.message", "two" },
	{ "registry_package", "published", "registry_package.id", "1" },
	{ "release", "published", "release.tag_name", "v2" },
	{ "release", "published", "release.draft", "false" },
	{ "repository_dispatch", "", "client_payload", "Object" },
	{ "schedule", "", "schedule", "" },
	{ "status", "", "state", "success" },
	{ "watch", "started", "repository.default_branch", "main" },
	{ "workflow_dispatch", "", "inputs", "null" },
	{ "workflow_run", "completed", "workflow_run.conclusion", "success" },
	{ "workflow_run", "completed", "workflow_run.head_branch", "side" },
	{ "never_heard_of", "", "sender.login", "Ada Test" },
};

Test(events, all)
{
	struct arena a = { 0 };
	char *place = place_new();
	sh("git init -q r; cd r; git commit -q --allow-empty -m one; git checkout -q -b side; git commit -q --allow-empty -m "
	   "two; git "
	   "tag -am x v2");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct trigger_event e = event_of(&a, rows[i].event, NULL);
		struct val v;
		cr_assert(str_is(e.action, rows[i].action), "%s: %.*s", rows[i].event, STRF(e.action));
		if (val_get(e.payload, STR("action"), &v))
			assert_str(v.s, e.action);
		else
			cr_assert_eq(e.action.n, 0);
		struct str got = at(&a, e.payload, rows[i].path);
		cr_assert(str_is(got, rows[i].value), "%s: %s is %.*s", rows[i].event, rows[i].path, STRF(got));
		assert_str(at(&a, e.payload, "repository.full_name"), STR("local/r"));
		assert_str(at(&a, e.payload, "sender.type"), STR("User"));
		cr_assert_neq(e.sha.n, 0);
	}
	assert_str(event_of(&a, "release", NULL).ref, STR("refs/tags/v2"));
	assert_str(event_of(&a, "release", NULL).ref_type, STR("tag"));
	assert_str(event_of(&a, "issues", NULL).ref, STR("refs/heads/side"));
	cr_assert(str_starts(event_of(&a, "merge_group", NULL).ref, STR("refs/heads/gh-readonly-queue/main/pr-1-")));
	sh("cd r; git tag -d v2; git checkout -q --detach");
	cr_assert(str_starts(at(&a, event_of(&a, "release", NULL).payload, "release.tag_name"), STR("untagged-")));
	place_done(place);
	arena_done(&a);
}

/* Where there is no commit, or no repository, every payload can be made all the same. */
Test(events, without_commits)
{
	struct arena a = { 0 };
	char *place = place_new();
	struct trigger_event e;
	struct err err = ERR_INIT;
	sh("git init -q r");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		e = event_of(&a, rows[i].event, NULL);
		assert_str(at(&a, e.payload, "repository.full_name"), STR("local/r"));
		cr_assert_eq(trigger_event_make(&e, &a, str_of(rows[i].event), NULL, NULL, "r", &err), 0, "%s", err.text);
		struct git_changes c;
		cr_assert_eq(trigger_event_changes(&c, &e, &a, NULL, &err), 0);
		cr_assert(c.unknown);
	}
	place_done(place);
	arena_done(&a);
}
