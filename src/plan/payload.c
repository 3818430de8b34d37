/* Events made up from the repository, in the shape of GitHub's webhook payloads, or read from a file; and the github
 * context. HEAD is taken for what it says: no ref is guessed from an object name while a branch is checked out. */
#include "plan/payload.h"

#include <pwd.h>

#include "base/file.h"
#include "base/path.h"

#define DEFAULT_SERVER "https://github.com"
static const char zero_sha[] = "0000000000000000000000000000000000000000";
enum { PAYLOAD_MAX = 32 << 20 };

/* One event under construction. */
struct maker {
	struct arena *a;
	struct trigger_event *e;
	struct git_repo *repo;
	struct str server; /* never empty */
	struct str web;    /* html_url of the repository */
	struct str email, default_branch, branch;
	struct val repository, sender;
};

static void set(struct maker *m, struct val o, const char *key, struct val v)
{
	val_set(m->a, o, str_of(key), v);
}

static void set_str(struct maker *m, struct val o, const char *key, struct str s)
{
	val_set(m->a, o, str_of(key), val_str(s));
}

static struct str text_at(struct val o, const char *key)
{
	struct val v = val_at(o, key);
	return v.kind == VAL_STRING ? v.s : STR_EMPTY;
}

/* --- who and what --- */

/* From the environment first: a look-up in the user database may take longer than everything else here. */
static struct str os_user(void)
{
	static const char *const names[] = { "USER", "LOGNAME" };
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *v = getenv(names[i]);
		if (v && *v)
			return str_of(v);
	}
	struct passwd *pw = getpwuid(geteuid());
	return pw && pw->pw_name && *pw->pw_name ? str_of(pw->pw_name) : STR("user");
}

static struct str config(struct maker *m, const char *key)
{
	return str_trim(m->repo ? git_config(m->repo, key) : git_user_config(m->a, key));
}

static void find_actor(struct maker *m)
{
	struct str name = config(m, "github.user");
	if (!name.n)
		name = config(m, "user.name");
	m->e->actor = arena_str(m->a, name.n ? name : os_user());
	m->email = config(m, "user.email");
}

static void find_slug(struct maker *m, const char *dir)
{
	struct str url = m->repo ? git_remote_url(m->repo) : STR_EMPTY, slug;
	if (git_split_url(m->a, url, &m->e->server_url, &slug)) {
		m->e->repository = slug;
		m->server = m->e->server_url;
	} else {
		struct str root = m->repo && m->repo->root.n ? m->repo->root : m->repo ? m->repo->git_dir : str_of(dir);
		struct str name = path_base(path_normal(m->a, root));
		m->e->repository = arena_printf(m->a, "local/%.*s", STRF(path_safe_name(m->a, name, 100)));
		m->server = STR(DEFAULT_SERVER);
	}
	m->e->owner = str_to(m->e->repository, MIN(str_find_c(m->e->repository, '/', 0), m->e->repository.n));
	m->e->owner = arena_str(m->a, m->e->owner);
}

static struct val make_user(struct maker *m, struct str login, struct str server, const char *type)
{
	struct val u = val_object(m->a);
	set_str(m, u, "login", login);
	set(m, u, "id", val_num(1));
	set_str(m, u, "node_id", STR_EMPTY);
	set_str(m, u, "html_url", arena_printf(m->a, "%.*s/%.*s", STRF(server), STRF(login)));
	set_str(m, u, "type", str_of(type));
	set(m, u, "site_admin", val_bool(false));
	return u;
}

static struct val make_repository(struct maker *m)
{
	struct val r = val_object(m->a);
	struct str slug = m->e->repository, host = str_from(m->server, str_find(m->server, STR("://"), 0) + 3);
	struct val owner = make_user(m, m->e->owner, m->server, "User");
	set_str(m, owner, "name", m->e->owner);
	m->web = arena_printf(m->a, "%.*s/%.*s", STRF(m->server), STRF(slug));
	set(m, r, "id", val_num(1));
	set_str(m, r, "node_id", STR_EMPTY);
	set_str(m, r, "name", path_base(slug));
	set_str(m, r, "full_name", slug);
	set(m, r, "private", val_bool(false));
	set(m, r, "owner", owner);
	set_str(m, r, "html_url", m->web);
	set(m, r, "description", val_null());
	set(m, r, "fork", val_bool(false));
	set_str(m, r, "url", m->web);
	set_str(m, r, "git_url", arena_printf(m->a, "git://%.*s/%.*s.git", STRF(host), STRF(slug)));
	set_str(m, r, "ssh_url", arena_printf(m->a, "git@%.*s:%.*s.git", STRF(host), STRF(slug)));
	set_str(m, r, "clone_url", arena_printf(m->a, "%.*s.git", STRF(m->web)));
	set(m, r, "archived", val_bool(false));
	set(m, r, "disabled", val_bool(false));
	set_str(m, r, "visibility", STR("public"));
	set_str(m, r, "default_branch", m->default_branch);
	return r;
}

/* --- where HEAD is --- */

static struct str ref_sha(struct maker *m, const char *prefix, struct str name)
{
	struct str sha = STR_EMPTY;
	if (m->repo && name.n)
		git_ref(&sha, m->repo, arena_printf(m->a, "%s%.*s", prefix, STRF(name)), NULL);
	return sha;
}

static bool find_at(struct maker *m, const char *prefix, struct str sha)
{
	struct git_ref_list refs;
	if (git_refs(&refs, m->repo, str_of(prefix), NULL) < 0)
		return false;
	for (size_t i = 0; i < refs.n; i++)
		if (str_eq(refs.v[i].sha, sha)) {
			m->e->ref = refs.v[i].name;
			return true;
		}
	return false;
}

/* Detached: the default branch, some branch or a tag when one is exactly here; unknown otherwise. */
static void name_detached(struct maker *m, struct str sha)
{
	if (str_eq(ref_sha(m, "refs/heads/", m->default_branch), sha) ||
	    str_eq(ref_sha(m, "refs/remotes/origin/", m->default_branch), sha))
		m->e->ref = arena_printf(m->a, "refs/heads/%.*s", STRF(m->default_branch));
	else if (!find_at(m, "refs/heads/", sha))
		find_at(m, "refs/tags/", sha);
}

static int find_head(struct maker *m, struct err *err)
{
	struct git_head head = { STR_EMPTY, STR_EMPTY };
	m->default_branch = STR("main");
	if (!m->repo)
		return 0;
	if (git_head(&head, m->repo, err) < 0)
		return -1;
	m->default_branch = git_default_branch(m->repo);
	m->e->sha = head.sha;
	m->e->ref = head.ref;
	if (!head.ref.n)
		name_detached(m, head.sha);
	if (str_starts(m->e->ref, STR("refs/heads/")))
		m->branch = str_from(m->e->ref, 11);
	return 0;
}

/* The parent of HEAD where the reflog tells it: its last entry made HEAD, by a commit. Empty when it does not. */
static struct str reflog_parent(struct maker *m)
{
	static const char *const commits[] = { "commit: ", "commit (merge): ", "commit (initial): ", "cherry-pick: ",
		                               "revert: " };
	if (!m->repo || !m->e->sha.n)
		return STR_EMPTY;
	_cleanup_fclose_ FILE *f = fopen(arena_printf(m->a, "%.*s/logs/HEAD", STRF(m->repo->git_dir)).p, "re");
	if (!f || (fseek(f, -4096, SEEK_END) < 0 && fseek(f, 0, SEEK_SET) < 0)) /* the last entry is enough */
		return STR_EMPTY;
	char bytes[4096];
	struct str last = str_trim(str_n(bytes, fread(bytes, 1, sizeof(bytes), f)));
	for (size_t at; (at = str_find_c(last, '\n', 0)) != SIZE_MAX;)
		last = str_from(last, at + 1);
	size_t n = m->e->sha.n, tab = str_find_c(last, '\t', 0);
	if (tab == SIZE_MAX || last.n < 2 * n + 2 || !str_eq(str_n(last.p + n + 1, n), m->e->sha))
		return STR_EMPTY;
	for (size_t i = 0; i < ARRAY_LEN(commits); i++)
		if (str_starts(str_from(last, tab + 1), str_of(commits[i])))
			return arena_str(m->a, str_to(last, n));
	return STR_EMPTY;
}

/* --- payloads --- */

static bool is_zero(struct str sha)
{
	for (size_t i = 0; i < sha.n; i++)
		if (sha.p[i] != '0')
			return false;
	return true;
}

static struct str sha_or_zero(struct str sha)
{
	return sha.n ? sha : str_of(zero_sha);
}

/* What depends on the commit before: also set anew by trigger_event_details. */
static void set_before(struct arena *a, struct val p, struct str web, struct str before, bool created)
{
	struct str after = text_at(p, "after");
	val_set_str(a, p, "before", before);
	val_set(a, p, STR("created"), val_bool(created));
	struct str compare = is_zero(before) ? arena_printf(a, "%.*s/commit/%.*s", STRF(web), STRF(str_to(after, 12)))
	                                     : arena_printf(a, "%.*s/compare/%.*s...%.*s", STRF(web), STRF(str_to(before, 12)),
	                                                    STRF(str_to(after, 12)));
	val_set_str(a, p, "compare", compare);
}

static void make_push(struct maker *m, struct val p)
{
	struct val pusher = val_object(m->a);
	struct str parent = reflog_parent(m);
	set_str(m, p, "ref", m->e->ref);
	set_str(m, p, "before", STR_EMPTY);
	set_str(m, p, "after", sha_or_zero(m->e->sha));
	set(m, p, "created", val_bool(false));
	set(m, p, "deleted", val_bool(false));
	set(m, p, "forced", val_bool(false));
	set(m, p, "base_ref", val_null());
	set_before(m->a, p, m->web, sha_or_zero(parent), parent.n && is_zero(parent));
	set_str(m, pusher, "name", m->e->actor);
	set_str(m, pusher, "email", m->email);
	set(m, p, "pusher", pusher);
}

static struct val make_side(struct maker *m, struct str branch, struct str sha)
{
	struct val s = val_object(m->a);
	set_str(m, s, "label", arena_printf(m->a, "%.*s:%.*s", STRF(m->e->owner), STRF(branch)));
	set_str(m, s, "ref", branch);
	set_str(m, s, "sha", sha_or_zero(sha));
	set(m, s, "user", make_user(m, m->e->owner, m->server, "User"));
	set(m, s, "repo", m->repository);
	return s;
}

static void make_pull_request(struct maker *m, struct val p)
{
	struct val pr = val_object(m->a);
	struct str base = m->default_branch, base_sha = ref_sha(m, "refs/heads/", base);
	if (!base_sha.n)
		base_sha = ref_sha(m, "refs/remotes/origin/", base);
	struct str head = m->branch.n ? m->branch : str_to(m->e->sha, 12);
	set_str(m, p, "action", STR("opened"));
	set(m, p, "number", val_num(1));
	set(m, pr, "id", val_num(1));
	set(m, pr, "number", val_num(1));
	set_str(m, pr, "state", STR("open"));
	set(m, pr, "locked", val_bool(false));
	set_str(m, pr, "title", head);
	set(m, pr, "body", val_null());
	set(m, pr, "user", m->sender);
	set_str(m, pr, "html_url", arena_printf(m->a, "%.*s/pull/1", STRF(m->web)));
	set(m, pr, "head", make_side(m, head, m->e->sha));
	set(m, pr, "base", make_side(m, base, base_sha));
	set(m, pr, "draft", val_bool(false));
	set(m, pr, "merged", val_bool(false));
	set(m, pr, "mergeable", val_null());
	set(m, pr, "merge_commit_sha", m->e->sha.n ? val_str(m->e->sha) : val_null());
	set(m, pr, "labels", val_array(m->a));
	set(m, pr, "assignees", val_array(m->a));
	set(m, pr, "requested_reviewers", val_array(m->a));
	set_str(m, pr, "author_association", STR("OWNER"));
	set(m, p, "pull_request", pr);
	m->e->base_ref = base;
	m->e->head_ref = head;
	bool target = str_is(m->e->name, "pull_request_target");
	m->e->ref = target ? arena_printf(m->a, "refs/heads/%.*s", STRF(base)) : STR("refs/pull/1/merge");
	if (target && base_sha.n)
		m->e->sha = base_sha;
}

static void make_workflow_dispatch(struct maker *m, struct val p)
{
	set(m, p, "inputs", val_null());
	set_str(m, p, "ref", m->e->ref);
	set_str(m, p, "workflow", STR_EMPTY);
}

static void make_repository_dispatch(struct maker *m, struct val p)
{
	set_str(m, p, "action", STR_EMPTY);
	set_str(m, p, "branch", m->branch);
	set(m, p, "client_payload", val_object(m->a));
}

/* Events that have more than repository and sender. */
static const struct {
	const char *name;
	void (*make)(struct maker *m, struct val payload);
} makers[] = {
	{ "push", make_push },
	{ "pull_request", make_pull_request },
	{ "pull_request_target", make_pull_request },
	{ "pull_request_review", make_pull_request },
	{ "pull_request_review_comment", make_pull_request },
	{ "workflow_dispatch", make_workflow_dispatch },
	{ "repository_dispatch", make_repository_dispatch },
};

static void make_payload(struct maker *m)
{
	struct val p = val_object(m->a);
	m->repository = make_repository(m);
	m->sender = make_user(m, m->e->actor, m->server, "User");
	for (size_t i = 0; i < ARRAY_LEN(makers); i++)
		if (str_is(m->e->name, makers[i].name))
			makers[i].make(m, p);
	set(m, p, "repository", m->repository);
	set(m, p, "sender", m->sender);
	m->e->payload = p;
}

/* --- a payload from a file --- */

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
	if (file_read(&text, file, PAYLOAD_MAX, err) < 0)
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
	if (url.n && git_split_url(m->a, url, &server, &of_url) && str_eq_nocase(of_url, e->repository))
		e->server_url = server;
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
static void use_file(struct maker *m)
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
	if (after.n && !is_zero(after))
		e->sha = after;
	if (str_starts(e->name, STR("pull_request"))) {
		if (pr.kind != VAL_OBJECT) {
			e->base_ref = m->default_branch;
			e->head_ref = m->branch;
		}
		use_pull_request(m, pr);
	}
}

/* --- the event --- */

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

int trigger_event_make(struct trigger_event *out, struct arena *a, struct str name, const char *payload_file,
                       struct git_repo *repo, const char *dir, struct err *err)
{
	struct trigger_event e = { .name = arena_str(a, name), .payload = val_null() };
	struct maker m = { .a = a, .e = &e, .repo = repo };
	struct str *const texts[] = { &e.ref, &e.sha, &e.base_ref, &e.head_ref, &e.server_url, &m.branch };
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		*texts[i] = STR_EMPTY;
	if (find_head(&m, err) < 0 || (payload_file && read_payload(&m, payload_file, err) < 0))
		return -1;
	find_actor(&m);
	find_slug(&m, dir);
	if (payload_file)
		use_file(&m);
	else
		make_payload(&m);
	name_ref(&e);
	*out = e;
	return 0;
}

static struct val person(struct arena *a, struct str name, struct str email)
{
	struct val p = val_object(a);
	val_set_str(a, p, "name", name);
	val_set_str(a, p, "email", email);
	return p;
}

int trigger_event_details(struct trigger_event *e, struct arena *a, struct git_repo *repo, struct err *err)
{
	struct git_commit c;
	if (!repo || e->from_file || !str_is(e->name, "push") || !e->sha.n)
		return 0;
	if (git_commit(&c, repo, e->sha, err) < 0)
		return err_wrap(err, "cannot read the commit of the event");
	struct val p = val_object_copy(a, e->payload), head = val_object(a), commits = val_array(a);
	struct str web = text_at(val_at(p, "repository"), "html_url"), message = c.message;
	while (message.n && message.p[message.n - 1] == '\n')
		message.n--;
	val_set_str(a, head, "id", c.sha);
	val_set_str(a, head, "tree_id", c.tree);
	val_set(a, head, STR("distinct"), val_bool(true));
	val_set_str(a, head, "message", message);
	val_set_str(a, head, "timestamp", c.time);
	val_set_str(a, head, "url", arena_printf(a, "%.*s/commit/%.*s", STRF(web), STRF(c.sha)));
	val_set(a, head, STR("author"), person(a, c.author_name, c.author_email));
	val_set(a, head, STR("committer"), person(a, c.committer_name, c.committer_email));
	val_push(a, commits, head);
	set_before(a, p, web, c.nparents ? c.parents[0] : str_of(zero_sha), c.nparents == 0);
	val_set(a, p, STR("commits"), commits);
	val_set(a, p, STR("head_commit"), head);
	e->payload = p;
	return 0;
}

/* --- the context --- */

/* "https://github.com" has its API elsewhere; every other server below itself. */
static void set_server(struct arena *a, struct val g, struct str server)
{
	while (server.n && server.p[server.n - 1] == '/')
		server.n--;
	bool dotcom = str_is_nocase(server, DEFAULT_SERVER);
	val_set_str(a, g, "server_url", server);
	val_set_str(a, g, "api_url", dotcom ? STR("https://api.github.com") : arena_printf(a, "%.*s/api/v3", STRF(server)));
	val_set_str(a, g, "graphql_url",
	            dotcom ? STR("https://api.github.com/graphql") : arena_printf(a, "%.*s/api/graphql", STRF(server)));
}

/* Ids are texts in the context. */
static struct str id_text(struct arena *a, struct val object)
{
	struct val id = val_at(object, "id");
	return id.kind == VAL_NUMBER || (id.kind == VAL_STRING && id.s.n) ? val_to_str(a, id) : STR("1");
}

static struct str git_protocol_url(struct arena *a, const struct trigger_event *e, struct str server)
{
	size_t at = str_find(server, STR("://"), 0);
	return arena_printf(a, "git://%.*s/%.*s.git", STRF(at == SIZE_MAX ? server : str_from(server, at + 3)),
	                    STRF(e->repository));
}

struct val github_context(struct arena *a, const struct trigger_event *e, struct str github_url, struct str run_id,
                          struct str run_number, struct str token)
{
	struct val g = val_object(a), repository = val_at(e->payload, "repository");
	struct str server = e->server_url.n ? e->server_url : github_url.n ? github_url : STR(DEFAULT_SERVER);
	struct str visibility = text_at(repository, "visibility");
	if (!visibility.n)
		visibility = val_truthy(val_at(repository, "private")) ? STR("private") : STR("public");
	const struct {
		const char *key;
		struct str value;
	} rows[] = {
		{ "token", token },
		{ "ref", e->ref },
		{ "sha", e->sha },
		{ "repository", e->repository },
		{ "repository_owner", e->owner },
		{ "repository_owner_id", id_text(a, val_at(repository, "owner")) },
		{ "repositoryUrl", git_protocol_url(a, e, server) },
		{ "repository_id", id_text(a, repository) },
		{ "repository_visibility", visibility },
		{ "run_id", run_id },
		{ "run_number", run_number },
		{ "retention_days", STR("90") },
		{ "run_attempt", STR("1") },
		{ "artifact_cache_size_limit", STR("10") },
		{ "actor_id", id_text(a, val_at(e->payload, "sender")) },
		{ "actor", e->actor },
		{ "triggering_actor", e->actor },
		{ "head_ref", e->head_ref },
		{ "base_ref", e->base_ref },
		{ "event_name", e->name },
		{ "ref_name", e->ref_name },
		{ "ref_type", e->ref_type },
		{ "secret_source", token.n ? STR("Actions") : STR("None") },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		val_set_str(a, g, rows[i].key, rows[i].value);
	val_set(a, g, STR("event"), e->payload);
	val_set(a, g, STR("ref_protected"), val_bool(false));
	set_server(a, g, server);
	return g;
}
