/* Files of a stranger's repository, copied; see foreign.h. */
#include "git/foreign.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/beneath.h"
#include "base/file.h"
#include "base/path.h"

static int no_file(struct str dir, const char *name, struct err *err)
{
	return err_set(err, ERR_INVALID, "%.*s/%s is no regular file", STRF(dir), name);
}

static int too_large(struct str dir, const char *name, struct err *err)
{
	return err_set(err, ERR_INVALID, "%.*s/%s is larger than %d MiB", STRF(dir), name, FOREIGN_MAX >> 20);
}

/* 1: there is none. */
static int open_foreign(int *fd, struct stat *st, struct arena *a, struct str dir, const char *name, struct err *err)
{
	_cleanup_close_ int root = open(arena_cstr(a, dir), O_PATH | O_DIRECTORY | O_CLOEXEC);
	*fd = root < 0 ? -1 : beneath_open_nolinks(root, name, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);
	if (*fd < 0 && (errno == ELOOP || errno == ENOTDIR))
		return no_file(dir, name, err);
	if (*fd < 0)
		return errno == ENOENT ? 1 : err_errno(err, "%.*s/%s", STRF(dir), name);
	if (fstat(*fd, st) < 0 || !S_ISREG(st->st_mode))
		return no_file(dir, name, err);
	return st->st_size > FOREIGN_MAX ? too_large(dir, name, err) : 0;
}

/* What is there may grow meanwhile: it is counted. 1: too much. */
static int copy_counted(int from, int to)
{
	char bytes[1 << 16];
	for (size_t sum = 0;;) {
		ssize_t n = read(from, bytes, sizeof(bytes));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return (int)n;
		sum += (size_t)n;
		if (sum > FOREIGN_MAX)
			return 1;
		if (file_write_all(to, bytes, (size_t)n) < 0)
			return -1;
	}
}

int foreign_copy(struct arena *a, struct str dir, const char *name, struct str to, mode_t mode, struct err *err)
{
	struct stat st;
	_cleanup_close_ int in = -1;
	int rc = open_foreign(&in, &st, a, dir, name, err);
	if (rc)
		return rc;
	const char *path = path_join(a, to, str_of(name)).p;
	if (unlink(path) < 0 && errno != ENOENT)
		return err_errno(err, "%s", path);
	_cleanup_close_ int out = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	const struct timespec times[2] = { st.st_atim, st.st_mtim };
	rc = out < 0 ? -1 : copy_counted(in, out);
	if (rc > 0)
		return too_large(dir, name, err);
	if (rc < 0 || fchmod(out, mode) < 0 || futimens(out, times) < 0)
		return err_errno(err, "%s", path);
	return 0;
}

/* ---- the index ---- */

static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The object of "sharedindex.<object>"; the number of its bytes, 0: it is no such name. */
static size_t shared_object(char out[32], struct str name)
{
	if (!str_starts(name, STR("sharedindex.")))
		return 0;
	struct str hex = str_from(name, strlen("sharedindex."));
	if (hex.n != 40 && hex.n != 64)
		return 0;
	for (size_t i = 0; i < hex.n; i += 2) {
		int high = hex_digit(hex.p[i]), low = hex_digit(hex.p[i + 1]);
		if (high < 0 || low < 0)
			return 0;
		out[i / 2] = (char)(high << 4 | low);
	}
	return hex.n / 2;
}

/* The extension "link": its name, four bytes of size, the object. */
static bool is_linked(struct str index, struct str object)
{
	for (size_t at = 0; (at = str_find(index, object, at)) != SIZE_MAX; at++)
		if (at >= 8 && memcmp(index.p + at - 8, "link", 4) == 0)
			return true;
	return false;
}

int foreign_copy_index(struct arena *a, struct str dir, struct str to, mode_t mode, struct err *err)
{
	_cleanup_buf_ struct buf index = BUF_INIT;
	int rc = foreign_copy(a, dir, "index", to, mode, err);
	_cleanup_closedir_ DIR *d = rc == 0 ? opendir(arena_cstr(a, dir)) : NULL;
	struct dirent *e;
	while (rc == 0 && d && (e = readdir(d))) {
		char object[32];
		size_t n = shared_object(object, str_of(e->d_name));
		if (n && !index.n && file_read(&index, path_join(a, to, STR("index")).p, FOREIGN_MAX, err) < 0)
			return -1;
		if (n && is_linked(buf_str(&index), str_n(object, n)))
			rc = foreign_copy(a, dir, e->d_name, to, mode, err);
	}
	return MIN(rc, 0);
}
