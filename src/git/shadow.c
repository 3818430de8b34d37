/* The repository that stands for a foreign one while git looks at it: everything in it is written here, from what was read of the
 * other one as data; only objects are reached where they are. See run.h for why. */
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

#include "base/file.h"
#include "base/path.h"
#include "base/vec.h"
#include "git/foreign.h"
#include "git/internal.h"
#include "git/run_internal.h"

enum { ALTERNATES_DEPTH = 5, ALTERNATES_MAX = 64, LIST_MAX = 1 << 20, EXCLUDE_MAX = 16 << 20 };

struct shadow {
	struct arena *a;
	struct git_repo *of;
	struct str dir;
	struct dirs {
		struct str *v;
		size_t n, cap;
	} objects; /* of the other one, alternates too */
};

/* ---- what is read is a file: for a pipe without an end git would wait for ever ---- */

static bool is_plain(int dir, const char *name)
{
	struct stat st;
	return fstatat(dir, name, &st, 0) < 0 || S_ISREG(st.st_mode) || S_ISDIR(st.st_mode);
}

static int no_file(struct str dir, const char *name, struct err *err)
{
	return err_set(err, ERR_INVALID, "%.*s/%s is no regular file", STRF(dir), name);
}

/* The files directly in a directory; one that is not there is fine. */
static int check_dir(struct shadow *s, struct str path, struct err *err)
{
	_cleanup_closedir_ DIR *d = opendir(arena_cstr(s->a, path));
	struct dirent *e;
	while (d && (e = readdir(d)))
		if (e->d_type != DT_REG && e->d_type != DT_DIR && !is_plain(dirfd(d), e->d_name))
			return no_file(path, e->d_name, err);
	return 0;
}

static int add_objects(struct shadow *s, struct str dir, int depth, struct err *err);

/* One directory a line, absolute or from this one; "#" begins a comment. */
static int add_alternates(struct shadow *s, struct str dir, struct str text, int depth, struct err *err)
{
	struct str line;
	while (str_next_line(&text, &line)) {
		if (!line.n || line.p[0] == '#' || line.p[0] == '"')
			continue; /* a quoted path has a line break in it */
		struct str path = path_normal(s->a, path_join(s->a, dir, arena_str(s->a, line)));
		if (add_objects(s, path, depth + 1, err) < 0)
			return -1;
	}
	return 0;
}

static int add_objects(struct shadow *s, struct str dir, int depth, struct err *err)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	for (size_t i = 0; i < s->objects.n; i++)
		if (str_eq(s->objects.v[i], dir))
			return 0;
	if (depth > ALTERNATES_DEPTH || s->objects.n == ALTERNATES_MAX)
		return err_set(err, ERR_INVALID, "%.*s: too many alternates", STRF(dir));
	if (check_dir(s, dir, err) < 0 || check_dir(s, path_join(s->a, dir, STR("info")), err) < 0 ||
	    check_dir(s, path_join(s->a, dir, STR("pack")), err) < 0)
		return -1;
	*vec_add(s->a, &s->objects) = dir;
	if (file_read_regular(&text, path_join(s->a, dir, STR("info/alternates")).p, LIST_MAX, err) < 0)
		return -1;
	return add_alternates(s, dir, arena_str(s->a, buf_str(&text)), depth, err);
}

/* ---- what is written ---- */

static int write_text(struct shadow *s, const char *name, struct str text, struct err *err)
{
	return file_write(path_join(s->a, s->dir, str_of(name)).p, text, 0600, err);
}

static int write_alternates(struct shadow *s, struct err *err)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	for (size_t i = 0; i < s->objects.n; i++) {
		struct str dir = s->objects.v[i];
		if (str_find_c(dir, '\n', 0) != SIZE_MAX)
			return err_set(err, ERR_UNSUPPORTED, "a line break in the path of a repository");
		buf_addf(&text, "%.*s\n", STRF(dir));
	}
	return write_text(s, "objects/info/alternates", buf_str(&text), err);
}

/* Settings without which git would see changes that are none. Each says yes or no or a word; none is a path or a program. */
static bool is_harmless(struct str key)
{
	static const char *const keys[] = {
		"core.autocrlf",  "core.eol",        "core.filemode",          "core.symlinks",       "core.ignorecase",
		"core.checkstat", "core.trustctime", "core.precomposeunicode", "core.sparsecheckout", "core.sparsecheckoutcone",
		"index.sparse"
	};
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (str_is(key, keys[i]))
			return true;
	return false;
}

static bool is_word(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'A' && s.p[i] <= 'Z') || (s.p[i] >= 'a' && s.p[i] <= 'z')))
			return false;
	return s.n > 0 && s.n < 20;
}

static struct str word(struct shadow *s, const char *key)
{
	struct str value = git_config(s->of, key);
	return is_word(value) ? value : STR_EMPTY;
}

/* The user's own list of what is to be ignored; a path that needs quotes is not taken. */
static void add_user_excludes(struct shadow *s, struct buf *out)
{
	struct str path = git_user_config(s->a, "core.excludesFile");
	for (size_t i = 0; i < path.n; i++)
		if (path.p[i] == '"' || path.p[i] == '\\' || path.p[i] == '\n')
			return;
	if (path.n)
		buf_addf(out, "\texcludesFile = \"%.*s\"\n", STRF(path));
}

static int write_config(struct shadow *s, struct err *err)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct str format = word(s, "extensions.objectFormat"), refs = word(s, "extensions.refStorage"), key, value;
	buf_addf(&text, "[core]\n\trepositoryFormatVersion = %d\n\tbare = %s\n\tcommitGraph = false\n\tmultiPackIndex = false\n",
	         format.n || refs.n ? 1 : 0, s->of->root.n ? "false" : "true");
	add_user_excludes(s, &text);
	for (size_t i = 0; git_config_next(s->of, &i, &key, &value);)
		if (is_harmless(key) && is_word(value)) {
			size_t dot = str_find_c(key, '.', 0);
			buf_addf(&text, "[%.*s]\n\t%.*s = %.*s\n", (int)dot, key.p, STRF(str_from(key, dot + 1)), STRF(value));
		}
	if (format.n || refs.n)
		buf_adds(&text, "[extensions]\n");
	if (format.n)
		buf_addf(&text, "\tobjectFormat = %.*s\n", STRF(format));
	if (refs.n)
		buf_addf(&text, "\trefStorage = %.*s\n", STRF(refs));
	return write_text(s, "config", buf_str(&text), err);
}

/* Refs in a format that is not read here: git reads them where they are, if it knows how. */
static int link_refs(struct shadow *s, struct err *err)
{
	struct str tables = path_join(s->a, s->of->common_dir, STR("reftable"));
	if (!str_is_nocase(word(s, "extensions.refStorage"), "reftable") || !file_is_dir(tables.p))
		return 0;
	if (check_dir(s, tables, err) < 0)
		return -1;
	return symlink(tables.p, path_join(s->a, s->dir, STR("reftable")).p) < 0 ? err_errno(err, "%.*s", STRF(s->dir)) : 0;
}

static int write_head(struct shadow *s, struct err *err)
{
	struct git_head head;
	if (git_head(&head, s->of, NULL) < 0 || !head.sha.n)
		return write_text(s, "HEAD", STR("ref: refs/heads/main\n"), err);
	return write_text(s, "HEAD", arena_printf(s->a, "%.*s\n", STRF(head.sha)), err);
}

static int copy_text(struct shadow *s, struct str from, const char *name, struct err *err)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	const char *path = path_join(s->a, from, str_of(name)).p;
	if (!is_plain(AT_FDCWD, path))
		return 0; /* nothing that is to be ignored can be read from it */
	int rc = file_read_regular(&text, path, EXCLUDE_MAX, err);
	return rc == 0 ? write_text(s, name, buf_str(&text), err) : MIN(rc, 0);
}

/* ---- where it is ---- */

#define SHADOW_NAME "sidestep-git-"
enum { STALE_SECONDS = 60 };

static struct buf own_place = BUF_INIT;

void git_run_place(const char *dir)
{
	buf_done(&own_place);
	own_place = (struct buf)BUF_INIT;
	buf_adds(&own_place, dir);
}

/* A few small files for a few milliseconds: in memory they cost a tenth of what they cost on a disk. */
static const char *place_for_files(void)
{
	const char *tmp = getenv("TMPDIR");
	if (own_place.n && file_mkdirs(buf_cstr(&own_place), 0700, NULL) == 0)
		return buf_cstr(&own_place);
	if (tmp && tmp[0] == '/')
		return tmp;
	return access("/dev/shm", W_OK | X_OK) == 0 ? "/dev/shm" : "/tmp";
}

/* Whoever uses one holds a lock on it: one of ours that can be locked was left by a program that was killed. A young one may not
 * be locked yet. */
static bool is_stale(int dir, const char *name)
{
	struct stat st;
	_cleanup_close_ int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd >= 0 && fstat(fd, &st) == 0 && st.st_uid == geteuid() && st.st_mtim.tv_sec < time(NULL) - STALE_SECONDS &&
	       flock(fd, LOCK_EX | LOCK_NB) == 0;
}

static void prune_stale(struct shadow *s, const char *place)
{
	static bool done; /* once is enough for a program */
	_cleanup_closedir_ DIR *d = done ? NULL : opendir(place);
	struct dirent *e;
	done = true;
	while (d && (e = readdir(d)))
		if (str_starts(str_of(e->d_name), STR(SHADOW_NAME)) && is_stale(dirfd(d), e->d_name))
			file_remove_tree(path_join(s->a, str_of(place), str_of(e->d_name)).p, NULL);
}

static int make_dir(struct shadow *s, struct git_shadow *out, struct err *err)
{
	static const char *const dirs[] = { "objects/info", "refs", "info" };
	const char *place = place_for_files();
	prune_stale(s, place);
	s->dir = arena_printf(s->a, "%s/" SHADOW_NAME "XXXXXX", place);
	if (!mkdtemp((char *)(uintptr_t)s->dir.p)) {
		err_errno(err, "%.*s", STRF(s->dir));
		s->dir = STR_EMPTY;
		return -1;
	}
	out->dir = s->dir;
	out->lock = open(s->dir.p, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (out->lock < 0 || flock(out->lock, LOCK_EX | LOCK_NB) < 0)
		return err_errno(err, "%.*s", STRF(s->dir));
	for (size_t i = 0; i < ARRAY_LEN(dirs); i++)
		if (file_mkdirs(path_join(s->a, s->dir, str_of(dirs[i])).p, 0700, err) < 0)
			return -1;
	return 0;
}

int git_shadow_make(struct git_shadow *out, struct arena *a, struct git_repo *of, bool index, struct err *err)
{
	struct shadow s = { .a = a, .of = of, .dir = STR_EMPTY };
	*out = (struct git_shadow) { STR_EMPTY, -1 };
	struct str objects = path_join(a, of->common_dir, STR("objects"));
	int rc = add_objects(&s, objects, 0, err);
	if (rc == 0)
		rc = make_dir(&s, out, err);
	if (rc < 0 || write_alternates(&s, err) < 0 || write_config(&s, err) < 0 || write_head(&s, err) < 0 ||
	    link_refs(&s, err) < 0 || copy_text(&s, of->common_dir, "shallow", err) < 0 ||
	    copy_text(&s, of->common_dir, "info/exclude", err) < 0 || copy_text(&s, of->common_dir, "info/attributes", err) < 0 ||
	    (index && foreign_copy_index(a, of->git_dir, s.dir, 0600, err) < 0)) {
		git_shadow_remove(out);
		return -1;
	}
	return 0;
}

void git_shadow_remove(struct git_shadow *s)
{
	if (!s->dir.n)
		return;
	file_remove_tree(s->dir.p, NULL);
	if (s->lock >= 0)
		close(s->lock);
	*s = (struct git_shadow) { STR_EMPTY, -1 };
}
