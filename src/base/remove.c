/* Removing trees; see remove.h.
 *
 * The walk stands in one directory and holds only that open. Below, it goes by name; back up, by "..", and checks that
 * this leads to where it came from: somebody may be moving directories about. Names of directories still to be removed are
 * kept on one stack for all levels.
 *
 * A directory is entered only after rmdir said that it is not empty. Of a mount point rmdir says something else, so what is
 * mounted in the tree is never touched. */
#include "base/remove.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/buf.h"

/* Freeing the blocks of a bigger file may take milliseconds. */
#define BIG_FILE   (INT64_C(64) << 20)
#define RESCANS    3
#define NO_LIMIT   SIZE_MAX
#define SHOWN_PATH 400

/* A directory that the walk is in. */
struct level {
	char *name; /* in the one above */
	dev_t dev;
	ino_t ino;
	size_t first;  /* its names on the stack begin here */
	bool failed;   /* something in it stays */
	unsigned seen; /* how often it was read */
};

struct walk {
	const char *path;
	int fd; /* the directory of the last level */
	struct level *levels;
	size_t n, cap;
	char **names;
	size_t nnames, names_cap;
	size_t budget;
	bool more, failed;
	struct err *err;
};

static bool spend(struct walk *w)
{
	if (w->budget == NO_LIMIT)
		return true;
	w->more = w->budget == 0;
	w->budget -= !w->more;
	return !w->more;
}

/* Remembers that `name` in the present directory stays; errno says why. The first is told. */
static void note_failure(struct walk *w, const char *name)
{
	int why = errno;
	if (w->n)
		w->levels[w->n - 1].failed = true;
	if (!w->failed) {
		_cleanup_buf_ struct buf shown = BUF_INIT;
		buf_adds(&shown, w->path);
		for (size_t i = 1; i < w->n && shown.n < SHOWN_PATH; i++)
			buf_addf(&shown, "/%s", w->levels[i].name);
		if (name)
			buf_addf(&shown, "/%s", name);
		errno = why;
		err_errno(w->err, "cannot remove %.*s%s", (int)MIN(shown.n, (size_t)SHOWN_PATH), shown.p,
		          shown.n > SHOWN_PATH ? "…" : "");
	}
	w->failed = true;
}

static void push_name(struct walk *w, const char *name)
{
	if (w->nnames == w->names_cap) {
		w->names_cap = w->names_cap ? w->names_cap * 2 : 16;
		w->names = xrealloc(w->names, w->names_cap * sizeof(*w->names));
	}
	w->names[w->nnames++] = xstrdup(name);
}

static bool is_big(int dir, const char *name)
{
	struct stat st;
	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) && st.st_nlink == 1 &&
	       (int64_t)st.st_blocks * 512 > BIG_FILE;
}

/* Removes one entry that is no directory; those that are go on the stack. False: the walk is to stop. */
static bool remove_entry(struct walk *w, const struct dirent *e)
{
	if (e->d_type != DT_DIR) {
		if (w->budget != NO_LIMIT && is_big(w->fd, e->d_name)) {
			w->more = true;
			return false;
		}
		if (!spend(w))
			return false;
		if (unlinkat(w->fd, e->d_name, 0) == 0 || errno == ENOENT)
			return true;
		struct stat st;
		int why = errno;
		if (fstatat(w->fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISDIR(st.st_mode)) {
			errno = why;
			note_failure(w, e->d_name);
			return true;
		}
	}
	push_name(w, e->d_name);
	return true;
}

/* Removes the files of the directory the walk has come to. */
static bool remove_files(struct walk *w)
{
	int fd = openat(w->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_closedir_ DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;
	w->levels[w->n - 1].seen++;
	if (!d) {
		note_failure(w, NULL);
		if (fd >= 0)
			close(fd);
		return true;
	}
	while ((e = readdir(d)))
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 && !remove_entry(w, e))
			return false;
	return true;
}

/* By a descriptor: of a name somebody may have made a link meanwhile, and that would be followed. */
static bool let_us_in(int dir, const char *name)
{
	char path[32];
	int fd = openat(dir, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return false;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	bool done = chmod(path, 0700) == 0;
	close(fd);
	return done;
}

static int open_dir(int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno == EACCES && let_us_in(dir, name))
		fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd;
}

/* Steps into a directory of the present one (or of the working directory, at first). */
static bool enter(struct walk *w, const char *name, unsigned seen)
{
	struct stat st;
	int fd = open_dir(w->n ? w->fd : AT_FDCWD, name);
	if (fd < 0 || fstat(fd, &st) < 0) {
		note_failure(w, w->n ? name : NULL);
		if (fd >= 0)
			close(fd);
		return true;
	}
	if ((st.st_mode & S_IRWXU) != S_IRWXU && fchmod(fd, 0700) < 0)
		errno = 0; /* what that hinders is told by name */
	if (w->n == w->cap) {
		w->cap = w->cap ? w->cap * 2 : 16;
		w->levels = xrealloc(w->levels, w->cap * sizeof(*w->levels));
	}
	w->levels[w->n++] = (struct level) { xstrdup(name), st.st_dev, st.st_ino, w->nnames, false, seen };
	if (w->fd >= 0)
		close(w->fd);
	w->fd = fd;
	return remove_files(w);
}

/* Removes a directory of the present one, or goes into it. */
static bool remove_dir(struct walk *w, const char *name, unsigned seen)
{
	int dir = w->n ? w->fd : AT_FDCWD;
	if (!spend(w))
		return false;
	if (unlinkat(dir, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
		return true;
	if ((errno == ENOTEMPTY || errno == EEXIST) && seen < RESCANS)
		return enter(w, name, seen);
	note_failure(w, w->n ? name : NULL);
	return true;
}

/* Back to the directory above; false when it is not the one we came from. */
static bool climb(struct walk *w)
{
	const struct level *above = &w->levels[w->n - 2];
	struct stat st;
	int fd = openat(w->fd, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return false;
	if (fstat(fd, &st) < 0 || st.st_dev != above->dev || st.st_ino != above->ino) {
		close(fd);
		errno = EBUSY;
		return false;
	}
	close(w->fd);
	w->fd = fd;
	return true;
}

/* All that was in the last level has been seen to: removes it from the one above. */
static bool leave(struct walk *w)
{
	struct level was = w->levels[w->n - 1];
	bool go_on = true;
	if (w->n == 1) {
		close(w->fd);
		w->fd = -1;
	} else if (!climb(w)) {
		note_failure(w, NULL);
		return false;
	}
	w->n--;
	if (!was.failed)
		go_on = remove_dir(w, was.name, was.seen); /* again from the start if somebody has added to it */
	else if (w->n)
		w->levels[w->n - 1].failed = true;
	free(was.name);
	return go_on;
}

static bool next(struct walk *w)
{
	if (w->nnames == w->levels[w->n - 1].first)
		return leave(w);
	char *name = w->names[--w->nnames];
	bool go_on = remove_dir(w, name, 0);
	free(name);
	return go_on;
}

static void walk_done(struct walk *w)
{
	for (size_t i = 0; i < w->n; i++)
		free(w->levels[i].name);
	while (w->nnames)
		free(w->names[--w->nnames]);
	free(w->levels);
	free(w->names);
	if (w->fd >= 0)
		close(w->fd);
}

int remove_some(const char *path, size_t most, struct err *err)
{
	struct err first = ERR_INIT;
	struct walk w = { .path = path, .fd = -1, .budget = most, .err = &first };
	if (most != NO_LIMIT && is_big(AT_FDCWD, path))
		return 1;
	if (unlink(path) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return err_errno(err, "cannot remove %s", path);
	bool go_on = remove_dir(&w, path, 0);
	while (go_on && w.n)
		go_on = next(&w);
	walk_done(&w);
	if (w.more)
		return 1;
	if (w.failed && err)
		*err = first;
	return w.failed ? -1 : 0;
}
