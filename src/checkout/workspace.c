/* The place of a checkout: the run's own mount namespace, the directory before it is filled, and taking mounts away. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "base/file.h"
#include "base/path.h"
#include "base/vec.h"
#include "checkout/copy.h"
#include "checkout/internal.h"
#include "checkout/mounts.h"
#include "checkout/overlay.h"

/* Blanks and backslashes are written as octal numbers there. */
static struct str unescape(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\\' && i + 3 < s.n) {
			p[n++] = (char)(((s.p[i + 1] - '0') << 6) | ((s.p[i + 2] - '0') << 3) | (s.p[i + 3] - '0'));
			i += 3;
		} else {
			p[n++] = s.p[i];
		}
	}
	p[n] = '\0';
	return str_n(p, n);
}

/* "36 35 98:0 /root /mount/point options …" */
static struct str mount_point(struct str line)
{
	for (int i = 0; i < 4; i++)
		line = str_from(line, MIN(str_find_c(line, ' ', 0), line.n - 1) + 1);
	return str_to(line, MIN(str_find_c(line, ' ', 0), line.n));
}

void mounts_at(struct mount_points *out, struct arena *a, struct str dir, bool at)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	*out = (struct mount_points) { 0 };
	if (file_read(&text, "/proc/self/mountinfo", 64 << 20, NULL) < 0)
		return;
	struct str rest = buf_str(&text), line;
	while (str_next_line(&rest, &line)) {
		if (!line.n)
			continue;
		struct str point = unescape(a, mount_point(line));
		if (path_below(point, dir).n != point.n || (at && str_eq(point, dir)))
			*vec_add(a, out) = (struct mount_at) { point, unescape(a, line) };
	}
}

bool mounts_below(struct arena *a, struct str dir)
{
	struct mount_points m;
	mounts_at(&m, a, dir, false);
	return m.n > 0;
}

static void unmount_all(struct arena *a, struct str dir)
{
	struct mount_points m;
	mounts_at(&m, a, dir, true);
	for (size_t i = m.n; i > 0; i--)
		umount2(m.v[i - 1].point.p, MNT_DETACH | UMOUNT_NOFOLLOW);
}

/* Set in the process that made the namespace: only there is nothing mounted that was not mounted by the run, or a copy of what
 * goes on existing outside. */
static bool private_mounts;

void workspace_release(const char *dir)
{
	char real[PATH_MAX];
	struct arena a = { 0 };
	if (private_mounts && realpath(dir, real))
		unmount_all(&a, str_of(real));
	arena_done(&a);
}

/* Asks the kernel for an overlay without mounting one. */
static bool kernel_has_overlay(void)
{
#ifdef SYS_fsopen
	long fd = syscall(SYS_fsopen, "overlay", 1 /* FSOPEN_CLOEXEC */);
	if (fd >= 0)
		close((int)fd);
	if (fd >= 0 || errno != ENOSYS)
		return fd >= 0;
#endif
	_cleanup_buf_ struct buf text = BUF_INIT;
	return file_read(&text, "/proc/filesystems", 1 << 20, NULL) == 0 &&
	       str_find(buf_str(&text), STR("\toverlay\n"), 0) != SIZE_MAX;
}

bool workspace_private_mounts(void)
{
	if (geteuid() != 0 || !kernel_has_overlay() || unshare(CLONE_NEWNS) < 0)
		return false;
	/* What others mount and unmount is still seen here; what is mounted here is not seen there. */
	private_mounts = mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) == 0;
	return private_mounts;
}

/* --- the directory of a checkout --- */

static int remove_contents(struct arena *a, struct str dir, struct err *err)
{
	_cleanup_closedir_ DIR *d = opendir(dir.p);
	if (!d)
		return err_errno(err, "%s", dir.p);
	struct dirent *e;
	while ((e = readdir(d)))
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 &&
		    file_remove_tree(path_join(a, dir, str_of(e->d_name)).p, err) < 0)
			return -1;
	return 0;
}

static bool same_or_below(struct str path, struct str dir)
{
	return str_eq(path, dir) || path_below(path, dir).n != path.n;
}

static struct str real_path(struct arena *a, struct str path)
{
	char real[PATH_MAX];
	return realpath(arena_cstr(a, path), real) ? arena_str(a, str_of(real)) : STR_EMPTY;
}

/* Follows the links of what exists; a link must not lead out of the workspace, nor anything into the user's tree. */
static int check_place(struct checkout *c, struct err *err)
{
	struct str workspace = real_path(c->a, c->r.workspace), source = real_path(c->a, c->r.source);
	c->dest = real_path(c->a, c->dest);
	if (workspace.n)
		c->r.workspace = workspace;
	if (!workspace.n || !c->dest.n || !same_or_below(c->dest, workspace))
		return err_set(err, ERR_INVALID, "Repository path '%.*s' is not under '%.*s'", STRF(c->in.path),
		               STRF(c->r.workspace));
	if (source.n && !c->r.in_place && same_or_below(source, c->dest))
		return err_set(err, ERR_USAGE, "the workspace %.*s holds the tree that is to be checked out", STRF(c->dest));
	return 0;
}

static struct str without_backslashes(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '\\')
			p[n++] = s.p[i];
	p[n] = '\0';
	return str_n(p, n);
}

/* An overlay that a checkout of this job has put over the workspace. Kernels differ in which signs of a path they escape. */
static bool is_our_overlay(const struct checkout *c, struct str line)
{
	struct str upper = arena_printf(c->a, "upperdir=%.*s/", STRF(c->r.scratch));
	return c->r.overlay && str_find(line, STR(" - overlay "), 0) != SIZE_MAX &&
	       str_find(without_backslashes(c->a, line), without_backslashes(c->a, upper), 0) != SIZE_MAX;
}

/* What a step has mounted on the workspace, or on the way from there to dest, is no part of it: it is not emptied. */
static int refuse_mounts(const struct checkout *c, struct err *err)
{
	struct mount_points m;
	mounts_at(&m, c->a, real_path(c->a, c->r.workspace), true);
	for (size_t i = 0; i < m.n; i++)
		if (same_or_below(c->dest, m.v[i].point) && !is_our_overlay(c, m.v[i].line))
			return err_set(err, ERR_USAGE,
			               "%.*s is a mount point: what is mounted there would be removed (unmount it first)",
			               STRF(m.v[i].point));
	return 0;
}

int workspace_empty(struct checkout *c, struct err *err)
{
	return remove_contents(c->a, c->dest, err);
}

/* A file in the place of the directory goes. */
static int make_place(struct checkout *c, struct err *err)
{
	struct stat st;
	if (!str_eq(c->dest, c->r.workspace) && stat(c->dest.p, &st) == 0 && !S_ISDIR(st.st_mode) && unlink(c->dest.p) < 0)
		return err_errno(err, "%.*s", STRF(c->dest));
	return file_mkdirs(c->dest.p, 0755, err) < 0 ? -1 : check_place(c, err);
}

/* What an earlier checkout of the same repository has left stays, but for its .git and what that tracks. */
static int keep_files(struct checkout *c, enum checkout_keeps keeps, struct err *err)
{
	struct str git = path_join(c->a, c->dest, STR(".git"));
	if (keeps == KEEPS_FILES && settings_remove_tracked(c, err) < 0)
		return -1;
	if (keeps == KEEPS_INDEX) { /* by which git itself finds what is to go */
		c->index = path_join(c->a, c->r.scratch, STR("index"));
		if (file_mkdirs(arena_cstr(c->a, c->r.scratch), 0700, err) < 0 ||
		    copy_file(path_join(c->a, git, STR("index")).p, c->index.p, err) < 0)
			return -1;
	}
	return file_remove_tree(git.p, err);
}

int workspace_prepare(struct checkout *c, enum checkout_keeps keeps, struct err *err)
{
	struct str dest = path_normal(c->a, path_join(c->a, c->r.workspace, c->in.path));
	if (!same_or_below(dest, c->r.workspace))
		return err_set(err, ERR_INVALID, "Repository path '%.*s' is not under '%.*s'", STRF(dest), STRF(c->r.workspace));
	c->dest = dest;
	if (make_place(c, err) < 0)
		return -1;
	if (c->r.in_place)
		return 0;
	if (settings_look(c, err) < 0 || (c->again && keeps != KEEPS_GIT && settings_keep(c, err) < 0))
		return -1;
	bool keep = c->again && (keeps == KEEPS_GIT || !c->in.clean);
	if (c->r.overlay && !keep)
		unmount_all(c->a, c->dest); /* ours, in a namespace of our own */
	if (refuse_mounts(c, err) < 0)
		return -1;
	if (keep)
		return keeps == KEEPS_GIT ? 0 : keep_files(c, keeps, err);
	return remove_contents(c->a, c->dest, err);
}
