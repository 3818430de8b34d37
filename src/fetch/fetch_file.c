/* Files of repositories by git; see fetch_file.h. A store keeps for each ref the commit that it stood for last; files come
 * without the others of their commit, one at a time. */
#include "fetch/fetch_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <time.h>

#include "base/file.h"
#include "base/path.h"
#include "git/remote.h"

enum { FILE_MAX = 8 << 20, WORDS_MAX = 1 << 20, LOCK_TRIES = 6000, LOCK_MS = 50 };

static bool is_commit_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'a' && s.p[i] <= 'f')))
			return false;
	return s.n == 40 || s.n == 64;
}

/* The commit that a name stands for there; empty: none. */
static int resolve(struct str *sha, struct git_repo *r, enum git_trust trust, struct str name, struct err *err)
{
	_cleanup_buf_ struct buf out = BUF_INIT;
	const char *commit = arena_printf(r->arena, "%.*s^{commit}", STRF(name)).p;
	struct git_call call = { .trust = trust,
		                 .repo = r,
		                 .args = GIT("rev-parse", "--verify", "--quiet", "--end-of-options", commit),
		                 .output_max = WORDS_MAX };
	*sha = STR_EMPTY;
	if (git_run(&call, &out, err) == 0)
		*sha = arena_str(r->arena, str_trim(buf_str(&out)));
	return err->errnum == EINTR || err->errnum == ETIMEDOUT ? -1 : 0;
}

static bool says(const struct err *err, const char *words)
{
	return str_find(str_of(err->text), str_of(words), 0) != SIZE_MAX;
}

/* from: for what the store lacks; NULL: only what is there, with that trust. */
static int show(struct buf *out, struct git_repo *r, enum git_trust trust, struct git_remote *from, struct str sha,
                struct str path, struct err *err)
{
	const char *object = arena_printf(r->arena, "%.*s:%.*s", STRF(sha), STRF(path)).p;
	const char *const *args = GIT("cat-file", "blob", object);
	struct git_call call = { .trust = trust, .repo = r, .args = args, .output_max = FILE_MAX };
	struct err said = ERR_INIT;
	if ((from ? git_remote_run(from, r, out, args, FILE_MAX, &said) : git_run(&call, out, &said)) == 0)
		return 0;
	*err = said;
	if (said.errnum == EFBIG)
		return err_set(err, ERR_INVALID, "%.*s is too large", STRF(path));
	if (says(&said, "does not exist in") || says(&said, "exists on disk, but not in") || says(&said, "bad file"))
		err_set(err, ERR_INVALID, "workflow was not found: there is no %.*s at %.*s", STRF(path), STRF(str_to(sha, 12)));
	return -1;
}

/* By its own name, else what a tag or a branch stands for, read from the refs themselves. */
static int find_commit(struct str *sha, struct git_repo *r, struct str ref, struct err *err)
{
	static const char *const places[] = { "refs/tags/", "refs/heads/", "refs/remotes/origin/" };
	*sha = STR_EMPTY;
	if (is_commit_name(ref) && resolve(sha, r, GIT_FOREIGN, ref, err) < 0)
		return -1;
	for (size_t i = 0; !sha->n && i < ARRAY_LEN(places); i++) {
		struct str object = STR_EMPTY;
		if (git_ref(&object, r, arena_printf(r->arena, "%s%.*s", places[i], STRF(ref)), NULL) < 0 || !object.n)
			continue;
		if (resolve(sha, r, GIT_FOREIGN, object, err) < 0)
			return -1;
	}
	return 0;
}

int local_file(struct buf *out, struct str *sha, struct git_repo *repo, struct str ref, struct str path, struct err *err)
{
	struct err none = ERR_INIT;
	if (find_commit(sha, repo, ref, &none) < 0) {
		*err = none;
		return -1;
	}
	if (sha->n)
		return show(out, repo, GIT_FOREIGN, NULL, *sha, path, err);
	err_set(err, ERR_INVALID, "workflow was not found: this repository has no tag, branch or commit '%.*s'", STRF(ref));
	return 1;
}

/* ---- the store ---- */

struct store {
	struct arena *a;
	const struct fetch_store *what;
	struct git_repo *repo; /* bare, made here */
	struct git_remote remote;
};

static int git(struct store *s, const char *const *args, struct err *err)
{
	struct git_call call = { .trust = GIT_OFFLINE, .repo = s->repo, .args = args, .output_max = WORDS_MAX };
	return git_run(&call, NULL, err);
}

/* What the ref stood for when it was fetched. One name may be the beginning of another. */
static const char *stored_name(struct store *s, struct str ref)
{
	return arena_printf(s->a, "refs/stored/%.*s/-commit", STRF(ref)).p;
}

/* Programs that fetch into one store take turns. The descriptor, or -1. */
static int lock(struct store *s, struct err *err)
{
	const char *path = arena_printf(s->a, "%.*s.lock", STRF(s->repo->git_dir)).p;
	const struct timespec nap = { .tv_nsec = LOCK_MS * 1000000L };
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_errno(err, "cannot open %s", path);
	for (int i = 0; i < LOCK_TRIES && flock(fd, LOCK_EX | LOCK_NB) < 0; i++) {
		if (git_interrupted(err)) {
			close(fd);
			return -1;
		}
		nanosleep(&nap, NULL);
		if (s->what->tick)
			s->what->tick(s->what->cookie);
	}
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	err_errno(err, "another program holds %s", path);
	close(fd);
	return -1;
}

/* The last thing that is made: a store is whole or made again. */
static const char *whole_marker(struct store *s)
{
	return arena_printf(s->a, "%.*s/whole", STRF(s->repo->git_dir)).p;
}

/* As git would quote it in its configuration. */
static void add_value(struct buf *out, struct str value)
{
	buf_addc(out, '"');
	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] == '"' || value.p[i] == '\\')
			buf_addc(out, '\\');
		buf_addc(out, value.p[i]);
	}
	buf_adds(out, "\"\n");
}

/* Written at once, without git: nothing of it is locked when it is killed. What lies there half made goes first. */
static int prepare(struct store *s, struct err *err)
{
	const char *marker = whole_marker(s);
	_cleanup_buf_ struct buf config = BUF_INIT;
	if (file_exists(marker))
		return 0;
	buf_adds(&config, "[core]\n\trepositoryFormatVersion = 0\n\tbare = true\n[gc]\n\tauto = 0\n"
	                  "[remote \"origin\"]\n\tpromisor = true\n\tpartialclonefilter = blob:none\n\turl = ");
	add_value(&config, s->what->url);
	if (file_remove_tree(s->repo->git_dir.p, err) < 0 || file_mkdirs(s->repo->git_dir.p, 0700, err) < 0 ||
	    git(s, GIT("init", "--quiet", "--bare", "--template="), err) < 0 ||
	    file_write(path_join(s->a, s->repo->git_dir, STR("config")).p, buf_str(&config), 0600, err) < 0)
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
	if (git_remote_run(&s->remote, s->repo, &out, GIT("ls-remote", "origin", tag.p, branch.p), WORDS_MAX, err) < 0)
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
	const char *const *args =
		GIT("fetch", "--quiet", "--no-tags", "--depth=1", "--filter=blob:none", "origin", arena_cstr(s->a, object));
	if (git_remote_run(&s->remote, s->repo, NULL, args, WORDS_MAX, err) < 0) {
		if (says(err, "not our ref") || says(err, "unadvertised object"))
			err_set(err, ERR_INVALID, "workflow was not found: the repository has no commit '%.*s'", STRF(object));
		return -1;
	}
	if (resolve(sha, s->repo, GIT_OFFLINE, object, err) < 0)
		return -1;
	if (!sha->n)
		return err_set(err, ERR_INVALID, "workflow was not found: '%.*s' is not a commit", STRF(ref));
	return git(s, GIT("update-ref", stored_name(s, ref), arena_cstr(s->a, *sha)), err);
}

/* git's words for a server that did not give what it should. */
static int cannot_fetch(struct store *s, struct err *err)
{
	struct err was = *err;
	if ((err->kind != ERR_SYSTEM && err->errnum != ETIMEDOUT) || err->errnum == EINTR || s->what->offline)
		return -1;
	if (git_remote_refusal(&was) == GIT_NO_REPOSITORY)
		return err_set(err, ERR_INVALID, "workflow was not found: there is no repository %.*s", STRF(s->what->url));
	err_set(err, ERR_MISSING, "%.*s", STRF(git_remote_why(&s->remote, &was)));
	err->errnum = was.errnum;
	return -1;
}

static int not_stored(struct store *s, struct str what, struct err *err)
{
	return err_set(err, ERR_MISSING, "%.*s@%.*s is not stored, and --offline fetches nothing, nor does --dry-run",
	               STRF(s->what->url), STRF(what));
}

/* With the store locked. */
static int take(struct buf *out, struct str *sha, struct store *s, struct str ref, struct str path, struct err *err)
{
	bool offline = s->what->offline;
	*sha = STR_EMPTY;
	if (prepare(s, err) < 0)
		return -1;
	struct err none = ERR_INIT;
	if ((offline || is_commit_name(ref)) && resolve(sha, s->repo, GIT_OFFLINE, str_of(stored_name(s, ref)), &none) < 0) {
		*err = none;
		return -1;
	}
	if (!sha->n && offline)
		return not_stored(s, ref, err);
	if (!sha->n && fetch(sha, s, ref, err) < 0)
		return cannot_fetch(s, err);
	if (show(out, s->repo, GIT_OFFLINE, offline ? NULL : &s->remote, *sha, path, err) == 0)
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
	struct str dir = arena_printf(a, "%.*s/%.*s.git", STRF(parent), STRF(name));
	struct store s = { .a = a, .what = store, .repo = git_repo_at(a, STR_EMPTY, dir) };
	s.remote = (struct git_remote) { .a = a,
		                         .server = store->server,
		                         .url = store->url,
		                         .token = store->token,
		                         .seconds = store->seconds,
		                         .tick = store->tick,
		                         .again = store->again,
		                         .cookie = store->cookie };
	const char *const locks[] = { "config.lock", "shallow.lock", "packed-refs.lock",
		                      arena_printf(a, "%s.lock", stored_name(&s, ref)).p, NULL };
	s.remote.locks = locks;
	if (store->offline && !file_exists(whole_marker(&s)))
		return not_stored(&s, ref, err); /* without making a store */
	if (file_mkdirs(parent.p, 0700, err) < 0)
		return -1;
	_cleanup_close_ int fd = lock(&s, err);
	return fd < 0 ? -1 : take(out, sha, &s, ref, path, err);
}
