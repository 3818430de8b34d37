/* Finding the repository: upwards from a directory, through .git directories, the .git files of worktrees and
 * submodules, and bare repositories. Who owns the files does not matter: nothing in them is executed here. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/path.h"
#include "git/internal.h"

struct git_cache *git_cache_of(struct git_repo *r)
{
	if (!r->cache)
		r->cache = arena_make(r->arena, struct git_cache);
	return r->cache;
}

bool git_read_line(struct str *out, struct arena *a, struct str dir, const char *name)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_buf_ struct buf path = BUF_INIT;
	*out = STR_EMPTY;
	buf_addf(&path, "%.*s/%s", STRF(dir), name);
	_cleanup_close_ int fd = open(buf_cstr(&path), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || file_read_fd(&text, fd, GIT_NAME_MAX * 2, NULL) < 0)
		return false;
	*out = arena_str(a, str_trim(buf_str(&text)));
	return true;
}

static bool has(struct arena *a, struct str dir, const char *name)
{
	return access(arena_printf(a, "%.*s/%s", STRF(dir), name).p, F_OK) == 0;
}

static bool has_head(struct arena *a, struct str dir)
{
	struct stat st;
	return lstat(arena_printf(a, "%.*s/HEAD", STRF(dir)).p, &st) == 0 && !S_ISDIR(st.st_mode);
}

/* What git itself asks of a repository directory: HEAD, and objects and refs here or in the common directory. */
static bool looks_like_repository(struct arena *a, struct str dir)
{
	return has_head(a, dir) && (has(a, dir, "commondir") || (has(a, dir, "objects") && has(a, dir, "refs")));
}

/* core.worktree puts the working tree elsewhere; linked worktrees do not look at it. */
static void use_worktree_setting(struct git_repo *r)
{
	struct str set = str_eq(r->git_dir, r->common_dir) ? git_config(r, "core.worktree") : STR_EMPTY;
	struct str path = set.n ? path_normal(r->arena, path_join(r->arena, r->git_dir, set)) : STR_EMPTY;
	if (path.n && file_is_dir(arena_cstr(r->arena, path)))
		r->root = arena_str(r->arena, path);
}

static int open_git_dir(struct git_repo **out, struct arena *a, struct str root, struct str git_dir)
{
	struct git_repo *r = arena_make(a, struct git_repo);
	struct str common;
	*r = (struct git_repo) { .arena = a, .root = root, .git_dir = git_dir, .common_dir = git_dir };
	if (git_read_line(&common, a, git_dir, "commondir") && common.n)
		r->common_dir = path_normal(a, path_join(a, git_dir, common));
	*out = r;
	use_worktree_setting(r);
	return 0;
}

/* A .git file: one line, "gitdir: <path>". */
static int follow_file(struct git_repo **out, struct arena *a, struct str dir, struct err *err)
{
	struct str line;
	if (!git_read_line(&line, a, dir, ".git") || !str_starts(line, STR("gitdir:")))
		return err_set(err, ERR_INVALID, "%.*s/.git is neither a directory nor a \"gitdir:\" file", STRF(dir));
	struct str target = path_normal(a, path_join(a, dir, str_trim(str_from(line, 7))));
	if (!has_head(a, target))
		return err_set(err, ERR_INVALID, "%.*s/.git points to %.*s, which is not a repository", STRF(dir), STRF(target));
	return open_git_dir(out, a, dir, target);
}

/* 1: found, 0: not here, -1: something is here but broken. */
static int try_dir(struct git_repo **out, struct arena *a, struct str dir, struct err *err)
{
	struct str dot_git = path_join(a, dir, STR(".git"));
	struct stat st;
	if (stat(dot_git.p, &st) == 0) {
		if (S_ISREG(st.st_mode))
			return follow_file(out, a, dir, err) < 0 ? -1 : 1;
		if (S_ISDIR(st.st_mode) && looks_like_repository(a, dot_git))
			return open_git_dir(out, a, dir, dot_git) < 0 ? -1 : 1;
	}
	if (!looks_like_repository(a, dir))
		return 0;
	struct str root = str_is(path_base(dir), ".git") ? path_dir(dir) : STR_EMPTY;
	return open_git_dir(out, a, root, dir) < 0 ? -1 : 1;
}

int git_discover(struct git_repo **out, struct arena *a, const char *dir, struct err *err)
{
	char real[PATH_MAX];
	*out = NULL;
	if (!realpath(dir, real))
		return err_errno(err, "%s", dir);
	struct str at = arena_str(a, str_of(real));
	for (;;) {
		int rc = try_dir(out, a, at, err);
		if (rc)
			return rc < 0 ? -1 : 0;
		if (at.n <= 1)
			return 0;
		at = arena_str(a, path_dir(at));
	}
}

int git_check_format(struct git_repo *r, struct err *err)
{
	struct str storage = git_config(r, "extensions.refStorage");
	if (storage.n && !str_is(storage, "files"))
		return err_set(err, ERR_UNSUPPORTED, "%.*s keeps its refs in the %.*s format, which is not supported",
		               STRF(r->git_dir), STRF(storage));
	return 0;
}
