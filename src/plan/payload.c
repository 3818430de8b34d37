/* The event of a run: made up from the repository in the shape of GitHub's webhook payloads, or read from a file; and what it
 * changed. */
#include "base/map.h"
#include "base/vec.h"
#include "plan/payload_make.h"

static void name_ref(struct trigger_event *e)
{
	static const struct {
		const char *prefix, *type;
	} kinds[] = { { "refs/heads/", "branch" }, { "refs/tags/", "tag" }, { "refs/pull/", "branch" } };
	e->ref_name = e->ref;
	e->ref_type = e->ref.n ? STR("branch") : STR_EMPTY;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (str_starts(e->ref, str_of(kinds[i].prefix))) {
			e->ref_name = str_from(e->ref, strlen(kinds[i].prefix));
			e->ref_type = str_of(kinds[i].type);
		}
}

int trigger_event_for(struct trigger_event *out, struct arena *a, const struct event_request *q, struct err *err)
{
	struct trigger_event e = { .name = arena_str(a, q->name), .payload = val_null() };
	struct maker m = { .a = a, .e = &e, .repo = q->repo };
	struct str *const texts[] = { &e.action,     &e.ref,          &e.sha,        &e.base_ref, &e.head_ref,
		                      &e.server_url, &e.changed_from, &e.changed_to, &m.branch,   &m.remote };
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		*texts[i] = STR_EMPTY;
	if (maker_find_head(&m, !q->payload_file, err) < 0)
		return -1;
	maker_find_names(&m, q->dir, q->actor);
	name_ref(&e);
	if (!q->payload_file)
		make_payload(&m);
	else if (use_payload_file(&m, q->payload_file, err) < 0)
		return -1;
	if (q->actor.n)
		e.actor = arena_str(a, q->actor); /* also over what the file says */
	name_ref(&e);
	*out = e;
	return 0;
}

int trigger_event_make(struct trigger_event *out, struct arena *a, struct str name, const char *payload_file,
                       struct git_repo *repo, const char *dir, struct err *err)
{
	struct event_request q = { .name = name, .payload_file = payload_file, .repo = repo, .dir = dir, .actor = STR_EMPTY };
	return trigger_event_for(out, a, &q, err);
}

/* --- what it changed --- */

struct paths {
	VEC(struct str);
	struct map seen;
};

/* The lists of a commit in a payload, as webhooks have them. */
static bool add_lists(struct paths *out, struct arena *a, struct val commit)
{
	static const char *const names[] = { "added", "removed", "modified" };
	bool any = false;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct val list = val_at(commit, names[i]);
		if (list.kind != VAL_ARRAY)
			continue;
		any = true;
		for (size_t j = 0; j < list.a->n && out->n <= EVENT_FILES_MAX; j++) {
			struct val path = list.a->v[j];
			if (path.kind != VAL_STRING || map_has(&out->seen, path.s))
				continue;
			map_put(a, &out->seen, path.s, out);
			*vec_add(a, out) = path.s;
		}
	}
	return any;
}

/* A payload from elsewhere may list its files itself, in each of its commits. */
static void listed_changes(struct git_changes *out, const struct trigger_event *e, struct arena *a)
{
	struct val commits = val_at(e->payload, "commits");
	struct paths paths = { 0 };
	out->unknown = true;
	if (!e->from_file || commits.kind != VAL_ARRAY || commits.a->n == 0 || commits.a->n > EVENT_COMMITS_MAX)
		return;
	for (size_t i = 0; i < commits.a->n; i++)
		if (!add_lists(&paths, a, commits.a->v[i]))
			return;
	*out = (struct git_changes) { .paths = paths.v, .n = MIN(paths.n, EVENT_FILES_MAX), .cut = paths.n > EVENT_FILES_MAX };
}

/* 1: fine, 0: too many commits, -1: they are not all here. */
static int count_commits(const struct trigger_event *e, struct git_repo *repo, struct err *err)
{
	struct str *commits;
	size_t n;
	bool more;
	if (!str_is(e->name, "push"))
		return 1;
	if (git_commits_between(&commits, &n, &more, repo, e->changed_from, e->changed_to, EVENT_COMMITS_MAX, err) < 0)
		return -1;
	return !more;
}

/* Commits that are not here (a shallow clone) leave the answer open; a damaged repository is an error. */
static int open_or_failed(struct git_changes *out, const struct err *why, struct err *err)
{
	*out = (struct git_changes) { .unknown = true };
	if (why->kind == ERR_MISSING)
		return 0;
	return err_set(err, why->kind, "%s", why->text);
}

static int find_changes(struct git_changes *out, const struct trigger_event *e, struct arena *a, struct git_repo *repo,
                        struct err *err)
{
	struct err why = ERR_INIT;
	struct str from = e->changed_from;
	*out = (struct git_changes) { .unknown = e->tag_push };
	if (e->tag_push)
		return 0;
	if (!e->changed_to.n || !repo) {
		listed_changes(out, e, a);
		return 0;
	}
	int rc = count_commits(e, repo, &why);
	if (rc > 0 && e->since_fork && git_merge_base(&from, repo, e->changed_from, e->changed_to, &why) < 0)
		rc = -1;
	if (rc > 0 && git_changed_files(out, repo, from, e->changed_to, EVENT_FILES_MAX, &why) < 0)
		rc = -1;
	out->unknown = rc == 0;
	return rc < 0 ? open_or_failed(out, &why, err) : 0;
}

int trigger_event_changes(struct git_changes *out, struct trigger_event *e, struct arena *a, struct git_repo *repo,
                          struct err *err)
{
	if (!e->changes) {
		struct git_changes *made = arena_make(a, struct git_changes);
		if (find_changes(made, e, a, repo, err) < 0)
			return -1;
		e->changes = made;
	}
	*out = *e->changes;
	return 0;
}
