/* Copying files; see copy.h. */
#include "checkout/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>

#include "base/file.h"
#include "base/path.h"
#include "base/vec.h"

enum { TREE_DEPTH = 512 };

int copier_open(struct copier *c, struct arena *a, const char *from, const char *to, struct err *err)
{
	*c = (struct copier) { .a = a, .from = -1, .to = -1, .skip = STR_EMPTY };
	c->from = open(from, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (c->from < 0)
		return err_errno(err, "%s", from);
	c->to = open(to, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (c->to < 0)
		return err_errno(err, "%s", to);
	return 0;
}

void copier_done(struct copier *c)
{
	if (c->from >= 0)
		close(c->from);
	if (c->to >= 0)
		close(c->to);
	c->from = c->to = -1;
}

/* --- contents --- */

static int copy_by_hand(int from, int to)
{
	char bytes[1 << 16];
	for (;;) {
		ssize_t n = read(from, bytes, sizeof(bytes));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return (int)n;
		if (file_write_all(to, bytes, (size_t)n) < 0)
			return -1;
	}
}

static int copy_bytes(struct copier *c, int from, int to, off_t size)
{
	if (size == 0)
		return copy_by_hand(from, to); /* files of /proc and the like have more than they say */
	if (!c->no_clone) {
		if (ioctl(to, FICLONE, from) == 0) {
			c->cloned = true;
			return 0;
		}
		c->no_clone = true;
	}
	for (off_t done = 0; !c->no_range && done < size;) {
		ssize_t n = copy_file_range(from, NULL, to, NULL, (size_t)(size - done), 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && done == 0)
			c->no_range = errno != EIO && errno != ENOSPC && errno != EDQUOT;
		if (n < 0 && !c->no_range)
			return -1;
		if (n <= 0)
			break;
		done += n;
	}
	return copy_by_hand(from, to); /* nothing is left, as a rule */
}

static int copy_regular(struct copier *c, int from, const struct stat *st, const char *path)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	int to = openat(c->to, path, flags, 0600);
	if (to < 0 && errno == EEXIST && unlinkat(c->to, path, 0) == 0)
		to = openat(c->to, path, flags, 0600);
	if (to < 0)
		return -1;
	const struct timespec times[2] = { st->st_atim, st->st_mtim };
	int rc = copy_bytes(c, from, to, st->st_size);
	if (rc == 0)
		rc = fchmod(to, st->st_mode & 07777) < 0 || futimens(to, times) < 0 ? -1 : 0;
	int saved = errno;
	close(to);
	errno = saved;
	return rc;
}

static int copy_symlink(struct copier *c, const char *path, const struct stat *st)
{
	char target[4097];
	ssize_t n = readlinkat(c->from, path, target, sizeof(target) - 1);
	if (n < 0)
		return -1;
	target[n] = '\0';
	if (symlinkat(target, c->to, path) < 0 &&
	    (errno != EEXIST || unlinkat(c->to, path, 0) < 0 || symlinkat(target, c->to, path) < 0))
		return -1;
	const struct timespec times[2] = { st->st_atim, st->st_mtim };
	return utimensat(c->to, path, times, AT_SYMLINK_NOFOLLOW);
}

/* --- directories --- */

int copier_add_dir(struct copier *c, struct str path, struct err *err)
{
	struct stat st;
	if (path.n == 0 || str_is(path, ".") || map_has(&c->seen, path))
		return 0;
	path = arena_str(c->a, path);
	if (copier_add_dir(c, path_dir(path), err) < 0)
		return -1;
	map_put(c->a, &c->seen, path, c);
	if (fstatat(c->from, path.p, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : err_errno(err, "%s", path.p);
	if (mkdirat(c->to, path.p, 0700) < 0 && errno != EEXIST)
		return err_errno(err, "cannot create directory %s", path.p);
	*vec_add(c->a, &c->dirs) = (struct copied_dir) { path, st };
	return 0;
}

int copier_finish(struct copier *c, struct err *err)
{
	for (size_t i = c->dirs.n; i > 0; i--) {
		const struct copied_dir *d = &c->dirs.v[i - 1];
		const struct timespec times[2] = { d->st.st_atim, d->st.st_mtim };
		if (fchmodat(c->to, d->path.p, d->st.st_mode & 07777, 0) < 0 || utimensat(c->to, d->path.p, times, 0) < 0)
			return err_errno(err, "%s", d->path.p);
	}
	return 0;
}

/* --- one path --- */

static bool skipped(const struct copier *c, struct str path)
{
	return c->skip.n && (str_eq(path, c->skip) || path_below(path, c->skip).n != path.n);
}

static int add_other(struct copier *c, struct str path, struct err *err)
{
	struct stat st;
	if (fstatat(c->from, path.p, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT || errno == ENOTDIR ? 0 : err_errno(err, "%s", path.p);
	if (!S_ISLNK(st.st_mode))
		return 0; /* a socket; or a directory where a file was before */
	if (copier_add_dir(c, path_dir(path), err) < 0)
		return -1;
	if (copy_symlink(c, path.p, &st) < 0)
		return err_errno(err, "cannot copy %s", path.p);
	c->files++;
	return 0;
}

int copier_add(struct copier *c, struct str path, struct err *err)
{
	struct stat st;
	if (skipped(c, path))
		return 0;
	_cleanup_close_ int from = openat(c->from, path.p, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (from < 0 && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (from < 0 && (errno == ELOOP || errno == ENXIO || errno == ENODEV))
		return add_other(c, path, err);
	if (from < 0 || fstat(from, &st) < 0)
		return err_errno(err, "cannot read %s", path.p);
	if (!S_ISREG(st.st_mode))
		return 0;
	if (copier_add_dir(c, path_dir(path), err) < 0)
		return -1;
	if (copy_regular(c, from, &st, path.p) < 0)
		return err_errno(err, "cannot copy %s", path.p);
	c->files++;
	return 0;
}

static int add_tree(struct copier *c, struct str path, int depth, struct err *err)
{
	if (skipped(c, path))
		return 0;
	if (depth > TREE_DEPTH)
		return err_set(err, ERR_INVALID, "%s: directories nested too deep", path.p);
	if (copier_add_dir(c, path, err) < 0)
		return -1;
	int fd = openat(c->from, path.n ? path.p : ".", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	_cleanup_closedir_ DIR *d = fd < 0 ? NULL : fdopendir(fd);
	if (!d) {
		int rc = errno == ENOENT ? 0 : err_errno(err, "cannot read %s", path.n ? path.p : ".");
		if (fd >= 0)
			close(fd);
		return rc;
	}
	struct dirent *e;
	while ((e = readdir(d))) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		struct str name = path_join(c->a, path, str_of(e->d_name));
		struct stat st;
		bool dir = e->d_type == DT_DIR;
		if (e->d_type == DT_UNKNOWN)
			dir = fstatat(fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
		if ((dir ? add_tree(c, name, depth + 1, err) : copier_add(c, name, err)) < 0)
			return -1;
	}
	return 0;
}

int copier_add_tree(struct copier *c, struct str path, struct err *err)
{
	while (path.n && path.p[path.n - 1] == '/')
		path.n--;
	return add_tree(c, arena_str(c->a, path), 0, err);
}

int copy_file(const char *from, const char *to, struct err *err)
{
	struct copier c = { .from = AT_FDCWD, .to = AT_FDCWD };
	struct stat st;
	_cleanup_close_ int fd = open(from, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0 || fstat(fd, &st) < 0 || copy_regular(&c, fd, &st, to) < 0)
		return err_errno(err, "cannot copy %s", from);
	return 0;
}
