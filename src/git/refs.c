/* HEAD and single refs: loose files first, then packed-refs, following symbolic refs. HEAD is read for what it says;
 * no ref is ever guessed from an object name. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

#include "base/file.h"
#include "git/internal.h"

enum { SYMREF_DEPTH = 8 };

/* "HEAD", "MERGE_HEAD": the only names outside refs/. */
static bool is_pseudo_name(struct str name)
{
	for (size_t i = 0; i < name.n; i++)
		if (!((name.p[i] >= 'A' && name.p[i] <= 'Z') || name.p[i] == '_'))
			return false;
	return name.n > 0;
}

/* Names that could leave the repository or that no ref can have. */
static bool is_sane_name(struct str name)
{
	if (name.n == 0 || name.n > GIT_NAME_MAX || name.p[0] == '/' || name.p[name.n - 1] == '/')
		return false;
	for (size_t i = 0; i < name.n; i++) {
		unsigned char c = (unsigned char)name.p[i];
		if (c < 0x20 || c == 0x7F || c == '\\')
			return false;
		if (c == '.' && i + 1 < name.n && name.p[i + 1] == '.')
			return false;
		if (c == '/' && i + 1 < name.n && (name.p[i + 1] == '/' || name.p[i + 1] == '.'))
			return false;
	}
	return str_starts(name, STR("refs/")) || is_pseudo_name(name);
}

/* HEAD, bisect and worktree refs belong to the worktree, all others to the repository. */
static struct str home_of(const struct git_repo *r, struct str name)
{
	if (!str_starts(name, STR("refs/")) || str_starts(name, STR("refs/bisect/")) || str_starts(name, STR("refs/worktree/")) ||
	    str_starts(name, STR("refs/rewritten/")))
		return r->git_dir;
	return r->common_dir;
}

/* HEAD of very old repositories is a symbolic link. */
static bool read_link(struct str *target, struct git_repo *r, struct str dir, struct str name)
{
	_cleanup_buf_ struct buf path = BUF_INIT;
	char to[PATH_MAX];
	buf_addf(&path, "%.*s/%.*s", STRF(dir), STRF(name));
	ssize_t n = readlink(buf_cstr(&path), to, sizeof(to));
	if (n <= 5 || memcmp(to, "refs/", 5) != 0)
		return false;
	*target = arena_str(r->arena, str_n(to, (size_t)n));
	return true;
}

/* One loose file: either *target (symbolic) or *sha is set, or none when there is no such file. */
static int read_loose(struct git_repo *r, struct str name, struct str *target, struct str *sha, struct err *err)
{
	struct str dir = home_of(r, name), line;
	*target = *sha = STR_EMPTY;
	if (read_link(target, r, dir, name))
		return 0;
	if (!git_read_line(&line, r->arena, dir, arena_cstr(r->arena, name)) || line.n == 0)
		return 0;
	if (str_starts(line, STR("ref:"))) {
		*target = str_trim(str_from(line, 4));
		return 0;
	}
	struct str first = str_to(line, MIN(str_find_c(line, ' ', 0), line.n));
	first = str_to(first, MIN(str_find_c(first, '\n', 0), first.n));
	if (!git_is_object_name(first))
		return err_set(err, ERR_INVALID, "%.*s/%.*s is not a valid ref", STRF(dir), STRF(name));
	*sha = first;
	return 0;
}

int git_ref(struct str *sha, struct git_repo *r, struct str name, struct err *err)
{
	*sha = STR_EMPTY;
	if (git_check_format(r, err) < 0)
		return -1;
	for (int depth = 0; depth < SYMREF_DEPTH; depth++) {
		struct str target;
		if (!is_sane_name(name))
			return 0;
		if (read_loose(r, name, &target, sha, err) < 0)
			return -1;
		if (sha->n)
			return 0;
		if (!target.n)
			return str_starts(name, STR("refs/")) ? git_packed_find(sha, r, name, err) : 0;
		name = target;
	}
	return err_set(err, ERR_INVALID, "%.*s: symbolic refs in a circle", STRF(name));
}

struct str git_symref(struct git_repo *r, struct str name)
{
	struct str target = STR_EMPTY, sha;
	if (is_sane_name(name) && read_loose(r, name, &target, &sha, NULL) == 0)
		return target;
	return STR_EMPTY;
}

int git_head(struct git_head *out, struct git_repo *r, struct err *err)
{
	struct str target, sha;
	if (git_check_format(r, err) < 0 || read_loose(r, STR("HEAD"), &target, &sha, err) < 0)
		return -1;
	if (!target.n && !sha.n)
		return err_set(err, ERR_INVALID, "%.*s/HEAD cannot be read", STRF(r->git_dir));
	if (target.n && git_ref(&sha, r, target, err) < 0)
		return -1;
	*out = (struct git_head) { .ref = target, .sha = sha };
	return 0;
}

static bool branch_exists(struct git_repo *r, struct str branch)
{
	struct str sha;
	if (!branch.n)
		return false;
	return git_ref(&sha, r, arena_printf(r->arena, "refs/heads/%.*s", STRF(branch)), NULL) == 0 && sha.n;
}

struct str git_default_branch(struct git_repo *r)
{
	const struct str remote = STR("refs/remotes/origin/"), heads = STR("refs/heads/");
	struct str origin = git_symref(r, STR("refs/remotes/origin/HEAD"));
	if (str_starts(origin, remote) && origin.n > remote.n)
		return str_from(origin, remote.n);
	const struct str candidates[] = { git_config(r, "init.defaultBranch"), STR("main"), STR("master") };
	for (size_t i = 0; i < ARRAY_LEN(candidates); i++)
		if (branch_exists(r, candidates[i]))
			return candidates[i];
	struct str head = git_symref(r, STR("HEAD"));
	return str_starts(head, heads) && head.n > heads.n ? str_from(head, heads.n) : STR("main");
}
