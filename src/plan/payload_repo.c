/* What payloads need to know about the repository: where HEAD stands, who acts, owner and name. HEAD is taken for what it says:
 * no ref is guessed from an object name while a branch is checked out. */
#include <pwd.h>

#include "base/path.h"
#include "plan/payload_make.h"

bool sha_is_zero(struct str sha)
{
	for (size_t i = 0; i < sha.n; i++)
		if (sha.p[i] != '0')
			return false;
	return true;
}

struct str sha_or_zero(struct str sha)
{
	return sha.n ? sha : STR(ZERO_SHA);
}

/* --- where HEAD is --- */

struct str maker_ref(struct maker *m, const char *prefix, struct str name)
{
	struct str sha = STR_EMPTY;
	if (m->repo && name.n)
		git_ref(&sha, m->repo, arena_printf(m->a, "%s%.*s", prefix, STRF(name)), NULL);
	return sha;
}

struct str maker_default_sha(struct maker *m)
{
	struct str sha = STR_EMPTY;
	if (m->remote.n)
		sha = maker_ref(m, arena_printf(m->a, "refs/remotes/%.*s/", STRF(m->remote)).p, m->default_branch);
	return sha.n ? sha : maker_ref(m, "refs/heads/", m->default_branch);
}

/* The object name of a tag or of what it points to. */
static bool tag_is_at(struct maker *m, struct str tag, struct str sha)
{
	struct git_commit c;
	struct str at = maker_ref(m, "refs/tags/", tag);
	return at.n &&
	       (str_eq(at, sha) || (git_has_commit(m->repo, at) && git_commit(&c, m->repo, at, NULL) == 0 && str_eq(c.sha, sha)));
}

static bool branch_at(struct maker *m, struct str sha)
{
	struct git_ref_list refs;
	if (git_refs(&refs, m->repo, STR("refs/heads/"), NULL) < 0)
		return false;
	for (size_t i = 0; i < refs.n; i++)
		if (str_eq(refs.v[i].sha, sha)) {
			m->e->ref = refs.v[i].name;
			return true;
		}
	return false;
}

/* Detached: what the checkout named, the default branch, some branch or a tag, when it is exactly here; unknown otherwise. */
static void name_detached(struct maker *m, struct str sha)
{
	struct str asked = git_last_checkout(m->repo), tag;
	if (asked.n && tag_is_at(m, asked, sha))
		m->e->ref = arena_printf(m->a, "refs/tags/%.*s", STRF(asked));
	else if (asked.n && str_eq(maker_ref(m, "refs/heads/", asked), sha))
		m->e->ref = arena_printf(m->a, "refs/heads/%.*s", STRF(asked));
	else if (str_eq(maker_ref(m, "refs/heads/", m->default_branch), sha) ||
	         str_eq(maker_ref(m, "refs/remotes/origin/", m->default_branch), sha))
		m->e->ref = arena_printf(m->a, "refs/heads/%.*s", STRF(m->default_branch));
	else if (!branch_at(m, sha) && git_tag_at(&tag, m->repo, sha, NULL) == 0 && tag.n)
		m->e->ref = arena_printf(m->a, "refs/tags/%.*s", STRF(tag));
}

int maker_find_head(struct maker *m, bool read_commit, struct err *err)
{
	struct git_head head = { STR_EMPTY, STR_EMPTY };
	m->default_branch = STR("main");
	m->head = (struct git_commit) { .sha = STR_EMPTY, .time = STR_EMPTY };
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
	m->remote = git_remote_of(m->repo, m->branch);
	if (read_commit && head.sha.n && git_commit(&m->head, m->repo, head.sha, err) < 0)
		return err_wrap(err, "cannot read the commit of the event");
	return 0;
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

static void find_actor(struct maker *m, struct str name)
{
	if (!name.n)
		name = config(m, "github.user");
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
	m->web = arena_printf(m->a, "%.*s/%.*s", STRF(m->server), STRF(m->e->repository));
}

void maker_find_names(struct maker *m, const char *dir, struct str actor)
{
	find_actor(m, actor);
	find_slug(m, dir);
}

struct val make_user(struct maker *m, struct str login, const char *type)
{
	struct val u = val_object(m->a);
	put_str(m, u, "login", login);
	put(m, u, "id", val_num(1));
	put_text(m, u, "node_id", "");
	put_str(m, u, "html_url", arena_printf(m->a, "%.*s/%.*s", STRF(m->server), STRF(login)));
	put_text(m, u, "type", type);
	put(m, u, "site_admin", val_bool(false));
	return u;
}

struct val make_repository(struct maker *m)
{
	struct val r = val_object(m->a);
	struct str slug = m->e->repository, host = str_from(m->server, str_find(m->server, STR("://"), 0) + 3);
	struct val owner = make_user(m, m->e->owner, "User");
	put_str(m, owner, "name", m->e->owner);
	put(m, r, "id", val_num(1));
	put_text(m, r, "node_id", "");
	put_str(m, r, "name", path_base(slug));
	put_str(m, r, "full_name", slug);
	put(m, r, "private", val_bool(false));
	put(m, r, "owner", owner);
	put_str(m, r, "html_url", m->web);
	put(m, r, "description", val_null());
	put(m, r, "fork", val_bool(false));
	put_str(m, r, "url", m->web);
	put_str(m, r, "git_url", arena_printf(m->a, "git://%.*s/%.*s.git", STRF(host), STRF(slug)));
	put_str(m, r, "ssh_url", arena_printf(m->a, "git@%.*s:%.*s.git", STRF(host), STRF(slug)));
	put_str(m, r, "clone_url", arena_printf(m->a, "%.*s.git", STRF(m->web)));
	put(m, r, "archived", val_bool(false));
	put(m, r, "disabled", val_bool(false));
	put_text(m, r, "visibility", "public");
	put_str(m, r, "default_branch", m->default_branch);
	put_str(m, r, "master_branch", m->default_branch);
	return r;
}
