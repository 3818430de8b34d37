/* The small files of a step: scripts go in, what the step wrote for us comes out. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/remove.h"
#include "os/real.h"

/* Takes no longer than starting a child that does it. */
enum { REMOVED_AT_ONCE = 512, LISTED_MAX = 4096 };

int files_put(struct host *h, const char *path, struct str text, mode_t mode, struct err *err)
{
	(void)h;
	_cleanup_close_ int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (fd < 0 || (text.n && file_write_all(fd, text.p, text.n) < 0) || file_close(&fd) < 0)
		return err_errno(err, "%s", path);
	return 0;
}

static int read_regular(struct buf *out, int fd, size_t max, struct err *err)
{
	struct stat st;
	if (fstat(fd, &st) < 0)
		return err_errno(err, "cannot look at it");
	if (!S_ISREG(st.st_mode))
		return err_set(err, ERR_INVALID, "not a regular file");
	if (st.st_size == 0)
		return 0;
	return file_read_fd(out, fd, max, err);
}

/* A step may have put anything in the file's place: a pipe must not block us, a huge file not fill us. */
int files_take(struct host *h, const char *path, struct buf *out, size_t max, struct err *err)
{
	(void)h;
	struct stat st;
	if (lstat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size == 0) { /* by far the most */
		unlink(path);
		return 0;
	}
	_cleanup_close_ int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT) {
		unlink(path); /* a link to nowhere */
		return 0;
	}
	if (fd < 0)
		return err_errno(err, "%s", path);
	int rc = read_regular(out, fd, max, err);
	if (rc < 0)
		err_wrap(err, "%s", path);
	unlink(path); /* a directory stays: it goes with the job's directory */
	return rc;
}

int files_read(struct host *h, const char *path, struct buf *out, size_t max, struct err *err)
{
	(void)h;
	return file_read_if_there(out, path, max, err);
}

int files_make_dir(struct host *h, const char *path, struct err *err)
{
	(void)h;
	return file_mkdirs(path, 0700, err);
}

int files_remove_tree(struct host *h, const char *path, struct err *err)
{
	(void)h;
	return remove_some(path, REMOVED_AT_ONCE, err);
}

void files_list_dir(struct host *h, const char *path, void (*entry)(void *cookie, const char *name), void *cookie)
{
	(void)h;
	DIR *dir = opendir(path);
	const struct dirent *e;
	for (size_t n = 0; dir && n < LISTED_MAX && (e = readdir(dir)); n++)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			entry(cookie, e->d_name);
	if (dir)
		closedir(dir);
}
