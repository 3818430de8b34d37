/* Pull requests of HEAD against the default branch, number 1, and what happens to them. */
#include "plan/payload_make.h"

/* When HEAD was committed: the one time there is. */
static struct val time_of(struct maker *m)
{
	return m->head.time.n ? val_str(m->head.time) : val_null();
}

static struct val make_side(struct maker *m, struct str branch, struct str sha)
{
	struct val s = val_object(m->a);
	put_str(m, s, "label", arena_printf(m->a, "%.*s:%.*s", STRF(m->e->owner), STRF(branch)));
	put_str(m, s, "ref", branch);
	put_str(m, s, "sha", sha_or_zero(sha));
	put(m, s, "user", make_user(m, m->e->owner, "User"));
	put(m, s, "repo", m->repository);
	return s;
}

static void put_state(struct maker *m, struct val pr)
{
	put(m, pr, "created_at", time_of(m));
	put(m, pr, "updated_at", time_of(m));
	put(m, pr, "closed_at", val_null());
	put(m, pr, "merged_at", val_null());
	put(m, pr, "merge_commit_sha", m->e->sha.n ? val_str(m->e->sha) : val_null());
	put(m, pr, "assignee", val_null());
	put(m, pr, "assignees", val_array(m->a));
	put(m, pr, "requested_reviewers", val_array(m->a));
	put(m, pr, "requested_teams", val_array(m->a));
	put(m, pr, "labels", val_array(m->a));
	put(m, pr, "milestone", val_null());
	put(m, pr, "draft", val_bool(false));
}

static struct val make_request(struct maker *m, struct str head, struct str base, struct str base_sha)
{
	struct val pr = val_object(m->a);
	struct str url = arena_printf(m->a, "%.*s/pull/1", STRF(m->web));
	struct str subject = str_to(m->head.message, m->head.message.n ? MIN(str_find_c(m->head.message, '\n', 0), 256) : 0);
	put(m, pr, "id", val_num(1));
	put_text(m, pr, "node_id", "");
	put_str(m, pr, "html_url", url);
	put_str(m, pr, "diff_url", arena_printf(m->a, "%.*s.diff", STRF(url)));
	put_str(m, pr, "patch_url", arena_printf(m->a, "%.*s.patch", STRF(url)));
	put(m, pr, "number", val_num(1));
	put_text(m, pr, "state", "open");
	put(m, pr, "locked", val_bool(false));
	put_str(m, pr, "title", subject.n ? subject : head);
	put(m, pr, "user", m->sender);
	put(m, pr, "body", val_null());
	put_state(m, pr);
	put(m, pr, "head", make_side(m, head, m->e->sha));
	put(m, pr, "base", make_side(m, base, base_sha));
	put_text(m, pr, "author_association", "OWNER");
	put(m, pr, "auto_merge", val_null());
	put(m, pr, "merged", val_bool(false));
	put(m, pr, "mergeable", val_null());
	put(m, pr, "rebaseable", val_null());
	put_text(m, pr, "mergeable_state", "unknown");
	put(m, pr, "merged_by", val_null());
	put(m, pr, "maintainer_can_modify", val_bool(false));
	return pr;
}

/* pull_request_target runs what the base branch holds; the others what the merge would be, for which HEAD stands here. */
void make_pull_request(struct maker *m, struct val p)
{
	struct str base = m->default_branch, base_sha = maker_default_sha(m);
	struct str head = m->branch.n ? m->branch : str_to(m->e->sha, 12);
	put(m, p, "number", val_num(1));
	put(m, p, "pull_request", make_request(m, head, base, base_sha));
	m->e->base_ref = base;
	m->e->head_ref = head;
	m->e->changed_from = base_sha;
	m->e->changed_to = base_sha.n ? m->e->sha : STR_EMPTY;
	m->e->since_fork = true;
	bool target = str_is(m->e->name, "pull_request_target");
	m->e->ref = target ? arena_printf(m->a, "refs/heads/%.*s", STRF(base)) : STR("refs/pull/1/merge");
	if (target && base_sha.n)
		m->e->sha = base_sha;
}

void make_pull_request_review(struct maker *m, struct val p)
{
	struct val review = val_object(m->a);
	put(m, review, "id", val_num(1));
	put(m, review, "user", m->sender);
	put(m, review, "body", val_null());
	put_str(m, review, "commit_id", sha_or_zero(m->e->sha));
	put(m, review, "submitted_at", time_of(m));
	put_text(m, review, "state", "approved");
	put_str(m, review, "html_url", arena_printf(m->a, "%.*s/pull/1#pullrequestreview-1", STRF(m->web)));
	put_text(m, review, "author_association", "OWNER");
	put(m, p, "review", review);
	make_pull_request(m, p);
}

struct val make_comment(struct maker *m, const char *where)
{
	struct val c = val_object(m->a);
	put(m, c, "id", val_num(1));
	put_text(m, c, "node_id", "");
	put_str(m, c, "html_url", arena_printf(m->a, "%.*s/%s", STRF(m->web), where));
	put(m, c, "user", m->sender);
	put(m, c, "created_at", time_of(m));
	put(m, c, "updated_at", time_of(m));
	put_text(m, c, "body", "");
	put_text(m, c, "author_association", "OWNER");
	return c;
}

void make_pull_request_comment(struct maker *m, struct val p)
{
	struct val c = make_comment(m, "pull/1#discussion_r1");
	put_str(m, c, "commit_id", sha_or_zero(m->e->sha));
	put(m, c, "pull_request_review_id", val_num(1));
	put(m, p, "comment", c);
	make_pull_request(m, p);
}
