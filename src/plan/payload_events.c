/* The other events, each with what its webhook has besides repository and sender, as short as workflows can still use it, and the
 * activity that GitHub sends first. Numbers are 1, texts that only people could write are empty. */
#include "base/path.h"
#include "plan/payload_make.h"

static struct val time_of(struct maker *m)
{
	return m->head.time.n ? val_str(m->head.time) : val_null();
}

/* Something with an id and an address. */
static struct val make_thing(struct maker *m, const char *where)
{
	struct val v = val_object(m->a);
	put(m, v, "id", val_num(1));
	put_text(m, v, "node_id", "");
	put_str(m, v, "html_url", arena_printf(m->a, "%.*s/%s", STRF(m->web), where));
	put(m, v, "created_at", time_of(m));
	put(m, v, "updated_at", time_of(m));
	return v;
}

/* --- issues and talk --- */

static struct val make_numbered(struct maker *m, const char *where)
{
	struct val v = make_thing(m, where);
	put(m, v, "number", val_num(1));
	put_text(m, v, "title", "");
	put_text(m, v, "body", "");
	put_text(m, v, "state", "open");
	put(m, v, "locked", val_bool(false));
	put(m, v, "comments", val_num(0));
	put(m, v, "user", m->sender);
	put(m, v, "labels", val_array(m->a));
	put_text(m, v, "author_association", "OWNER");
	return v;
}

static void make_issue(struct maker *m, struct val p)
{
	struct val issue = make_numbered(m, "issues/1");
	put(m, issue, "assignee", val_null());
	put(m, issue, "assignees", val_array(m->a));
	put(m, issue, "milestone", val_null());
	put(m, issue, "closed_at", val_null());
	put(m, issue, "state_reason", val_null());
	put(m, p, "issue", issue);
}

static void make_issue_comment(struct maker *m, struct val p)
{
	make_issue(m, p);
	put(m, p, "comment", make_comment(m, "issues/1#issuecomment-1"));
}

static void make_discussion(struct maker *m, struct val p)
{
	put(m, p, "discussion", make_numbered(m, "discussions/1"));
}

static void make_discussion_comment(struct maker *m, struct val p)
{
	make_discussion(m, p);
	put(m, p, "comment", make_comment(m, "discussions/1#discussioncomment-1"));
}

static void make_label(struct maker *m, struct val p)
{
	struct val label = make_thing(m, "labels/label");
	put_text(m, label, "name", "label");
	put_text(m, label, "color", "ededed");
	put(m, label, "default", val_bool(false));
	put(m, p, "label", label);
}

static void make_milestone(struct maker *m, struct val p)
{
	struct val v = make_thing(m, "milestone/1");
	put(m, v, "number", val_num(1));
	put_text(m, v, "title", "");
	put_text(m, v, "state", "open");
	put(m, v, "creator", m->sender);
	put(m, p, "milestone", v);
}

/* --- refs and releases --- */

/* The tag at HEAD; GitHub calls a release without one "untagged-…". */
static struct str tag_here(struct maker *m)
{
	struct str tag = STR_EMPTY;
	if (str_starts(m->e->ref, STR("refs/tags/")))
		return str_from(m->e->ref, 10);
	if (m->repo && m->e->sha.n && git_tag_at(&tag, m->repo, m->e->sha, NULL) == 0 && tag.n)
		return tag;
	return arena_printf(m->a, "untagged-%.*s", STRF(str_to(sha_or_zero(m->e->sha), 20)));
}

static void make_release(struct maker *m, struct val p)
{
	struct str tag = tag_here(m);
	struct val r = make_thing(m, arena_printf(m->a, "releases/tag/%.*s", STRF(tag)).p);
	put_str(m, r, "tag_name", tag);
	put_str(m, r, "target_commitish", m->branch.n ? m->branch : m->default_branch);
	put_str(m, r, "name", tag);
	put(m, r, "draft", val_bool(false));
	put(m, r, "prerelease", val_bool(false));
	put_text(m, r, "body", "");
	put(m, r, "author", m->sender);
	put(m, r, "published_at", time_of(m));
	put(m, r, "assets", val_array(m->a));
	put(m, p, "release", r);
	m->e->ref = arena_printf(m->a, "refs/tags/%.*s", STRF(tag));
}

/* The short name of HEAD's ref, and whether it is a branch or a tag. */
static void put_ref(struct maker *m, struct val p)
{
	bool tag = str_starts(m->e->ref, STR("refs/tags/"));
	put_str(m, p, "ref", str_from(m->e->ref, tag ? 10 : 11));
	put_text(m, p, "ref_type", tag ? "tag" : "branch");
	put_text(m, p, "pusher_type", "user");
}

static void make_create(struct maker *m, struct val p)
{
	put_ref(m, p);
	put_str(m, p, "master_branch", m->default_branch);
	put(m, p, "description", val_null());
}

static void make_delete(struct maker *m, struct val p)
{
	put_ref(m, p);
}

static void make_merge_group(struct maker *m, struct val p)
{
	struct val g = val_object(m->a);
	struct str base = maker_default_sha(m), branch = m->default_branch;
	struct str ref = arena_printf(m->a, "refs/heads/gh-readonly-queue/%.*s/pr-1-%.*s", STRF(branch), STRF(sha_or_zero(base)));
	put_str(m, g, "head_sha", sha_or_zero(m->e->sha));
	put_str(m, g, "head_ref", ref);
	put_str(m, g, "base_sha", sha_or_zero(base));
	put_str(m, g, "base_ref", arena_printf(m->a, "refs/heads/%.*s", STRF(branch)));
	put(m, g, "head_commit", m->head.sha.n ? make_commit(m, &m->head) : val_null());
	put(m, p, "merge_group", g);
	m->e->ref = ref;
}

/* --- runs, checks, deployments --- */

static void make_workflow_run(struct maker *m, struct val p)
{
	struct val r = make_thing(m, "actions/runs/1"), w = make_thing(m, "actions/workflows/1");
	struct str branch = m->branch.n ? m->branch : m->default_branch;
	put_text(m, r, "name", "");
	put_text(m, r, "path", "");
	put_str(m, r, "head_branch", branch);
	put_str(m, r, "head_sha", sha_or_zero(m->e->sha));
	put(m, r, "run_number", val_num(1));
	put(m, r, "run_attempt", val_num(1));
	put_text(m, r, "event", "push");
	put_text(m, r, "status", "completed");
	put_text(m, r, "conclusion", "success");
	put(m, r, "workflow_id", val_num(1));
	put(m, r, "pull_requests", val_array(m->a));
	put(m, r, "actor", m->sender);
	put(m, r, "triggering_actor", m->sender);
	put(m, r, "head_commit", m->head.sha.n ? make_commit(m, &m->head) : val_null());
	put(m, r, "repository", m->repository);
	put(m, r, "head_repository", m->repository);
	put_text(m, w, "name", "");
	put_text(m, w, "path", "");
	put_text(m, w, "state", "active");
	put(m, p, "workflow_run", r);
	put(m, p, "workflow", w);
}

static struct val make_suite(struct maker *m)
{
	struct val s = make_thing(m, "commits");
	put_str(m, s, "head_branch", m->branch);
	put_str(m, s, "head_sha", sha_or_zero(m->e->sha));
	put_text(m, s, "status", "completed");
	put_text(m, s, "conclusion", "success");
	put(m, s, "pull_requests", val_array(m->a));
	return s;
}

static void make_check_suite(struct maker *m, struct val p)
{
	put(m, p, "check_suite", make_suite(m));
}

static void make_check_run(struct maker *m, struct val p)
{
	struct val r = make_thing(m, "runs/1");
	put_text(m, r, "name", "");
	put_str(m, r, "head_sha", sha_or_zero(m->e->sha));
	put_text(m, r, "status", "queued");
	put(m, r, "conclusion", val_null());
	put(m, r, "check_suite", make_suite(m));
	put(m, r, "pull_requests", val_array(m->a));
	put(m, p, "check_run", r);
}

static void make_deployment(struct maker *m, struct val p)
{
	struct val d = make_thing(m, "deployments/1");
	put_str(m, d, "sha", sha_or_zero(m->e->sha));
	put_str(m, d, "ref", m->e->ref_name);
	put_text(m, d, "task", "deploy");
	put(m, d, "payload", val_object(m->a));
	put_text(m, d, "environment", "production");
	put_text(m, d, "original_environment", "production");
	put(m, d, "description", val_null());
	put(m, d, "creator", m->sender);
	put(m, p, "deployment", d);
}

static void make_deployment_status(struct maker *m, struct val p)
{
	struct val s = make_thing(m, "deployments/1");
	put_text(m, s, "state", "success");
	put_text(m, s, "environment", "production");
	put_text(m, s, "description", "");
	put_text(m, s, "target_url", "");
	put(m, s, "creator", m->sender);
	put(m, p, "deployment_status", s);
	make_deployment(m, p);
}

static void make_status(struct maker *m, struct val p)
{
	put(m, p, "id", val_num(1));
	put_str(m, p, "sha", sha_or_zero(m->e->sha));
	put_str(m, p, "name", m->e->repository);
	put_text(m, p, "context", "default");
	put_text(m, p, "state", "success");
	put(m, p, "description", val_null());
	put(m, p, "target_url", val_null());
	put(m, p, "branches", val_array(m->a));
}

/* --- asked for --- */

static void make_workflow_dispatch(struct maker *m, struct val p)
{
	put(m, p, "inputs", val_null());
	put_str(m, p, "ref", m->e->ref);
	put_text(m, p, "workflow", "");
}

static void make_repository_dispatch(struct maker *m, struct val p)
{
	put_str(m, p, "branch", m->branch);
	put(m, p, "client_payload", val_object(m->a));
}

static void make_schedule(struct maker *m, struct val p)
{
	put_text(m, p, "schedule", "");
	put_text(m, p, "workflow", "");
}

/* --- the rest: one object with a name --- */

static const struct {
	const char *event, *member, *where;
} things[] = {
	{ "branch_protection_rule", "rule", "settings/branches" },
	{ "fork", "forkee", "" },
	{ "page_build", "build", "pages" },
	{ "project", "project", "projects/1" },
	{ "project_card", "project_card", "projects/1#card-1" },
	{ "project_column", "project_column", "projects/1#column-1" },
	{ "registry_package", "registry_package", "packages/1" },
	{ "image_version", "image_version", "packages/1" },
};

static void make_thing_of_event(struct maker *m, struct val p)
{
	for (size_t i = 0; i < ARRAY_LEN(things); i++)
		if (str_is(m->e->name, things[i].event))
			put(m, p, things[i].member, make_thing(m, things[i].where));
}

static void make_gollum(struct maker *m, struct val p)
{
	put(m, p, "pages", val_array(m->a));
}

/* make NULL: repository and sender are all there is; action NULL: there is none. */
static const struct {
	const char *name, *action;
	void (*make)(struct maker *m, struct val payload);
} events[] = {
	{ "push", NULL, make_push },
	{ "pull_request", "opened", make_pull_request },
	{ "pull_request_target", "opened", make_pull_request },
	{ "pull_request_review", "submitted", make_pull_request_review },
	{ "pull_request_review_comment", "created", make_pull_request_comment },
	{ "pull_request_comment", "created", make_issue_comment },
	{ "workflow_dispatch", NULL, make_workflow_dispatch },
	{ "repository_dispatch", "", make_repository_dispatch },
	{ "schedule", NULL, make_schedule },
	{ "issues", "opened", make_issue },
	{ "issue_comment", "created", make_issue_comment },
	{ "discussion", "created", make_discussion },
	{ "discussion_comment", "created", make_discussion_comment },
	{ "label", "created", make_label },
	{ "milestone", "created", make_milestone },
	{ "release", "published", make_release },
	{ "create", NULL, make_create },
	{ "delete", NULL, make_delete },
	{ "merge_group", "checks_requested", make_merge_group },
	{ "workflow_run", "completed", make_workflow_run },
	{ "check_run", "created", make_check_run },
	{ "check_suite", "completed", make_check_suite },
	{ "deployment", "created", make_deployment },
	{ "deployment_status", "created", make_deployment_status },
	{ "status", NULL, make_status },
	{ "gollum", NULL, make_gollum },
	{ "watch", "started", NULL },
	{ "branch_protection_rule", "created", make_thing_of_event },
	{ "registry_package", "published", make_thing_of_event },
	{ "image_version", "created", make_thing_of_event },
	{ "project", "created", make_thing_of_event },
	{ "project_card", "created", make_thing_of_event },
	{ "project_column", "created", make_thing_of_event },
	{ "fork", NULL, make_thing_of_event },
	{ "page_build", NULL, make_thing_of_event },
	{ "public", NULL, NULL },
	{ "workflow_call", NULL, NULL },
};

const char *event_name_at(size_t i)
{
	return i < ARRAY_LEN(events) ? events[i].name : NULL;
}

void make_payload(struct maker *m)
{
	struct val p = val_object(m->a);
	m->repository = make_repository(m);
	m->sender = make_user(m, m->e->actor, "User");
	for (size_t i = 0; i < ARRAY_LEN(events); i++) {
		if (!str_is(m->e->name, events[i].name))
			continue;
		if (events[i].action) {
			m->e->action = str_of(events[i].action);
			put_str(m, p, "action", m->e->action);
		}
		if (events[i].make)
			events[i].make(m, p);
	}
	put(m, p, "repository", m->repository);
	put(m, p, "sender", m->sender);
	m->e->payload = p;
}
