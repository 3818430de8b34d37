/* The directories of a copy: known by parent and name, opened without following a link, made when something goes into them. */
#include <errno.h>
#include <fcntl.h>

#include "base/beneath.h"
#include "base/path.h"
#include "base/vec.h"
#include "checkout/copy_internal.h"

enum { PIECE = 2000, ABSENT = 0 };

int copier_open(struct copier *c, struct arena *a, const char *from, const char *to, struct err *err)
{
	*c = (struct copier) { .a = a, .from = { -1, -1, 0 }, .to = { -1, -1, 0 }, .skip = STR_EMPTY, .last = STR_EMPTY };
	*vec_add(a, &c->dirs) = (struct copied_dir) { .name = STR_EMPTY, .made = true };
	c->from.root = open(from, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (c->from.root < 0)
		return err_errno(err, "%s", from);
	c->to.root = open(to, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (c->to.root < 0)
		return err_errno(err, "%s", to);
	return 0;
}

void copier_done(struct copier *c)
{
	int *const fds[] = { &c->from.root, &c->from.fd, &c->to.root, &c->to.fd };
	for (size_t i = 0; i < ARRAY_LEN(fds); i++) {
		if (*fds[i] >= 0)
			close(*fds[i]);
		*fds[i] = -1;
	}
}

struct str copier_dir_path(struct copier *c, size_t index)
{
	size_t n = 0;
	for (size_t i = index; i; i = c->dirs.v[i].parent)
		n += c->dirs.v[i].name.n + 1;
	char *p = arena_alloc(c->a, n + 1), *end = p + n;
	*end = '\0';
	for (size_t i = index; i; i = c->dirs.v[i].parent) {
		const struct copied_dir *d = &c->dirs.v[i];
		bool last = end == p + n;
		end -= d->name.n + 1;
		memcpy(end, d->name.p, d->name.n);
		end[d->name.n] = last ? '\0' : '/';
	}
	return str_n(p, n ? n - 1 : 0);
}

/* ---- opening ---- */

/* A path of any length, as much of it at a time as the kernel takes. */
static int open_pieces(int root, struct str path)
{
	int at = openat(root, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	while (at >= 0 && path.n) {
		char piece[PIECE + 256 + 1];
		size_t n = path.n > PIECE ? MIN(str_find_c(path, '/', PIECE), path.n) : path.n;
		if (n >= sizeof(piece)) {
			errno = ENAMETOOLONG; /* one name longer than names can be */
			n = 0;
		}
		memcpy(piece, path.p, n);
		piece[n] = '\0';
		int fd = n ? beneath_open_nolinks(at, piece, O_PATH | O_DIRECTORY, 0) : -1, why = errno;
		close(at);
		errno = why;
		at = fd;
		path = str_from(path, n + 1);
	}
	return at;
}

int copy_side_open(struct copier *c, struct copy_side *s, size_t index)
{
	if (index == 0)
		return s->root;
	if (s->fd >= 0 && s->at == index)
		return s->fd;
	const struct copied_dir *d = &c->dirs.v[index];
	bool is_next = d->parent == 0 || (s->fd >= 0 && s->at == d->parent);
	int fd = is_next ? openat(d->parent ? s->fd : s->root, d->name.p, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
	                 : open_pieces(s->root, copier_dir_path(c, index));
	if (fd < 0)
		return -1;
	if (s->fd >= 0)
		close(s->fd);
	s->fd = fd;
	s->at = index;
	return fd;
}

/* ---- finding and making ---- */

bool copy_is_gone(int errnum)
{
	return errnum == ENOENT || errnum == ENOTDIR || errnum == ELOOP;
}

int copy_dir_child(struct copier *c, size_t *out, size_t parent, struct str name, struct err *err)
{
	struct str key = arena_printf(c->a, "%zu/%.*s", parent, STRF(name));
	const size_t *known = map_get(&c->known, key);
	struct stat st;
	if (!known) {
		size_t *index = arena_make(c->a, size_t);
		int fd = copy_side_open(c, &c->from, parent);
		const char *base = key.p + key.n - name.n;
		bool there = fd >= 0 && fstatat(fd, base, &st, AT_SYMLINK_NOFOLLOW) == 0;
		if (!there && !copy_is_gone(errno))
			return err_errno(err, "%.*s", STRF(name));
		if (there && S_ISDIR(st.st_mode)) {
			*index = c->dirs.n;
			*vec_add(c->a, &c->dirs) = (struct copied_dir) { parent, str_of(base), st, false };
		}
		map_put(c->a, &c->known, key, index);
		known = index;
	}
	*out = *known;
	return *known == ABSENT ? 1 : 0;
}

int copy_dir_find(struct copier *c, size_t *out, struct str path, struct err *err)
{
	size_t at = 0;
	struct str rest = path;
	if (c->last.n && str_starts(path, c->last) && (path.n == c->last.n || path.p[c->last.n] == '/')) {
		at = c->last_index;
		rest = str_from(path, c->last.n);
	}
	while (rest.n) {
		size_t n = MIN(str_find_c(rest, '/', 0), rest.n);
		struct str name = str_to(rest, n);
		if (str_is(name, ".."))
			return 1; /* no name of a directory */
		int rc = n == 0 || str_is(name, ".") ? 0 : copy_dir_child(c, &at, at, name, err);
		if (rc)
			return rc;
		rest = str_from(rest, n + 1);
	}
	c->last = arena_str(c->a, path);
	c->last_index = at;
	*out = at;
	return 0;
}

/* A file or a link in its place goes; what it leads to stays. */
static int make_one(struct copier *c, size_t index, struct err *err)
{
	struct copied_dir *d = &c->dirs.v[index];
	struct stat st;
	int fd = copy_side_open(c, &c->to, d->parent);
	int rc = fd < 0 ? -1 : mkdirat(fd, d->name.p, 0700);
	if (rc < 0 && fd >= 0 && errno == EEXIST) {
		rc = fstatat(fd, d->name.p, &st, AT_SYMLINK_NOFOLLOW);
		if (rc == 0 && !S_ISDIR(st.st_mode))
			rc = unlinkat(fd, d->name.p, 0) < 0 ? -1 : mkdirat(fd, d->name.p, 0700);
	}
	if (rc < 0)
		return err_errno(err, "cannot create directory %s", copier_dir_path(c, index).p);
	d->made = true;
	return 0;
}

int copy_dir_make(struct copier *c, size_t index, struct err *err)
{
	struct {
		size_t *v;
		size_t n, cap;
	} missing = { 0 };
	for (size_t i = index; !c->dirs.v[i].made; i = c->dirs.v[i].parent)
		*vec_add(c->a, &missing) = i;
	for (size_t i = missing.n; i > 0; i--)
		if (make_one(c, missing.v[i - 1], err) < 0)
			return -1;
	return 0;
}

int copier_add_dir(struct copier *c, struct str path, struct err *err)
{
	size_t index;
	int rc = copy_dir_find(c, &index, path, err);
	return rc ? MIN(rc, 0) : copy_dir_make(c, index, err);
}

static int finish_one(struct copier *c, size_t index)
{
	const struct copied_dir *d = &c->dirs.v[index];
	const struct timespec times[2] = { d->st.st_atim, d->st.st_mtim };
	int at = copy_side_open(c, &c->to, d->parent);
	if (at < 0)
		return -1;
	_cleanup_close_ int fd = openat(at, d->name.p, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat made;
	if (fd < 0 || fstat(fd, &made) < 0)
		return -1;
	return fchmod(fd, copy_mode(&d->st, made.st_uid)) < 0 || futimens(fd, times) < 0 ? -1 : 0;
}

int copier_finish(struct copier *c, struct err *err)
{
	for (size_t i = c->dirs.n; i > 1; i--)
		if (c->dirs.v[i - 1].made && finish_one(c, i - 1) < 0)
			return err_errno(err, "%s", copier_dir_path(c, i - 1).p);
	return 0;
}
