/* Files of repositories by git; see fetch_file.h. A store keeps for each ref the commit that it stood for last. */
#include "action/fetch_file.h"

#include "action/gitcmd.h"
#include "base/file.h"
#include "base/path.h"

static bool is_commit_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'a' && s.p[i] <= 'f')))
			return false;
	return s.n == 40 || s.n == 64;
}

/* The commit that a name stands for here, or empty. */
static struct str resolve(struct arena *a, const char *repository, struct str name)
{
	_cleanup_buf_ struct buf out = BUF_INIT;
	const char *commit = arena_printf(a, "%.*s^{commit}", STRF(name)).p;
	if (gitcmd_run(&out, repository, GIT("rev-parse", "--verify", "--quiet", "--end-of-options", commit), NULL) < 0)
		return STR_EMPTY;
	return arena_str(a, str_trim(buf_str(&out)));
}

static int show(struct buf *out, struct arena *a, const char *repository, struct str sha, struct str path, struct err *err)
{
	const char *object = arena_printf(a, "%.*s:%.*s", STRF(sha), STRF(path)).p;
	if (gitcmd_run(out, repository, GIT("cat-file", "blob", object), err) == 0)
		return 0;
	if (str_find(str_of(err->text), STR("does not exist"), 0) != SIZE_MAX ||
	    str_find(str_of(err->text), STR("Not a valid object name"), 0) != SIZE_MAX)
		return err_set(err, ERR_INVALID, "workflow was not found: there is no %.*s at %.*s", STRF(path),
		               STRF(str_to(sha, 12)));
	return -1;
}

int local_file(struct buf *out, struct str *sha, struct arena *a, const char *repository, struct str ref, struct str path,
               struct err *err)
{
	static const char *const places[] = { "refs/tags/", "refs/heads/", "refs/remotes/origin/" };
	gitcmd_setup();
	*sha = is_commit_name(ref) ? resolve(a, repository, ref) : STR_EMPTY;
	for (size_t i = 0; !sha->n && i < ARRAY_LEN(places); i++)
		*sha = resolve(a, repository, arena_printf(a, "%s%.*s", places[i], STRF(ref)));
	if (!sha->n)
		return err_set(err, ERR_INVALID, "workflow was not found: this repository has no tag, branch or commit '%.*s'",
		               STRF(ref));
	return show(out, a, repository, *sha, path, err);
}

/* ---- the store ---- */

/* "refs/stored/NAME": what the ref stood for when it was fetched. */
static const char *stored_name(struct arena *a, struct str ref)
{
	return arena_printf(a, "refs/stored/%.*s", STRF(ref)).p;
}

static int open_store(struct str *dir, struct arena *a, const char *store, struct str url, struct err *err)
{
	struct str name = path_safe_name(a, url, 200);
	*dir = arena_printf(a, "%s/%.*s.git", store, STRF(name));
	if (file_exists(arena_printf(a, "%.*s/HEAD", STRF(*dir)).p))
		return 0;
	const char *origin = arena_cstr(a, url);
	if (file_mkdirs(dir->p, 0700, err) < 0 ||
	    gitcmd_run(NULL, dir->p, GIT("init", "--quiet", "--bare", "--template="), err) < 0 ||
	    gitcmd_run(NULL, dir->p, GIT("config", "remote.origin.url", origin), err) < 0 ||
	    gitcmd_run(NULL, dir->p, GIT("config", "remote.origin.promisor", "true"), err) < 0)
		return -1;
	return gitcmd_run(NULL, dir->p, GIT("config", "remote.origin.partialclonefilter", "blob:none"), err);
}

/* What the remote says the ref is: a tag (the commit it points to) before a branch. */
static int ask(struct str *object, struct arena *a, const char *dir, struct str ref, struct err *err)
{
	_cleanup_buf_ struct buf out = BUF_INIT;
	const char *tag = arena_printf(a, "refs/tags/%.*s", STRF(ref)).p,
		   *branch = arena_printf(a, "refs/heads/%.*s", STRF(ref)).p;
	if (gitcmd_run(&out, dir,
	               GIT("-c", "http.lowSpeedLimit=1", "-c", "http.lowSpeedTime=60", "ls-remote", "origin", tag, branch),
	               err) < 0)
		return -1;
	struct str rest = buf_str(&out), line;
	*object = STR_EMPTY;
	while (str_next_line(&rest, &line)) {
		size_t tab = str_find_c(line, '\t', 0);
		if (tab != SIZE_MAX && (!object->n || str_eq(str_from(line, tab + 1), str_of(tag))))
			*object = arena_str(a, str_to(line, tab));
	}
	return 0;
}

static int fetch(struct str *sha, struct arena *a, const char *dir, struct str ref, struct err *err)
{
	struct str object;
	if (is_commit_name(ref))
		object = ref;
	else if (ask(&object, a, dir, ref, err) < 0)
		return -1;
	if (!object.n)
		return err_set(err, ERR_INVALID, "workflow was not found: the repository has no tag or branch '%.*s'", STRF(ref));
	const char *want = arena_cstr(a, object);
	if (gitcmd_run(NULL, dir,
	               GIT("-c", "http.lowSpeedLimit=1", "-c", "http.lowSpeedTime=60", "fetch", "--quiet", "--no-tags",
	                   "--depth=1", "--filter=blob:none", "origin", want),
	               err) < 0)
		return -1;
	*sha = resolve(a, dir, object);
	if (!sha->n)
		return err_set(err, ERR_INVALID, "workflow was not found: '%.*s' is not a commit", STRF(ref));
	return gitcmd_run(NULL, dir, GIT("update-ref", stored_name(a, ref), arena_cstr(a, *sha)), err);
}

int fetch_file(struct buf *out, struct str *sha, struct arena *a, struct str url, const char *store, bool offline, struct str ref,
               struct str path, struct err *err)
{
	struct str dir;
	gitcmd_setup();
	if (open_store(&dir, a, store, url, err) < 0)
		return -1;
	*sha = offline || is_commit_name(ref) ? resolve(a, dir.p, str_of(stored_name(a, ref))) : STR_EMPTY;
	if (!sha->n && offline)
		return err_set(err, ERR_MISSING, "%.*s@%.*s is not stored, and --offline fetches nothing", STRF(url), STRF(ref));
	if (!sha->n && fetch(sha, a, dir.p, ref, err) < 0)
		return gitcmd_no_network(url, err);
	if (offline)
		setenv("GIT_NO_LAZY_FETCH", "1", 1);
	return show(out, a, dir.p, *sha, path, err);
}
