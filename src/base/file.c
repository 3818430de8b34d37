/* Whole-file helpers; see file.h. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>

#include "base/remove.h"

enum { STREAM_STEP = 4096, LOOK_MS = 50 };

int file_read_fd(struct buf *out, int fd, size_t max, struct err *err)
{
	struct stat st;
	size_t start = out->n;
	size_t step = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 ? (size_t)st.st_size + 1 : 4096;
	for (;;) {
		if (out->n - start > max)
			return err_set(err, ERR_INVALID, "larger than %zu bytes", max);
		if (step > max + 1)
			step = max + 1;
		if (!buf_reserve(out, step))
			return err_set(err, ERR_INVALID, "larger than %zu bytes", out->max);
		ssize_t n = read(fd, out->p + out->n, step);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(err, "cannot read");
		if (n == 0)
			return 0;
		out->n += (size_t)n;
		step = 4096;
	}
}

int file_read(struct buf *out, const char *path, size_t max, struct err *err)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_errno(err, "%s", path);
	if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)) /* of a folder the reading says so */
		return err_set(err, ERR_INVALID, "%s: is not a regular file", path);
	if (file_read_fd(out, fd, max, err) < 0)
		return err_wrap(err, "%s", path);
	return 0;
}

/* A signal that the program has blocked and will look at later. */
static bool signal_waits(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	sigset_t set;
	if (sigpending(&set) < 0)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(signals); i++)
		if (sigismember(&set, signals[i]) == 1)
			return true;
	return false;
}

/* 1: there is something to read, or the end. A pipe that nobody has opened for writing yet has neither. */
static int wait_for_input(int fd, const char *path, struct err *err)
{
	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		if (signal_waits()) {
			errno = EINTR;
			return err_errno(err, "%s", path);
		}
		int n = poll(&p, 1, LOOK_MS);
		if (n < 0 && errno != EINTR)
			return err_errno(err, "%s", path);
		if (n > 0)
			return 1;
	}
}

/* Until its end. One that was opened before we came (<(command)) may have ended already; any other had no writer yet when
 * the first read finds nothing. */
static int read_stream(struct buf *out, int fd, const char *path, size_t max, bool ended, struct err *err)
{
	size_t start = out->n;
	for (;;) {
		if (out->n - start > max || !buf_reserve(out, STREAM_STEP))
			return err_set(err, ERR_INVALID, "%s: larger than %zu bytes", path, max);
		ssize_t n = read(fd, out->p + out->n, STREAM_STEP);
		if (n > 0)
			out->n += (size_t)n;
		else if (n == 0 && (ended || out->n > start))
			return 0;
		else if (n < 0 && errno != EAGAIN && errno != EINTR)
			return err_errno(err, "%s: cannot read", path);
		else if (wait_for_input(fd, path, err) < 0)
			return -1;
		else
			ended |= n == 0; /* somebody was there and has gone */
	}
}

bool file_is_inherited(const char *path)
{
	return str_starts(str_of(path), STR("/dev/fd/")) || str_starts(str_of(path), STR("/proc/self/fd/"));
}

int file_read_given(struct buf *out, const char *path, size_t max, struct err *err)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;
	if (fd < 0 || fstat(fd, &st) < 0) {
		err_errno(err, "%s", path);
		if (err)
			err->kind = ERR_USAGE; /* whoever named it */
		return -1;
	}
	if (S_ISFIFO(st.st_mode) || S_ISCHR(st.st_mode))
		return read_stream(out, fd, path, max, S_ISCHR(st.st_mode) || file_is_inherited(path), err);
	if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		return err_set(err, ERR_INVALID, "%s: is not a regular file", path);
	return file_read_fd(out, fd, max, err) < 0 ? err_wrap(err, "%s", path) : 0;
}

int file_read_opened(struct buf *out, int fd, const char *path, size_t max, struct err *err)
{
	struct stat st;
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return FILE_NONE;
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_errno(err, "%s", path);
	if (!S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode) ? FILE_NONE : FILE_OTHER;
	return file_read_fd(out, fd, max, err) < 0 ? err_wrap(err, "%s", path) : 0;
}

static int read_named(struct buf *out, const char *path, size_t max, struct err *err)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return file_read_opened(out, fd, path, max, err);
}

int file_read_regular(struct buf *out, const char *path, size_t max, struct err *err)
{
	int rc = read_named(out, path, max, err);
	return rc == FILE_OTHER ? FILE_NONE : rc;
}

int file_read_if_there(struct buf *out, const char *path, size_t max, struct err *err)
{
	int rc = read_named(out, path, max, err);
	return rc == FILE_OTHER ? err_set(err, ERR_INVALID, "%s: is not a regular file", path) : rc;
}

int file_write_all(int fd, const void *p, size_t n)
{
	const char *at = p;
	while (n) {
		ssize_t w = write(fd, at, n);
		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0)
			return -1;
		at += w;
		n -= (size_t)w;
	}
	return 0;
}

int file_close(int *fd)
{
	int was = *fd;
	*fd = -1;
	return close(was) < 0 && errno != EINTR ? -1 : 0;
}

static int put(const char *path, int how, struct str text, mode_t mode, struct err *err)
{
	_cleanup_close_ int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | how, mode);
	if (fd < 0 || fchmod(fd, mode) < 0 || file_write_all(fd, text.p, text.n) < 0 || file_close(&fd) < 0)
		return err_errno(err, "%s", path);
	return 0;
}

int file_write(const char *path, struct str text, mode_t mode, struct err *err)
{
	return put(path, O_TRUNC, text, mode, err);
}

int file_append(const char *path, struct str text, mode_t mode, struct err *err)
{
	return put(path, O_APPEND, text, mode, err);
}

int file_mkdirs(const char *path, mode_t mode, struct err *err)
{
	char *copy = xstrdup(path);
	int rc = 0;
	for (char *p = copy + 1;; p++) {
		if (*p && *p != '/')
			continue;
		char was = *p;
		*p = '\0';
		if (mkdir(copy, mode) < 0 && errno != EEXIST) {
			struct stat st;
			int why = errno;
			if (stat(copy, &st) < 0 || !S_ISDIR(st.st_mode)) {
				errno = why;
				rc = err_errno(err, "cannot create directory %s", copy);
				break;
			}
		}
		*p = was;
		if (!was)
			break;
	}
	free(copy);
	return rc;
}

int file_remove_tree(const char *path, struct err *err)
{
	return remove_some(path, SIZE_MAX, err);
}

bool file_exists(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0;
}

bool file_is_dir(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}
