/* What a push of HEAD is: from which commit it leads here, and what it brings. The remote as it was last seen tells; where it
 * says nothing, the last commit is the push. */
#include "plan/payload_make.h"

/* As many as GitHub lists. */
enum { LISTED_MAX = 2048 };

struct push {
	struct str before; /* empty: nothing */
	bool created, forced;
	struct str *commits; /* newest first */
	size_t n;
};

/* --- commits --- */

/* "1234+octocat@users.noreply.github.com" names an account, and the user's own address the actor. */
static struct str login_of(struct maker *m, struct str email)
{
	const struct str tail = STR("@users.noreply.github.com");
	if (str_ends(email, tail)) {
		struct str login = str_to(email, email.n - tail.n);
		return str_from(login, str_find_c(login, '+', 0) + 1); /* SIZE_MAX + 1: from the start */
	}
	return email.n && str_eq_nocase(email, m->email) ? m->e->actor : STR_EMPTY;
}

static struct val person(struct maker *m, struct str name, struct str email)
{
	struct val p = val_object(m->a);
	struct str login = login_of(m, email);
	put_str(m, p, "name", name);
	put_str(m, p, "email", email);
	if (login.n)
		put_str(m, p, "username", login);
	return p;
}

struct val make_commit(struct maker *m, const struct git_commit *c)
{
	struct val v = val_object(m->a);
	struct str message = c->message;
	while (message.n && message.p[message.n - 1] == '\n')
		message.n--;
	put_str(m, v, "id", c->sha);
	put_str(m, v, "tree_id", c->tree);
	put(m, v, "distinct", val_bool(true));
	put_str(m, v, "message", message);
	put_str(m, v, "timestamp", c->time);
	put_str(m, v, "url", arena_printf(m->a, "%.*s/commit/%.*s", STRF(m->web), STRF(c->sha)));
	put(m, v, "author", person(m, c->author_name, c->author_email));
	put(m, v, "committer", person(m, c->committer_name, c->committer_email));
	return v;
}

/* Oldest first, HEAD last. Commits that are not here (a shallow clone) leave it at HEAD. */
static struct val make_commits(struct maker *m, const struct push *push, struct val head)
{
	struct val list = val_array(m->a);
	struct git_commit *all = arena_array(m->a, struct git_commit, push->n);
	if (push->n == 0)
		return list;
	if (push->n > 1 && git_commits(all, m->repo, push->commits, push->n, NULL) == 0)
		for (size_t i = push->n; i-- > 1;)
			val_push(m->a, list, make_commit(m, &all[i]));
	val_push(m->a, list, head);
	return list;
}

/* --- from where --- */

/* The branch on the remote: its upstream when that is no other branch to work from, else the one of the same name. */
static struct str tracked(struct maker *m)
{
	const struct str heads = STR("refs/heads/");
	struct str sha = STR_EMPTY;
	if (!m->branch.n || !m->remote.n)
		return sha;
	struct str of_remote = arena_printf(m->a, "refs/remotes/%.*s/", STRF(m->remote));
	struct str merge = git_config(m->repo, arena_printf(m->a, "branch.%.*s.merge", STRF(m->branch)).p);
	struct str upstream = str_starts(merge, heads) ? str_from(merge, heads.n) : STR_EMPTY;
	if (upstream.n && !str_eq(upstream, m->default_branch))
		sha = maker_ref(m, of_remote.p, upstream);
	return sha.n ? sha : maker_ref(m, of_remote.p, m->branch);
}

static void list_commits(struct maker *m, struct push *push, struct str from)
{
	bool more;
	if (git_commits_between(&push->commits, &push->n, &more, m->repo, from, m->e->sha, LISTED_MAX, NULL) < 0) {
		push->commits = &m->e->sha;
		push->n = 1;
	}
}

/* The last commit alone; a first commit is a new branch. */
static void push_last(struct maker *m, struct push *push)
{
	push->before = m->head.nparents ? m->head.parents[0] : STR_EMPTY;
	push->created = m->head.nparents == 0;
	push->commits = &m->e->sha;
	push->n = 1;
	m->e->changed_from = push->before;
}

/* A branch that the remote has; what was pushed already was pushed with its last commit. */
static void push_branch(struct maker *m, struct push *push, struct str there)
{
	struct str base = STR_EMPTY;
	bool known = !str_eq(there, m->e->sha) && git_merge_base(&base, m->repo, there, m->e->sha, NULL) == 0;
	if (str_eq(there, m->e->sha) || str_eq(base, m->e->sha)) {
		push_last(m, push);
		return;
	}
	push->before = m->e->changed_from = there;
	push->forced = known && !str_eq(base, there);
	list_commits(m, push, there);
}

/* A branch that the remote has not: what it has that the default branch has not. */
static void push_new(struct maker *m, struct push *push, struct str trunk)
{
	push->before = STR_EMPTY;
	push->created = true;
	m->e->changed_from = trunk;
	m->e->since_fork = true;
	list_commits(m, push, trunk);
}

static void decide(struct maker *m, struct push *push)
{
	struct str there = tracked(m), trunk = STR_EMPTY;
	*push = (struct push) { .before = STR_EMPTY };
	m->e->changed_to = m->e->sha;
	m->e->tag_push = str_starts(m->e->ref, STR("refs/tags/"));
	if (!m->e->sha.n)
		return;
	if (m->remote.n && m->branch.n)
		trunk = maker_ref(m, arena_printf(m->a, "refs/remotes/%.*s/", STRF(m->remote)).p, m->default_branch);
	if (m->e->tag_push)
		push->created = true;
	else if (there.n)
		push_branch(m, push, there);
	else if (trunk.n)
		push_new(m, push, trunk);
	else
		push_last(m, push);
}

/* --- the payload --- */

/* GitHub shortens names to 12 digits here. */
static struct str compare_url(struct maker *m, const struct push *push)
{
	struct str head = str_to(m->e->sha, 12);
	if (push->before.n)
		return arena_printf(m->a, "%.*s/compare/%.*s...%.*s", STRF(m->web), STRF(str_to(push->before, 12)), STRF(head));
	if (push->n > 1)
		return arena_printf(m->a, "%.*s/compare/%.*s^...%.*s", STRF(m->web), STRF(str_to(push->commits[push->n - 1], 12)),
		                    STRF(head));
	if (m->e->tag_push)
		return arena_printf(m->a, "%.*s/compare/%.*s", STRF(m->web), STRF(str_from(m->e->ref, 10)));
	return arena_printf(m->a, "%.*s/commit/%.*s", STRF(m->web), STRF(sha_or_zero(head)));
}

void make_push(struct maker *m, struct val p)
{
	struct push push;
	struct val pusher = val_object(m->a), head = m->head.sha.n ? make_commit(m, &m->head) : val_null();
	decide(m, &push);
	put_str(m, p, "ref", m->e->ref);
	put_str(m, p, "before", sha_or_zero(push.before));
	put_str(m, p, "after", sha_or_zero(m->e->sha));
	put_str(m, pusher, "name", m->e->actor);
	put_str(m, pusher, "email", m->email);
	put(m, p, "pusher", pusher);
	put(m, p, "created", val_bool(push.created));
	put(m, p, "deleted", val_bool(false));
	put(m, p, "forced", val_bool(push.forced));
	put(m, p, "base_ref", val_null());
	put_str(m, p, "compare", compare_url(m, &push));
	put(m, p, "commits", make_commits(m, &push, head));
	put(m, p, "head_commit", head);
}
