/* A payload given as a file: it is the event as it is, and what it says about ref, commit, repository, sender and pull request
 * wins over what the repository says. */
#include "base/file.h"
#include "plan/payload_make.h"

enum { PAYLOAD_MAX = 32 << 20 };

/* The reader says "… (line 3, column 7)"; other programs say file:3:7. */
static int misread(struct err *err, const char *file)
{
	struct err was = *err;
	int line = 1, column = 1;
	char *at = strstr(was.text, " (line ");
	if (at && sscanf(at, " (line %d, column %d)", &line, &column) == 2)
		*at = '\0';
	return err_set(err, ERR_INVALID, "%s:%d:%d: not a JSON event: %s", file, MAX(line, 1), MAX(column, 1), was.text);
}

static int read_payload(struct maker *m, const char *file, struct err *err)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	if (file_read_given(&text, file, PAYLOAD_MAX, err) < 0)
		return -1;
	struct str json = buf_str(&text);
	if (str_starts(json, STR("\xef\xbb\xbf")))
		json = str_from(json, 3);
	if (val_from_json(&m->e->payload, m->a, arena_str(m->a, json), err) < 0)
		return misread(err, file);
	if (m->e->payload.kind != VAL_OBJECT)
		return err_set(err, ERR_INVALID, "%s:1:1: an event is a JSON object", file);
	m->e->from_file = true;
	return 0;
}

static void override(struct str *field, struct str s)
{
	if (s.n)
		*field = s;
}

static void use_repository(struct maker *m)
{
	struct trigger_event *e = m->e;
	struct val r = val_at(e->payload, "repository");
	struct str slug = text_at(r, "full_name"), url = text_at(r, "html_url");
	struct str server, of_url;
	if (str_find_c(slug, '/', 0) != SIZE_MAX) {
		e->repository = slug;
		e->owner = arena_str(m->a, str_to(slug, str_find_c(slug, '/', 0)));
	}
	override(&e->owner, text_at(val_at(r, "owner"), "login"));
	if (url.n && git_split_url(m->a, url, &server, &of_url) && str_eq_nocase(of_url, e->repository)) {
		e->server_url = server;
		e->server_given = true;
	}
	override(&e->actor, text_at(val_at(e->payload, "sender"), "login"));
}

static void use_pull_request(struct maker *m, struct val pr)
{
	struct trigger_event *e = m->e;
	struct val number = val_at(e->payload, "number");
	struct val head = val_at(pr, "head"), base = val_at(pr, "base");
	if (number.kind != VAL_NUMBER)
		number = val_at(pr, "number");
	override(&e->head_ref, text_at(head, "ref"));
	override(&e->base_ref, text_at(base, "ref"));
	if (str_is(e->name, "pull_request_target")) {
		if (e->base_ref.n)
			e->ref = arena_printf(m->a, "refs/heads/%.*s", STRF(e->base_ref));
		override(&e->sha, text_at(base, "sha"));
		return;
	}
	struct str n = number.kind == VAL_NUMBER ? val_to_str(m->a, number) : STR("1");
	e->ref = arena_printf(m->a, "refs/pull/%.*s/merge", STRF(n));
	override(&e->sha, text_at(head, "sha"));
	override(&e->sha, text_at(pr, "merge_commit_sha"));
}

/* The file's own ref (full or short), commit and pull request win over the repository's. */
static void use_members(struct maker *m)
{
	struct trigger_event *e = m->e;
	struct val p = e->payload, pr = val_at(p, "pull_request");
	struct str ref = text_at(p, "ref"), after = text_at(p, "after"), tag = text_at(val_at(p, "release"), "tag_name");
	use_repository(m);
	if (str_starts(ref, STR("refs/")))
		e->ref = ref;
	else if (ref.n)
		e->ref = arena_printf(m->a, "refs/%s/%.*s", str_is(text_at(p, "ref_type"), "tag") ? "tags" : "heads", STRF(ref));
	else if (tag.n)
		e->ref = arena_printf(m->a, "refs/tags/%.*s", STRF(tag));
	if (after.n && !sha_is_zero(after))
		e->sha = after;
	if (str_starts(e->name, STR("pull_request"))) {
		if (pr.kind != VAL_OBJECT) {
			e->base_ref = m->default_branch;
			e->head_ref = m->branch;
		}
		use_pull_request(m, pr);
	}
}

/* --- what it changed --- */

static bool has_commit(struct maker *m, struct str sha)
{
	return m->repo && sha.n && !sha_is_zero(sha) && git_has_commit(m->repo, sha);
}

static void compare(struct maker *m, struct str from, struct str to, bool since_fork)
{
	m->e->changed_from = from;
	m->e->changed_to = to;
	m->e->since_fork = since_fork;
}

/* A new branch is compared with the parent of the oldest commit that was pushed, when that is here. */
static void compare_new(struct maker *m, struct str after)
{
	struct val commits = val_at(m->e->payload, "commits");
	struct git_commit oldest;
	if (commits.kind != VAL_ARRAY || commits.a->n == 0)
		return;
	struct str id = text_at(commits.a->v[0], "id");
	if (has_commit(m, id) && git_commit(&oldest, m->repo, id, NULL) == 0)
		compare(m, oldest.nparents ? oldest.parents[0] : STR_EMPTY, after, false);
}

/* Commits that are not here leave nothing to compare: then the lists of the payload count. */
static void find_changes(struct maker *m)
{
	struct val p = m->e->payload, pr = val_at(p, "pull_request");
	struct str before = text_at(p, "before"), after = text_at(p, "after");
	m->e->tag_push = str_is(m->e->name, "push") && str_starts(m->e->ref, STR("refs/tags/"));
	if (str_starts(m->e->name, STR("pull_request"))) {
		struct str base = text_at(val_at(pr, "base"), "sha"), head = text_at(val_at(pr, "head"), "sha");
		if (has_commit(m, base) && has_commit(m, head))
			compare(m, base, head, true);
	} else if (str_is(m->e->name, "push") && has_commit(m, after)) {
		if (has_commit(m, before))
			compare(m, before, after, false);
		else if (before.n && sha_is_zero(before))
			compare_new(m, after);
	}
}

int use_payload_file(struct maker *m, const char *file, struct err *err)
{
	if (read_payload(m, file, err) < 0)
		return -1;
	m->e->action = text_at(m->e->payload, "action");
	use_members(m);
	find_changes(m);
	return 0;
}
