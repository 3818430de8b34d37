/* Whether a folder is ours to write to; see place.h. */
#include "store/place.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/beneath.h"
#include "base/file.h"
#include "base/path.h"

/* What a repository contains is not for it to lead elsewhere; where the user's own links lead is the user's business. */
static bool stays(struct str dir, struct str tree)
{
	struct str below = tree.n ? path_below(dir, tree) : dir;
	if (below.n == dir.n)
		return true;
	_cleanup_free_ char *root = strndup(tree.p, tree.n), *name = strndup(below.p, below.n);
	_cleanup_close_ int fd = root ? open(root, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
	return fd >= 0 && name && beneath_stays(fd, name);
}

/* The group that only this user is in is as good as the user; a folder like /tmp (sticky) leaves ours alone. */
static bool others_write(const struct stat *st)
{
	bool group = (st->st_mode & S_IWGRP) && st->st_gid != getegid();
	return (group || (st->st_mode & S_IWOTH)) && !(st->st_mode & S_ISVTX);
}

int place_check(struct str dir, struct str tree, struct err *err)
{
	struct stat st;
	if (!stays(dir, tree))
		return err_set(err, ERR_USAGE, "%.*s leads out of the repository by a link", STRF(dir));
	if (stat(dir.p, &st) < 0)
		return errno == ENOENT ? 0 : err_errno(err, "%.*s", STRF(dir));
	if (!S_ISDIR(st.st_mode))
		return err_set(err, ERR_MISSING, "%.*s is not a directory", STRF(dir));
	if (st.st_uid != geteuid() && st.st_uid != 0)
		return err_set(err, ERR_MISSING, "%.*s belongs to another user (%u)", STRF(dir), (unsigned)st.st_uid);
	if (others_write(&st))
		return err_set(err, ERR_MISSING, "%.*s can be written to by others (mode %04o)", STRF(dir),
		               (unsigned)st.st_mode & 07777);
	return 0;
}

int place_make(struct str dir, struct str tree, struct err *err)
{
	if (!stays(dir, tree))
		return place_check(dir, tree, err);
	if (file_mkdirs(dir.p, 0700, err) < 0)
		return -1;
	return place_check(dir, tree, err);
}
