/* A file made beside the old one, then there by rename; see replace.h. */
#include "base/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/path.h"

/* The file itself behind all links, which must not lead out of root. */
static int find_real(char real[PATH_MAX], const char *path, const char *root, struct err *err)
{
	char top[PATH_MAX];
	if (!realpath(path, real))
		return err_errno(err, "%s", path);
	if (!root || path_below(str_of(path), str_of(root)).n == strlen(path))
		return 0;
	if (!realpath(root, top))
		return err_errno(err, "%s", root);
	if (path_below(str_of(real), str_of(top)).n == strlen(real))
		return err_set(err, ERR_INVALID, "%s is a link that leads out of the repository, to %s", path, real);
	return 0;
}

int file_stays(const char *path, const char *root, struct err *err)
{
	char real[PATH_MAX];
	return find_real(real, path, root, err);
}

static int still_holds(const char *real, struct str was, struct stat *st, struct err *err)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_close_ int fd = open(real, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 || fstat(fd, st) < 0)
		return err_errno(err, "%s", real);
	if (!S_ISREG(st->st_mode))
		return err_set(err, ERR_INVALID, "%s is not a regular file", real);
	if (faccessat(AT_FDCWD, real, W_OK, AT_EACCESS) < 0)
		return err_errno(err, "cannot write %s", real);
	if (file_read_fd(&text, fd, was.n, NULL) < 0 || !str_eq(buf_str(&text), was))
		return err_set(err, ERR_INVALID, "%s has changed meanwhile; it is not written", real);
	return 0;
}

static int fill(int fd, const struct stat *st, struct str now)
{
	if (file_write_all(fd, now.p, now.n) < 0)
		return -1;
	if ((st->st_uid != geteuid() || st->st_gid != getegid()) && fchown(fd, st->st_uid, st->st_gid) < 0 && errno != EPERM)
		return -1;
	return fchmod(fd, st->st_mode & 07777) < 0 || fsync(fd) < 0 ? -1 : 0;
}

int file_replace(const char *path, const char *root, struct str was, struct str now, struct err *err)
{
	char real[PATH_MAX], fresh[PATH_MAX + 16];
	struct stat st;
	if (find_real(real, path, root, err) < 0 || still_holds(real, was, &st, err) < 0)
		return -1;
	snprintf(fresh, sizeof(fresh), "%s.XXXXXX", real);
	int fd = mkostemp(fresh, O_CLOEXEC);
	if (fd < 0)
		return err_errno(err, "cannot write beside %s", real);
	int rc = fill(fd, &st, now) < 0 ? err_errno(err, "cannot write %s", real) : 0;
	if (file_close(&fd) < 0 && rc == 0)
		rc = err_errno(err, "cannot write %s", real);
	if (rc == 0)
		rc = still_holds(real, was, &st, err); /* as late as can be */
	if (rc == 0 && rename(fresh, real) < 0)
		rc = err_errno(err, "cannot write %s", real);
	if (rc < 0)
		unlink(fresh);
	return rc;
}
