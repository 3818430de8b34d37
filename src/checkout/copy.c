/* Copying files and trees of them; see copy.h. */
#include "checkout/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>

#include "base/file.h"
#include "base/path.h"
#include "base/vec.h"
#include "checkout/copy_internal.h"

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

mode_t copy_mode(const struct stat *st, uid_t owner)
{
	return st->st_mode & (st->st_uid == owner ? 07777 : S_ISDIR(st->st_mode) ? 01777 : 0777);
}

static int copy_regular(struct copier *c, int from, const struct stat *st, int dir, const char *name)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	int to = openat(dir, name, flags, 0600);
	if (to < 0 && errno == EEXIST && unlinkat(dir, name, 0) == 0)
		to = openat(dir, name, flags, 0600);
	if (to < 0)
		return -1;
	const struct timespec times[2] = { st->st_atim, st->st_mtim };
	int rc = copy_bytes(c, from, to, st->st_size);
	if (rc == 0)
		rc = fchmod(to, copy_mode(st, geteuid())) < 0 || futimens(to, times) < 0 ? -1 : 0;
	int saved = errno;
	close(to);
	errno = saved;
	return rc;
}

static int copy_symlink(int from, int to, const char *name, const struct stat *st)
{
	char target[4097];
	ssize_t n = readlinkat(from, name, target, sizeof(target) - 1);
	if (n < 0)
		return -1;
	target[n] = '\0';
	if (symlinkat(target, to, name) < 0 && (errno != EEXIST || unlinkat(to, name, 0) < 0 || symlinkat(target, to, name) < 0))
		return -1;
	const struct timespec times[2] = { st->st_atim, st->st_mtim };
	return utimensat(to, name, times, AT_SYMLINK_NOFOLLOW);
}

/* --- one file --- */

static int no_copy(struct copier *c, size_t dir, const char *name, struct err *err)
{
	int why = errno;
	struct str path = copier_dir_path(c, dir);
	errno = why;
	return err_errno(err, "cannot copy %.*s%s%s", STRF(path), path.n ? "/" : "", name);
}

/* A link; sockets and the like are left out, and so is a directory where a file was before. */
static int add_other(struct copier *c, size_t dir, int from, const char *name, struct err *err)
{
	struct stat st;
	if (fstatat(from, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return copy_is_gone(errno) ? 0 : no_copy(c, dir, name, err);
	if (!S_ISLNK(st.st_mode))
		return 0;
	if (copy_dir_make(c, dir, err) < 0)
		return -1;
	int to = copy_side_open(c, &c->to, dir);
	if (to < 0 || copy_symlink(from, to, name, &st) < 0)
		return no_copy(c, dir, name, err);
	c->files++;
	return 0;
}

static int add_file(struct copier *c, size_t dir, const char *name, struct err *err)
{
	struct stat st;
	int at = copy_side_open(c, &c->from, dir);
	_cleanup_close_ int from = at < 0 ? -1 : openat(at, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (at < 0)
		return copy_is_gone(errno) ? 0 : no_copy(c, dir, name, err);
	if (from < 0 && (errno == ELOOP || errno == ENXIO || errno == ENODEV))
		return add_other(c, dir, at, name, err);
	if (from < 0 || fstat(from, &st) < 0)
		return copy_is_gone(errno) ? 0 : no_copy(c, dir, name, err);
	if (!S_ISREG(st.st_mode))
		return 0;
	if (copy_dir_make(c, dir, err) < 0)
		return -1;
	int to = copy_side_open(c, &c->to, dir);
	if (to < 0 || copy_regular(c, from, &st, to, name) < 0)
		return no_copy(c, dir, name, err);
	c->files++;
	return 0;
}

static bool skipped(const struct copier *c, struct str path)
{
	return c->skip.n && (str_eq(path, c->skip) || path_below(path, c->skip).n != path.n);
}

int copier_add(struct copier *c, struct str path, struct err *err)
{
	size_t dir, slash = path.n;
	if (skipped(c, path))
		return 0;
	while (slash > 0 && path.p[slash - 1] != '/')
		slash--;
	int rc = copy_dir_find(c, &dir, str_to(path, slash ? slash - 1 : 0), err);
	return rc ? MIN(rc, 0) : add_file(c, dir, arena_cstr(c->a, str_from(path, slash)), err);
}

/* --- trees --- */

struct pending {
	size_t *v;
	size_t n, cap;
};

static int add_entry(struct copier *c, struct pending *p, size_t dir, DIR *d, const struct dirent *e, struct err *err)
{
	struct stat st;
	size_t child;
	bool is_dir = e->d_type == DT_DIR;
	if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
		return 0;
	if (e->d_type == DT_UNKNOWN)
		is_dir = fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
	if (!is_dir)
		return add_file(c, dir, arena_cstr(c->a, str_of(e->d_name)), err);
	int rc = copy_dir_child(c, &child, dir, str_of(e->d_name), err);
	if (rc == 0)
		*vec_add(c->a, p) = child;
	return MIN(rc, 0);
}

/* One directory; those in it are put on the list, so that only one is open at a time. */
static int add_level(struct copier *c, struct pending *p, size_t dir, struct err *err)
{
	if (c->skip.n && skipped(c, copier_dir_path(c, dir)))
		return 0;
	int at = copy_side_open(c, &c->from, dir);
	int fd = at < 0 ? -1 : openat(at, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_closedir_ DIR *d = fd < 0 ? NULL : fdopendir(fd);
	if (!d) {
		if (fd >= 0)
			close(fd);
		return copy_is_gone(errno) ? 0 : no_copy(c, dir, "", err);
	}
	if (copy_dir_make(c, dir, err) < 0)
		return -1;
	struct dirent *e;
	errno = 0;
	while ((e = readdir(d))) {
		if (add_entry(c, p, dir, d, e, err) < 0)
			return -1;
		errno = 0;
	}
	return errno ? no_copy(c, dir, "", err) : 0;
}

int copier_add_tree(struct copier *c, struct str path, struct err *err)
{
	struct pending p = { 0 };
	size_t dir;
	int rc = copy_dir_find(c, &dir, path, err);
	if (rc)
		return MIN(rc, 0);
	*vec_add(c->a, &p) = dir;
	while (p.n)
		if (add_level(c, &p, p.v[--p.n], err) < 0)
			return -1;
	return 0;
}

int copy_file(const char *from, const char *to, struct err *err)
{
	struct copier c = { 0 };
	struct stat st;
	_cleanup_close_ int fd = open(from, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd >= 0 && fstat(fd, &st) == 0 && !S_ISREG(st.st_mode))
		return 0;
	if (fd < 0 || copy_regular(&c, fd, &st, AT_FDCWD, to) < 0)
		return err_errno(err, "cannot copy %s", from);
	return 0;
}
