/* Opening below a folder; see beneath.h. The kernel resolves the path (openat2); where it cannot, a walk over the names does
 * that accepts no link at all, which is stricter than what is promised. */
#include "base/beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "base/file.h"

enum { TRIES = 16, PARTS_MAX = 4096 };

/* The next part of a relative path; NULL at its end. Writes into a copy. */
static char *next_part(char **rest)
{
	char *part = *rest;
	while (*part == '/')
		part++;
	if (!*part)
		return NULL;
	char *end = strchrnul(part, '/');
	*rest = *end ? end + 1 : end;
	*end = '\0';
	return part;
}

int beneath_walk(int root, const char *path, int flags, unsigned mode)
{
	_cleanup_free_ char *copy = xstrdup(path);
	char *rest = copy, *part = next_part(&rest), *next;
	flags |= flags & O_PATH ? 0 : O_NONBLOCK | O_NOCTTY;
	int at = openat(root, ".", part ? O_PATH | O_DIRECTORY | O_CLOEXEC : flags | O_CLOEXEC);
	for (; at >= 0 && part; part = next) {
		next = next_part(&rest);
		bool up = strcmp(part, "..") == 0;
		int fd = up ? (errno = EXDEV, -1)
		            : openat(at, part, (next ? O_PATH | O_DIRECTORY : flags) | O_NOFOLLOW | O_CLOEXEC, next ? 0 : mode);
		int why = errno;
		close(at);
		errno = why;
		at = fd;
	}
	return at;
}

static int resolve(int root, const char *path, int flags, unsigned mode, uint64_t how)
{
	struct open_how h = { .flags = (uint64_t)(flags | O_CLOEXEC | (flags & O_PATH ? 0 : O_NONBLOCK | O_NOCTTY)),
		              .mode = flags & O_CREAT ? mode : 0,
		              .resolve = how | RESOLVE_NO_MAGICLINKS };
	long fd = -1;
	if (path[0] == '/') {
		errno = EXDEV;
		return -1;
	}
	for (int i = 0; i < TRIES; i++) { /* EAGAIN: something was renamed meanwhile */
		fd = syscall(SYS_openat2, root, path, &h, sizeof(h));
		if (fd >= 0 || (errno != EAGAIN && errno != EINTR))
			break;
	}
	if (fd < 0 && (errno == ENOSYS || errno == EPERM))
		return beneath_walk(root, path, flags, mode);
	return (int)fd;
}

int beneath_open(int root, const char *path, int flags, unsigned mode)
{
	return resolve(root, path, flags, mode, RESOLVE_BENEATH);
}

int beneath_open_nolinks(int root, const char *path, int flags, unsigned mode)
{
	return resolve(root, path, flags, mode, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);
}

bool beneath_stays(int root, const char *path)
{
	_cleanup_free_ char *copy = xstrdup(path[0] ? path : ".");
	for (int i = 0; i < PARTS_MAX; i++) {
		_cleanup_close_ int fd = beneath_open(root, copy, O_PATH, 0);
		if (fd >= 0)
			return true;
		char *slash = strrchr(copy, '/');
		if (errno != ENOENT || strcmp(slash ? slash + 1 : copy, "..") == 0)
			return false;
		if (!slash)
			return true;
		*slash = '\0';
	}
	return false;
}

int beneath_read(struct buf *out, int root, const char *path, size_t max, struct err *err)
{
	_cleanup_close_ int fd = beneath_open(root, path, O_RDONLY, 0);
	int rc = file_read_opened(out, fd, path, max, err);
	return rc == FILE_OTHER ? FILE_NONE : rc;
}

int beneath_mkdirs(int root, const char *path)
{
	_cleanup_free_ char *copy = xstrdup(path);
	char *rest = copy, *part;
	int at = openat(root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	while (at >= 0 && (part = next_part(&rest))) {
		int fd = mkdirat(at, part, 0700) < 0 && errno != EEXIST
		                 ? -1
		                 : beneath_open_nolinks(at, part, O_RDONLY | O_DIRECTORY, 0);
		int why = errno;
		close(at);
		errno = why;
		at = fd;
	}
	return at;
}
