/* Depth first, entries in byte order of their names, with the open directories as a list: no tree is too deep. Paths longer than
 * the system takes are an error, as they are for the official search. Only regular files are ever opened for reading. */
#include "hash/hash_walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <time.h>

#include "base/buf.h"

enum { READ_SIZE = 256 * 1024 };

struct entry {
	size_t name; /* where in names */
	unsigned char type;
};

struct frame {
	struct arena a;
	struct buf names; /* each with its NUL */
	struct {
		VEC(struct entry);
	} entries;
	size_t next;
	size_t path; /* length of this directory's own */
	struct glob_states states;
	dev_t dev;
	ino_t ino;
};

struct walk {
	const struct hash_walk *w;
	struct arena a;
	struct frame **frames; /* more of them than are in use: they are used again */
	size_t depth, nframes;
	struct buf path;
	struct glob_states states; /* of path */
	int64_t deadline;
	struct sha256 *file, *all;
	char *chunk;
	size_t found;
	struct err *err;
};

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int check_time(const struct walk *w)
{
	return now_ms() >= w->deadline ? HASH_TOO_LONG : 0;
}

static int refused(struct walk *w, const char *what)
{
	return err_errno(w->err, "%s '%s'", what, buf_cstr(&w->path));
}

static bool is_below(struct str p, struct str dir)
{
	return dir.n == 1 || (str_starts(p, dir) && p.n > dir.n && p.p[dir.n] == '/');
}

/* Whether anything of the workspace can be in the directory at path. */
static bool matters(const struct walk *w)
{
	struct str path = buf_str(&w->path), workspace = w->w->workspace;
	return str_eq(path, workspace) || is_below(path, workspace) || is_below(workspace, path);
}

static int sum_refused(struct walk *w)
{
	return err_set(w->err, ERR_SYSTEM, "libcrypto refuses");
}

static int add_content(struct walk *w, int fd)
{
	for (;;) {
		ssize_t n = read(fd, w->chunk, READ_SIZE);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return refused(w, "cannot read");
		if (n == 0)
			return 0;
		if (!sha256_add(w->file, w->chunk, (size_t)n))
			return sum_refused(w);
		if (check_time(w) < 0)
			return HASH_TOO_LONG;
	}
}

static int begin_sums(struct walk *w)
{
	if (w->file)
		return 0;
	if (sha256_new(&w->file, w->err) < 0 || sha256_new(&w->all, w->err) < 0)
		return -1;
	w->chunk = xmalloc(READ_SIZE);
	return sha256_begin(w->all) ? 0 : sum_refused(w);
}

static int hash_file(struct walk *w, int fd)
{
	unsigned char sum[SHA256_SIZE];
	struct stat st;
	if (fstat(fd, &st) < 0)
		return refused(w, "cannot read");
	if (!S_ISREG(st.st_mode))
		return err_set(w->err, ERR_INVALID, "'%s' is no regular file", buf_cstr(&w->path));
	if (begin_sums(w) < 0)
		return -1;
	if (!sha256_begin(w->file))
		return sum_refused(w);
	int rc = add_content(w, fd);
	if (rc < 0)
		return rc;
	w->found++;
	return sha256_end(w->file, sum) && sha256_add(w->all, sum, sizeof(sum)) ? 0 : sum_refused(w);
}

/* A link, or something that may be one: its target decides. A directory does not count, anything else that is no file cannot be
 * hashed. */
static int visit_file(struct walk *w, unsigned char type)
{
	struct stat st;
	if (!is_below(buf_str(&w->path), w->w->workspace) || !glob_wants(w->w->glob, &w->states))
		return 0;
	if (type != DT_REG) {
		if (stat(buf_cstr(&w->path), &st) < 0)
			return refused(w, "cannot read");
		if (S_ISDIR(st.st_mode))
			return 0;
		if (!S_ISREG(st.st_mode))
			return err_set(w->err, ERR_INVALID, "'%s' is no regular file", buf_cstr(&w->path));
	}
	_cleanup_close_ int fd = open(buf_cstr(&w->path), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	return fd < 0 ? refused(w, "cannot open") : hash_file(w, fd);
}

static struct frame *add_frame(struct walk *w)
{
	if (w->depth == w->nframes) {
		w->frames = arena_grow(&w->a, w->frames, w->nframes * sizeof(struct frame *),
		                       (w->nframes + 32) * sizeof(struct frame *));
		for (size_t i = 0; i < 32; i++)
			w->frames[w->nframes++] = arena_make(&w->a, struct frame);
	}
	struct frame *f = w->frames[w->depth++];
	arena_clear(&f->a);
	buf_clear(&f->names);
	f->entries.v = NULL;
	f->entries.n = f->entries.cap = f->next = 0;
	f->states = (struct glob_states) { 0 };
	f->path = w->path.n;
	return f;
}

/* The entries that are worth a look. */
static int read_entries(struct walk *w, struct frame *f, DIR *dir)
{
	struct dirent *d;
	while (errno = 0, (d = readdir(dir))) {
		struct str name = str_of(d->d_name);
		if (str_is(name, ".") || str_is(name, ".."))
			continue;
		glob_step(w->w->glob, &w->a, &w->states, &f->states, name);
		bool file = d->d_type != DT_DIR && d->d_type != DT_UNKNOWN && (d->d_type != DT_LNK || !w->w->follow);
		if (file ? glob_wants(w->w->glob, &w->states) : glob_descends(w->w->glob, &w->states)) {
			*vec_add(&f->a, &f->entries) = (struct entry) { f->names.n, d->d_type };
			buf_add(&f->names, name.p, name.n + 1);
		}
		if (check_time(w) < 0)
			return HASH_TOO_LONG;
	}
	return errno ? refused(w, "cannot read") : 0;
}

static int by_name(const void *a, const void *b, void *names)
{
	return strcmp((const char *)names + ((const struct entry *)a)->name,
	              (const char *)names + ((const struct entry *)b)->name);
}

static bool in_chain(const struct walk *w, const struct stat *st)
{
	for (size_t i = 0; i < w->depth; i++)
		if (w->frames[i]->dev == st->st_dev && w->frames[i]->ino == st->st_ino)
			return true;
	return false;
}

static int enter(struct walk *w)
{
	struct stat st;
	if (!matters(w))
		return 0;
	int fd = open(buf_cstr(&w->path), O_RDONLY | O_DIRECTORY | O_CLOEXEC | (w->w->follow ? 0 : O_NOFOLLOW));
	if (fd < 0)
		return refused(w, "cannot open");
	_cleanup_closedir_ DIR *dir = fdopendir(fd);
	if (!dir) {
		close(fd);
		return refused(w, "cannot open");
	}
	if (fstat(fd, &st) < 0)
		return refused(w, "cannot read");
	if (w->w->follow && in_chain(w, &st))
		return 0;
	struct frame *f = add_frame(w);
	f->dev = st.st_dev;
	f->ino = st.st_ino;
	for (size_t i = 0; i < w->states.n; i++)
		*vec_add(&f->a, &f->states) = w->states.v[i];
	int rc = read_entries(w, f, dir);
	if (f->entries.n > 1)
		qsort_r(f->entries.v, f->entries.n, sizeof(*f->entries.v), by_name, f->names.p);
	return rc;
}

/* What is at w->path, with w->states. */
static int visit(struct walk *w, unsigned char type)
{
	struct stat st;
	if (type == DT_UNKNOWN || (type == DT_LNK && w->w->follow)) {
		if ((w->w->follow ? stat : lstat)(buf_cstr(&w->path), &st) < 0)
			return w->w->follow && errno == ENOENT ? 0 : refused(w, "cannot read");
		type = S_ISDIR(st.st_mode) ? DT_DIR : S_ISREG(st.st_mode) ? DT_REG : DT_LNK;
	}
	return type == DT_DIR ? enter(w) : visit_file(w, type);
}

static bool is_left_out(const struct walk *w)
{
	struct str path = buf_str(&w->path), workspace = w->w->workspace;
	return w->w->except && is_below(path, workspace) &&
	       map_has(w->w->except, str_from(path, workspace.n == 1 ? 1 : workspace.n + 1));
}

static int visit_entry(struct walk *w, struct frame *f, const struct entry *e)
{
	struct str name = str_of(f->names.p + e->name);
	w->path.n = f->path;
	if (f->path > 1)
		buf_addc(&w->path, '/');
	buf_addstr(&w->path, name);
	if (w->path.n >= PATH_MAX)
		return err_set(w->err, ERR_SYSTEM, "a path is too long");
	if (is_left_out(w))
		return check_time(w);
	glob_step(w->w->glob, &w->a, &w->states, &f->states, name);
	int rc = visit(w, e->type);
	return rc < 0 ? rc : check_time(w);
}

/* The states at root, which becomes the path. False when no path is written like that. */
static bool go_to(struct walk *w, struct str root)
{
	struct glob_states from = { 0 };
	glob_start(w->w->glob, &w->a, &from);
	w->states.n = 0;
	for (size_t i = 0; i < from.n; i++)
		*vec_add(&w->a, &w->states) = from.v[i];
	for (size_t i = 1; i < root.n;) {
		size_t end = MIN(str_find_c(root, '/', i), root.n);
		struct str name = str_n(root.p + i, end - i);
		if (str_is(name, "."))
			return false;
		from.n = 0;
		for (size_t k = 0; k < w->states.n; k++)
			*vec_add(&w->a, &from) = w->states.v[k];
		glob_step(w->w->glob, &w->a, &w->states, &from, name);
		i = end + 1;
	}
	buf_clear(&w->path);
	buf_addstr(&w->path, root);
	return true;
}

static int walk_root(struct walk *w, struct str root)
{
	struct stat st;
	if (!go_to(w, root))
		return 0;
	if (lstat(buf_cstr(&w->path), &st) < 0)
		return errno == ENOENT ? 0 : refused(w, "cannot read");
	int rc = visit(w, DT_UNKNOWN);
	while (rc == 0 && w->depth) {
		struct frame *f = w->frames[w->depth - 1];
		if (f->next < f->entries.n)
			rc = visit_entry(w, f, &f->entries.v[f->next++]);
		else
			w->depth--;
	}
	return rc;
}

static void walk_done(struct walk *w)
{
	for (size_t i = 0; i < w->nframes; i++) {
		arena_done(&w->frames[i]->a);
		buf_done(&w->frames[i]->names);
	}
	sha256_free(w->file);
	sha256_free(w->all);
	free(w->chunk);
	buf_done(&w->path);
	arena_done(&w->a);
}

int hash_walk(const struct hash_walk *what, size_t *found, unsigned char sum[SHA256_SIZE], struct err *err)
{
	struct walk w = { .w = what, .err = err, .deadline = now_ms() + what->limit_ms };
	int rc = check_time(&w);
	for (size_t i = 0; i < what->glob->roots.n && rc == 0; i++)
		rc = walk_root(&w, what->glob->roots.v[i]);
	if (rc == 0 && w.found && !sha256_end(w.all, sum))
		rc = sum_refused(&w);
	*found = w.found;
	walk_done(&w);
	return rc;
}
