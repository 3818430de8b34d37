/* Files of repositories by git; see fetch_file.h. A store keeps for each ref the commit that it stood for last; files come
 * without the others of their commit, one at a time. */
#include "fetch/fetch_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <time.h>

#include "base/file.h"
#include "base/path.h"
#include "fetch/gitcmd.h"
#include "fetch/gitlong.h"

enum { FILE_MAX = 8 << 20, WORDS_MAX = 1 << 20, LOCK_TRIES = 6000, LOCK_MS = 50 };

static bool is_commit_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'a' && s.p[i] <= 'f')))
			return false;
	return s.n == 40 || s.n == 64;
}

/* The commit that a name stands for here; empty: none. */
static int resolve(struct str *sha, struct arena *a, const struct gitlong *g, struct str name, struct err *err)
{
	_cleanup_buf_ struct buf out = BUF_INIT_MAX(WORDS_MAX);
	const char *commit = arena_printf(a, "%.*s^{commit}", STRF(name)).p;
	struct gitlong here = *g;
	here.offline = true;
	*sha = STR_EMPTY;
	if (gitlong_run(&here, &out, GIT("rev-parse", "--verify", "--quiet", "--end-of-options", commit), err) == 0)
		*sha = arena_str(a, str_trim(buf_str(&out)));
	return err->errnum == EINTR || err->errnum == ETIMEDOUT ? -1 : 0;
}

static bool says(const struct err *err, const char *words)
{
	return str_find(str_of(err->text), str_of(words), 0) != SIZE_MAX;
}

static int show(struct buf *out, struct arena *a, const struct gitlong *g, struct str sha, struct str path, struct err *err)
{
	const char *object = arena_printf(a, "%.*s:%.*s", STRF(sha), STRF(path)).p;
	struct err said = ERR_INIT;
	out->max = FILE_MAX;
	if (gitlong_run(g, out, GIT("cat-file", "blob", object), &said) == 0)
		return out->overflow ? err_set(err, ERR_INVALID, "%.*s is too large", STRF(path)) : 0;
	*err = said;
	if (says(&said, "does not exist in") || says(&said, "exists on disk, but not in") || says(&said, "bad file"))
		err_set(err, ERR_INVALID, "workflow was not found: there is no %.*s at %.*s", STRF(path), STRF(str_to(sha, 12)));
	return -1;
}

int local_file(struct buf *out, struct str *sha, struct arena *a, struct str repository, struct str ref, struct str path,
               struct err *err)
{
	static const char *const places[] = { "refs/tags/", "refs/heads/", "refs/remotes/origin/" };
	struct gitlong g = { .dir = repository };
	struct err none = ERR_INIT;
	*sha = STR_EMPTY;
	if (is_commit_name(ref) && resolve(sha, a, &g, ref, &none) < 0)
		goto ended;
	for (size_t i = 0; !sha->n && i < ARRAY_LEN(places); i++)
		if (resolve(sha, a, &g, arena_printf(a, "%s%.*s", places[i], STRF(ref)), &none) < 0)
			goto ended;
	if (sha->n)
		return show(out, a, &g, *sha, path, err);
	err_set(err, ERR_INVALID, "workflow was not found: this repository has no tag, branch or commit '%.*s'", STRF(ref));
	return 1;
ended:
	*err = none;
	return -1;
}

/* ---- the store ---- */

struct store {
	struct arena *a;
	const struct fetch_store *what;
	struct gitlong git;
};

/* What the ref stood for when it was fetched. One name may be the beginning of another. */
static const char *stored_name(struct store *s, struct str ref)
{
	return arena_printf(s->a, "refs/stored/%.*s/-commit", STRF(ref)).p;
}

/* Programs that fetch into one store take turns. The descriptor, or -1. */
static int lock(struct store *s, struct err *err)
{
	const char *path = arena_printf(s->a, "%.*s.lock", STRF(s->git.dir)).p;
	const struct timespec nap = { .tv_nsec = LOCK_MS * 1000000L };
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_errno(err, "cannot open %s", path);
	for (int i = 0; i < LOCK_TRIES && flock(fd, LOCK_EX | LOCK_NB) < 0; i++) {
		if (gitlong_interrupted(err)) {
			close(fd);
			return -1;
		}
		nanosleep(&nap, NULL);
	}
	return fd; /* after minutes without an answer git's own locks must do */
}

/* The marker is the last thing that is made: a store is whole or made again. */
static int prepare(struct store *s, struct err *err)
{
	const char *origin = arena_cstr(s->a, s->what->url), *marker = arena_printf(s->a, "%.*s/whole", STRF(s->git.dir)).p;
	const char *const settings[][2] = { { "gc.auto", "0" },
		                            { "remote.origin.url", origin },
		                            { "remote.origin.promisor", "true" },
		                            { "remote.origin.partialclonefilter", "blob:none" } };
	if (file_exists(marker))
		return 0;
	if (file_mkdirs(s->git.dir.p, 0700, err) < 0 ||
	    gitlong_run(&s->git, NULL, GIT("init", "--quiet", "--bare", "--template="), err) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(settings); i++)
		if (gitlong_run(&s->git, NULL, GIT("config", settings[i][0], settings[i][1]), err) < 0)
			return -1;
	return file_write(marker, STR_EMPTY, 0600, err);
}

/* What the remote says the ref is: a tag before a branch; empty: neither. */
static int ask(struct str *object, struct store *s, struct str ref, struct err *err)
{
	_cleanup_buf_ struct buf out = BUF_INIT_MAX(WORDS_MAX);
	struct str tag = arena_printf(s->a, "refs/tags/%.*s", STRF(ref)),
		   branch = arena_printf(s->a, "refs/heads/%.*s", STRF(ref));
	*object = STR_EMPTY;
	if (gitlong_run(&s->git, &out, GIT("ls-remote", "origin", tag.p, branch.p), err) < 0)
		return -1;
	struct str rest = buf_str(&out), line;
	while (str_next_line(&rest, &line)) {
		size_t tab = MIN(str_find_c(line, '\t', 0), line.n);
		struct str name = str_from(line, MIN(tab + 1, line.n));
		if (str_eq(name, tag) || (str_eq(name, branch) && !object->n))
			*object = arena_str(s->a, str_to(line, tab));
	}
	return 0;
}

static int fetch(struct str *sha, struct store *s, struct str ref, struct err *err)
{
	struct str object = ref;
	if (!is_commit_name(ref) && ask(&object, s, ref, err) < 0)
		return -1;
	if (!object.n)
		return err_set(err, ERR_INVALID, "workflow was not found: the repository has no tag or branch '%.*s'", STRF(ref));
	const char *want = arena_cstr(s->a, object);
	if (gitlong_run(&s->git, NULL, GIT("fetch", "--quiet", "--no-tags", "--depth=1", "--filter=blob:none", "origin", want),
	                err) < 0) {
		if (says(err, "not our ref") || says(err, "unadvertised object"))
			err_set(err, ERR_INVALID, "workflow was not found: the repository has no commit '%.*s'", STRF(object));
		return -1;
	}
	if (resolve(sha, s->a, &s->git, object, err) < 0)
		return -1;
	if (!sha->n)
		return err_set(err, ERR_INVALID, "workflow was not found: '%.*s' is not a commit", STRF(ref));
	return gitlong_run(&s->git, NULL, GIT("update-ref", stored_name(s, ref), arena_cstr(s->a, *sha)), err);
}

/* git's words for a server that did not give what it should. */
static int cannot_fetch(struct store *s, struct err *err)
{
	struct str url = s->what->url;
	if (err->kind != ERR_SYSTEM || err->errnum == EINTR || s->what->offline)
		return err->errnum == ETIMEDOUT ? err_wrap(err, "cannot fetch from %.*s", STRF(url)) : -1;
	gitcmd_no_network(url, err);
	if (err->kind == ERR_MISSING)
		return -1;
	struct err was = *err;
	if (says(&was, "could not read Username"))
		return err_set(err, ERR_MISSING,
		               "cannot fetch from %.*s: there is no such repository, or git has no credentials for it",
		               STRF(url));
	return err_set(err, ERR_MISSING, "cannot fetch from %.*s: %.*s", STRF(url), (int)MIN(strlen(was.text), 300), was.text);
}

static int not_stored(struct store *s, struct str what, struct err *err)
{
	return err_set(err, ERR_MISSING, "%.*s@%.*s is not stored, and --offline fetches nothing", STRF(s->what->url),
	               STRF(what));
}

/* With the store locked. */
static int take(struct buf *out, struct str *sha, struct store *s, struct str ref, struct str path, struct err *err)
{
	bool offline = s->what->offline;
	*sha = STR_EMPTY;
	if (prepare(s, err) < 0)
		return -1;
	struct err none = ERR_INIT;
	if ((offline || is_commit_name(ref)) && resolve(sha, s->a, &s->git, str_of(stored_name(s, ref)), &none) < 0) {
		*err = none;
		return -1;
	}
	if (!sha->n && offline)
		return not_stored(s, ref, err);
	if (!sha->n && fetch(sha, s, ref, err) < 0)
		return cannot_fetch(s, err);
	if (show(out, s->a, &s->git, *sha, path, err) == 0)
		return 0;
	if (offline && err->kind == ERR_SYSTEM && err->errnum != EINTR)
		return not_stored(s, ref, err);
	return cannot_fetch(s, err);
}

/* SERVER/OWNER below the store: no two repositories share a folder. */
static struct str folder(struct arena *a, const struct fetch_store *store)
{
	struct str owner = path_dir(store->url), server = path_safe_name(a, path_dir(owner), 200);
	struct str name = path_safe_name(a, path_base(owner), 100);
	return arena_printf(a, "%.*s/%.*s/%.*s", STRF(store->dir), STRF(server), STRF(name));
}

int fetch_file(struct buf *out, struct str *sha, struct arena *a, const struct fetch_store *store, struct str ref,
               struct str path, struct err *err)
{
	struct str parent = folder(a, store), name = path_safe_name(a, path_base(store->url), 100);
	struct store s = { .a = a,
		           .what = store,
		           .git = { arena_printf(a, "%.*s/%.*s.git", STRF(parent), STRF(name)), store->seconds,
		                    store->offline } };
	if (file_mkdirs(parent.p, 0700, err) < 0)
		return -1;
	_cleanup_close_ int fd = lock(&s, err);
	return fd < 0 ? -1 : take(out, sha, &s, ref, path, err);
}
